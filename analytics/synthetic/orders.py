"""The orders of a batch: who places them, when, and what kind they are.

Some customers order on the day they sign up. All other orders are a Poisson process. Given its
total, such a process is that many independent draws from its normalised intensity; so the exact
number of orders is drawn from the intensity, which equals simulating shops again and again until
one has that number. `order_plan` says how many of them fall into which batch.

The stock-out thins the orders of its slice: those draws are rejected at its rate, which leaves
independent draws from the thinned intensity.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.customers import Customers
from analytics.synthetic.order_plan import (
    Batch,
    OrderPlan,
    Spells,
    expected_orders,
    happening,
    signup_orders,
    within,
)
from analytics.synthetic.parameters import SyntheticShop

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
# From here on drawing in the order of the customers spares the processor's caches.
_SORTED_FROM = 200_000


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


def _drawn(
    customers: Customers,
    spells: Spells,
    cumulated: Floats,
    count: int,
    random: np.random.Generator,
) -> tuple[Integers, Integers]:
    """Return customers and days of `count` independent draws from the intensity."""
    weights = np.cumsum(expected_orders(spells, customers.region, cumulated))
    points = random.random(count)
    if len(weights) > _SORTED_FROM:
        points.sort()
    chosen = np.searchsorted(weights, points * weights[-1], side="right")
    chosen = np.minimum(chosen, len(weights) - 1)
    day = _days(spells, chosen, customers.region, cumulated, random.random(count))
    return spells.customer[chosen].astype(np.int64), day


def batch_orders(
    shop: SyntheticShop, customers: Customers, plan: OrderPlan, batch: Batch
) -> Orders:
    """Return exactly as many orders as the plan has for the batch, in the order of time.

    Parameters
    ----------
    shop : SyntheticShop
        For the seed.
    customers : Customers
        For their regions and preferences.
    plan : OrderPlan
        When each customer orders, and at which rate.
    batch : Batch
        One of the plan's.
    """
    random = shop.stream("orders", batch.stream)
    if batch.stream == 0:
        # The one batch goes on where the orders of sign-up left the stream.
        signup_orders(shop, customers, plan.decline, random)
    count = batch.orders
    columns = {name: values[batch.signups] for name, values in plan.signups.items()}
    columns = {name: values.astype(np.int64) for name, values in columns.items()}
    spells = within(plan.spells, batch.first, batch.end)
    while len(columns["day"]) < count:
        # A little more than is missing, since the stock-out takes some.
        missing = int((count - len(columns["day"])) * 1.02) + 100
        placed = _drawn(customers, spells, plan.cumulated, missing, random)
        more = happening(placed, customers, plan.decline, random)
        if len(spells.customer) > _SORTED_FROM:
            more = _shuffled(more, random)
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
    return Orders(
        customer=columns["customer"][order],
        day=columns["day"][order],
        second=second[order],
        category=columns["category"][order],
        sales_channel=columns["sales_channel"][order],
        payment_method=payment[order],
        status=status[order],
    )


def _shuffled(columns: dict[str, Integers], random: np.random.Generator) -> dict[str, Integers]:
    # What is too much is cut off: it must not be the last customers'.
    order = random.permutation(len(columns["day"]))
    return {name: values[order] for name, values in columns.items()}
