"""What orders are worth and cost, in whole cents, line by line.

The shop's factors on price (one a segment) and on the cost of goods are solved so that net revenue
and the segments' mean CLV12 come out as stated. Everything is summed from the lines upwards, so
an order's amounts are those of its lines to the cent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.customers import Customers, blocks
from analytics.synthetic.orders import Orders
from analytics.synthetic.parameters import SyntheticShop

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_LEAST_CUSTOMERS = 200  # in a segment; with fewer, its mean CLV12 is left to chance
_MARGIN_SHIFTS = (-0.15, 0.15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Economics:
    """What each order of a customer is expected to bring, and the shop's solved factors.

    Attributes
    ----------
    price_factors : array, shape (segments,)
    margin_shift : float
        Added to every order's goods margin.
    margin_an_order : array, shape (customers,)
        Expected contribution margin of a completed order, in dollars.
    solved : bool
        Whether the factors were solved for CLV12 too; else for net revenue alone.
    """

    price_factors: Floats
    margin_shift: float
    margin_an_order: Floats
    solved: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Amounts:
    """Amounts of orders and lines in cents; lines are grouped by order, in its order.

    Attributes
    ----------
    gross, discount, net, cost_of_goods, shipping_cost, payment_cost : integer arrays
        An entry an order.
    line_order : integer array
        Row of the line's order.
    line_product : integer array
        Number of the product within its category, from 1.
    line_quantity, line_price, line_discount, line_net, line_cost : integer arrays
        An entry a line.
    """

    gross: Integers
    discount: Integers
    net: Integers
    cost_of_goods: Integers
    shipping_cost: Integers
    payment_cost: Integers
    line_order: Integers
    line_product: Integers
    line_quantity: Integers
    line_price: Integers
    line_discount: Integers
    line_net: Integers
    line_cost: Integers


def region_margins() -> Floats:
    """Return what a region adds to the goods margin of a category."""
    return np.asarray(a.REGION_MARGINS) - a.MARGIN_RATE


def order_values(
    shop: SyntheticShop, customers: Customers, orders: Orders, stream: int = 0
) -> Floats:
    """Return each order's net value in dollars, before the segment's price factor."""
    noise = shop.stream("values", stream).normal(0, a.ORDER_LOG_SD, len(orders.customer))
    values: Floats = customers.order_value[orders.customer] * np.exp(noise - a.ORDER_LOG_SD**2 / 2)
    return values


def net_revenue_target(shop: SyntheticShop) -> float:
    """Return the net revenue in dollars that the shop is to have: the same an order for all."""
    return a.NET_REVENUE * shop.transactions / a.TRANSACTIONS


def clv12_targets(shop: SyntheticShop) -> Floats:
    """Return the segments' mean CLV12, scaled by orders a customer and month."""
    here = shop.transactions / shop.customers / shop.months
    return np.asarray(a.CLV12) * here / (a.TRANSACTIONS / a.CUSTOMERS / a.MONTHS)


def _expected_costs(customers: Customers) -> tuple[Floats, Floats, Floats]:
    """Return goods margin, payment rate and fixed cost of an order expected by customer."""
    parts = [_block_costs(customers.block(rows)) for rows in blocks(len(customers))]
    margin, payment, fixed = zip(*parts, strict=True)
    return np.concatenate(margin), np.concatenate(payment), np.concatenate(fixed)


def _block_costs(customers: Customers) -> tuple[Floats, Floats, Floats]:
    margin = (
        customers.category_shares @ np.asarray(a.CATEGORY_MARGINS)
        + region_margins()[customers.region]
    )
    preferred = np.eye(len(a.PAYMENT_METHODS))[customers.payment_method]
    methods = a.PAYMENT_LOYALTY * preferred + (1 - a.PAYMENT_LOYALTY) * np.asarray(a.PAYMENT_SHARES)
    lines = float(np.dot(a.LINE_SHARES, np.arange(1, len(a.LINE_SHARES) + 1)))
    shipped = 1 - customers.sales_channel_shares[:, a.STORE]
    fixed = methods @ np.asarray(a.PAYMENT_FEE_CENTS) + shipped * (
        a.SHIPPING_CENTS + a.SHIPPING_CENTS_A_LINE * lines
    )
    return margin, methods @ np.asarray(a.PAYMENT_COST_RATES), fixed / 100


def shop_economics(
    shop: SyntheticShop,
    customers: Customers,
    worth_ordered: Floats,
    buying: Floats,
    to_come: Floats,
) -> Economics:
    """Return the factors under which net revenue and mean CLV12 are as stated.

    Parameters
    ----------
    shop, customers : SyntheticShop, Customers
        For the targets, and what an order of each customer costs.
    worth_ordered : array, shape (segments,)
        Net value of the completed orders in dollars, before the price factors.
    buying : array, shape (customers,)
        Probability of having completed an order: 0 or 1 where the orders are known.
    to_come : array, shape (customers,)
        Discounted orders expected in the year after the window.

    Notes
    -----
    For a margin shift m a segment's price factor follows from its CLV12 alone:
    p = (target + fixed costs) / (worth of orders to come x (margin + m - payment rate)).
    Net revenue then falls in m, and bisection finds the m at which it is as stated.
    """
    segments = len(a.SEGMENTS)
    margin, payment, fixed = _expected_costs(customers)
    revenue, target = worth_ordered, net_revenue_target(shop)
    buyers = np.bincount(customers.segment, buying, minlength=segments)
    to_come = buying * to_come

    def total(amount: Floats) -> Floats:
        weights = (to_come * amount).astype(np.float64)
        return np.bincount(customers.segment, weights, minlength=segments).astype(np.float64)

    worth, gain = total(customers.order_value), total(customers.order_value * (margin - payment))
    needed = clv12_targets(shop) * buyers + total(fixed)

    def factors(shift: float) -> Floats:
        prices: Floats = needed / (gain + shift * worth)
        return prices

    low, high = _MARGIN_SHIFTS
    solved = bool(buyers.min() >= _LEAST_CUSTOMERS and worth.min() > 0)
    solved = solved and bool(factors(low) @ revenue > target > factors(high) @ revenue)
    if solved:
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if factors(middle) @ revenue > target else (low, middle)
        shift, prices = low, factors(low)
    else:
        # A shop without any completed order keeps its prices as they are.
        factor = target / revenue.sum() if revenue.sum() > 0 else 1.0
        shift, prices = 0.0, np.full(segments, factor)
    value = customers.order_value * prices[customers.segment]
    return Economics(
        price_factors=prices,
        margin_shift=shift,
        margin_an_order=value * (margin + shift - payment) - fixed,
        solved=solved,
    )


def _lines(
    values: Floats, random: np.random.Generator
) -> tuple[Integers, Integers, Integers, Floats]:
    """Return order, number within the order, quantity and wanted gross value of each line."""
    counts = 1 + random.choice(len(a.LINE_SHARES), len(values), p=a.LINE_SHARES)
    order = np.repeat(np.arange(len(values)), counts)
    first = np.cumsum(counts) - counts
    number = np.arange(len(order)) - first[order]
    part = random.gamma(3.0, size=len(order)) + 1e-9
    share = part / np.bincount(order, part, minlength=len(values))[order]
    quantity = 1 + random.choice(len(a.QUANTITY_SHARES), len(order), p=a.QUANTITY_SHARES)
    return order, number, quantity, values[order] * share


def _sums(order: Integers, cents: Integers, count: int) -> Integers:
    # Sums of whole numbers below 2**53 are exact in double precision.
    return np.rint(np.bincount(order, cents, minlength=count)).astype(np.int64)


def _whole(cents: npt.NDArray[Any]) -> Integers:
    whole: Integers = np.rint(cents).astype(np.int64)
    return whole


def shop_amounts(
    shop: SyntheticShop,
    customers: Customers,
    orders: Orders,
    values: Floats,
    economics: Economics,
    stream: int = 0,
) -> Amounts:
    """Return the amounts of a batch's orders and their lines, in cents."""
    random = shop.stream("amounts", stream)
    count = len(values)
    segment, region = customers.segment[orders.customer], customers.region[orders.customer]
    promotion = np.asarray(a.PROMOTION_RATES)[
        random.choice(len(a.PROMOTION_RATES), count, p=a.PROMOTION_SHARES)
    ]
    wanted = values * economics.price_factors[segment] * 100 / (1 - promotion)
    order, number, quantity, wanted_line = _lines(wanted, random)
    price = np.maximum(_whole(wanted_line / quantity), 1)
    gross = price * quantity
    discount = _whole(gross * promotion[order])
    net = gross - discount

    margin = (
        np.asarray(a.CATEGORY_MARGINS)[orders.category]
        + region_margins()[region]
        + economics.margin_shift
    )
    line_margin = margin[order] + random.normal(0, 0.02, len(order))
    cost = _whole(net * np.clip(1 - line_margin, 0.02, 0.98))

    # Lines of one order differ in product: two equal lines would look like a duplicated row.
    step = np.searchsorted(np.asarray(a.PRICE_STEPS) * 100, price, side="right")
    shelf = (random.integers(0, a.PRODUCTS_A_STEP, count)[order] + number) % a.PRODUCTS_A_STEP
    order_net = _sums(order, net, count)
    shipped = orders.sales_channel != a.STORE
    shipping = np.where(shipped, a.SHIPPING_CENTS + a.SHIPPING_CENTS_A_LINE * np.bincount(order), 0)
    payment = (
        _whole(order_net * np.asarray(a.PAYMENT_COST_RATES)[orders.payment_method])
        + np.asarray(a.PAYMENT_FEE_CENTS)[orders.payment_method]
    )
    return Amounts(
        gross=_sums(order, gross, count),
        discount=_sums(order, discount, count),
        net=order_net,
        cost_of_goods=_sums(order, cost, count),
        shipping_cost=shipping.astype(np.int64),
        payment_cost=payment,
        line_order=order,
        line_product=1 + step * a.PRODUCTS_A_STEP + shelf,
        line_quantity=quantity,
        line_price=price,
        line_discount=discount,
        line_net=net,
        line_cost=cost,
    )
