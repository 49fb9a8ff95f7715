"""The year to come under assumptions, through a model of the customer base.

Customers who are there buy at their own rates until they leave (BG/NBD); new ones join as in the
year before and behave like any customer who has just joined. Assumptions change the model's
quantities, not its result: retention multiplies the expected stay, frequency the purchase rates
without shortening the stay, acquisition the customers who join.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.calendar import same_day_months_later
from analytics.predictive.bg_nbd import PurchaseModel, alive_probability, fitted_purchase_model
from analytics.predictive.churn_rows import FITTED_CUSTOMERS, seasonal_history
from analytics.predictive.gamma_gamma import expected_value, fitted_value_model
from analytics.predictive.season import Season, fitted_season
from analytics.results import Missing, Scenarios
from analytics.settings import Scenario, ScenarioSettings

Floats = npt.NDArray[np.float64]
FEWEST_CUSTOMERS = 200
MONTHS = 12
LIMITS = (0.5, 2.0)
NODES = 7
DRAWS = 20
_MOST_CUSTOMERS = 5_000
_LEVEL = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class YearAhead:
    """What the year ahead is computed from.

    Attributes
    ----------
    buying : PurchaseModel
        In seasonal weeks.
    frequency, recency, age : array, shape (customers,)
        Purchase history of the customers, in seasonal weeks.
    value : array, shape (customers,)
        Expected net revenue of a purchase day.
    weight : float
        Customers that each row stands for.
    joining : array, shape (12,)
        New customers a month, as in the year before.
    new_value_amount : float
        Expected net revenue of a purchase day of a new customer.
    elapsed : array, shape (13,)
        Seasonal weeks from the cut-off to the start of each month and to the end of the last.
    orders_a_day : float
        Orders a purchase day.
    """

    buying: PurchaseModel
    frequency: Floats
    recency: Floats
    age: Floats
    value: Floats
    weight: float
    joining: Floats
    new_value_amount: float
    elapsed: Floats
    orders_a_day: float


def year_scenarios(
    features: pd.DataFrame,
    rates: pd.DataFrame,
    monthly: pd.DataFrame,
    *,
    settings: ScenarioSettings,
    earlier: tuple[date, pd.DataFrame] | None,
    observation_start: date,
    cutoff: date,
    margin_rate: float | None,
    spend_amount: float | None,
    seed: int,
) -> Scenarios | Missing:
    """Return the year ahead under each scenario, and the surface behind the sliders.

    Parameters
    ----------
    features : DataFrame
        `Marts.customer_features` at the cut-off.
    rates : DataFrame
        `Marts.order_rates`, for the season.
    monthly : DataFrame
        `Marts.monthly`.
    settings : ScenarioSettings
        The assumptions.
    earlier : (date, DataFrame) or None
        A cut-off a year before and its features: how far the model would have been off.
    observation_start, cutoff : date
        First day observed, and the day after the last.
    margin_rate : float or None
        Assumed share of net revenue where costs are not known.
    spend_amount : float or None
        Marketing spend of the last 52 weeks, on 365 days; None where it is not known.
    seed : int
        Of the draws behind the intervals.
    """
    total = monthly[monthly["dimension"] == "all"].set_index("month")
    year = _months_before(cutoff)
    if len(features) < FEWEST_CUSTOMERS or not set(year) <= set(total.index):
        said = (
            f"A model of the customer base takes {FEWEST_CUSTOMERS} customers and a whole year of "
            "orders: add older orders or more customers."
        )
        return Missing(of=Scenarios.KIND, needs=("transactions",), because=said)
    recent = total.loc[year]
    earned = float(recent["net_revenue_amount"].sum())
    if earned <= 0:
        said = "The last twelve months brought no net revenue."
        return Missing(of=Scenarios.KIND, needs=("transactions",), because=said)
    margin = recent["contribution_margin_amount"]
    share = float(margin.sum()) / earned if bool(margin.notna().all()) else margin_rate or 0.0
    season = fitted_season(rates, end=cutoff, start=observation_start)
    ahead = year_ahead(features, recent["new_customers"], cutoff, season)
    error = float("nan")
    if earlier is not None:
        error = _backtest(earlier, total, rates, observation_start)
    scenarios = {field.name: getattr(settings, field.name) for field in fields(settings)}
    drawn = _drawn(ahead, features, cutoff, season, seed)
    rows, paths = [], []
    for name, assumed in scenarios.items():
        path = revenue_path(ahead, assumed)
        draws = np.array([revenue_path(one, assumed).revenue for one in drawn])
        row, own = _scenario_frames(
            name, assumed, path, draws, share, spend_amount or 0.0, _path_months(cutoff), error
        )
        rows.append(row)
        paths.append(own)
    return Scenarios(
        cutoff=cutoff,
        margin_rate=share,
        spend_amount=float("nan") if spend_amount is None else spend_amount,
        last_year_revenue_amount=earned,
        last_year_orders=float(recent["orders"].sum()),
        joining_customers=float(ahead.joining.sum()),
        backtest_error_rate=error,
        purchase_model=ahead.buying.name,
        season_known=season.is_known,
        level=_LEVEL,
        least=LIMITS[0],
        most=LIMITS[1],
        scenarios=pd.DataFrame(rows),
        months=pd.concat(paths, ignore_index=True),
        surface=response_surface(ahead),
    )


def year_ahead(
    features: pd.DataFrame, joining: pd.Series, cutoff: date, season: Season
) -> YearAhead:
    """Return the fitted customer base at a cut-off with the year that lies before it."""
    step = max(1, -(-len(features) // _MOST_CUSTOMERS))
    rows = features.sort_values("customer_id", ignore_index=True)
    x, t_x, age = seasonal_history(rows, cutoff, season)
    fit = max(1, len(rows) // FITTED_CUSTOMERS)
    buying = fitted_purchase_model(x[::fit], t_x[::fit], age[::fit])
    days = x + 1
    spent = rows["net_revenue_amount"].to_numpy(dtype=float) / days
    valued = fitted_value_model(days, np.maximum(spent, 0.01))
    value = expected_value(valued, days, np.maximum(spent, 0.01))
    # The total of what customers have spent holds.
    scale = float((spent * days).sum() / max((value * days).sum(), 1e-9))
    start = float((cutoff - season.start).days)
    ends = [(same_day_months_later(cutoff, month) - cutoff).days for month in range(MONTHS + 1)]
    elapsed = (
        season.elapsed(np.array(ends, dtype=np.float64) + start)
        - float(season.elapsed(np.array([start]))[0])
    ) / 7
    return YearAhead(
        buying=buying,
        frequency=x[::step],
        recency=t_x[::step],
        age=age[::step],
        value=value[::step] * scale,
        weight=len(rows) / len(x[::step]),
        joining=joining.to_numpy(dtype=float),
        new_value_amount=float(value.mean()) * scale,
        elapsed=elapsed,
        orders_a_day=float(rows["orders"].sum() / days.sum()),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """Orders and net revenue by month, shape (12,), each with the share of new customers."""

    orders: Floats
    revenue: Floats
    new_orders: Floats
    new_revenue: Floats


def revenue_path(ahead: YearAhead, assumed: Scenario) -> Path:
    """Return the year under assumptions on acquisition, retention, frequency and order value."""
    alive = alive_probability(ahead.buying, ahead.frequency, ahead.recency, ahead.age)
    bought = np.array(
        [
            purchases_if_alive(
                ahead.buying,
                ahead.frequency,
                ahead.age,
                elapsed,
                frequency=assumed.frequency,
                retention=assumed.retention,
            )
            * alive
            for elapsed in ahead.elapsed
        ]
    )
    months = np.diff(bought, axis=0) * ahead.weight
    old_days, old_revenue = months.sum(axis=1), (months * ahead.value).sum(axis=1)
    new_days = _joined_days(ahead, assumed) * assumed.acquisition
    new_revenue = new_days * ahead.new_value_amount
    value = assumed.order_value
    return Path(
        orders=(old_days + new_days) * ahead.orders_a_day,
        revenue=(old_revenue + new_revenue) * value,
        new_orders=new_days * ahead.orders_a_day,
        new_revenue=new_revenue * value,
    )


def purchases_if_alive(
    model: PurchaseModel,
    x: Floats,
    age: Floats,
    horizon: float,
    *,
    frequency: float,
    retention: float,
) -> Floats:
    """Return expected purchases of customers who have not left, under changed assumptions.

    Equation 10 of Fader, Hardie & Lee (2005) without the probability of being alive: time runs
    `frequency` times as fast, and the odds of leaving after a purchase fall by that factor and
    by `retention`, so that the expected stay is `retention` times as long.
    """
    from scipy.special import hyp2f1

    r, alpha = model.r, model.alpha
    time = horizon * frequency
    if model.a == 0 or horizon == 0:
        simple: Floats = time * (r + x) / (alpha + age)
        return simple
    a = model.a / (frequency * retention)
    a = a if abs(a - 1) > 1e-6 else 1 + 1e-6
    b = model.b
    z = time / (alpha + age + time)
    series = hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
    expected: Floats = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (a - 1) * series)
    return np.maximum(expected, 0.0)


def response_surface(ahead: YearAhead) -> pd.DataFrame:
    """Return the year of customers who are there and of new ones, over retention and frequency.

    At Chebyshev nodes of the logarithms, between which a polynomial is exact to well under 1 %;
    acquisition, order value, margin and spend are factors and need no grid.

    Returns
    -------
    DataFrame
        retention, frequency, orders, revenue_amount, new_orders, new_revenue_amount.
    """
    rows = []
    for retention in nodes():
        for frequency in nodes():
            path = revenue_path(
                ahead, replace(Scenario(), retention=float(retention), frequency=float(frequency))
            )
            orders, revenue = float(path.orders.sum()), float(path.revenue.sum())
            new, earned = float(path.new_orders.sum()), float(path.new_revenue.sum())
            rows.append((retention, frequency, orders - new, revenue - earned, new, earned))
    names = ["retention", "frequency", "orders", "revenue_amount", "new_orders",
             "new_revenue_amount"]  # fmt: skip
    return pd.DataFrame(rows, columns=names)


def nodes() -> Floats:
    """Return the Chebyshev nodes of the logarithm between `LIMITS`, as factors, ascending."""
    middle, half = np.log(LIMITS).mean(), np.ptp(np.log(LIMITS)) / 2
    at = -np.cos((2 * np.arange(NODES) + 1) * np.pi / (2 * NODES))
    factors: Floats = np.exp(middle + half * at)
    return factors


def interpolated(surface: pd.DataFrame, retention: float, frequency: float) -> Mapping[str, float]:
    """Return the surface between its nodes, as the page's sliders do."""
    one, other = _weights(retention), _weights(frequency)
    names = ["orders", "revenue_amount", "new_orders", "new_revenue_amount"]
    return {
        name: float(one @ surface[name].to_numpy().reshape(NODES, NODES) @ other) for name in names
    }


def _weights(factor: float) -> Floats:
    """Return the Lagrange weights of a factor among the nodes."""
    at, places = np.log(factor), np.log(nodes())
    weights = np.ones(NODES)
    for one in range(NODES):
        for other in range(NODES):
            if one != other:
                weights[one] *= (at - places[other]) / (places[one] - places[other])
    return weights


def _joined_days(ahead: YearAhead, assumed: Scenario) -> Floats:
    """Return the purchase days of a year's new customers by month, first ones included."""
    days = np.zeros(MONTHS)
    nothing = np.zeros(1)
    for month in range(MONTHS):
        middle = (ahead.elapsed[month] + ahead.elapsed[month + 1]) / 2
        ends = np.maximum(ahead.elapsed[month:] - middle, 0.0)
        bought = np.array(
            [
                float(
                    purchases_if_alive(
                        ahead.buying,
                        nothing,
                        nothing,
                        float(end),
                        frequency=assumed.frequency,
                        retention=assumed.retention,
                    )[0]
                )
                for end in ends
            ]
        )
        days[month:] += ahead.joining[month] * np.diff(bought)
        days[month] += ahead.joining[month]
    return days


def _drawn(
    ahead: YearAhead, features: pd.DataFrame, cutoff: date, season: Season, seed: int
) -> list[YearAhead]:
    """Return the year with parameters fitted on bootstrap samples of customers.

    Samples are smaller than the customer base, so that deviations are shrunk to its size. New
    customers vary by as much as the months of the year before do about their mean.
    """
    random = np.random.default_rng(seed)
    size = min(len(features), 1_500)
    rows = features.sort_values("customer_id", ignore_index=True)
    x, t_x, age = seasonal_history(rows, cutoff, season)
    centre = np.log([ahead.buying.r, ahead.buying.alpha, max(ahead.buying.a, 1e-9), ahead.buying.b])
    shrink = np.sqrt(size / len(features))
    fits = []
    for _ in range(DRAWS):
        drawn = random.integers(0, len(rows), size)
        model = fitted_purchase_model(x[drawn], t_x[drawn], age[drawn])
        fits.append(np.log([model.r, model.alpha, max(model.a, 1e-9), model.b]))
    logs = np.array(fits)
    deviations = (logs - logs.mean(axis=0)) * shrink
    spread = float(np.std(ahead.joining, ddof=1) / max(ahead.joining.mean(), 1e-9)) / np.sqrt(
        MONTHS
    )
    worth = float(np.std(ahead.value, ddof=1) / ahead.value.mean()) / np.sqrt(len(features))
    found = []
    for deviation in deviations:
        r, alpha, a, b = np.exp(centre + deviation)
        model = replace(ahead.buying, r=float(r), alpha=float(alpha), b=float(b),
                        a=float(a) if ahead.buying.a > 0 else 0.0)  # fmt: skip
        joined = ahead.joining * float(np.exp(random.normal(0, spread)))
        value = float(np.exp(random.normal(0, worth)))
        found.append(
            replace(
                ahead,
                buying=model,
                joining=joined,
                value=ahead.value * value,
                new_value_amount=ahead.new_value_amount * value,
            )
        )
    return found


def _scenario_frames(
    name: str,
    assumed: Scenario,
    path: Path,
    draws: Floats,
    share: float,
    spend: float,
    months: pd.DatetimeIndex,
    error: float,
) -> tuple[dict[str, object], pd.DataFrame]:
    """Return a scenario's year and its months; the backtest's error widens the interval."""
    revenue = float(path.revenue.sum())
    tails = [(1 - _LEVEL) / 2, (1 + _LEVEL) / 2]
    spread = np.quantile(np.log(draws.sum(axis=1) / draws.sum(axis=1).mean()), tails)
    # One year in which the model was off is one draw of what it may be off again.
    missed = 1.2816 * abs(np.log1p(error)) if np.isfinite(error) else 0.0
    low = revenue * float(np.exp(-np.hypot(spread[0], missed)))
    high = revenue * float(np.exp(np.hypot(spread[1], missed)))
    margin = share * assumed.margin
    spent = spend * assumed.spend
    row = {
        "scenario": name,
        **{field.name: getattr(assumed, field.name) for field in fields(assumed)},
        "orders": float(path.orders.sum()),
        "revenue_amount": revenue,
        "revenue_low_amount": low,
        "revenue_high_amount": high,
        "margin_amount": revenue * margin,
        "spend_amount": spent,
        "result_amount": revenue * margin - spent,
        "result_low_amount": low * margin - spent,
        "result_high_amount": high * margin - spent,
    }
    frame = pd.DataFrame(
        {
            "scenario": name,
            "month": months,
            "revenue_amount": path.revenue,
            "low_amount": path.revenue * low / revenue,
            "high_amount": path.revenue * high / revenue,
        }
    )
    return row, frame


def _backtest(
    earlier: tuple[date, pd.DataFrame],
    total: pd.DataFrame,
    rates: pd.DataFrame,
    observation_start: date,
) -> float:
    """Return by which rate the model of a year ago was off on the year since; null if it cannot be.

    New customers are those who came: acquisition is an assumption, not a prediction.
    """
    day, features = earlier
    if len(features) < FEWEST_CUSTOMERS:
        return float("nan")
    season = fitted_season(rates, end=day, start=observation_start)
    months = [pd.Timestamp(same_day_months_later(day, month)) for month in range(MONTHS)]
    if not set(months) <= set(total.index):
        return float("nan")
    came = total.loc[months]
    ahead = year_ahead(features, came["new_customers"], day, season)
    predicted = float(revenue_path(ahead, Scenario()).revenue.sum())
    return predicted / float(came["net_revenue_amount"].sum()) - 1


def _months_before(cutoff: date) -> list[pd.Timestamp]:
    first = cutoff.replace(day=1)
    return [pd.Timestamp(same_day_months_later(first, -month)) for month in range(MONTHS, 0, -1)]


def _path_months(cutoff: date) -> pd.DatetimeIndex:
    return pd.DatetimeIndex([same_day_months_later(cutoff, month) for month in range(MONTHS)])
