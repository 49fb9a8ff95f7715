"""Staged tables made by hand, for what no export of one shape can show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pytest

from analytics.cleaning import CleanTables, clean
from analytics.engine import Engine, open_engine
from analytics.schema import table

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


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(temporary=tmp_path_factory.mktemp("spill")) as opened:
        yield opened


class CleanedFrames:
    """Cleans tables given as lists of rows."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def __call__(
        self, folder: Path, options: dict[str, Any] | None = None, **tables: list[Row]
    ) -> CleanTables:
        frames = Frames(
            tables={
                name: staged_frame(self._engine, name, rows, **options or {})
                for name, rows in tables.items()
            }
        )
        return clean(frames, frames, self._engine, folder)


@pytest.fixture(scope="session")
def cleaned_frames(engine: Engine) -> CleanedFrames:
    return CleanedFrames(engine)
