"""Tables for drilling down, and figures by day and part, against pandas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from analytics.marts import Marts

ORDER_DRILLS = {
    "geography": ["region", "city"],
    "time": ["weekday", "hour"],
    "payment_method": ["payment_method"],
    "acquisition_channel": ["acquisition_channel"],
}
FIGURES = ["net_revenue_amount", "contribution_margin_amount", "orders"]


def sums(rows: pd.DataFrame, keys: list[str], customers: str = "customers") -> pd.DataFrame:
    """Return amounts, orders and distinct customers by keys; the margin null without costs."""
    grouped = rows.groupby(keys)
    margin = grouped["margin"].sum().round(2) if "margin" in rows else float("nan")
    frame = pd.DataFrame(
        {
            "net_revenue_amount": grouped["net"].sum().round(2),
            "contribution_margin_amount": margin,
            "orders": grouped["transaction_id"].nunique(),
            customers: grouped["customer_id"].nunique(),
        }
    )
    return frame.reset_index()


def assert_same(found: pd.DataFrame, expected: pd.DataFrame) -> None:
    assert not found.empty
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, rtol=1e-12, atol=1e-9)


def timed(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(weekday=rows["ordered_at"].dt.day_of_week, hour=rows["ordered_at"].dt.hour)


@pytest.mark.parametrize("name", ORDER_DRILLS)
def test_figures_of_orders_by_month_and_level(shop: Any, name: str) -> None:
    levels = ORDER_DRILLS[name]
    assert list(shop.marts.drills[name]) == levels
    assert_same(shop.marts.drill(name), sums(timed(shop.done), ["month", *levels]))


def test_figures_of_products_are_those_of_their_lines(shop: Any) -> None:
    lines = shop.lines.assign(margin=shop.lines["net"] - shop.lines["cost_of_goods"])
    expected = sums(lines, ["month", "category", "product_id"])
    assert_same(shop.marts.drill("product"), expected)


def test_products_stand_below_the_category_of_their_order(shop: Any) -> None:
    category = shop.done[["transaction_id", "category"]]
    lines = shop.lines.drop(columns="category").merge(category, on="transaction_id")
    grouped = lines.groupby(["month", "category", "product_id"])
    expected = pd.DataFrame(
        {
            "net_revenue_amount": grouped["net"].sum().round(2),
            "customers": grouped["customer_id"].nunique(),
        }
    )
    assert shop.marts.has_products
    assert_same(shop.marts.products(), expected.reset_index())


def test_two_dimensions_by_month(shop: Any, partial_shop: Any) -> None:
    for pair in (("region", "payment_method"), ("acquisition_channel", "category")):
        assert_same(shop.marts.by_two(*pair), sums(shop.done, ["month", *pair]))
    assert not partial_shop.marts.has_products
    with pytest.raises(KeyError, match="payment_method"):
        partial_shop.marts.by_two("region", "payment_method")


def test_lines_of_unknown_cost_add_nothing_to_the_margin(
    shop_of: Callable[[dict[str, pd.DataFrame]], Any],
) -> None:
    orders = pd.DataFrame(
        {
            "transaction_id": ["1", "2"],
            "customer_id": ["a", "a"],
            "ordered_at": pd.to_datetime(["2024-01-01", "2024-01-02"]),
            "net": [9.0, 5.0],
        }
    )
    items = pd.DataFrame(
        {
            "transaction_id": ["1", "1", "2"],
            "product_id": ["p", "q", "p"],
            "net": [4.0, 5.0, 5.0],
            "cost_of_goods": [1.0, None, None],
        }
    )
    frame = shop_of({"transactions": orders, "transaction_items": items}).marts.drill("product")
    assert frame.drop(columns="month").values.tolist() == [
        ["p", 9.0, 3.0, 2, 1],
        ["q", 5.0, 0.0, 1, 1],
    ]


def test_a_source_has_the_levels_of_its_columns(partial_shop: Any, bare_shop: Any) -> None:
    assert partial_shop.marts.drills == {
        "geography": ("region",),
        "product": ("category",),
        "time": ("weekday", "hour"),
    }
    assert bare_shop.marts.drills == {"time": ("weekday", "hour")}


def test_figures_of_a_shop_without_costs(partial_shop: Any) -> None:
    marts = partial_shop.marts
    assert_same(marts.drill("geography"), sums(partial_shop.done, ["month", "region"]))
    assert_same(marts.drill("time"), sums(timed(partial_shop.done), ["month", "weekday", "hour"]))
    assert_same(marts.drill("product"), sums(partial_shop.lines, ["month", "category"]))


def test_a_shop_of_orders_alone_drills_into_time(bare_shop: Any) -> None:
    expected = sums(timed(bare_shop.done), ["month", "weekday", "hour"])
    assert_same(bare_shop.marts.drill("time"), expected)


def test_a_drill_down_without_data_is_refused(bare_shop: Any) -> None:
    for name in (*list(ORDER_DRILLS)[2:], "geography", "product", "weather"):
        with pytest.raises(KeyError):
            bare_shop.marts.drill(name)


def test_order_drills_sum_to_the_month(shop: Any) -> None:
    months = shop.marts.totals("month").set_index("period")["orders"]
    for name in ORDER_DRILLS:
        found = shop.marts.drill(name).groupby("month")["orders"].sum()
        assert found.to_dict() == months[months > 0].to_dict()


def test_figures_by_day_and_part(shop: Any) -> None:
    for name in shop.marts.dimensions:
        expected = sums(shop.done, ["day", name], "active_customers")
        assert_same(shop.marts.daily_by(name), expected.rename(columns={name: "part"}))


def test_daily_parts_sum_to_the_day(shop: Any) -> None:
    daily = shop.marts.daily().set_index("day")
    daily = daily[daily["orders"] > 0][FIGURES]
    for name in shop.marts.dimensions:
        found = shop.marts.daily_by(name).groupby("day")[FIGURES].sum()
        pd.testing.assert_frame_equal(found, daily, rtol=1e-12, atol=1e-9)


def test_figures_by_day_of_a_shop_without_costs(partial_shop: Any) -> None:
    assert partial_shop.marts.dimensions == ("region", "category")
    for name in ("region", "category"):
        expected = sums(partial_shop.done, ["day", name], "active_customers")
        assert_same(partial_shop.marts.daily_by(name), expected.rename(columns={name: "part"}))


@pytest.mark.parametrize("name", ["segment", "sales_channel", "city", "customer_id"])
def test_a_day_is_not_split_by_what_is_no_dimension(partial_shop: Any, name: str) -> None:
    with pytest.raises(KeyError, match=name):
        partial_shop.marts.daily_by(name)


def test_returns_alone_drill_into_nothing(order_shop: Callable[..., Marts]) -> None:
    frame = order_shop("a 2024-02-29 9.99 returned").drill("time")
    assert frame.empty
    assert list(frame.columns) == ["month", "weekday", "hour", *FIGURES, "customers"]
