"""The rules of cleaning as SQL, compiled once from their Ibis expressions and kept.

The expressions are the one definition of the rules. What they compile to depends on the code,
on Ibis, and on the columns that a source has; it is kept under the digest of these, and run by
DuckDB alone when nothing of them has changed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from analytics.digests import file_digest, tree_digest, value_digest
from analytics.schema import SOURCE_TABLES

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from analytics.cleaning.staged import StagedSource
    from analytics.engine import Engine

STAGED = "staged_"
_SPELLINGS, _CLEAN_ORDERS = "spellings_of_", "clean_orders"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What the rules need to know of a staged table, which is called ``staged_<name>``.

    Attributes
    ----------
    kinds : mapping
        Its columns -> DuckDB's types of them.
    columns : tuple of str
        Those of them that are canonical.
    headers : mapping
        Canonical column -> column of the file.
    free_orders : bool
        Whether amounts of zero are kept.
    reversal_status : str or None
        What a wholly reversed order becomes.
    several : bool
        Whether the rows are of several files, or sheets of one.
    """

    kinds: Mapping[str, str]
    columns: tuple[str, ...]
    headers: Mapping[str, str]
    free_orders: bool
    reversal_status: str | None
    several: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """How the faults of a table are found: tables that are made in order, and a SELECT."""

    table: str
    made: tuple[tuple[str, str], ...]
    faults: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    file: str
    rows: ir.Table
    columns: tuple[str, ...]
    headers: Mapping[str, str]
    free_orders: bool
    reversal_status: str | None
    several: bool


class _Recorder:
    """Takes the place of an engine: writes down what it would run."""

    def __init__(self) -> None:
        self.made: list[tuple[str, str]] = []
        self._count = 0

    def materialised(self, table: ir.Table, name: str) -> ir.Table:
        """Return a table of that name, and write down how it is made."""
        import ibis

        if name.startswith(_SPELLINGS):  # made of what the data hold, before any step
            return ibis.table(table.schema(), name=name)
        self._count += 1
        label = f"{name}_{self._count}"
        self.made.append((label, _sql(table)))
        return ibis.table(table.schema(), name=label)

    def records(self, table: ir.Table) -> list[dict[str, Any]]:
        """Return nothing counted: only the report of a build asks what reversals change."""
        return [dict.fromkeys(table.columns, 0)]


def _sql(table: ir.Table) -> str:
    import ibis

    return str(ibis.to_sql(table, dialect="duckdb", pretty=False))


def compiled_steps(shapes: Mapping[str, Shape], spelled: Collection[str]) -> tuple[Step, ...]:
    """Compile the rules.

    Parameters
    ----------
    shapes : mapping
        Table of the source -> its shape.
    spelled : collection of str
        Category columns of which some values are written otherwise than the chosen spelling:
        the steps read ``spellings_of_<column>`` with ``_from_<column>`` and ``_to_<column>``.
    """
    import ibis
    from ibis.backends.sql.datatypes import DuckDBType

    from analytics.cleaning.cleaned import split

    spellings = {column: {"": ""} for column in sorted(spelled)}
    steps = []
    orders = None
    recorder = _Recorder()
    for name in (declared.name for declared in SOURCE_TABLES if declared.name in shapes):
        shape = shapes[name]
        schema = {column: DuckDBType.from_string(kind) for column, kind in shape.kinds.items()}
        staged = _Rows(
            file=name,
            rows=ibis.table(schema, name=STAGED + name),
            columns=shape.columns,
            headers=shape.headers,
            free_orders=shape.free_orders,
            reversal_status=shape.reversal_status,
            several=shape.several,
        )
        part = split(name, staged, orders, cast("Engine", recorder), spellings)
        if name == "transactions":
            orders = recorder.materialised(part.sound.select("transaction_id"), _CLEAN_ORDERS)
        steps.append(Step(table=name, made=tuple(recorder.made), faults=_sql(part.faults)))
        recorder.made.clear()
    return tuple(steps)


@cache
def _code_digest() -> str:
    package = Path(__file__).parents[1]
    parts = [tree_digest(package / part, ("*.py",)) for part in ("cleaning", "schema")]
    libraries = [version(name) for name in ("ibis-framework", "sqlglot", "duckdb")]
    return value_digest([*parts, file_digest(package / "errors.py"), *libraries])


def steps_file(folder: Path, shapes: Mapping[str, Shape], spelled: Collection[str]) -> Path:
    """Return where steps are kept, named by the digest of all that they depend on."""
    content = {name: asdict(shape) for name, shape in shapes.items()}
    # The order of columns is that of the rows that are compared.
    for name, shape in shapes.items():
        content[name]["kinds"] = list(shape.kinds.items())
    digest = value_digest([_code_digest(), content, sorted(spelled)])
    return folder / f"rules-{digest[:32]}.json"


def read_steps(file: Path) -> tuple[Step, ...] | None:
    """Read kept steps; None where there are none that can be read."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        return tuple(
            Step(
                table=step["table"],
                made=tuple((name, sql) for name, sql in step["made"]),
                faults=step["faults"],
            )
            for step in content
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_steps(file: Path, steps: tuple[Step, ...]) -> None:
    """Keep steps in place of those of the source before; nothing where nothing can be written."""
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        aside.write_text(json.dumps([asdict(step) for step in steps], indent=1), encoding="utf-8")
        aside.replace(file)
        others = sorted(file.parent.glob("rules-*.json"), key=lambda path: path.stat().st_mtime)
        for old in others[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        aside.unlink(missing_ok=True)


# A source under repair goes back and forth between few shapes.
_KEPT = 8


def keep_rules(staged: StagedSource, engine: Engine, folder: Path) -> None:
    """Compile and keep the rules for tables that a build has staged with DuckDB.

    Parameters
    ----------
    staged : StagedSource
        What `ingest` returned.
    engine : Engine
        What they are staged for; nothing is kept where it is not DuckDB.
    folder : Path
        Where rules are kept.
    """
    from analytics.cleaning.cleaned import spellings_of
    from analytics.cleaning.staged import has_overlaps

    if engine.kind != "duckdb":
        return
    connection: Any = engine.connection
    shapes = {}
    for name, rows in staged.tables.items():
        described = connection.raw_sql(f'DESCRIBE "{rows.rows.get_name()}"').fetchall()
        shapes[name] = Shape(
            kinds={column: kind for column, kind, *_ in described},
            columns=rows.columns,
            headers=rows.headers,
            free_orders=rows.free_orders,
            reversal_status=getattr(rows, "reversal_status", None),
            several=has_overlaps(rows),
        )
    spelled = spellings_of(staged, engine)
    file = steps_file(folder, shapes, spelled)
    if read_steps(file) is None:
        write_steps(file, compiled_steps(shapes, spelled))
