"""What is wrong with a source, as `analytics check` prints it."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.cleaning import line_reversals, reversals
from analytics.cleaning.cleaned import spellings_of, split, staged_in_order
from analytics.cleaning.order_lines import CONTRADICTION
from analytics.cleaning.rules import CONFLICT, DUPLICATE, NO_PRODUCT, ORPHAN, SUPERSEDED
from analytics.cleaning.staged import StagedSource
from analytics.engine import Engine
from analytics.errors import Place

SHOWN = 20
_SHOWN_COLUMNS = ("file", "row", "column", "value", "outcome", "reason", "count")
_LONGEST = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """A row that cleaning sets aside.

    Attributes
    ----------
    table, file : str
        Canonical table and raw file.
    row : int
        Row of the file; the header is row 1.
    column, value : str
        The cell that is wrong; the value is empty where it is missing.
    outcome : str
        removed or quarantined.
    reason : str
        The kind of the violation.
    count : int
        Rows of the file with the same kind.
    remedy : str
        What the reader can do about it.
    """

    table: str
    file: str
    row: int
    column: str
    value: str
    outcome: str
    reason: str
    count: int
    remedy: str

    def __str__(self) -> str:
        """Return place, value, kind, count and remedy in one line."""
        place = Place(file=self.file, row=self.row, column=self.column)
        shown = self.value if len(self.value) <= _LONGEST else self.value[:_LONGEST] + "…"
        value = f" {shown!r}" if self.value else ""
        times = f" ({self.count} such rows)" if self.count > 1 else ""
        return f"{place}:{value} {self.outcome}, {self.reason}{times}. {self.remedy}"


_REMEDIES = {
    CONFLICT: "Keep the row that is right in the export.",
    DUPLICATE: "Nothing to do: one of the rows is kept.",
    SUPERSEDED: "Nothing to do: the latest row is kept.",
    ORPHAN: "See what became of the order, or export both files at the same time.",
    CONTRADICTION: "Make the lines of the order agree in the export.",
    reversals.REVERSES: "Nothing to do: the order has the status of a reversed one.",
    reversals.REVERSES_PART: "Nothing to do: the amount is taken off the order.",
    line_reversals.REVERSES: "Nothing to do: what it reverses is taken off the order.",
    line_reversals.REVERSED: "Nothing to do: the line was taken back.",
}
_LOST = "Export the orders of the time before, or correct the row or reversals in the source file."


def _remedy(reason: str) -> str:
    if reason in _REMEDIES:
        return _REMEDIES[reason]
    if reason in (reversals.LOST, line_reversals.LOST, line_reversals.EXCESS):
        return _LOST
    if reason.endswith(NO_PRODUCT):
        return "Nothing to do, or take it out of non_products in the source file."
    if "date" in reason:
        return "Correct the cell, or name its format under dates in the source file."
    if "statuses" in reason:
        return "Add the word under statuses in the source file."
    if "amount" in reason or "number" in reason:
        return "Correct the cell, or decimal_mark, thousands_mark or rounded in the source file."
    return "Correct the cell in the export."


def violations(staged: StagedSource, engine: Engine, *, shown: int = SHOWN) -> list[Violation]:
    """Return the rows that cleaning would set aside, the first few of each kind.

    Parameters
    ----------
    staged : StagedSource
        What `ingest` returned.
    engine : Engine
        What they are staged for.
    shown : int
        Rows of each kind; `count` says how many there are.
    """
    found: list[Violation] = []
    orders = None
    spellings = spellings_of(staged, engine)
    for name, rows in staged_in_order(staged):
        part = split(name, rows, orders, engine, spellings)
        if name == "transactions":
            orders = part.sound
        faults = engine.frame(part.faults.drop("raw", "amount"), order_by=["reason", "file", "row"])
        faults["value"] = faults["value"].fillna("")
        faults["count"] = faults.groupby("reason")["row"].transform("size")
        firsts = faults[faults.groupby("reason").cumcount() < shown]
        found += [
            Violation(
                table=name,
                remedy=_remedy(line["reason"]),
                **{name: line[name] for name in _SHOWN_COLUMNS},
            )
            for line in firsts.to_dict("records")
        ]
    return found
