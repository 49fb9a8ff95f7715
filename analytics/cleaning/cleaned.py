"""One staged table split into what is kept and what is set aside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.cleaning.rules import key_faults, orphan_faults, row_faults
from analytics.cleaning.staged import StagedRows
from analytics.engine import Engine
from analytics.schema import table

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Every row of a staged table, in one of two.

    Attributes
    ----------
    name, file : str
        Canonical table and raw file.
    rows : ibis.Table
        All rows, as staged.
    kept : ibis.Table
        Rows without a fault, canonical columns.
    faults : ibis.Table
        `rules.FAULT_COLUMNS`, one row for each row that is set aside.
    order_by : tuple of str
        Columns that the kept rows are sorted by: the key, or all.
    """

    name: str
    file: str
    rows: ir.Table
    kept: ir.Table
    faults: ir.Table
    order_by: tuple[str, ...]


def split(name: str, staged: StagedRows, orders: ir.Table | None, engine: Engine) -> Split:
    """Return a staged table split by the rules of cleaning.

    Parameters
    ----------
    name : str
        Canonical table.
    staged : StagedRows
        Its rows.
    orders : ibis.Table or None
        The clean orders, which order lines must belong to.
    engine : Engine
        Keeps the faults, which are few, so that they are found once.
    """
    declared = table(name)
    rows = staged.rows
    faults = engine.materialised(
        row_faults(rows, declared, staged.headers, free_orders=staged.free_orders),
        f"{name}_row_faults",
    )

    def sound(found: ir.Table) -> ir.Table:
        return rows.anti_join(found, rows._row == found.row)

    shared = key_faults(sound(faults), declared, staged.headers)
    if shared is not None:
        faults = engine.materialised(faults.union(shared), f"{name}_key_faults")
    if name == "transaction_items" and orders is not None:
        lost = orphan_faults(sound(faults), orders, staged.headers)
        faults = engine.materialised(faults.union(lost), f"{name}_faults")
    columns = staged.columns
    key = tuple(column for column in declared.key if column in columns)
    return Split(
        name=name,
        file=staged.file,
        rows=rows,
        kept=sound(faults).select(*columns),
        faults=faults,
        order_by=key or columns,
    )
