"""The planted decline of one slice, the decoy that does not explain it, and a shop without one."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from unittest.mock import patch

import pandas as pd
from cause import Cause, Finding, found, within
from shop import CUSTOMERS, TRANSACTIONS, AnalysedShop

from analytics.diagnostic import revenue_decline
from analytics.results import RevenueDecline, SourceFacts
from analytics.synthetic import SyntheticShop, assumptions, generated_shop


def observed_facts(shop: AnalysedShop) -> SourceFacts:
    """Return the facts of the window that a recovery shop is observed in."""
    window = shop.truth["parameters"]
    return SourceFacts(
        name="synthetic",
        title="Synthetic shop",
        currency="USD",
        time_zone="UTC",
        synthetic=True,
        public=False,
        observation_start=date.fromisoformat(window["start"]),
        observation_end=date.fromisoformat(window["end"]),
        customers=len(shop.customers),
        orders=len(shop.orders),
        tables=("transactions",),
    )


def completed_orders(orders: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return the completed orders with their customers' attributes."""
    names = ["region", "segment", "acquisition_channel"]
    rows = orders[orders["status"] == "completed"].drop(columns=names, errors="ignore")
    rows = rows.merge(customers[["customer_id", *names]], on="customer_id", how="left")
    return rows.assign(
        day=rows["ordered_at"].dt.normalize(),
        net_revenue_amount=rows["net"].astype(float),
        discount_rate=rows["discount"].astype(float) / rows["gross"].astype(float),
    )


@lru_cache(maxsize=1)
def _result(seed: int, shop: AnalysedShop) -> RevenueDecline:
    orders = completed_orders(shop.orders, shop.customers)
    result = revenue_decline(orders, facts=observed_facts(shop), seed=seed)
    assert isinstance(result, RevenueDecline)
    return result


def _named_first(shop: AnalysedShop) -> Finding:
    planted, declines = shop.truth["decline"], _result(shop.seed, shop).declines
    name = " x ".join(planted[key] for key in ("region", "category", "sales_channel"))
    if declines.empty:
        return found(False)
    first = declines.iloc[0]
    right = first["slice"] == name and first["period_start"] == pd.Timestamp(planted["start"])
    return found(right, estimate=first["z"])


def _size(shop: AnalysedShop) -> Finding:
    planted, declines = shop.truth["decline"], _result(shop.seed, shop).declines
    if declines.empty:
        # whether it is named is promised by itself: nothing is said of its size then
        return found(True)
    first = declines.iloc[0]
    return within(planted["change_rate"], first["change_rate"], first["low"], first["high"])


def _decoy(shop: AnalysedShop) -> Finding:
    result, decoy = _result(shop.seed, shop), shop.truth["decline"]["decoy"]
    rows = result.decoys[(result.decoys["rank"] == 1) & (result.decoys["dimension"] == decoy)]
    named = result.declines["dimensions"].str.split(" x ").map(lambda names: decoy in names).any()
    return found(not named and bool(rows["ruled_out"].all()))


def _nothing(shop: AnalysedShop) -> Finding:
    parameters = SyntheticShop(customers=CUSTOMERS, transactions=TRANSACTIONS, seed=shop.seed)
    with patch.object(assumptions, "DECLINE_RATE", 0.0):
        quiet = generated_shop(parameters)
    lines = quiet.transaction_items.drop_duplicates("transaction_id")
    category = lines.set_index("transaction_id")["category"]
    orders = quiet.transactions.assign(category=quiet.transactions["transaction_id"].map(category))
    orders = completed_orders(orders, quiet.customers)
    result = revenue_decline(orders, facts=observed_facts(shop), seed=shop.seed)
    assert isinstance(result, RevenueDecline)
    return found(result.declines.empty, estimate=result.candidates["z"].min())


CAUSES = (
    Cause(name="the declined slice is named first, as what it is", promise=0.95, find=_named_first),
    Cause(name="decline of the slice inside its 95 % interval", promise=0.95, find=_size),
    Cause(name="no payment method named behind the decline", promise=0.95, find=_decoy),
    Cause(name="no decline named where none is planted", promise=0.95, find=_nothing),
)
