"""One staged table split into what is kept and what is set aside."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from analytics.cleaning.order_lines import split_order_lines
from analytics.cleaning.reversals import PART, Reversed, after_reversals, reversed_orders
from analytics.cleaning.rules import (
    key_faults,
    orphan_faults,
    overlap_faults,
    row_faults,
    without,
)
from analytics.cleaning.spelling import Spellings, source_spellings, spelled_rows
from analytics.cleaning.split import NETTED, Change, Part, Split
from analytics.cleaning.staged import (
    StagedRows,
    StagedSource,
    has_overlaps,
    placed_rows,
    reversal_status,
)
from analytics.engine import Engine
from analytics.schema import SOURCE_TABLES, table

if TYPE_CHECKING:
    import ibis.expr.types as ir


def staged_in_order(staged: StagedSource) -> list[tuple[str, StagedRows]]:
    """Return the staged tables, orders before their lines."""
    return [
        (declared.name, staged.tables[declared.name])
        for declared in SOURCE_TABLES
        if declared.name in staged.tables
    ]


def spellings_of(staged: StagedSource, engine: Engine) -> Spellings:
    """Return the spellings that are changed in the tables of a source."""
    return source_spellings({name: rows.rows for name, rows in staged_in_order(staged)}, engine)


def split(
    name: str,
    staged: StagedRows,
    orders: ir.Table | None,
    engine: Engine,
    spellings: Spellings | None = None,
) -> Split:
    """Return a staged table split by the rules of cleaning.

    Parameters
    ----------
    name : str
        Table of the source.
    staged : StagedRows
        Its rows.
    orders : ibis.Table or None
        The clean orders, which order lines must belong to.
    engine : Engine
        Keeps the faults, which are few, so that they are found once.
    spellings : mapping, optional
        What `spellings_of` found.
    """
    rows = spelled_rows(placed_rows(staged), spellings or {}, engine)
    if name == "order_lines":
        return split_order_lines(staged, rows, engine)
    declared = table(name)
    faults = engine.materialised(
        row_faults(rows, declared, staged.headers, free_orders=staged.free_orders),
        f"{name}_row_faults",
    )
    shared = key_faults(without(rows, faults), declared, staged.headers)
    if shared is None and has_overlaps(staged):
        shared = overlap_faults(without(rows, faults), declared, staged.headers)
    if shared is not None:
        faults = engine.materialised(faults.union(shared), f"{name}_key_faults")
    columns, reversals = staged.columns, None
    if name == "transactions" and "_reversal" in rows.columns:
        reversals = reversed_orders(without(rows, faults), dict(staged.headers), engine)
        faults = engine.materialised(faults.union(reversals.faults), f"{name}_faults")
        columns = tuple(n for n in declared.names if n in (*columns, "status"))
    if name == "transaction_items" and orders is not None:
        lost = orphan_faults(without(rows, faults), orders, staged.headers)
        faults = engine.materialised(faults.union(lost), f"{name}_faults")
    sound = without(rows, faults)
    kept = sound.select(*columns) if reversals is None else after_reversals(
        sound, columns, reversals, reversal_status(staged)
    )  # fmt: skip
    parts, changes = ((), ()) if reversals is None else _effects(reversals, engine)
    key = tuple(column for column in declared.key if column in columns)
    return Split(
        name=name,
        file=staged.file,
        headers=staged.headers,
        rows=rows,
        sound=sound,
        kept=kept,
        faults=faults,
        order_by=key or columns,
        parts=parts,
        changes=changes,
    )


def _effects(reversals: Reversed, engine: Engine) -> tuple[tuple[Part, ...], tuple[Change, ...]]:
    effects = reversals.effects
    found = engine.records(
        effects.aggregate(
            whole=effects._whole.sum(), rows=effects.count(), taken=effects._taken.sum()
        )
    )[0]
    whole, taken = int(found["whole"] or 0), found["taken"] or Decimal(0)
    parts: list[Part] = []
    changes: list[Change] = []
    if whole:
        changes.append(Change(column="status", change="set by a reversal", rows=whole))
    if taken:
        parts.append(Part(reason=PART, amount=taken))
        netted = int(found["rows"]) - whole
        changes.append(Change(column="net", change=NETTED, rows=netted, amount=-taken))
    return tuple(parts), tuple(changes)
