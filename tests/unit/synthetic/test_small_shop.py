"""What holds of every shop, whatever its size."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.schema import TABLES
from analytics.synthetic import ShopTables, SyntheticShop, generated_shop


def _cents(amounts: pd.Series) -> pd.Series:
    cents = (amounts * 100).round()
    assert (cents / 100 == amounts).all()
    return cents.astype("int64")


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_tables_have_the_canonical_columns_and_types(small_shop: ShopTables, table) -> None:
    frame = getattr(small_shop, table.name)
    assert tuple(frame.columns) == table.names
    for column in table.columns:
        assert str(frame[column.name].dtype) == column.pandas_dtype
        missing = frame[column.name].isna().any()
        assert not missing or column.name == "closed_at"
        if column.values:
            assert set(frame[column.name]) <= set(column.values)
    if table.key:
        assert not frame.duplicated(list(table.key)).any()


def test_counts_are_those_asked_for(small_shop: ShopTables) -> None:
    assert len(small_shop.customers) == 60
    assert len(small_shop.transactions) == 900


def test_net_is_gross_less_discount_to_the_cent(small_shop: ShopTables) -> None:
    orders = small_shop.transactions
    assert (_cents(orders["gross"]) - _cents(orders["discount"]) == _cents(orders["net"])).all()
    assert (orders["net"] > 0).all()
    assert (orders["discount"] >= 0).all()
    assert (orders["discount"] > 0).any()


def test_discounts_are_those_of_a_promotion_or_none(small_shop: ShopTables) -> None:
    orders = small_shop.transactions
    rates = orders["discount"] / orders["gross"]
    nearest = (rates * 20).round() / 20
    assert set(nearest) == {0.0, 0.05, 0.10, 0.15, 0.20}
    # Cents of up to four lines are rounded one by one.
    assert ((rates - nearest).abs() * orders["gross"] <= 0.02 + 1e-9).all()
    assert (orders["discount"] == 0).mean() == pytest.approx(0.70, abs=0.06)


def test_lines_sum_to_their_order_to_the_cent(small_shop: ShopTables) -> None:
    items, orders = small_shop.transaction_items, small_shop.transactions
    orders = orders.set_index("transaction_id").sort_index()
    lines = pd.DataFrame({"transaction_id": items["transaction_id"]})
    lines["gross"] = _cents(items["unit_price"]) * items["quantity"]
    for name in ("discount", "net", "cost_of_goods"):
        lines[name] = _cents(items[name])
    sums = lines.groupby("transaction_id").sum()
    for name in sums:
        assert (sums[name] == _cents(orders[name])).all()


def test_lines_of_an_order_are_of_one_category_and_different_products(
    small_shop: ShopTables,
) -> None:
    items = small_shop.transaction_items
    assert (items.groupby("transaction_id")["category"].nunique() == 1).all()
    assert not items.duplicated(["transaction_id", "product_id"]).any()


def test_no_rows_are_equal(small_shop: ShopTables) -> None:
    for table in TABLES:
        assert not getattr(small_shop, table.name).duplicated().any()


def test_every_row_belongs_to_a_customer_who_had_signed_up(small_shop: ShopTables) -> None:
    signed_up = small_shop.customers.set_index("customer_id")["signed_up_on"]
    for name, moment in (
        ("transactions", "ordered_at"),
        ("satisfaction", "surveyed_on"),
        ("support_tickets", "opened_at"),
        ("experiments", "assigned_at"),
    ):
        frame = getattr(small_shop, name)
        assert (frame[moment] >= frame["customer_id"].map(signed_up)).all()


def test_everything_lies_in_the_window(small_shop: ShopTables) -> None:
    start, end = pd.Timestamp("2023-02-01"), pd.Timestamp("2023-09-01")
    for name, moment in (
        ("transactions", "ordered_at"),
        ("satisfaction", "surveyed_on"),
        ("support_tickets", "opened_at"),
        ("experiments", "assigned_at"),
    ):
        assert getattr(small_shop, name)[moment].between(start, end, "left").all()
    tickets = small_shop.support_tickets
    closed = tickets[tickets["closed_at"].notna()]
    assert closed["closed_at"].between(closed["opened_at"], end, "left").all()
    assert (small_shop.customers["signed_up_on"] < end).all()


def test_orders_are_numbered_in_the_order_of_time(small_shop: ShopTables) -> None:
    orders = small_shop.transactions
    assert orders["ordered_at"].is_monotonic_increasing
    assert orders["transaction_id"].is_monotonic_increasing


def test_spend_is_there_for_each_week_channel_and_region(small_shop: ShopTables) -> None:
    spend = small_shop.marketing_spend
    assert len(spend) == len(small_shop.parameters.weeks) * 6 * 4
    assert set(spend["week"].dt.date) == set(small_shop.parameters.weeks)
    assert (spend["spend"] > 0).all()
    assert (spend["clicks"] <= spend["impressions"]).all()


def test_every_order_is_credited_in_its_week_and_region(small_shop: ShopTables) -> None:
    orders = small_shop.transactions.merge(small_shop.customers, on="customer_id")
    monday = orders["ordered_at"].dt.to_period("W").dt.start_time.rename("week")
    placed = orders.groupby([monday, "region"]).size()
    credited = small_shop.marketing_spend.groupby(["week", "region"])["attributed_orders"].sum()
    pd.testing.assert_series_equal(
        placed.reindex(credited.index, fill_value=0), credited, check_names=False
    )


def test_people_have_addresses_and_numbers_of_their_own(default_shop: ShopTables) -> None:
    customers = default_shop.customers
    assert customers["email"].is_unique
    assert customers["phone"].is_unique
    assert customers["customer_id"].str.fullmatch(r"\d{6}").all()
    assert customers["email"].str.fullmatch(r"[a-z]+\.\d+@example\.(com|org|net)").all()


def test_names_are_of_several_scripts(default_shop: ShopTables) -> None:
    names = default_shop.customers["name"]
    for script in (r"[A-Za-z]", r"[Ͱ-Ͽ]", r"[Ѐ-ӿ]", r"[֐-׿]", r"[؀-ۿ]", r"[ऀ-ॿ]", r"[一-鿿]"):
        assert names.str.contains(script).sum() > 50
    assert names.nunique() > 5000


def test_net_revenue_an_order_is_that_of_every_shop(small_shop: ShopTables) -> None:
    orders = small_shop.transactions
    revenue = orders.loc[orders["status"] == "completed", "net"].sum()
    assert revenue / 900 == pytest.approx(98_400_000 / 184_939, rel=0.001)


def test_equal_parameters_give_equal_shops(small_shop: ShopTables) -> None:
    again = generated_shop(small_shop.parameters)
    for table in TABLES:
        pd.testing.assert_frame_equal(
            getattr(again, table.name), getattr(small_shop, table.name), check_exact=True
        )
    assert again.truth == small_shop.truth


def test_different_seeds_give_different_shops(small_shop: ShopTables) -> None:
    other = generated_shop(
        SyntheticShop(customers=60, transactions=900, start=date(2023, 2, 1), months=7, seed=4)
    )
    for table in TABLES:
        assert not getattr(other, table.name).equals(getattr(small_shop, table.name))


@pytest.mark.parametrize(
    ("customers", "transactions", "months"),
    [(1, 1, 1), (1, 400, 1), (50, 400, 6), (3, 1, 25), (200, 20, 18), (2, 5, 60)],
)
def test_small_shops_of_any_shape_can_be_made(
    customers: int, transactions: int, months: int
) -> None:
    shop = generated_shop(
        SyntheticShop(customers=customers, transactions=transactions, months=months)
    )
    assert len(shop.customers) == customers
    assert len(shop.transactions) == transactions
    assert np.isfinite(shop.truth_customers["clv12_amount"]).all()
    json.dumps(shop.truth, allow_nan=False)


def test_the_stock_out_is_left_out_of_windows_too_short_for_it(small_shop: ShopTables) -> None:
    assert small_shop.truth["decline"] is None
