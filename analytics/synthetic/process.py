"""The whole process behind a shop, run once: every latent and every event."""

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
from analytics.synthetic.customers import Customers, shop_customers
from analytics.synthetic.experiments import Experiment, shop_experiments
from analytics.synthetic.marketing import Marketing, shop_marketing, week_numbers
from analytics.synthetic.oracle import HORIZON_DAYS, Outlook, demand_ahead, shop_outlook
from analytics.synthetic.orders import (
    Decline,
    Orders,
    cumulated_demand,
    expected_orders,
    order_spells,
    shop_decline,
    shop_orders,
)
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.season import seasonal_demand
from analytics.synthetic.tenure import Tenure, shop_tenure

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """Everything about a shop that happened or was behind it.

    Attributes
    ----------
    demand : array, shape (days + 365, regions)
        Demand beside the average, of the window and the year after it.
    rate_factor : float
        On every customer's rate, so that the expected number of orders is the one wanted.
    declined_orders : float
        Orders that the stock-out is expected to have cost.
    """

    shop: SyntheticShop
    customers: Customers
    tenure: Tenure
    marketing: Marketing
    experiments: tuple[Experiment, Experiment]
    decline: Decline | None
    demand: Floats
    rate_factor: float
    declined_orders: float
    orders: Orders
    outlook: Outlook
    economics: Economics
    amounts: Amounts


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
    regions = len(a.REGIONS)
    shape = (shop.days + 1, regions)
    come = np.ravel_multi_index((tenure.first_day, customers.region), shape)
    gone = np.ravel_multi_index((tenure.end_day, customers.region), shape)
    size = shape[0] * regions
    changes = np.bincount(come, worth, size) - np.bincount(gone, worth, size)
    return np.cumsum(changes.reshape(shape), axis=0)[:-1]


def _declined_orders(
    customers: Customers, tenure: Tenure, cumulated: Floats, decline: Decline | None
) -> float:
    if decline is None:
        return 0.0
    north = customers.region == decline.region
    first = np.clip(tenure.first_day, decline.first, decline.end)
    end = np.clip(tenure.end_day, decline.first, decline.end)
    exposure = np.maximum(cumulated[end, decline.region] - cumulated[first, decline.region], 0)
    slice_share = (
        customers.category_shares[:, decline.category]
        * customers.sales_channel_shares[:, decline.sales_channel]
    )
    return decline.rate * float((customers.rate * exposure * slice_share)[north].sum())


def shop_process(shop: SyntheticShop) -> Process:
    """Return the process behind a shop: customers first, amounts last."""
    customers = shop_customers(shop)
    tenure = shop_tenure(shop, customers)
    worth = customers.rate * customers.order_value
    marketing = shop_marketing(shop, active_worth(shop, customers, tenure, worth))
    demand = seasonal_demand(shop.start, shop.days)[:, None] * marketing.lift[week_numbers(shop)]
    experiments = shop_experiments(shop, customers, tenure)
    spells = order_spells(customers, tenure, experiments[0])
    decline = shop_decline(shop)
    cumulated = cumulated_demand(demand)
    orders, first_orders = shop_orders(shop, customers, spells, cumulated, decline)

    lost = _declined_orders(customers, tenure, cumulated, decline)
    expected = float(expected_orders(spells, customers.region, cumulated).sum()) - lost
    rate_factor = max(shop.transactions - first_orders, 1) / expected
    ahead = demand_ahead(shop, demand, HORIZON_DAYS)
    outlook = shop_outlook(shop, customers, tenure, ahead, rate_factor, shop.days)
    values = order_values(shop, customers, orders)
    economics = shop_economics(shop, customers, orders, values, outlook)
    return Process(
        shop=shop,
        customers=customers,
        tenure=tenure,
        marketing=marketing,
        experiments=experiments,
        decline=decline,
        demand=ahead,
        rate_factor=rate_factor,
        declined_orders=lost * rate_factor,
        orders=orders,
        outlook=outlook,
        economics=economics,
        amounts=shop_amounts(shop, customers, orders, values, economics),
    )
