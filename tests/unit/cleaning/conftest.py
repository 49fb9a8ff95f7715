from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from analytics.cleaning import CleanTables, clean
from analytics.engine import Engine, open_engine
from analytics.ingest import Source, Staged, ingest, read_source
from analytics.schema import table
from analytics.settings import Layout

HEAD = 'title = "Shop"\ncurrency = "EUR"\n'
TABLES = {
    "transactions": "transaction_id customer_id ordered_at sales_channel status net",
    "transaction_items": "transaction_id category quantity unit_price net",
    "customers": "customer_id region email",
    "marketing_spend": "week marketing_channel region spend",
    "satisfaction": "customer_id surveyed_on score",
}
DECLARED = """
[tables.{name}]
file = "{name}.csv"
format = "csv"
{options}
[tables.{name}.columns]
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(temporary=tmp_path / "spill") as opened:
        yield opened


@pytest.fixture
def staged_shop(tmp_path: Path, engine: Engine) -> Callable[..., tuple[Source, Staged]]:
    """Return a function that stages tables given as lines of comma-separated values."""

    def staged(head: str = "", options: str = "", **tables: str) -> tuple[Source, Staged]:
        text = HEAD + head
        for name, lines in tables.items():
            columns = TABLES[name].split()
            text += DECLARED.format(name=name, options=options)
            text += "".join(f'{column} = "{column}"\n' for column in columns)
            rows = "\n".join(line.strip() for line in lines.strip().splitlines())
            (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n" + rows + "\n")
        file = tmp_path / "shop.toml"
        file.write_text(text)
        source = read_source(str(file), Layout(root=tmp_path, source="shop"))
        return source, ingest(source, engine)

    return staged


@pytest.fixture
def cleaned_shop(
    tmp_path: Path, engine: Engine, staged_shop: Callable[..., tuple[Source, Staged]]
) -> Callable[..., CleanTables]:
    """Return a function that cleans such tables into a folder `clean`."""

    def cleaned(**tables: str) -> CleanTables:
        source, staged = staged_shop(**tables)
        return clean(staged, source, engine, tmp_path / "clean")

    return cleaned


_TYPES = {
    "string": pa.string(),
    "integer": pa.int64(),
    "number": pa.float64(),
    "money": pa.decimal128(18, 2),
    "date": pa.date32(),
    "timestamp": pa.timestamp("us"),
}
_PLACE = {"_file": pa.string(), "_row": pa.int64()}
_FAULT = dict.fromkeys(("_column", "_value", "_reason", "_raw"), pa.string())
_MARKS = {
    "_reversal": pa.bool_(),
    "_reverses": pa.string(),
    "_non_product": pa.bool_(),
    "_moment": pa.timestamp("us"),
    "_trimmed": pa.int64(),
    "_signed": pa.int64(),
}
Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Frame:
    """A staged table that a test made by hand."""

    file: str
    rows: Any
    columns: tuple[str, ...]
    headers: dict[str, str] = field(default_factory=dict)
    free_orders: bool = False
    reversal_status: str = "cancelled"


@dataclass(frozen=True, kw_only=True)
class Frames:
    """Staged tables, and what their source says about itself."""

    tables: dict[str, Frame]
    name: str = "shop"
    title: str = "Shop"
    currency: str = "EUR"
    time_zone: str = "UTC"
    synthetic: bool = False
    public: bool = False
    observation_start: None = None
    observation_end: None = None


def staged_frame(engine: Engine, name: str, rows: list[Row], **options: Any) -> Frame:
    """Return rows as a staged table: those of one file, in order, where they name no place."""
    declared = table(name)
    columns = tuple(n for n in declared.names if any(n in row for row in rows))
    kinds = {n: _TYPES[declared.column(n).dtype] for n in columns} | _PLACE | _FAULT
    kinds |= {n: kind for n, kind in _MARKS.items() if any(n in row for row in rows)}
    placed = [{"_file": f"{name}.csv", "_row": n, **row} for n, row in enumerate(rows, 2)]
    arrow = pa.table({n: pa.array([row.get(n) for row in placed], k) for n, k in kinds.items()})
    kept = engine.materialised(ibis.memtable(arrow), "frame")
    return Frame(file=f"{name}.csv", rows=kept, columns=columns, **options)


@pytest.fixture
def framed_shop(engine: Engine) -> Callable[..., Frames]:
    """Return a function that stages tables given as lists of rows, with options of all."""

    def framed(options: dict[str, Any] | None = None, **tables: list[Row]) -> Frames:
        return Frames(
            tables={n: staged_frame(engine, n, rows, **options or {}) for n, rows in tables.items()}
        )

    return framed


@pytest.fixture
def cleaned_frames(
    tmp_path: Path, engine: Engine, framed_shop: Callable[..., Frames]
) -> Callable[..., CleanTables]:
    """Return a function that cleans such tables into a folder `clean`."""

    def cleaned(**tables: Any) -> CleanTables:
        frames = framed_shop(**tables)
        return clean(frames, frames, engine, tmp_path / "clean")

    return cleaned
