"""What cleaning makes of one staged table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis.expr.types as ir

NETTED = "netted: a removed row reverses part of it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """An amount that is taken off kept rows, and stands in the report beside removed rows."""

    reason: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Cells of one column that differ from what was staged, in rows that are kept."""

    column: str
    change: str
    rows: int
    amount: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Every row of a staged table, in one of two.

    Attributes
    ----------
    name, file : str
        Table of the source and raw file.
    headers : mapping
        Canonical column -> column of the file.
    rows : ibis.Table
        All rows, as staged, in the chosen spellings.
    sound : ibis.Table
        Those without a fault.
    kept : ibis.Table
        Of these the canonical columns, less what reversals take off them.
    faults : ibis.Table
        `rules.FAULT_COLUMNS`, one row for each row that is set aside.
    order_by : tuple of str
        Columns that the kept rows are sorted by: the key, or all.
    parts : tuple of Part
        What is taken off kept rows.
    changes : tuple of Change
        What reversals change in kept rows.
    orders : ibis.Table or None
        The orders that order lines make up; None for any other table.
    charges : ibis.Table or None
        A single ``amount``: discounts and refunds of whole orders, which the amounts of order
        lines do not hold; None where the source has none.
    """

    name: str
    file: str
    headers: Mapping[str, str]
    rows: ir.Table
    sound: ir.Table
    kept: ir.Table
    faults: ir.Table
    order_by: tuple[str, ...]
    parts: tuple[Part, ...] = ()
    changes: tuple[Change, ...] = ()
    orders: ir.Table | None = None
    charges: ir.Table | None = None

    @property
    def kept_as(self) -> str:
        """The canonical table of the kept rows."""
        return "transaction_items" if self.name == "order_lines" else self.name

    @property
    def has_amounts(self) -> bool:
        """Whether its amounts are those that are reconciled."""
        return self.name in ("transactions", "order_lines")
