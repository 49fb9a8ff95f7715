"""Sentences about changes: their words follow the sign and size of what they tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from analytics.presentation.formats import (
    NARROW_SPACE,
    change_in_unit,
    is_known,
    percent,
)

Tone = Literal["good", "bad", "neutral"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of a KPI: absolute, relative, and how it is compared (its unit)."""

    change: float
    rate: float
    unit: str

    @property
    def is_known(self) -> bool:
        """Whether there is anything to compare with."""
        return is_known(self.change if self.unit in ("rate", "score") else self.rate)

    @property
    def shown(self) -> str:
        """The change with its sign, as ``+6.2 %``, ``−0.8 pt`` or ``+0.06``."""
        return change_in_unit(self.change, self.rate, self.unit)

    @property
    def direction(self) -> int:
        """1, -1, or 0 where the change is nothing at the precision that is shown."""
        if not self.is_known or not any(digit in self.shown for digit in "123456789"):
            return 0
        return 1 if (self.change if is_known(self.change) else self.rate) > 0 else -1


def tone(change: Change, good: str) -> Tone:
    """Return whether a change is good, given the KPI's good direction (up, down, neutral)."""
    if change.direction == 0 or good not in ("up", "down"):
        return "neutral"
    return "good" if (change.direction > 0) == (good == "up") else "bad"


def compared(change: Change) -> str:
    """Return ``6.2 % above``, ``0.8 points below`` or ``level with``."""
    if change.direction == 0:
        return "level with"
    size = change.shown.lstrip("+−")
    if change.unit == "rate":
        size = size.replace(f"{NARROW_SPACE}pt", " points")
    return f"{size} {'above' if change.direction > 0 else 'below'}"


def moved(change: float, *, rose: str = "rose", fell: str = "fell", stayed: str = "stayed") -> str:
    """Return the verb of a change: rose, fell or stayed."""
    return rose if change > 0 else fell if change < 0 else stayed


def relative_growth(rate: float) -> str:
    """Return ``grew 18 %``, ``shrank 4 %`` or ``stayed level`` for a relative change."""
    shown = percent(abs(rate), 0 if abs(rate) >= 0.1 else 1)
    if not any(digit in shown for digit in "123456789"):
        return "stayed level"
    return f"{'grew' if rate > 0 else 'shrank'} {shown}"


def strength(coefficient: float) -> str:
    """Return weak, moderate or strong for the size of an association (Cohen's .1, .3, .5)."""
    size = abs(coefficient)
    if size >= 0.5:
        return "strong"
    if size >= 0.3:
        return "moderate"
    return "weak" if size >= 0.1 else "very weak"
