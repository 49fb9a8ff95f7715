"""Two randomised experiments: an offer that works, and a layout that changes nothing.

The offer raises the rate at which its customers order, for a limited time; the size of orders,
discounts and the hazard of leaving stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.customers import Customers
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.season import next_monday
from analytics.synthetic.tenure import Tenure, unresolved_counts

OFFER, PLACEBO = "retention-offer", "checkout-layout"
VARIANTS = ("control", "treatment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiment:
    """One experiment, as it was run.

    Attributes
    ----------
    name : str
    day : int
        Day of assignment, from the start of the window.
    days : int
        How long the treatment lasts.
    lift : float
        By which share it raises the rate of orders of those treated.
    customers : integer array
        Rows of the customers who were assigned.
    treated : boolean array
        Who of them was treated.
    """

    name: str
    day: int
    days: int
    lift: float
    customers: npt.NDArray[np.int64]
    treated: npt.NDArray[np.bool_]


def _assignment_day(shop: SyntheticShop, month: int, day: int) -> int:
    # A shorter window has its experiments at the same share of its length.
    planned: date = (
        shop.month_start(month) + timedelta(days=day)
        if shop.months >= a.MONTHS
        else shop.start + timedelta(days=int(shop.days * month / a.MONTHS))
    )
    return min(shop.day(next_monday(planned)), shop.days - 1)


def _assigned(
    eligible: npt.NDArray[np.int64], random: np.random.Generator
) -> npt.NDArray[np.bool_]:
    """Return a random half of those eligible, exact to one customer."""
    treated = np.arange(len(eligible)) % 2 == 1
    return random.permutation(treated)


def _at_risk(customers: Customers, tenure: Tenure, day: int) -> npt.NDArray[np.int64]:
    """Return the Standard customers there on that day who are dissatisfied or wait for help."""
    there = (
        (customers.segment == a.SEGMENTS.index("Standard"))
        & (customers.entry_day <= day - a.TENURE_DAYS)
        & (tenure.end_day > day)
    )
    rows = np.flatnonzero(there)
    if len(rows) == 0:
        return rows
    waiting = np.zeros(len(customers), dtype=np.bool_)
    everyone = np.arange(len(customers))
    waiting[:] = unresolved_counts(tenure.tickets, everyone, day, 1)[:, 0] > 0
    return rows[(customers.satisfaction[rows] <= a.OFFER_SATISFACTION) | waiting[rows]]


def shop_experiments(
    shop: SyntheticShop, customers: Customers, tenure: Tenure
) -> tuple[Experiment, Experiment]:
    """Return the offer and the placebo; either may have no customers in a small shop."""
    random = shop.stream("experiments")
    day = _assignment_day(shop, a.OFFER_MONTH, a.OFFER_DAY)
    at_risk = _at_risk(customers, tenure, day)
    offer = Experiment(
        name=OFFER,
        day=day,
        days=min(a.OFFER_DAYS, shop.days - day),
        lift=a.OFFER_LIFT,
        customers=at_risk,
        treated=_assigned(at_risk, random),
    )
    day = _assignment_day(shop, a.PLACEBO_MONTH, a.PLACEBO_DAY)
    there = np.flatnonzero((customers.entry_day <= day) & (tenure.end_day > day))
    drawn = there[random.random(len(there)) < a.PLACEBO_SHARE]
    placebo = Experiment(
        name=PLACEBO,
        day=day,
        days=min(a.OFFER_DAYS, shop.days - day),
        lift=0.0,
        customers=drawn,
        treated=_assigned(drawn, random),
    )
    return offer, placebo
