from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.synthetic import ShopTables, SyntheticShop, generated_shop


@pytest.fixture(scope="session")
def default_shop() -> ShopTables:
    return generated_shop(SyntheticShop())


@pytest.fixture(scope="session")
def small_shop() -> ShopTables:
    return generated_shop(
        SyntheticShop(
            customers=60, transactions=900, start=date(2023, 2, 1), months=7, seed=3, messy=False
        )
    )


@pytest.fixture(scope="session")
def completed(default_shop: ShopTables) -> pd.DataFrame:
    """The default shop's completed orders with their customers, category and margin in cents."""
    orders = default_shop.transactions
    orders = orders[orders["status"] == "completed"].merge(
        default_shop.customers, on="customer_id", validate="many_to_one"
    )
    category = default_shop.transaction_items.groupby("transaction_id")["category"].first()
    orders["category"] = orders["transaction_id"].map(category)
    cents = {
        name: (orders[name] * 100).round().astype("int64")
        for name in ("net", "cost_of_goods", "shipping_cost", "payment_cost")
    }
    orders["net_cents"] = cents["net"]
    orders["margin_cents"] = (
        cents["net"] - cents["cost_of_goods"] - cents["shipping_cost"] - cents["payment_cost"]
    )
    orders["month"] = orders["ordered_at"].dt.to_period("M")
    return orders
