"""Orders that a later row reverses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from analytics.cleaning import CleanTables, violations
from analytics.engine import Engine

Cleaned = Callable[..., CleanTables]


def order(number: str, customer: str | None, day: int, net: str, **more: Any) -> dict[str, Any]:
    return {
        "transaction_id": number,
        "customer_id": customer,
        "ordered_at": datetime(2024, 1, 1) + timedelta(days=day),
        "net": Decimal(net),
        **more,
    }


def back(number: str, customer: str | None, day: int, net: str, **more: Any) -> dict[str, Any]:
    return order(number, customer, day, net, _reversal=True, **more)


def state(found: CleanTables, engine: Engine) -> dict[str, tuple[str, float]]:
    frame = engine.frame(found.tables["transactions"])
    return dict(
        zip(frame["transaction_id"], zip(frame["status"], frame["net"], strict=True), strict=True)
    )


def removals(found: CleanTables) -> dict[str, tuple[int, float]]:
    frame = found.quality.removals
    return {line.reason: (line.rows, line.amount) for line in frame.itertuples()}


def test_the_latest_earlier_order_of_that_customer_and_amount_is_reversed(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    found = cleaned_frames(
        transactions=[
            order("1", "a", 0, "5.00"),
            order("2", "a", 1, "5.00"),
            order("3", "a", 9, "5.00"),
            order("4", "b", 1, "5.00"),
            back("5", "a", 2, "-5.00"),
        ]
    )
    assert state(found, engine) == {
        "1": ("completed", 5.0),
        "2": ("cancelled", 5.0),
        "3": ("completed", 5.0),
        "4": ("completed", 5.0),
    }
    assert removals(found) == {"reverses an order": (1, -5.0)}
    assert (found.quality.raw_total_amount, found.quality.clean_total_amount) == (15.0, 20.0)


def test_two_reversals_take_the_last_two_orders(cleaned_frames: Cleaned, engine: Engine) -> None:
    found = cleaned_frames(
        transactions=[
            *(order(str(day), "a", day, "5.00") for day in range(3)),
            back("8", "a", 5, "-5.00"),
            back("9", "a", 6, "-5.00"),
        ]
    )
    assert [status for status, _ in state(found, engine).values()] == [
        "completed",
        "cancelled",
        "cancelled",
    ]


def test_a_reversal_before_its_order_reverses_nothing(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    found = cleaned_frames(transactions=[back("0", "a", 0, "-5.00"), order("1", "a", 1, "5.00")])
    assert state(found, engine) == {"1": ("completed", 5.0)}
    assert removals(found) == {"reverses an order that is not in the data": (1, -5.0)}


def test_at_the_same_moment_the_order_comes_first(cleaned_frames: Cleaned, engine: Engine) -> None:
    found = cleaned_frames(transactions=[back("0", "a", 1, "-5.00"), order("1", "a", 1, "5.00")])
    assert state(found, engine) == {"1": ("cancelled", 5.0)}


def test_a_reversal_that_names_its_order_needs_no_customer(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    found = cleaned_frames(
        options={"reversal_status": "returned"},
        transactions=[
            order("1", "a", 0, "5.00", status="completed"),
            order("2", "a", 1, "5.00", status="completed"),
            back("3", None, 2, "-5.00", _reverses="1", status="returned"),
        ],
    )
    assert state(found, engine) == {"1": ("returned", 5.0), "2": ("completed", 5.0)}


def test_a_reference_to_an_order_that_is_not_there_reverses_nothing(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    found = cleaned_frames(
        transactions=[order("1", "a", 0, "5.00"), back("3", "a", 2, "-5.00", _reverses="x")]
    )
    assert state(found, engine) == {"1": ("completed", 5.0)}


def test_a_reversal_may_have_its_orders_id(cleaned_frames: Cleaned, engine: Engine) -> None:
    found = cleaned_frames(transactions=[order("1", "a", 0, "5.00"), back("1", "a", 2, "-5.00")])
    assert state(found, engine) == {"1": ("cancelled", 5.0)}
    assert removals(found) == {"reverses an order": (1, -5.0)}


def test_a_part_that_is_paid_back_is_taken_off_the_order(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    found = cleaned_frames(
        transactions=[order("1", "a", 0, "5.00"), back("2", "a", 2, "-1.50", _reverses="1")]
    )
    assert state(found, engine) == {"1": ("completed", 3.5)}
    assert removals(found) == {
        "part of an order that a removed row reverses": (0, 1.5),
        "reverses part of an order": (1, -1.5),
    }
    (change,) = found.quality.changes.itertuples()
    assert (change.column, change.rows, change.amount) == ("net", 1, -1.5)


def test_parts_that_make_up_the_whole_reverse_the_order(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    parts = [back(f"r{n}", "a", 2, "-2.50", _reverses="1") for n in range(2)]
    found = cleaned_frames(transactions=[order("1", "a", 0, "5.00"), *parts])
    assert state(found, engine) == {"1": ("cancelled", 5.0)}


def test_an_exact_duplicate_of_a_reversal_reverses_once(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    orders = [order("1", "a", 0, "5.00"), order("2", "a", 1, "5.00")]
    found = cleaned_frames(transactions=[*orders, *(back("3", "a", 2, "-5.00") for _ in range(2))])
    assert state(found, engine) == {"1": ("completed", 5.0), "2": ("cancelled", 5.0)}


def test_a_status_set_by_a_reversal_is_told(cleaned_frames: Cleaned) -> None:
    found = cleaned_frames(transactions=[order("1", "a", 0, "5.00"), back("2", "a", 2, "-5.00")])
    (change,) = found.quality.changes.itertuples()
    assert (change.table, change.column, change.change, change.rows) == (
        "transactions",
        "status",
        "set by a reversal",
        1,
    )


@pytest.mark.parametrize(
    ("row", "remedy"),
    [
        (back("2", "a", 2, "-5.00"), "Nothing to do: the order has the status of a reversed one."),
        (back("2", "a", 2, "-4.00"), "Export the orders of the time before, or correct the"),
    ],
)
def test_a_reversal_is_told_with_its_remedy(
    framed_shop: Callable[..., Any], engine: Engine, row: dict[str, Any], remedy: str
) -> None:
    staged = framed_shop(transactions=[order("1", "a", 0, "5.00"), row])
    (found,) = violations(staged, engine)
    assert (found.row, found.value) == (3, "2")
    assert found.remedy.startswith(remedy)
