"""Periods: half-open stretches of whole days, months, quarters; which of them are partial."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

PeriodKind = Literal["day", "month", "quarter", "year"]
_MONTHS_IN: dict[PeriodKind, int] = {"month": 1, "quarter": 3, "year": 12}


def month_start(day: date) -> date:
    """Return the first day of the month of `day`."""
    return day.replace(day=1)


def months_later(day: date, months: int) -> date:
    """Return the first day of the month that lies `months` after that of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def same_day_months_later(day: date, months: int) -> date:
    """Return the same day of the month that lies `months` later, or that month's last day."""
    start = months_later(day, months)
    last = months_later(start, 1) - timedelta(days=1)
    return start.replace(day=min(day.day, last.day))


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to but not including `end`."""

    start: date
    end: date
    kind: PeriodKind = "month"

    @property
    def days(self) -> int:
        """Number of days, at least 1."""
        return (self.end - self.start).days

    @property
    def label(self) -> str:
        """Return ``2024-03-09``, ``2024-03``, ``2024-Q1`` or ``2024``."""
        match self.kind:
            case "day":
                return self.start.isoformat()
            case "month":
                return f"{self.start:%Y-%m}"
            case "quarter":
                return f"{self.start.year}-Q{(self.start.month - 1) // 3 + 1}"
            case "year":
                return f"{self.start.year}"

    @property
    def title(self) -> str:
        """Return ``9 March 2024``, ``March 2024``, ``first quarter of 2024`` or ``2024``."""
        match self.kind:
            case "day":
                return f"{self.start.day} {self.start:%B %Y}"
            case "month":
                return f"{self.start:%B %Y}"
            case "quarter":
                ordinal = ("first", "second", "third", "fourth")[(self.start.month - 1) // 3]
                return f"{ordinal} quarter of {self.start.year}"
            case "year":
                return f"{self.start.year}"

    def shifted(self, steps: int) -> Period:
        """Return the period of the same kind that lies `steps` later (earlier if negative)."""
        if self.kind == "day":
            return period_of(self.start + timedelta(days=steps), "day")
        return period_of(months_later(self.start, steps * _MONTHS_IN[self.kind]), self.kind)

    @property
    def year_before(self) -> Period:
        """The same period a year before (29 February: 28 February)."""
        if self.kind == "day":
            try:
                day = self.start.replace(year=self.start.year - 1)
            except ValueError:
                day = date(self.start.year - 1, 2, 28)
            return period_of(day, "day")
        return period_of(months_later(self.start, -12), self.kind)

    def covered_by(self, first: date, last: date) -> bool:
        """Return whether data from `first` to `last`, both included, cover every day of it."""
        return first <= self.start and self.end <= last + timedelta(days=1)


def period_of(day: date, kind: PeriodKind) -> Period:
    """Return the period of that kind that `day` lies in."""
    if kind == "day":
        return Period(day, day + timedelta(days=1), kind)
    months = _MONTHS_IN[kind]
    first_month = (day.month - 1) // months * months + 1
    start = date(day.year, first_month, 1)
    return Period(start, months_later(start, months), kind)


def parsed_period(label: str) -> Period:
    """Return the period that a label such as ``2024-03`` or ``2024-Q1`` names.

    Raises
    ------
    ValueError
        Where the label names none.
    """
    year, _, rest = label.partition("-")
    if not rest:
        return period_of(date(int(year), 1, 1), "year")
    if rest.startswith("Q"):
        quarter = int(rest[1:])
        if not 1 <= quarter <= 4:
            raise ValueError(f"{label} names no quarter")
        return period_of(date(int(year), 3 * quarter - 2, 1), "quarter")
    if "-" in rest:
        return period_of(date.fromisoformat(label), "day")
    return period_of(date(int(year), int(rest), 1), "month")


def periods(first: date, last: date, kind: PeriodKind) -> Iterator[Period]:
    """Yield, in order, the periods of that kind that touch the days from `first` to `last`."""
    period = period_of(first, kind)
    while period.start <= last:
        yield period
        period = period.shifted(1)


def complete_periods(first: date, last: date, kind: PeriodKind) -> tuple[Period, ...]:
    """Return, in order, the periods that the days from `first` to `last` cover whole."""
    return tuple(period for period in periods(first, last, kind) if period.covered_by(first, last))
