"""When orders are placed, by whom, and what kind they are.

Some customers order on the day they sign up. All other orders are a Poisson process. Given its
total, such a process is that many independent draws from its normalised intensity; so the exact
number of orders is drawn from the intensity, which equals simulating shops again and again until
one has that number.

The stock-out thins the orders of its slice: those draws are rejected at its rate, which leaves
independent draws from the thinned intensity.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.customers import Customers
from analytics.synthetic.experiments import Experiment
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.season import DAYS_A_YEAR
from analytics.synthetic.tenure import Tenure

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


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
class Orders:
    """Orders in the order of time, an entry each.

    Attributes
    ----------
    customer, day, second : integer arrays
        Row of the customer, day of the window, second of the day.
    category, sales_channel, payment_method, status : integer arrays
        Codes.
    """

    customer: Integers
    day: Integers
    second: Integers
    category: Integers
    sales_channel: Integers
    payment_method: Integers
    status: Integers


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells:
    """Stretches of days [first, end) in which a customer orders at `rate` orders a year."""

    customer: Integers
    first: Integers
    end: Integers
    rate: Floats


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
    return Spells(
        customer=np.concatenate([np.arange(len(customers)), treated]),
        first=np.concatenate([tenure.first_day, np.full(len(treated), offer.day)]),
        end=np.concatenate(
            [tenure.end_day, np.minimum(offer.day + offer.days, tenure.end_day[treated])]
        ),
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


def _days(
    spells: Spells, chosen: Integers, region: Integers, cumulated: Floats, random: Floats
) -> Integers:
    """Return a day for each chosen spell, drawn in proportion to the day's demand."""
    at = region[spells.customer[chosen]]
    low = cumulated[spells.first[chosen], at]
    target = low + random * (cumulated[spells.end[chosen], at] - low)
    days = np.empty(len(chosen), dtype=np.int64)
    for code in range(cumulated.shape[1]):
        here = at == code
        days[here] = np.searchsorted(cumulated[:, code], target[here], side="right") - 1
    return np.clip(days, spells.first[chosen], spells.end[chosen] - 1)


def _codes(shares: Floats, random: np.random.Generator) -> Integers:
    """Return a code for each row of probabilities."""
    cumulated = np.cumsum(shares, axis=1)[:, :-1]
    codes: Integers = (random.random(len(shares))[:, None] >= cumulated).sum(axis=1)
    return codes


def _drawn(
    customers: Customers,
    spells: Spells,
    cumulated: Floats,
    count: int,
    random: np.random.Generator,
) -> tuple[Integers, Integers]:
    """Return customers and days of `count` independent draws from the intensity."""
    weights = np.cumsum(expected_orders(spells, customers.region, cumulated))
    chosen = np.searchsorted(weights, random.random(count) * weights[-1], side="right")
    chosen = np.minimum(chosen, len(weights) - 1)
    day = _days(spells, chosen, customers.region, cumulated, random.random(count))
    return spells.customer[chosen], day


def _first(customers: Customers, random: np.random.Generator) -> tuple[Integers, Integers]:
    """Return customers and days of the orders that come with sign-up, in random order."""
    fresh = customers.entry_day >= 0
    rows = np.flatnonzero(fresh & (random.random(len(customers)) < a.FIRST_ORDER_RATE))
    rows = random.permutation(rows)
    return rows, customers.entry_day[rows]


def _happening(
    placed: tuple[Integers, Integers],
    customers: Customers,
    decline: Decline | None,
    random: np.random.Generator,
) -> dict[str, Integers]:
    """Return, with category and sales channel, the orders that the stock-out leaves."""
    customer, day = placed
    category = _codes(customers.category_shares[customer], random)
    sales_channel = _codes(customers.sales_channel_shares[customer], random)
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


def shop_orders(
    shop: SyntheticShop,
    customers: Customers,
    spells: Spells,
    cumulated: Floats,
    decline: Decline | None,
) -> tuple[Orders, int]:
    """Return exactly as many orders as the shop is to have, and how many came with sign-up.

    Parameters
    ----------
    shop : SyntheticShop
        For the number of orders and the seed.
    customers : Customers
        For their regions and preferences.
    spells : Spells
        When each customer orders, and at which rate.
    cumulated : array, shape (days + 1, regions)
        Years of average demand up to each day.
    decline : Decline or None
        The stock-out.

    Returns
    -------
    Orders
        In the order of time.
    int
    """
    random = shop.stream("orders")
    count = shop.transactions
    columns = _happening(_first(customers, random), customers, decline, random)
    first = min(len(columns["day"]), count)
    while len(columns["day"]) < count:
        # A little more than is missing, since the stock-out takes some.
        missing = int((count - len(columns["day"])) * 1.02) + 100
        placed = _drawn(customers, spells, cumulated, missing, random)
        more = _happening(placed, customers, decline, random)
        columns = {name: np.concatenate([columns[name], more[name]]) for name in columns}
    columns = {name: values[:count] for name, values in columns.items()}

    hours = np.asarray(a.HOURS) / sum(a.HOURS)
    second = random.choice(24, count, p=hours) * 3600 + random.integers(0, 3600, count)
    loyal = random.random(count) < a.PAYMENT_LOYALTY
    payment = np.where(
        loyal,
        customers.payment_method[columns["customer"]],
        random.choice(len(a.PAYMENT_METHODS), count, p=a.PAYMENT_SHARES),
    )
    status = random.choice(len(a.STATUSES), count, p=a.STATUS_SHARES)
    order = np.lexsort((columns["customer"], second, columns["day"]))
    orders = Orders(
        customer=columns["customer"][order],
        day=columns["day"][order],
        second=second[order],
        category=columns["category"][order],
        sales_channel=columns["sales_channel"][order],
        payment_method=payment[order],
        status=status[order],
    )
    return orders, first
