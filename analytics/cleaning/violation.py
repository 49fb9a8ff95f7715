"""A row that cleaning sets aside, as `analytics check` tells of it, with its remedy."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.cleaning import reasons
from analytics.errors import Place, printable

SHOWN = 20
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
        value = f" '{printable(self.value, _LONGEST)}'" if self.value else ""
        times = f" ({self.count} such rows)" if self.count > 1 else ""
        return f"{place}:{value} {self.outcome}, {printable(self.reason)}{times}. {self.remedy}"


_REMEDIES = {
    reasons.CONFLICT: "Keep the row that is right in the export.",
    reasons.DUPLICATE: "Nothing to do: one of the rows is kept.",
    reasons.OVERLAP: "Nothing to do: the row of the file before is kept.",
    reasons.SUPERSEDED: "Nothing to do: the latest row is kept.",
    reasons.ORPHAN: "See what became of the order, or export both files at the same time.",
    reasons.CONTRADICTION: "Make the lines of the order agree in the export.",
    reasons.REVERSES_ORDER: "Nothing to do: the order has the status of a reversed one.",
    reasons.REVERSES_PART: "Nothing to do: the amount is taken off the order.",
    reasons.REVERSES_LINE: "Nothing to do: what it reverses is taken off the order.",
    reasons.REVERSED: "Nothing to do: the line was taken back.",
}
_LOST = "Export the orders of the time before, or correct the row or reversals in the source file."


def remedy(reason: str) -> str:
    """Return what the reader can do about rows that are set aside for a reason."""
    if reason in _REMEDIES:
        return _REMEDIES[reason]
    if reason in (reasons.LOST_ORDER, reasons.LOST_LINE, reasons.EXCESS):
        return _LOST
    if reason.endswith(reasons.NO_PRODUCT):
        return "Nothing to do, or take it out of non_products in the source file."
    if "date" in reason:
        return "Correct the cell, or name its format under dates in the source file."
    if "statuses" in reason:
        return "Add the word under statuses in the source file."
    if "amount" in reason or "number" in reason:
        return "Correct the cell, or decimal_mark, thousands_mark or rounded in the source file."
    return "Correct the cell in the export."
