"""The shop that a set of parameters makes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.synthetic.batches import ShopBatches
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.process import shop_process


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
    batches = ShopBatches(shop_process(parameters))
    orders = [batches.orders(batch) for batch in batches.plan]
    return ShopTables(
        parameters=parameters,
        customers=_joined(batches.customers()),
        transactions=_joined(part.transactions for part in orders),
        transaction_items=_joined(part.transaction_items for part in orders),
        marketing_spend=batches.marketing(),
        satisfaction=_joined(part.satisfaction for part in orders),
        support_tickets=_joined(batches.tickets()),
        experiments=_joined(batches.experiments()),
        truth=batches.truth({}),
        truth_customers=_joined(batches.truth_customers()),
    )


def _joined(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    return pd.concat(list(parts), ignore_index=True)
