"""Baskets have each category of each completed order once, of the customers of the sample."""

from __future__ import annotations

import pandas as pd


def test_each_known_category_of_a_completed_order_is_a_row_with_its_lines(shop):
    frame, every = shop.marts.baskets()
    done = shop.done[["transaction_id", "customer_id"]]
    lines = shop.frames["transaction_items"].merge(done, on="transaction_id")
    lines = lines[lines["category"].notna()]
    expected = lines.groupby(["customer_id", "transaction_id", "category"]).size()
    found = frame.set_index(["customer_id", "transaction_id", "category"])["lines"]
    assert every == 1
    assert len(found) > 100
    pd.testing.assert_series_equal(
        found.astype("int64").sort_index(), expected.sort_index(), check_names=False,
        check_index_type=False,
    )  # fmt: skip


def test_a_sample_is_of_the_customers_of_the_orders_read_one_by_one(shop):
    orders, _ = shop.marts.completed_orders()
    most = len(orders) // 3 + 1
    sample, every = shop.marts.baskets(most=most)
    chosen, of = shop.marts.completed_orders(most=most)
    assert every == of == 3
    assert set(sample["customer_id"]) <= set(chosen["customer_id"])
    whole, _ = shop.marts.baskets()
    assert len(sample) == whole["customer_id"].isin(set(chosen["customer_id"])).sum()
