"""The customer base in the year to come, under assumptions.

Customers who are there buy at their own rates until they leave (BG/NBD); new ones join as in the
year before and behave like any customer who has just joined. Assumptions change the model's
quantities, not its result: retention multiplies the expected stay, frequency the purchase rates
without shortening the stay, acquisition the customers who join.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.calendar import same_day_months_later
from analytics.predictive.bg_nbd import PurchaseModel, alive_probability, fitted_purchase_model
from analytics.predictive.churn_rows import FITTED_CUSTOMERS, seasonal_history
from analytics.predictive.gamma_gamma import expected_value, fitted_value_model
from analytics.predictive.season import Season
from analytics.settings import Scenario

Floats = npt.NDArray[np.float64]
MONTHS = 12
_MOST_CUSTOMERS = 5_000


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
