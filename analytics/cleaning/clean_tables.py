"""Clean tables: written once, read by every mart."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.cleaning.cleaned import spellings_of, split, staged_in_order
from analytics.cleaning.contracts import Profile, check_contract, profile
from analytics.cleaning.reconciliation import data_quality
from analytics.cleaning.split import Split
from analytics.cleaning.staged import SourceDescription, StagedSource
from analytics.engine import Engine
from analytics.errors import DataError, Place
from analytics.results import DataQuality, SourceFacts
from analytics.schema import TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

_REPORT = "report.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanTables:
    """The clean tables of a source.

    Attributes
    ----------
    tables : mapping
        Canonical table -> its rows, sorted by key.
    columns : mapping
        Canonical table -> the canonical columns that the source has.
    quality : DataQuality
        The cleaning report.
    facts : SourceFacts
        What the source is; its observation window.
    """

    tables: Mapping[str, ir.Table]
    columns: Mapping[str, frozenset[str]]
    quality: DataQuality
    facts: SourceFacts


def clean(
    staged: StagedSource, source: SourceDescription, engine: Engine, folder: Path
) -> CleanTables:
    """Clean the staged tables of a source and write them.

    Writes ``<table>.parquet`` and ``quarantine/<table>.parquet`` (the rows that were set aside,
    each with its reason), in place of what the folder held.

    Raises
    ------
    DataError
        Where no order is left.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh = aside / "new"
        (fresh / "quarantine").mkdir(parents=True)
        result = _written(staged, source, engine, fresh)
        _write_report(result, fresh / _REPORT)
        if folder.exists():
            folder.rename(aside / "old")
        fresh.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return _read_tables(engine, folder, result.quality, result.facts)


def _written(
    staged: StagedSource, source: SourceDescription, engine: Engine, folder: Path
) -> CleanTables:
    splits: list[Split] = []
    tables: dict[str, ir.Table] = {}
    profiles: dict[str, Profile] = {}
    spellings = spellings_of(staged, engine)
    for name, rows in staged_in_order(staged):
        part = split(name, rows, tables.get("transactions"), engine, spellings)
        # Orders come before their lines.
        written = [(part.kept_as, part.kept, part.order_by)]
        if part.orders is not None:
            written.insert(0, ("transactions", part.orders, ("transaction_id",)))
        for table, kept, order_by in written:
            path = folder / f"{table}.parquet"
            engine.write_parquet(kept, path, order_by=order_by)
            tables[table] = engine.read_parquet(path)
            profiles[table] = profile(table, tables[table], tables, engine)
            check_contract(table, tables[table], profiles[table], free_orders=rows.free_orders)
        engine.write_parquet(
            part.faults, folder / "quarantine" / f"{name}.parquet", order_by=["file", "row"]
        )
        splits.append(part)
    quality = data_quality(splits, profiles, engine)
    facts = source_facts(tables, source, engine)
    return CleanTables(tables=tables, columns=_columns(tables), quality=quality, facts=facts)


def _columns(tables: Mapping[str, ir.Table]) -> dict[str, frozenset[str]]:
    return {name: frozenset(rows.columns) for name, rows in tables.items()}


def source_facts(
    tables: Mapping[str, ir.Table], source: SourceDescription, engine: Engine
) -> SourceFacts:
    """Return what a source is; DataError where it has no clean order."""
    orders = tables["transactions"]
    counted = engine.frame(
        orders.aggregate(
            orders=orders.count(),
            customers=orders.customer_id.nunique(),
            first=orders.ordered_at.min().date(),
            last=orders.ordered_at.max().date(),
        )
    ).iloc[0]
    if not counted["orders"]:
        raise DataError(
            "no order is left after cleaning",
            place=Place(file="transactions"),
            remedy="Run `analytics check` on the source to see what is wrong with each row.",
        )
    first: date = counted["first"].date()
    last: date = counted["last"].date()
    _check_window(source, first, last)
    customers = int(counted["customers"])
    if "customers" in tables:
        people = tables["customers"]
        customers = int(engine.frame(people.aggregate(rows=people.count()))["rows"].iloc[0])
    names: list[str] = []
    for declared in TABLES:
        if declared.name in tables:
            held = set(tables[declared.name].columns)
            names.append(declared.name)
            names += [f"{declared.name}.{column}" for column in declared.names if column in held]
    return SourceFacts(
        name=source.name,
        title=source.title,
        currency=source.currency,
        time_zone=source.time_zone,
        synthetic=source.synthetic,
        public=source.public,
        observation_start=source.observation_start or first,
        observation_end=source.observation_end or last,
        customers=customers,
        orders=int(counted["orders"]),
        tables=tuple(names),
    )


def _check_window(source: SourceDescription, first: date, last: date) -> None:
    start, end = source.observation_start or first, source.observation_end or last
    if first < start or end < last:
        raise DataError(
            f"orders run from {first} to {last}, outside the stated observation {start} to {end}",
            remedy="Correct observation_start and observation_end in the source file, which take "
            f"in every order: {min(first, start)} to {max(last, end, start + timedelta(days=1))}.",
        )


def read_clean_tables(folder: Path, engine: Engine) -> CleanTables:
    """Read the clean tables that `clean` wrote; FileNotFoundError where there are none."""
    report = json.loads((folder / _REPORT).read_text(encoding="utf-8"))
    facts = report["facts"]
    for name in ("observation_start", "observation_end"):
        facts[name] = date.fromisoformat(facts[name])
    quality = report["quality"]
    return _read_tables(
        engine,
        folder,
        DataQuality(
            raw_total_amount=quality["raw_total_amount"],
            clean_total_amount=quality["clean_total_amount"],
            **{name: _frame(quality[name], name) for name in DataQuality.FRAMES},
        ),
        SourceFacts(**{**facts, "tables": tuple(facts["tables"])}),
    )


def _frame(rows: list[dict[str, Any]], name: str) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=[column.name for column in DataQuality.FRAMES[name]])


def _read_tables(
    engine: Engine, folder: Path, quality: DataQuality, facts: SourceFacts
) -> CleanTables:
    tables = {
        declared.name: engine.read_parquet(folder / f"{declared.name}.parquet")
        for declared in TABLES
        if declared.name in facts.tables
    }
    return CleanTables(tables=tables, columns=_columns(tables), quality=quality, facts=facts)


def _write_report(result: CleanTables, path: Path) -> None:
    def rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
        plain = frame.astype(object).where(frame.notna(), None)
        return plain.to_dict("records")  # type: ignore[return-value]

    report = {
        "facts": result.facts.scalars,
        "quality": {
            **result.quality.scalars,
            **{name: rows(frame) for name, frame in result.quality.frames.items()},
        },
    }
    text = json.dumps(report, indent=1, default=str, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")
