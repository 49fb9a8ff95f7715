"""What holds for the cleaning of any export, however messy."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import pandas as pd
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.cleaning import CleanTables, clean
from analytics.engine import Engine, open_engine
from analytics.ingest import ingest, read_source
from analytics.settings import Layout

COLUMNS = ("transaction_id", "customer_id", "ordered_at", "status", "net")
ITEM_COLUMNS = ("transaction_id", "category", "net")
HEAD = 'title = "Shop"\ncurrency = "EUR"\n'
GOOD = ("good", "g", "2024-06-01", "completed", "1.00")
AMOUNTS = st.one_of(
    st.integers(-500, 100_000).map(lambda cents: str(Decimal(cents).scaleb(-2))),
    st.sampled_from(["", "0.00", "free", "1e3", "1.234", "NaN", "€7.10"]),
)
ORDERS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "3", "4", " 4", ""]),
        st.sampled_from(["a", "b", "b ", ""]),
        st.sampled_from(["2024-01-01", "2024-02-29", "2023-02-29", "03/04/2024", ""]),
        st.sampled_from(["completed", "Returned", "cancelled", "lost", ""]),
        AMOUNTS,
    ),
    max_size=25,
)
ITEMS = st.lists(
    st.tuples(
        st.sampled_from(["1", "2", "good", "none", ""]),
        st.sampled_from(["Toys", "Home", ""]),
        AMOUNTS,
    ),
    max_size=10,
)
PROPERTY = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(temporary=tmp_path_factory.mktemp("spill")) as opened:
        yield opened


def cleaned(
    orders: list[tuple[str, ...]], items: list[tuple[str, ...]], engine: Engine, folder: Path
) -> CleanTables:
    text = HEAD
    for name, columns, rows in (
        ("transactions", COLUMNS, orders),
        ("transaction_items", ITEM_COLUMNS, items),
    ):
        lines = "".join(",".join(row) + "\n" for row in rows)
        (folder / f"{name}.csv").write_text(",".join(columns) + "\n" + lines, encoding="utf-8")
        text += f'[tables.{name}]\nfile = "{name}.csv"\nformat = "csv"\n[tables.{name}.columns]\n'
        text += "".join(f'{column} = "{column}"\n' for column in columns)
    (folder / "shop.toml").write_text(text, encoding="utf-8")
    source = read_source(str(folder / "shop.toml"), Layout(root=folder, source="shop"))
    return clean(ingest(source, engine), source, engine, folder / "clean")


def cents(text: str) -> Decimal:
    """Read an amount as a reader of the export would; zero where it is none."""
    plain = text.replace("€", "").strip()
    digits = plain.removeprefix("-").replace(".", "", 1)
    if not digits.isdigit() or len(plain.partition(".")[2]) > 2:
        return Decimal(0)
    return Decimal(plain)


@PROPERTY
@given(orders=ORDERS, items=ITEMS)
def test_every_row_is_in_exactly_one_of_clean_removed_and_quarantined(
    engine: Engine, orders: list[tuple[str, ...]], items: list[tuple[str, ...]]
) -> None:
    orders, items = [GOOD, *orders], [("good", "Toys", "1"), *items]
    with TemporaryDirectory() as name:
        folder = Path(name)
        found = cleaned(orders, items, engine, folder)
        for table, rows in (("transactions", orders), ("transaction_items", items)):
            aside = pd.read_parquet(folder / "clean" / "quarantine" / f"{table}.parquet")
            assert aside["row"].is_unique
            assert set(aside["row"]) <= set(range(2, len(rows) + 2))
            kept = pq.read_table(folder / "clean" / f"{table}.parquet").to_pylist()
            # What was not set aside is what was kept, row for row.
            ids = Counter(
                row[0].strip() for n, row in enumerate(rows, 2) if n not in set(aside["row"])
            )
            assert Counter(row["transaction_id"] for row in kept) == ids
            counted = found.quality.tables.set_index("table").loc[table]
            assert counted["removed_rows"] == (aside["outcome"] == "removed").sum()
            assert counted["quarantined_rows"] == (aside["outcome"] == "quarantined").sum()


@PROPERTY
@given(orders=ORDERS)
def test_raw_total_less_itemised_removals_is_the_clean_total_to_the_cent(
    engine: Engine, orders: list[tuple[str, ...]]
) -> None:
    orders = [GOOD, *orders]
    with TemporaryDirectory() as name:
        quality = cleaned(orders, [("good", "Toys", "1")], engine, Path(name)).quality
        kept = pq.read_table(Path(name) / "clean" / "transactions.parquet")["net"].to_pylist()
    removed = quality.removals[quality.removals["table"] == "transactions"]["amount"]
    raw = sum((cents(row[4]) for row in orders), Decimal(0))
    assert quality.raw_total_amount == float(raw)
    assert quality.clean_total_amount == float(sum(kept, Decimal(0)))
    itemised = sum((Decimal(str(amount)) for amount in removed), Decimal(0))
    assert raw - itemised == sum(kept, Decimal(0))


@PROPERTY
@given(orders=ORDERS, items=ITEMS, seed=st.integers(0, 2**16))
def test_the_order_of_the_rows_does_not_matter(
    engine: Engine, orders: list[tuple[str, ...]], items: list[tuple[str, ...]], seed: int
) -> None:
    orders, items = [GOOD, *orders], [("good", "Toys", "1"), *items]
    shuffle = random.Random(seed).shuffle
    found = []
    for _ in range(2):
        with TemporaryDirectory() as name:
            quality = cleaned(orders, items, engine, Path(name)).quality
            tables = [
                (Path(name) / "clean" / f"{table}.parquet").read_bytes()
                for table in ("transactions", "transaction_items")
            ]
        found.append((tables, quality.removals.values.tolist(), quality.clean_total_amount))
        shuffle(orders)
        shuffle(items)
    assert str(found[0]) == str(found[1])


@PROPERTY
@given(orders=ORDERS)
def test_cleaning_what_is_clean_changes_nothing(
    engine: Engine, orders: list[tuple[str, ...]]
) -> None:
    items = [("good", "Toys", "1")]
    with TemporaryDirectory() as name:
        cleaned([GOOD, *orders], items, engine, Path(name))
        once = pq.read_table(Path(name) / "clean" / "transactions.parquet").to_pylist()
    again = [tuple("" if row[c] is None else str(row[c]) for c in COLUMNS) for row in once]
    with TemporaryDirectory() as name:
        quality = cleaned(again, items, engine, Path(name)).quality
        twice = pq.read_table(Path(name) / "clean" / "transactions.parquet").to_pylist()
    assert twice == once
    assert quality.removals.empty
