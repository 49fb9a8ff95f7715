"""The year to come under the scenarios, with how unsure it is."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.calendar import same_day_months_later
from analytics.predictive.bg_nbd import fitted_purchase_model
from analytics.predictive.churn_rows import seasonal_history
from analytics.predictive.response_surface import LIMITS, response_surface
from analytics.predictive.season import Season, fitted_season
from analytics.predictive.year_ahead import MONTHS, Path, YearAhead, revenue_path, year_ahead
from analytics.results import Missing, Scenarios
from analytics.settings import Scenario, ScenarioSettings

Floats = npt.NDArray[np.float64]
FEWEST_CUSTOMERS = 200
DRAWS = 20
_LEVEL = 0.8


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
