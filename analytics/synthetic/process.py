"""The process behind a shop: every latent, and the events in batches."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.amounts import (
    Amounts,
    Economics,
    order_values,
    shop_amounts,
    shop_economics,
)
from analytics.synthetic.customers import Customers, blocks, shop_customers
from analytics.synthetic.experiments import Experiment, shop_experiments
from analytics.synthetic.marketing import Marketing, shop_marketing, week_numbers
from analytics.synthetic.oracle import HORIZON_DAYS, Outlook, demand_ahead, shop_outlook
from analytics.synthetic.order_plan import Batch, OrderPlan, expected_orders, order_plan
from analytics.synthetic.orders import Orders, batch_orders
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.season import seasonal_demand
from analytics.synthetic.tenure import Tenure, active_sums, shop_tenure

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Everything about a shop that is decided before its orders are drawn.

    Attributes
    ----------
    demand : array, shape (days + 365, regions)
        Demand beside the average, of the window and the year after it.
    plan : OrderPlan
        Who orders when, and the batches of orders.
    rate_factor : float
        On every customer's rate, so that the expected number of orders is the one wanted.
    clv12_orders : array, shape (customers,)
        Discounted orders expected of each customer in the year after the window.
    """

    shop: SyntheticShop
    customers: Customers
    tenure: Tenure
    marketing: Marketing
    experiments: tuple[Experiment, Experiment]
    demand: Floats
    plan: OrderPlan
    rate_factor: float
    clv12_orders: Floats
    economics: Economics

    def orders(self, batch: Batch) -> tuple[Orders, Amounts]:
        """Return the orders of a batch of the plan, and their amounts."""
        orders = batch_orders(self.shop, self.customers, self.plan, batch)
        values = order_values(self.shop, self.customers, orders, batch.stream)
        amounts = shop_amounts(
            self.shop, self.customers, orders, values, self.economics, batch.stream
        )
        return orders, amounts

    def outlook(self, rows: slice, cutoff_day: int, days: int = HORIZON_DAYS) -> Outlook:
        """Return what is expected of some consecutive customers after a cut-off."""
        return shop_outlook(
            self.shop,
            self.customers.block(rows),
            self.tenure.block(rows),
            self.demand,
            self.rate_factor,
            cutoff_day,
            days,
        )


def _ordered(
    shop: SyntheticShop, customers: Customers, plan: OrderPlan, rate_factor: float
) -> tuple[Floats, Floats]:
    """Return the worth of completed orders by segment, and who has completed one.

    They are counted where all orders are one batch, and else expected: what chance adds to a
    quarter of a million orders and more is a few thousandths of their worth.
    """
    segments = len(a.SEGMENTS)
    if len(plan.batches) == 1:
        orders = batch_orders(shop, customers, plan, plan.batches[0])
        completed = orders.status == 0
        worth = order_values(shop, customers, orders)[completed]
        customer = orders.customer[completed]
        counts = np.bincount(customer, minlength=len(customers))
        by_segment = np.bincount(customers.segment[customer], worth, minlength=segments)
        return by_segment.astype(np.float64), (counts > 0).astype(np.float64)
    kept = plan.expected / (plan.expected + plan.lost)
    drawn = expected_orders(plan.spells, customers.region, plan.cumulated) * rate_factor * kept
    expected = np.bincount(plan.spells.customer, drawn, minlength=len(customers)).astype(np.float64)
    expected += np.bincount(plan.signups["customer"], minlength=len(customers))
    expected *= a.STATUS_SHARES[0]
    worth = expected * customers.order_value
    by_segment = np.bincount(customers.segment, worth, minlength=segments)
    return by_segment.astype(np.float64), 1 - np.exp(-expected)


def active_worth(
    shop: SyntheticShop, customers: Customers, tenure: Tenure, worth: Floats
) -> Floats:
    """Return, by day and region, the sum of `worth` over the customers who are there.

    Parameters
    ----------
    shop, customers, tenure : SyntheticShop, Customers, Tenure
        Who is there when.
    worth : array, shape (customers,)
        In any unit.

    Returns
    -------
    array, shape (days, regions)
    """
    return active_sums(tenure.first_day, tenure.end_day, customers.region, worth, shop.days)


def shop_process(shop: SyntheticShop) -> Process:
    """Return the process behind a shop: customers first, prices last."""
    customers = shop_customers(shop)
    tenure = shop_tenure(shop, customers)
    worth = customers.rate * customers.order_value
    marketing = shop_marketing(shop, active_worth(shop, customers, tenure, worth))
    demand = seasonal_demand(shop.start, shop.days)[:, None] * marketing.lift[week_numbers(shop)]
    experiments = shop_experiments(shop, customers, tenure)
    plan = order_plan(shop, customers, tenure, experiments[0], demand)
    rate_factor = max(shop.transactions - len(plan.signups["day"]), 1) / plan.expected
    ahead = demand_ahead(shop, demand, HORIZON_DAYS)
    to_come = np.concatenate(
        [
            shop_outlook(
                shop, customers.block(rows), tenure.block(rows), ahead, rate_factor, shop.days
            ).discounted_orders
            for rows in blocks(len(customers))
        ]
    )
    worth_ordered, buying = _ordered(shop, customers, plan, rate_factor)
    return Process(
        shop=shop,
        customers=customers,
        tenure=tenure,
        marketing=marketing,
        experiments=experiments,
        demand=ahead,
        plan=plan,
        rate_factor=rate_factor,
        clv12_orders=to_come,
        economics=shop_economics(shop, customers, worth_ordered, buying, to_come),
    )
