from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.cleaning import CleanTables, clean, read_clean_tables
from analytics.cleaning import clean_tables as module
from analytics.engine import Engine
from analytics.errors import DataError
from analytics.ingest import Source, Staged

Cleaned = Callable[..., CleanTables]
ORDERS = """
    2,b,2024-01-05 10:00:00,Web,returned,20.50
    1,a,2024-01-02 23:59:59,Web,completed,10.10
    3,,2024-01-09,Web,completed,5.05
    1,a,2024-01-02 23:59:59,Web,completed,10.10
    4,c,2024-01-09,Web,completed,oops
    5,c,soon,Web,completed,7.07
"""


def test_the_raw_total_less_what_was_set_aside_is_the_clean_total(cleaned_shop: Cleaned) -> None:
    quality = cleaned_shop(transactions=ORDERS).quality
    assert quality.raw_total_amount == 52.82
    assert quality.clean_total_amount == 30.60
    aside = quality.removals.set_index("reason")["amount"]
    assert aside["customer_id is missing"] == 5.05
    assert aside["exact duplicate of another row"] == 10.10
    assert aside.filter(like="ordered_at").tolist() == [7.07]
    assert aside.filter(like="net is not an amount").tolist() == [0.0]


def test_rows_of_every_table_add_up(cleaned_shop: Cleaned) -> None:
    found = cleaned_shop(transactions=ORDERS, customers="a,North,\nb,South,\nb,South,\n")
    counted = found.quality.tables.set_index("table").drop(columns="file")
    assert counted.loc["transactions"].tolist() == [6, 2, 2, 2]
    assert counted.loc["customers"].tolist() == [3, 1, 0, 2]


def test_amounts_of_other_tables_are_not_stated(cleaned_shop: Cleaned) -> None:
    found = cleaned_shop(transactions=ORDERS, customers="a,North,\na,North,\n")
    removals = found.quality.removals
    assert removals[removals["table"] == "customers"]["amount"].isna().all()


def test_an_amount_that_went_missing_is_a_fault_of_the_program(
    staged_shop: Callable[..., tuple[Source, Staged]],
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, staged = staged_shop(transactions=ORDERS)
    genuine = module.split

    def lossy(*arguments: object) -> object:
        from dataclasses import replace

        part = genuine(*arguments)  # type: ignore[arg-type]
        return replace(part, kept=part.kept.mutate(net=part.kept.net + 1))

    monkeypatch.setattr(module, "split", lossy)
    with pytest.raises(RuntimeError, match="do not reconcile"):
        clean(staged, source, engine, tmp_path / "clean")


def test_a_row_that_went_missing_is_a_fault_of_the_program(
    staged_shop: Callable[..., tuple[Source, Staged]],
    engine: Engine,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, staged = staged_shop(transactions=ORDERS)
    genuine = module.split

    def lossy(*arguments: object) -> object:
        from dataclasses import replace

        part = genuine(*arguments)  # type: ignore[arg-type]
        return replace(part, kept=part.kept.limit(1))

    monkeypatch.setattr(module, "split", lossy)
    with pytest.raises(RuntimeError, match="lost rows"):
        clean(staged, source, engine, tmp_path / "clean")


def test_clean_tables_are_sorted_by_key_and_typed(cleaned_shop: Cleaned, tmp_path: Path) -> None:
    cleaned_shop(transactions=ORDERS)
    table = pq.read_table(tmp_path / "clean" / "transactions.parquet")
    assert table["transaction_id"].to_pylist() == ["1", "2"]
    assert table.schema.field("net").type == pa.decimal128(18, 2)
    assert table.schema.field("ordered_at").type == pa.timestamp("us")


def test_the_quarantine_has_place_reason_and_raw_row(cleaned_shop: Cleaned, tmp_path: Path) -> None:
    cleaned_shop(transactions=ORDERS)
    rows = pd.read_parquet(tmp_path / "clean" / "quarantine" / "transactions.parquet")
    assert rows["row"].tolist() == [4, 5, 6, 7]
    assert set(rows["file"]) == {"transactions.csv"}
    bad = rows[rows["row"] == 6].iloc[0]
    assert (bad["outcome"], bad["column"], bad["value"]) == ("quarantined", "net", "oops")
    assert json.loads(bad["raw"])["transaction_id"] == "4"


def test_the_observation_runs_from_the_first_to_the_last_clean_order(
    cleaned_shop: Cleaned,
) -> None:
    facts = cleaned_shop(transactions=ORDERS).facts
    assert (facts.observation_start, facts.observation_end) == (date(2024, 1, 2), date(2024, 1, 5))


def test_a_stated_observation_takes_precedence(cleaned_shop: Cleaned) -> None:
    head = "observation_start = 2024-01-01\nobservation_end = 2024-01-31\n"
    facts = cleaned_shop(head=head, transactions=ORDERS).facts
    assert (facts.observation_start, facts.observation_end) == (date(2024, 1, 1), date(2024, 1, 31))


def test_orders_outside_a_stated_observation_are_refused(cleaned_shop: Cleaned) -> None:
    with pytest.raises(DataError, match="2024-01-02 to 2024-01-05, outside the stated"):
        cleaned_shop(head="observation_start = 2024-01-03\n", transactions=ORDERS)


def test_the_facts_count_customers_and_orders_and_name_columns(cleaned_shop: Cleaned) -> None:
    facts = cleaned_shop(transactions=ORDERS, customers="a,North,\nz,South,\ny,West,\n").facts
    assert (facts.customers, facts.orders) == (3, 2)
    assert "customers.region" in facts.tables
    assert "satisfaction" not in facts.tables
    assert cleaned_shop(transactions=ORDERS).facts.customers == 2


def test_what_was_written_is_read_back(
    cleaned_shop: Cleaned, engine: Engine, tmp_path: Path
) -> None:
    found = cleaned_shop(transactions=ORDERS, customers="a,North,\na,North,\n")
    again = read_clean_tables(tmp_path / "clean", engine)
    assert again.facts == found.facts
    assert again.columns == found.columns
    for name, frame in found.quality.frames.items():
        pd.testing.assert_frame_equal(again.quality.frames[name], frame)
    assert again.quality.clean_total_amount == found.quality.clean_total_amount


def test_cleaning_replaces_what_the_folder_held(cleaned_shop: Cleaned, tmp_path: Path) -> None:
    cleaned_shop(transactions=ORDERS, customers="a,North,\n")
    cleaned_shop(transactions=ORDERS)
    assert not (tmp_path / "clean" / "customers.parquet").exists()
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_source_of_which_no_order_is_left_is_refused(cleaned_shop: Cleaned) -> None:
    with pytest.raises(DataError, match="no order is left"):
        cleaned_shop(transactions="1,a,2024-01-02,Web,completed,-1\n")
