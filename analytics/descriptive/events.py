"""When events were, and what they brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.errors import Place, SettingsError
from analytics.results import Comparisons
from analytics.settings import EventRule

WEEKS_BEFORE = 4
# 52 weeks: the same weekdays of the year before.
ALIGNED_DAYS = 364
# A holiday that wanders, by the moon or over the end of a year, is at most this much nearer.
_NEAREST, _FARTHEST = 300, 430


@dataclass(frozen=True, slots=True, order=True)
class Occurrence:
    """An event in one year: its first day, its name, and how many days it lasts."""

    start: date
    name: str
    days: int

    @property
    def end(self) -> date:
        """The day after its last."""
        return self.start + timedelta(days=self.days)


def occurrences(rules: Sequence[EventRule], first: date, last: date) -> tuple[Occurrence, ...]:
    """Return every time that an event touches the days from `first` to `last`, in order.

    Raises
    ------
    SettingsError
        Where a country or a holiday of it is not known.
    """
    found = [
        Occurrence(start, rule.name, rule.days)
        for rule in rules
        for start in _starts(rule, range(first.year - 1, last.year + 2))
    ]
    return tuple(sorted(each for each in found if each.start <= last and each.end > first))


def _starts(rule: EventRule, years: range) -> list[date]:
    if rule.dates:
        return sorted(set(rule.dates))
    import holidays

    try:
        listed = holidays.country_holidays(rule.country, years=years, language="en_US")
    except NotImplementedError:
        raise SettingsError(
            f"events.{rule.name}: the country {rule.country} is not known",
            place=Place(file="analytics.toml"),
            remedy='Give the two letters of a country, such as country = "US".',
        ) from None
    named: dict[int, date] = {}
    for day, names in sorted(listed.items()):
        for name in names.split("; "):
            # Such as "Chinese New Year (Spring Festival)"; the first of several days counts.
            if name.partition(" (")[0] == rule.holiday:
                named.setdefault(day.year, day)
    if not named:
        known = sorted({name.partition(" (")[0] for names in listed.values()
                        for name in names.split("; ")})  # fmt: skip
        raise SettingsError(
            f"events.{rule.name}: {rule.country} has no holiday {rule.holiday}",
            place=Place(file="analytics.toml"),
            remedy=f"Known there: {', '.join(known)}.",
        )
    return [day + timedelta(days=rule.offset_days) for day in named.values()]


def event_figures(
    days: pd.DataFrame, rules: Sequence[EventRule], *, first: date, last: date
) -> pd.DataFrame:
    """Return what each event brought, against the weeks before it and the year before.

    Parameters
    ----------
    days : DataFrame
        Published daily series: day, net_revenue_amount, orders; null where withheld.
    rules : sequence of EventRule
        The events.
    first, last : date
        First and last day observed.
    """
    by_day = days.set_index("day")
    found = occurrences(rules, first, last)
    rows = []
    for event in found:
        revenue = _total(by_day["net_revenue_amount"], event.start, event.days)
        before = [
            _total(by_day["net_revenue_amount"], event.start - timedelta(weeks=week), event.days)
            for week in _weeks(event.days)
        ]
        aligned = _total(
            by_day["net_revenue_amount"], event.start - timedelta(days=ALIGNED_DAYS), event.days
        )
        then = next(
            (
                other
                for other in reversed(found)
                if other.name == event.name
                and _NEAREST <= (event.start - other.start).days <= _FARTHEST
            ),
            None,
        )
        year = (
            float("nan")
            if then is None
            else _total(by_day["net_revenue_amount"], then.start, then.days)
        )
        rows.append(
            {
                "event": event.name,
                "start": pd.Timestamp(event.start),
                "last": pd.Timestamp(event.end - timedelta(days=1)),
                "complete": first <= event.start and event.end <= last + timedelta(days=1),
                "net_revenue_amount": revenue,
                "orders": _total(by_day["orders"], event.start, event.days),
                "usual_amount": float(np.mean(before)),
                "usual_low_amount": float(np.min(before)),
                "usual_high_amount": float(np.max(before)),
                "year_before_amount": year,
                "same_weekdays_amount": aligned,
            }
        )
    columns = [column.name for column in Comparisons.FRAMES["events"]]
    frame = pd.DataFrame(rows, columns=[name for name in columns if not name.endswith("_rate")])
    for change, base in (
        ("lift_rate", "usual_amount"),
        ("year_change_rate", "year_before_amount"),
        ("same_weekdays_change_rate", "same_weekdays_amount"),
    ):
        whole = frame[base].astype("float64")
        frame[change] = frame["net_revenue_amount"].astype("float64") / whole.where(whole > 0) - 1
    return frame.astype({"complete": "bool"})[columns]


def _weeks(days: int) -> range:
    """Return the weeks before that do not touch the event itself."""
    nearest = -(-days // 7)
    return range(nearest, nearest + WEEKS_BEFORE)


def _total(values: pd.Series[float], start: date, days: int) -> float:
    """Return the sum over some days; null where one of them is not observed or withheld."""
    span = pd.date_range(start, periods=days)
    return round(float(values.reindex(span).sum(min_count=days)), 2)
