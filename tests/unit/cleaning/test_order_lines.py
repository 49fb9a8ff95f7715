"""Order lines into orders and their lines."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from analytics.cleaning import CleanTables
from analytics.engine import Engine

Cleaned = Callable[..., CleanTables]


def line(
    number: str, product: str, quantity: int, price: str = "2.00", **more: Any
) -> dict[str, Any]:
    day = more.pop("day", 0)
    return {
        "transaction_id": number,
        "customer_id": "a",
        "ordered_at": datetime(2024, 1, 1) + timedelta(days=day),
        "product_id": product,
        "quantity": quantity,
        "unit_price": Decimal(price),
        "net": Decimal(price) * quantity,
        **more,
    }


def back(number: str, product: str, quantity: int, **more: Any) -> dict[str, Any]:
    return line(number, product, -quantity, _reversal=True, day=9, **more)


def orders(found: CleanTables, engine: Engine, *columns: str) -> list[list[Any]]:
    return engine.frame(found.tables["transactions"])[list(columns)].values.tolist()


def lines(found: CleanTables, engine: Engine) -> list[list[Any]]:
    frame = engine.frame(found.tables["transaction_items"])
    return frame[["transaction_id", "product_id", "quantity", "net"]].values.tolist()


def reasons(found: CleanTables) -> dict[str, int]:
    frame = found.quality.removals
    return dict(zip(frame["reason"], frame["rows"], strict=True))


def test_an_order_is_the_sum_of_its_lines(cleaned_frames: Cleaned, engine: Engine) -> None:
    found = cleaned_frames(order_lines=[line("1", "x", 2), line("1", "y", 1, "3.00")])
    assert orders(found, engine, "transaction_id", "customer_id", "gross", "net") == [
        ["1", "a", 7.0, 7.0]
    ]
    derived = found.quality.derived
    assert derived.values.tolist() == [
        ["transactions", "order_lines", 1],
        ["transaction_items", "order_lines", 2],
    ]


def test_what_one_line_says_holds_for_the_order(cleaned_frames: Cleaned, engine: Engine) -> None:
    second = line("1", "y", 1, customer_id=None, ordered_at=None)
    first = line("1", "x", 1, order_discount=Decimal("0.50"), shipping_cost=Decimal("1.25"))
    found = cleaned_frames(order_lines=[first, second])
    assert orders(found, engine, "customer_id", "discount", "net", "shipping_cost") == [
        ["a", 0.5, 3.5, 1.25]
    ]
    assert found.quality.raw_total_amount == 3.5


def test_lines_that_contradict_each_other_on_their_order_are_quarantined(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    rows = [line("1", "x", 1), line("1", "y", 1, customer_id="b"), line("2", "x", 1)]
    found = cleaned_frames(order_lines=rows)
    assert lines(found, engine) == [["2", "x", 1, 2.0]]
    assert reasons(found) == {"lines of one order contradict each other": 2}


def test_lines_that_are_no_product_are_removed(cleaned_frames: Cleaned, engine: Engine) -> None:
    rows = [line("1", "x", 1), line("1", "POST", 1, _non_product=True)]
    found = cleaned_frames(order_lines=rows)
    assert orders(found, engine, "net") == [[2.0]]
    assert reasons(found) == {"product_id is no product": 1}


def test_a_refund_is_taken_off_a_completed_order_alone(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    refund = {"order_refund": Decimal("0.75")}
    rows = [
        line("1", "x", 1, status="completed", **refund),
        line("2", "x", 1, status="returned", **refund),
    ]
    found = cleaned_frames(order_lines=rows)
    assert orders(found, engine, "net") == [[1.25], [2.0]]


def test_what_is_taken_off_an_order_that_is_removed_is_itemised(cleaned_frames: Cleaned) -> None:
    off = {"order_discount": Decimal("0.50")}
    rows = [line("1", "x", 1), line("2", "x", 1, customer_id=None, **off), line("2", "y", 1)]
    rows[2]["customer_id"] = None
    found = cleaned_frames(order_lines=rows).quality
    assert found.raw_total_amount == 5.5
    assert found.removals["amount"].tolist() == [3.5]


def test_an_order_of_which_all_lines_are_reversed_is_kept_with_its_status(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    rows = [line("1", "x", 3), line("1", "y", 1), back("C", "x", 3), back("C", "y", 1)]
    found = cleaned_frames(order_lines=rows)
    assert orders(found, engine, "status", "net") == [["cancelled", 8.0]]
    assert reasons(found) == {"reverses an order line": 2}


def test_a_line_that_is_reversed_goes_from_an_order_that_stays(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    rows = [line("1", "x", 3), line("1", "y", 1), back("C", "x", 3)]
    found = cleaned_frames(order_lines=rows)
    assert lines(found, engine) == [["1", "y", 1, 2.0]]
    assert reasons(found) == {"reverses an order line": 1, "reversed by another row": 1}


def test_the_line_of_exactly_that_quantity_comes_before_a_later_one(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    rows = [line("1", "x", 2), line("2", "x", 5, day=1), back("C", "x", 2)]
    found = cleaned_frames(order_lines=rows)
    assert orders(found, engine, "transaction_id", "status") == [
        ["1", "cancelled"],
        ["2", "completed"],
    ]


def test_pieces_are_taken_back_from_the_latest_lines_first(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    rows = [line("1", "x", 5), line("2", "x", 3, day=1), back("C", "x", 4)]
    found = cleaned_frames(order_lines=rows)
    assert lines(found, engine) == [["1", "x", 4, 8.0], ["2", "x", 3, 6.0]]
    assert orders(found, engine, "status", "net") == [["completed", 8.0], ["cancelled", 6.0]]


def test_more_pieces_than_were_bought_are_told(cleaned_frames: Cleaned) -> None:
    rows = [line("1", "x", 2), line("1", "y", 1), back("C", "x", 3), back("D", "z", 3)]
    assert reasons(cleaned_frames(order_lines=rows)) == {
        "reversed by another row": 1,
        "reverses an order line that is not in the data": 1,
        "reverses more than was ordered before it": 1,
    }


def test_a_reference_reverses_lines_of_that_order(cleaned_frames: Cleaned, engine: Engine) -> None:
    rows = [line("1", "x", 2), line("2", "x", 2, day=1), back("C", "x", 2, _reverses="1")]
    found = cleaned_frames(order_lines=rows)
    assert orders(found, engine, "status") == [["cancelled"], ["completed"]]


def test_a_cost_that_one_line_lacks_is_missing_for_the_order(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    rows = [line("1", "x", 2, cost_of_goods=Decimal("1.00")), line("1", "y", 1)]
    assert engine.frame(cleaned_frames(order_lines=rows).tables["transactions"])[
        "cost_of_goods"
    ].isna().all()  # fmt: skip
