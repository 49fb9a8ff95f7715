"""One spelling a name, the latest row of a key, and the contract of what is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest

from analytics.cleaning import CleanTables
from analytics.cleaning.contracts import check_contract, profile
from analytics.cleaning.spelling import chosen_spellings
from analytics.engine import Engine

Cleaned = Callable[..., CleanTables]
ORDER = {"customer_id": "a", "ordered_at": datetime(2024, 1, 1), "net": Decimal("1.00")}


def test_the_most_frequent_spelling_is_chosen_and_of_ties_the_first() -> None:
    assert chosen_spellings([("NORTH", 1), ("North", 2), ("South", 1)]) == {"NORTH": "North"}
    assert chosen_spellings([("b  c", 1), ("B c", 1)]) == {"b  c": "B c"}
    assert chosen_spellings([("Qu\u00e9bec", 2), ("Que\u0301bec", 1)]) == {
        "Que\u0301bec": "Qu\u00e9bec"
    }


def test_spellings_are_chosen_over_all_tables_and_counted(
    cleaned_frames: Cleaned, engine: Engine
) -> None:
    customers = [{"customer_id": str(n), "region": name} for n, name in enumerate(["North"] * 3)]
    spend = {"week": datetime(2024, 1, 1).date(), "marketing_channel": "Email", "region": "NORTH"}
    found = cleaned_frames(
        transactions=[{"transaction_id": "1", **ORDER}],
        customers=customers,
        marketing_spend=[spend | {"spend": Decimal(1)}],
    )
    assert engine.frame(found.tables["marketing_spend"])["region"].tolist() == ["North"]
    (change,) = found.quality.changes.itertuples()
    assert (change.table, change.column, change.rows) == ("marketing_spend", "region", 1)


def test_of_rows_with_one_key_the_latest_stands(cleaned_frames: Cleaned, engine: Engine) -> None:
    customers: list[dict[str, Any]] = [
        {"customer_id": "a", "region": name, "_moment": moment}
        for name, moment in (
            ("North", datetime(2024, 1, 1)),
            ("South", datetime(2024, 2, 1)),
            ("East", None),
        )
    ]
    found = cleaned_frames(transactions=[{"transaction_id": "1", **ORDER}], customers=customers)
    assert engine.frame(found.tables["customers"])["region"].tolist() == ["South"]
    assert found.quality.removals["rows"].tolist() == [2]


def test_missing_values_are_counted_with_their_rule(cleaned_frames: Cleaned) -> None:
    rows = [
        {"transaction_id": "1", **ORDER, "sales_channel": None},
        {"transaction_id": "2", **ORDER, "sales_channel": "Web"},
        {"transaction_id": "3", **ORDER, "customer_id": None},
    ]
    missing = cleaned_frames(transactions=rows).quality.missing_values.set_index("column")
    assert missing.loc["sales_channel", ["rows", "rate", "rule"]].tolist() == [
        1,
        0.5,
        "kept as missing; shown as Unknown",
    ]
    assert missing.loc["customer_id", ["rows", "rule"]].tolist() == [1, "row removed"]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"net": Decimal("-1.00")}, "net"),
        ({"customer_id": None}, "customer_id"),
        ({"status": "lost"}, "status"),
        ({"transaction_id": "1"}, "key"),
    ],
)
def test_a_clean_table_that_breaks_its_contract_is_a_fault_of_the_program(
    framed_shop: Callable[..., Any], engine: Engine, change: dict[str, Any], column: str
) -> None:
    good = {**ORDER, "status": "completed"}
    frame = framed_shop(
        transactions=[{"transaction_id": "1", **good}, {"transaction_id": "2", **good, **change}]
    ).tables["transactions"]
    rows = frame.rows.select(*frame.columns)
    found = profile("transactions", rows, {}, engine)
    with pytest.raises(RuntimeError, match=f"clean table transactions, column {column}: "):
        check_contract("transactions", rows, found, free_orders=False)


def test_lines_without_their_order_break_the_contract(
    framed_shop: Callable[..., Any], engine: Engine
) -> None:
    frames = framed_shop(
        transactions=[{"transaction_id": "1", **ORDER}],
        transaction_items=[{"transaction_id": "7", "net": Decimal(1)}],
    ).tables
    tables = {name: frame.rows.select(*frame.columns) for name, frame in frames.items()}
    rows = tables["transaction_items"]
    found = profile("transaction_items", rows, tables, engine)
    with pytest.raises(RuntimeError, match="transaction_items, column order: "):
        check_contract("transaction_items", rows, found, free_orders=False)
