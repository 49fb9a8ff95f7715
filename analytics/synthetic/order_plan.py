"""How many orders are placed when: the customers' rates, and the batches that orders come in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.customers import Customers
from analytics.synthetic.experiments import Experiment
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.season import DAYS_A_YEAR
from analytics.synthetic.tenure import Tenure, active_sums

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decline:
    """The stock-out: days [first, end) in which a share of a slice's orders does not happen."""

    first: int
    end: int
    rate: float
    region: int = 0
    category: int = 0
    sales_channel: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells:
    """Stretches of days [first, end) in which a customer orders at `rate` orders a year."""

    customer: Integers
    first: Integers
    end: Integers
    rate: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """Orders that are made together: those of days [first, end), or a part of them.

    Attributes
    ----------
    number : int
        Of the batch, from 0.
    stream : int
        Number of its random numbers: 0 for the only batch of a shop, else from 1.
    first, end : int
        Days of the window.
    month : int
        Month of its first day, counted from 0 at the start of the window.
    orders : int
        All of its orders.
    signups : slice
        Those of them that come with sign-up, as rows of the plan's.
    """

    number: int
    stream: int
    first: int
    end: int
    month: int
    orders: int
    signups: slice


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlan:
    """All that decides who orders when.

    Attributes
    ----------
    spells : Spells
        When each customer orders, and at which rate.
    cumulated : array, shape (days + 1, regions)
        Years of average demand up to each day.
    decline : Decline or None
    signups : dict
        Customer, day, category and sales channel of the orders that come with sign-up.
    expected : float
        Other orders at rate factor 1, less those that the stock-out costs.
    lost : float
        Orders that the stock-out is expected to cost at rate factor 1.
    batches : tuple of Batch
    """

    spells: Spells
    cumulated: Floats
    decline: Decline | None
    signups: dict[str, Integers]
    expected: float
    lost: float
    batches: tuple[Batch, ...]


def shop_decline(shop: SyntheticShop) -> Decline | None:
    """Return the stock-out of the shop; none where its window is too short to have one."""
    first, end = a.DECLINE_MONTHS
    if shop.months < end:
        return None
    days: list[date] = [shop.month_start(first), shop.month_start(end)]
    return Decline(first=shop.day(days[0]), end=shop.day(days[1]), rate=a.DECLINE_RATE)


def order_spells(customers: Customers, tenure: Tenure, offer: Experiment) -> Spells:
    """Return the customers' active stretches, and beside them what the offer adds to them."""
    treated = offer.customers[offer.treated]
    over = np.minimum(offer.day + offer.days, tenure.end_day[treated])
    return Spells(
        customer=np.concatenate([np.arange(len(customers)), treated]).astype(np.int32),
        first=np.concatenate([tenure.first_day, np.full(len(treated), offer.day)]).astype(np.int32),
        end=np.concatenate([tenure.end_day, over]).astype(np.int32),
        rate=np.concatenate([customers.rate, offer.lift * customers.rate[treated]]),
    )


def cumulated_demand(demand: Floats) -> Floats:
    """Return years of average demand up to each day, shape (days + 1, regions)."""
    start = np.zeros((1, demand.shape[1]))
    return np.concatenate([start, np.cumsum(demand, axis=0)]) / DAYS_A_YEAR


def expected_orders(spells: Spells, region: Integers, cumulated: Floats) -> Floats:
    """Return the expected orders of each spell, before the stock-out."""
    at = region[spells.customer]
    exposure = cumulated[spells.end, at] - cumulated[spells.first, at]
    orders: Floats = spells.rate * exposure
    return orders


def drawn_codes(shares: npt.NDArray[Any], random: np.random.Generator) -> Integers:
    """Return a code for each row of probabilities."""
    cumulated = np.cumsum(shares, axis=1)[:, :-1]
    codes: Integers = (random.random(len(shares))[:, None] >= cumulated).sum(axis=1)
    return codes


def _signups(customers: Customers, random: np.random.Generator) -> tuple[Integers, Integers]:
    """Return customers and days of the orders that come with sign-up, in random order."""
    fresh = customers.entry_day >= 0
    rows = np.flatnonzero(fresh & (random.random(len(customers)) < a.FIRST_ORDER_RATE))
    rows = random.permutation(rows)
    return rows, customers.entry_day[rows]


def happening(
    placed: tuple[Integers, Integers],
    customers: Customers,
    decline: Decline | None,
    random: np.random.Generator,
) -> dict[str, Integers]:
    """Return, with category and sales channel, the orders that the stock-out leaves."""
    customer, day = placed
    category = drawn_codes(customers.category_shares[customer], random)
    sales_channel = drawn_codes(customers.sales_channel_shares[customer], random)
    columns = {
        "customer": customer,
        "day": day,
        "category": category,
        "sales_channel": sales_channel,
    }
    if decline is None:
        return columns
    hit = (
        (customers.region[customer] == decline.region)
        & (category == decline.category)
        & (sales_channel == decline.sales_channel)
        & (day >= decline.first)
        & (day < decline.end)
    )
    kept = ~(hit & (random.random(len(day)) < decline.rate))
    return {name: values[kept] for name, values in columns.items()}


def signup_orders(
    shop: SyntheticShop,
    customers: Customers,
    decline: Decline | None,
    random: np.random.Generator,
) -> dict[str, Integers]:
    """Return the orders that come with sign-up, no more than the shop is to have."""
    columns = happening(_signups(customers, random), customers, decline, random)
    return {name: values[: shop.transactions] for name, values in columns.items()}


def within(spells: Spells, first: int, end: int) -> Spells:
    """Return what of the spells lies in days [first, end)."""
    start, over = np.maximum(spells.first, first), np.minimum(spells.end, end)
    rows = np.flatnonzero(start < over)
    return Spells(
        customer=spells.customer[rows], first=start[rows], end=over[rows], rate=spells.rate[rows]
    )


def _lost_orders(
    customers: Customers, tenure: Tenure, demand: Floats, decline: Decline | None
) -> Floats:
    """Return the orders of each day that the stock-out is expected to cost, at rate factor 1."""
    lost = np.zeros(len(demand))
    if decline is None:
        return lost
    share = (
        customers.category_shares[:, decline.category]
        * customers.sales_channel_shares[:, decline.sales_channel]
    )
    rate = active_sums(
        tenure.first_day, tenure.end_day, customers.region, customers.rate * share, len(demand)
    )[:, decline.region]
    days = slice(decline.first, decline.end)
    lost[days] = decline.rate * (rate * demand[:, decline.region])[days] / DAYS_A_YEAR
    return lost


def order_plan(
    shop: SyntheticShop,
    customers: Customers,
    tenure: Tenure,
    offer: Experiment,
    demand: Floats,
) -> OrderPlan:
    """Return who orders when at which rate, and the orders of each batch.

    Parameters
    ----------
    shop, customers, tenure : SyntheticShop, Customers, Tenure
        Who is there when.
    offer : Experiment
        The experiment that has an effect.
    demand : array, shape (days, regions)
        Demand beside the average.
    """
    spells, decline = order_spells(customers, tenure, offer), shop_decline(shop)
    rate = active_sums(
        spells.first, spells.end, customers.region[spells.customer], spells.rate, shop.days
    )
    lost = _lost_orders(customers, tenure, demand, decline)
    daily = np.maximum((rate * demand).sum(axis=1) / DAYS_A_YEAR - lost, 0)
    signups = signup_orders(shop, customers, decline, shop.stream("orders"))
    if shop.transactions > shop.batch:
        # The one batch keeps them in random order, since too many of them may have been drawn.
        order = np.argsort(signups["day"], kind="stable")
        signups = {name: values[order].astype(np.int32) for name, values in signups.items()}
    return OrderPlan(
        spells=spells,
        cumulated=cumulated_demand(demand),
        decline=decline,
        signups=signups,
        expected=float(daily.sum()),
        lost=float(lost.sum()),
        batches=_batches(shop, daily, signups["day"]),
    )


def _batches(shop: SyntheticShop, daily: Floats, signup_days: Integers) -> tuple[Batch, ...]:
    """Return the batches: the only one, or parts of months that hold about `shop.batch` orders."""
    count = shop.transactions - len(signup_days)
    if shop.transactions <= shop.batch:
        signups = slice(0, len(signup_days))
        return (
            Batch(
                number=0,
                stream=0,
                first=0,
                end=shop.days,
                month=0,
                orders=shop.transactions,
                signups=signups,
            ),
        )
    wanted = daily * max(count, 0) / daily.sum()
    wanted += np.bincount(signup_days, minlength=shop.days)
    edges: list[tuple[int, int, int, int, int]] = []  # month, first, end, part, parts
    for month in range(shop.months):
        low, high = shop.day(shop.month_start(month)), shop.day(shop.month_start(month + 1))
        pieces = int(np.ceil(wanted[low:high].sum() / shop.batch)) or 1
        running = np.cumsum(wanted[low:high]) / max(wanted[low:high].sum(), 1e-9)
        cuts = low + 1 + np.searchsorted(running, np.arange(1, pieces) / pieces)
        days = np.unique([low, *np.clip(cuts, low, high), high]).tolist()
        parts = -(-pieces // (high - low))
        for first, end in pairwise(days):
            edges += [(month, first, end, part, parts) for part in range(parts)]
    shares = np.asarray([daily[first:end].sum() / parts for _, first, end, _, parts in edges])
    counts = shop.stream("batches").multinomial(max(count, 0), shares / shares.sum())
    batches = []
    for number, (month, first, end, part, parts) in enumerate(edges):
        low, high = np.searchsorted(signup_days, [first, end])
        bounds = low + (high - low) * np.arange(parts + 1) // parts
        signups = slice(int(bounds[part]), int(bounds[part + 1]))
        batches.append(
            Batch(
                number=number,
                stream=number + 1,
                first=first,
                end=end,
                month=month,
                orders=int(counts[number]) + signups.stop - signups.start,
                signups=signups,
            )
        )
    return tuple(batches)
