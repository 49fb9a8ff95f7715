from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from analytics.marts import Marts

DIMENSIONS = (
    "region",
    "segment",
    "category",
    "sales_channel",
    "acquisition_channel",
    "payment_method",
)


def expected_row(shop: Any, month: pd.Timestamp, dimension: str, part: str) -> dict[str, Any]:
    """Compute the figures of one month and part from sets of customers, one at a time."""
    orders = shop.orders
    first = shop.done.drop_duplicates("customer_id").set_index("transaction_id").index

    def of(when: pd.Timestamp) -> pd.DataFrame:
        rows = orders[orders["month"] == when]
        return rows if dimension == "all" else rows[rows[dimension] == part]

    rows = of(month)
    done = rows[rows["status"] == "completed"]
    active = set(done["customer_id"])
    earlier = of(month - pd.DateOffset(months=1))
    before = set(earlier[earlier["status"] == "completed"]["customer_id"])
    to_date = shop.done[shop.done["month"] <= month]["customer_id"].value_counts()
    return {
        "net_revenue_amount": round(done["net"].sum(), 2),
        "contribution_margin_amount": round(done["margin"].sum(), 2),
        "orders": len(done),
        "all_orders": len(rows),
        "returned_orders": int((rows["status"] == "returned").sum()),
        "active_customers": len(active),
        "new_customers": int(done["transaction_id"].isin(first).sum()),
        "previous_customers": len(before),
        "retained_customers": len(active & before),
        "repeat_customers": sum(to_date[customer] >= 2 for customer in active),
    }


def test_every_figure_is_that_of_a_count_by_hand(shop: Any) -> None:
    frame = shop.marts.monthly()
    assert len(frame) > 60
    for row in frame.to_dict("records"):
        expected = expected_row(shop, row["month"], row["dimension"], row["part"])
        found = {name: row[name] for name in expected}
        for name in ("net_revenue_amount", "contribution_margin_amount"):
            assert found.pop(name) == pytest.approx(expected.pop(name), abs=0.001), row
        assert found == expected, row


def test_every_part_with_an_order_has_a_row(shop: Any) -> None:
    frame = shop.marts.monthly()
    for dimension in DIMENSIONS:
        found = frame[frame["dimension"] == dimension][["month", "part"]]
        expected = shop.orders[["month", dimension]].drop_duplicates()
        assert set(found.itertuples(index=False, name=None)) == set(
            expected.itertuples(index=False, name=None)
        )


def test_amounts_are_exact_to_the_cent(shop: Any) -> None:
    frame = shop.marts.monthly()
    cents = frame["net_revenue_amount"] * 100
    assert (cents.round() / 100 == frame["net_revenue_amount"]).all()


def test_the_parts_of_a_dimension_sum_to_the_total(shop: Any) -> None:
    frame = shop.marts.monthly()
    additive = ["orders", "all_orders", "returned_orders", "new_customers"]
    sums = frame.groupby(["dimension", "month"])[additive].sum()
    total = sums.loc["all"]
    for dimension in DIMENSIONS:
        part = sums.loc[dimension].reindex(total.index, fill_value=0)
        pd.testing.assert_frame_equal(part, total)


def test_a_month_without_orders_is_a_row_of_zeros(order_shop: Callable[..., Marts]) -> None:
    frame = order_shop("a 2024-01-31 5", "a 2024-03-01 7").monthly()
    assert frame["month"].dt.month.tolist() == [1, 2, 3]
    assert frame["orders"].tolist() == [1, 0, 1]
    assert frame["previous_customers"].tolist() == [0, 1, 0]
    assert frame["retained_customers"].tolist() == [0, 0, 0]
    assert frame["repeat_customers"].tolist() == [0, 0, 1]
    assert frame["net_revenue_amount"].tolist() == [5.0, 0.0, 7.0]


def test_returns_alone_are_orders_of_nobody_active(order_shop: Callable[..., Marts]) -> None:
    (row,) = order_shop("a 2024-01-31 5 returned").monthly().to_dict("records")
    assert (row["orders"], row["all_orders"], row["returned_orders"]) == (0, 1, 1)
    assert (row["active_customers"], row["new_customers"]) == (0, 0)
    assert row["net_revenue_amount"] == 0.0


def test_a_cancelled_order_does_not_make_a_customer_new(
    order_shop: Callable[..., Marts],
) -> None:
    frame = order_shop("a 2024-01-02 5 cancelled", "a 2024-02-01 7").monthly()
    assert frame["new_customers"].tolist() == [0, 1]


def test_without_costs_the_margin_is_unknown(bare_shop: Any) -> None:
    frame = bare_shop.marts.monthly()
    assert frame["contribution_margin_amount"].isna().all()
    assert set(frame["dimension"]) == {"all"}


def test_dtypes_are_those_declared(shop: Any) -> None:
    dtypes = shop.marts.monthly().dtypes.astype(str).to_dict()
    assert dtypes["month"] == "datetime64[us]"
    assert dtypes["part"] == "str"
    assert {dtypes[name] for name in list(dtypes)[5:]} == {"int64"}
