"""When customers ask for help, and when they leave for good.

A customer leaves at a hazard that their segment sets, that low satisfaction raises, and that
unresolved tickets of the last three months raise further. Nothing else raises it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.customers import Customers, blocks
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.season import DAYS_A_YEAR

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_CUSTOMERS_A_BLOCK = 20_000  # bounds the memory of the grid of customers by days


@dataclass(frozen=True, slots=True, kw_only=True)
class Tickets:
    """Tickets in the window and the three months before it, by customer and time.

    Attributes
    ----------
    customer : integer array
        Row of the customer.
    opened : array
        Days from the start of the window, with the time of day as fraction; may be negative.
    resolved : array
        Days likewise; infinite where the ticket stays unresolved.
    """

    customer: npt.NDArray[Any]
    opened: Floats
    resolved: Floats

    def of(self, rows: slice) -> Tickets:
        """Return the tickets of some consecutive customers, who count from 0 then."""
        low, high = np.searchsorted(self.customer, [rows.start, rows.stop])
        return Tickets(
            customer=self.customer[low:high] - rows.start,
            opened=self.opened[low:high],
            resolved=self.resolved[low:high],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """How long each customer stays, and their tickets.

    Attributes
    ----------
    first_day : integer array
        First day in the window on which the customer can order.
    end_day : integer array
        First day on which the customer no longer can: that of leaving, or the end of the window.
    left : boolean array
        Whether the customer left within the window.
    hazard : array
        Hazard of leaving a year, without unresolved tickets.
    tickets : Tickets
        Only those opened before the customer left.
    """

    first_day: npt.NDArray[Any]
    end_day: npt.NDArray[Any]
    left: npt.NDArray[np.bool_]
    hazard: Floats
    tickets: Tickets

    def block(self, rows: slice) -> Tenure:
        """Return the tenure of some consecutive customers."""
        return Tenure(
            first_day=self.first_day[rows],
            end_day=self.end_day[rows],
            left=self.left[rows],
            hazard=self.hazard[rows],
            tickets=self.tickets.of(rows),
        )


def ticket_rate(satisfaction: Floats) -> Floats:
    """Return the tickets a day of customers with that satisfaction."""
    distance = satisfaction - a.SATISFACTION_MEAN
    monthly = a.TICKETS_A_MONTH * np.exp(a.TICKETS_PER_SATISFACTION * distance)
    rates: Floats = monthly * 12 / DAYS_A_YEAR
    return rates


def _opened_tickets(shop: SyntheticShop, customers: Customers, number: int) -> Tickets:
    """Return the tickets of one block of customers, as if none of them left."""
    random = shop.stream("tickets", number)
    first = np.maximum(customers.entry_day, -a.UNRESOLVED_DAYS).astype(np.float64)
    expected = ticket_rate(customers.satisfaction) * (shop.days - first)
    customer = np.repeat(np.arange(len(customers)), random.poisson(expected))
    opened = first[customer] + random.random(len(customer)) * (shop.days - first[customer])
    order = np.lexsort((opened, customer))
    customer, opened = customer[order], opened[order]
    taken = np.exp(random.normal(np.log(1.5), 1.0, len(customer)))
    unresolved = random.random(len(customer)) < a.UNRESOLVED_RATE
    return Tickets(
        customer=customer, opened=opened, resolved=np.where(unresolved, np.inf, opened + taken)
    )


def unresolved_counts(
    tickets: Tickets, customers: Integers, first_day: int, days: int
) -> npt.NDArray[np.int16]:
    """Return the unresolved tickets of the three months up to each day.

    Parameters
    ----------
    tickets : Tickets
        Sorted by customer.
    customers : integer array
        Consecutive rows of customers.
    first_day, days : int
        The days to count at, from the start of the window.

    Returns
    -------
    array, shape (customers, days)
    """
    low, high = np.searchsorted(tickets.customer, [customers[0], customers[-1] + 1])
    unresolved = np.flatnonzero(np.isinf(tickets.resolved[low:high])) + low
    row = tickets.customer[unresolved] - customers[0]
    opened = np.floor(tickets.opened[unresolved]).astype(np.int64)
    changes = np.zeros((len(customers), days + 1), dtype=np.int16)
    last = first_day + days
    np.add.at(changes, (row, np.clip(opened, first_day, last) - first_day), 1)
    over = np.clip(opened + a.UNRESOLVED_DAYS, first_day, last) - first_day
    np.add.at(changes, (row, over), -1)
    counts: npt.NDArray[np.int16] = np.cumsum(changes[:, :-1], axis=1, dtype=np.int16)
    return counts


def _leaving_days(
    shop: SyntheticShop, first: Integers, hazard: Floats, tickets: Tickets, threshold: Floats
) -> Integers:
    """Return the day on which each customer leaves; the window's days where they stay."""
    multiplier = np.exp(np.asarray(a.UNRESOLVED_LOG_HAZARD)).astype(np.float32)
    counts = unresolved_counts(tickets, np.arange(len(first)), 0, shop.days)
    daily = multiplier[np.minimum(counts, 2)]
    daily *= (hazard[:, None] / DAYS_A_YEAR).astype(np.float32)
    daily[np.arange(shop.days)[None, :] < first[:, None]] = 0
    np.cumsum(daily, axis=1, out=daily)
    leaving = (daily < threshold[:, None]).sum(axis=1)
    # Nobody leaves on the day of sign-up: each customer has a day to order on.
    days: Integers = np.minimum(np.maximum(leaving, first + 1), shop.days)
    return days


def active_sums(
    first: npt.NDArray[Any],
    end: npt.NDArray[Any],
    region: npt.NDArray[Any],
    worth: Floats,
    days: int,
) -> Floats:
    """Return, by day and region, the sum of `worth` over those there on days [first, end).

    Parameters
    ----------
    first, end : integer arrays
        An entry a customer, or a stretch of one; 0 to `days`.
    region : integer array
        Codes.
    worth : array
        In any unit.
    days : int
        Of the window.

    Returns
    -------
    array, shape (days, regions)
    """
    shape = (days + 1, len(a.REGIONS))
    size = shape[0] * shape[1]
    come = np.bincount(np.ravel_multi_index((first, region), shape), worth, size)
    gone = np.bincount(np.ravel_multi_index((end, region), shape), worth, size)
    return np.cumsum((come - gone).reshape(shape), axis=0)[:-1]


def shop_tenure(shop: SyntheticShop, customers: Customers) -> Tenure:
    """Return when each customer of the shop leaves, and the tickets opened until then."""
    distance = customers.satisfaction - a.SATISFACTION_MEAN
    hazard = np.asarray(a.HAZARD_A_YEAR)[customers.segment] * np.exp(
        a.HAZARD_PER_SATISFACTION * distance
    )
    first = np.maximum(customers.entry_day, 0)
    threshold = shop.stream("tenure").exponential(size=len(customers))
    leaving = np.empty(len(customers), dtype=np.int32)
    parts = []
    for number, rows in enumerate(blocks(len(customers), _CUSTOMERS_A_BLOCK)):
        tickets = _opened_tickets(shop, customers.block(rows), number)
        leaving[rows] = _leaving_days(shop, first[rows], hazard[rows], tickets, threshold[rows])
        kept = tickets.opened < leaving[rows][tickets.customer]
        parts.append(
            Tickets(
                customer=(tickets.customer[kept] + rows.start).astype(np.int32),
                opened=tickets.opened[kept],
                resolved=tickets.resolved[kept],
            )
        )
    return Tenure(
        first_day=first,
        end_day=leaving,
        left=leaving < shop.days,
        hazard=hazard,
        tickets=Tickets(
            customer=np.concatenate([part.customer for part in parts]),
            opened=np.concatenate([part.opened for part in parts]),
            resolved=np.concatenate([part.resolved for part in parts]),
        ),
    )
