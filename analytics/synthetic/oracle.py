"""What someone who knows every latent expects of each customer after a cut-off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.customers import Customers
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.season import DAYS_A_YEAR, seasonal_demand
from analytics.synthetic.tenure import Tenure, ticket_rate

Floats = npt.NDArray[np.float64]
HORIZON_DAYS = 365
_STEP_DAYS = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is expected of each customer in the days after a cut-off.

    Attributes
    ----------
    orders : array, shape (customers,)
        Expected completed orders.
    discounted_orders : array, shape (customers,)
        The same, each discounted to the cut-off.
    survival : array, shape (customers,)
        Probability of still being there at the end of the horizon; 0 for those who had left or
        not yet come at the cut-off.
    """

    orders: Floats
    discounted_orders: Floats
    survival: Floats


def demand_ahead(shop: SyntheticShop, demand: Floats, days: int) -> Floats:
    """Return daily demand by region with `days` more after the window.

    Beyond the window marketing is taken to go on as it did on average.
    """
    ahead = seasonal_demand(shop.start + timedelta(days=shop.days), days)
    return np.concatenate([demand, np.repeat(ahead[:, None], demand.shape[1], axis=1)])


def _hazard_multiplier(waiting: npt.NDArray[np.int16], expected: Floats) -> Floats:
    """Return the mean multiplier of the hazard, given tickets that wait and those to come."""
    none = np.exp(-expected)
    one = expected * none
    first, second, third = np.exp(a.UNRESOLVED_LOG_HAZARD)
    from_none = none * first + one * second + (1 - none - one) * third
    from_one = none * second + (1 - none) * third
    multiplier: Floats = np.where(waiting == 0, from_none, np.where(waiting == 1, from_one, third))
    return multiplier


def shop_outlook(
    shop: SyntheticShop,
    customers: Customers,
    tenure: Tenure,
    demand: Floats,
    rate_factor: float,
    cutoff_day: int,
    horizon_days: int = HORIZON_DAYS,
) -> Outlook:
    """Return what is expected of each customer after a cut-off, given all latents and history.

    Known are rates, preferences, hazards, who has left, which tickets wait, and the demand of
    days inside the window; unknown are later tickets and departures. The stock-out, the
    offer and the orders that come with sign-up are left out: they change what is expected of all
    customers by less than 1 %.

    Parameters
    ----------
    shop, customers, tenure : SyntheticShop, Customers, Tenure
        The customers, and what has become of them.
    demand : array, shape (days, regions)
        Demand of each day from the start of the window, at least to the end of the horizon.
    rate_factor : float
        The shop's common factor on every customer's rate.
    cutoff_day : int
        First day of the horizon, counted from the start of the window.
    horizon_days : int
        Length of the horizon.
    """
    there = (customers.entry_day < cutoff_day) & (
        (tenure.end_day > cutoff_day) | ((tenure.end_day == cutoff_day) & ~tenure.left)
    )
    unresolved_a_day = ticket_rate(customers.satisfaction) * a.UNRESOLVED_RATE
    # Of the tickets known at the cut-off, those still within their three months later on.
    known = np.isinf(tenure.tickets.resolved) & (tenure.tickets.opened < cutoff_day)
    count_waiting = partial(
        _waiting, tenure.tickets.customer[known], tenure.tickets.opened[known], len(customers)
    )
    daily_hazard = tenure.hazard / DAYS_A_YEAR
    survival = there.astype(np.float64)
    orders = np.zeros(len(customers))
    discounted = np.zeros(len(customers))
    completed = rate_factor * a.STATUS_SHARES[0] / DAYS_A_YEAR
    for first in range(0, horizon_days, _STEP_DAYS):
        days = min(_STEP_DAYS, horizon_days - first)
        middle = first + days / 2
        expected = unresolved_a_day * min(middle, a.UNRESOLVED_DAYS)
        hazard = daily_hazard * _hazard_multiplier(count_waiting(cutoff_day + middle), expected)
        stayed = survival * np.exp(-hazard * days)
        low = cutoff_day + first
        step = demand[low : low + days].sum(axis=0)[customers.region]
        placed = (survival + stayed) / 2 * customers.rate * completed * step
        orders += placed
        discounted += placed * (1 + a.DISCOUNT_RATE) ** (-middle / DAYS_A_YEAR)
        survival = stayed
    return Outlook(orders=orders, discounted_orders=discounted, survival=survival)


def _waiting(
    customer: npt.NDArray[np.int64], opened: Floats, customers: int, day: float
) -> npt.NDArray[np.int16]:
    recent = customer[opened > day - a.UNRESOLVED_DAYS]
    return np.bincount(recent, minlength=customers).astype(np.int16)
