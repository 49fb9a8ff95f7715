"""Which rows are kept, removed or quarantined, and why."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import pytest

from analytics.cleaning import CleanTables
from analytics.engine import Engine

Cleaned = Callable[..., CleanTables]
GOOD = "1,a,2024-01-01,Web,completed,10.00\n"


def removals(found: CleanTables, table: str = "transactions") -> list[tuple[str, str, int]]:
    frame = found.quality.removals
    frame = frame[frame["table"] == table]
    return list(frame[["outcome", "reason", "rows"]].itertuples(index=False, name=None))


def kept(found: CleanTables, engine: Engine, table: str = "transactions") -> pd.DataFrame:
    return engine.frame(found.tables[table])


def test_a_good_row_is_kept_as_it_is(cleaned_shop: Cleaned, engine: Engine) -> None:
    found = cleaned_shop(transactions=GOOD)
    assert kept(found, engine).values.tolist() == [
        ["1", "a", pd.Timestamp("2024-01-01"), "Web", "completed", 10.0]
    ]
    assert removals(found) == []


@pytest.mark.parametrize(
    ("row", "outcome", "reason"),
    [
        ("2,,2024-01-01,Web,completed,1", "removed", "customer_id is missing"),
        (",a,2024-01-01,Web,completed,1", "removed", "transaction_id is missing"),
        ("2,a,,Web,completed,1", "removed", "ordered_at is missing"),
        ("2,a,2024-01-01,Web,completed,", "removed", "net is missing"),
        ("2,a,2024-01-01,Web,completed,-1", "removed", "net is not positive"),
        ("2,a,2024-01-01,Web,completed,0", "removed", "net is not positive"),
        (
            "2,a,2024-01-01,Web,lost,1",
            "quarantined",
            "status is not among the words that statuses maps",
        ),
        (
            "2,a,2024-01-01,Web,completed,one",
            "quarantined",
            "net is not an amount in EUR with at most two decimals",
        ),
        (
            "2,a,01/02/2024,Web,completed,1",
            "quarantined",
            "ordered_at is not a date of 1900 to 2199 written as ISO 8601 (2024-03-09)",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_set_aside(
    cleaned_shop: Cleaned, engine: Engine, row: str, outcome: str, reason: str
) -> None:
    found = cleaned_shop(transactions=GOOD + row)
    assert removals(found) == [(outcome, reason, 1)]
    assert kept(found, engine)["transaction_id"].tolist() == ["1"]


def test_missing_values_of_optional_columns_stay_missing(
    cleaned_shop: Cleaned, engine: Engine
) -> None:
    found = cleaned_shop(transactions="1,a,2024-01-01,,completed,1")
    assert kept(found, engine)["sales_channel"].isna().all()


def test_orders_of_value_zero_are_kept_where_the_source_says_so(
    cleaned_shop: Cleaned, engine: Engine
) -> None:
    rows = GOOD + "2,a,2024-01-01,Web,completed,0\n3,a,2024-01-01,Web,completed,-1"
    found = cleaned_shop(options="free_orders = true", transactions=rows)
    assert kept(found, engine)["net"].tolist() == [10.0, 0.0]
    assert removals(found) == [("removed", "net is negative", 1)]


def test_of_exact_duplicates_the_first_is_kept(cleaned_shop: Cleaned, engine: Engine) -> None:
    found = cleaned_shop(transactions=GOOD * 3)
    assert len(kept(found, engine)) == 1
    assert removals(found) == [("removed", "exact duplicate of another row", 2)]
    aside = pd.read_parquet(_folder(found, engine))
    assert aside["row"].tolist() == [3, 4]


def _folder(found: CleanTables, engine: Engine) -> str:
    return str(engine.temporary.parent.parent / "clean" / "quarantine" / "transactions.parquet")


def test_rows_that_differ_in_blanks_only_are_exact_duplicates(cleaned_shop: Cleaned) -> None:
    found = cleaned_shop(transactions=GOOD + "1, a ,2024-01-01, Web,completed,10.000\n")
    assert removals(found) == [("removed", "exact duplicate of another row", 1)]


def test_rows_of_one_id_that_contradict_each_other_are_all_quarantined(
    cleaned_shop: Cleaned, engine: Engine
) -> None:
    rows = GOOD + GOOD + "1,a,2024-01-01,Web,completed,11.00\n2,b,2024-01-02,Web,completed,5\n"
    found = cleaned_shop(transactions=rows)
    assert kept(found, engine)["transaction_id"].tolist() == ["2"]
    assert removals(found) == [("quarantined", "rows of one key contradict each other", 3)]


def test_a_missing_value_contradicts_a_value(cleaned_shop: Cleaned) -> None:
    rows = GOOD + "1,a,2024-01-01,,completed,10.00\n2,b,2024-01-02,Web,completed,5\n"
    assert removals(cleaned_shop(transactions=rows)) == [
        ("quarantined", "rows of one key contradict each other", 2)
    ]


def test_a_row_that_is_set_aside_by_itself_contradicts_nothing(
    cleaned_shop: Cleaned, engine: Engine
) -> None:
    found = cleaned_shop(transactions=GOOD + "1,a,2024-01-01,Web,completed,-10.00\n")
    assert kept(found, engine)["net"].tolist() == [10.0]


def test_a_key_may_have_a_missing_part(cleaned_shop: Cleaned) -> None:
    spend = "2024-01-01,Email,,5\n2024-01-01,Email,,5\n2024-01-01,Email,North,5\n"
    found = cleaned_shop(transactions=GOOD, marketing_spend=spend)
    assert removals(found, "marketing_spend") == [("removed", "exact duplicate of another row", 1)]


def test_order_lines_that_are_alike_are_all_kept(cleaned_shop: Cleaned, engine: Engine) -> None:
    found = cleaned_shop(transactions=GOOD, transaction_items="1,Toys,1,5,5\n1,Toys,1,5,5\n")
    assert len(kept(found, engine, "transaction_items")) == 2


def test_lines_of_an_order_that_was_set_aside_are_removed(
    cleaned_shop: Cleaned, engine: Engine
) -> None:
    found = cleaned_shop(
        transactions=GOOD + "2,,2024-01-01,Web,completed,1\n",
        transaction_items="1,Toys,1,10,10\n2,Toys,1,1,1\n3,Toys,1,1,1\n",
    )
    assert removals(found, "transaction_items") == [
        ("removed", "its order is not among the clean orders", 2)
    ]
    assert kept(found, engine, "transaction_items")["transaction_id"].tolist() == ["1"]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("1,Toys,0,5,5", "quantity is not positive"),
        ("1,Toys,1,-5,5", "unit_price is not positive"),
        ("1,Toys,1,5,0", "net is not positive"),
    ],
)
def test_order_lines_out_of_range_are_removed(
    cleaned_shop: Cleaned, line: str, reason: str
) -> None:
    found = cleaned_shop(transactions=GOOD, transaction_items=f"1,Toys,1,10,10\n{line}\n")
    assert removals(found, "transaction_items") == [("removed", reason, 1)]


@pytest.mark.parametrize("score", ["0.9", "5.5", "-1"])
def test_scores_outside_the_scale_are_removed(cleaned_shop: Cleaned, score: str) -> None:
    answers = f"a,2024-01-01,{score}\na,2024-01-01,5\n"
    found = cleaned_shop(transactions=GOOD, satisfaction=answers)
    assert removals(found, "satisfaction") == [("removed", "score is not from 1 to 5", 1)]
