"""The shop that a set of parameters makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.synthetic import frames
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.people import shop_people
from analytics.synthetic.process import shop_process
from analytics.synthetic.truth import shop_truth, truth_customers


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopTables:
    """A shop's canonical tables, and what is true of it.

    Attributes
    ----------
    parameters : SyntheticShop
    customers, transactions, transaction_items, marketing_spend, satisfaction, support_tickets,
    experiments : DataFrame
        With the columns of `analytics.schema`, in its order; amounts are dollars, each the double
        nearest to a whole number of cents. No value is missing but ``closed_at`` of open tickets.
    truth : dict
        JSON-able; see `analytics.synthetic.truth.shop_truth`.
    truth_customers : DataFrame
        A row a customer; see `analytics.synthetic.truth.truth_customers`.
    """

    parameters: SyntheticShop
    customers: pd.DataFrame
    transactions: pd.DataFrame
    transaction_items: pd.DataFrame
    marketing_spend: pd.DataFrame
    satisfaction: pd.DataFrame
    support_tickets: pd.DataFrame
    experiments: pd.DataFrame
    truth: dict[str, Any]
    truth_customers: pd.DataFrame


def generated_shop(parameters: SyntheticShop) -> ShopTables:
    """Return the shop that the parameters make; equal parameters give equal shops.

    Parameters
    ----------
    parameters : SyntheticShop
        Sizes, window and seed.

    Returns
    -------
    ShopTables
        Nothing is written and nothing outside the parameters is read.
    """
    process = shop_process(parameters)
    customers, orders = process.customers, process.orders
    ids = frames.customer_ids(parameters.customers)
    return ShopTables(
        parameters=parameters,
        customers=frames.customers_table(parameters, customers, shop_people(parameters), ids),
        transactions=frames.transactions_table(parameters, orders, process.amounts, ids),
        transaction_items=frames.items_table(orders, process.amounts),
        marketing_spend=frames.marketing_table(parameters, customers, orders, process.marketing),
        satisfaction=frames.satisfaction_table(parameters, customers, orders, ids),
        support_tickets=frames.tickets_table(parameters, process.tenure.tickets, ids),
        experiments=frames.experiments_table(parameters, process.experiments, ids),
        truth=shop_truth(process),
        truth_customers=truth_customers(process, ids),
    )
