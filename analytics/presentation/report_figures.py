"""The figures of one report, whatever its period: a day, a month or a quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pandas as pd

from analytics.calendar import Period, period_of
from analytics.presentation.context import stored
from analytics.presentation.figures import Definition, card_html, definitions, delta
from analytics.presentation.formats import is_known, period_name
from analytics.presentation.rows import records
from analytics.presentation.until import COURSE
from analytics.presentation.wording import Change
from analytics.results import Kpis, Missing, MonthlyReports, PeriodReports


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """A KPI's value elsewhere, and the change from it.

    Attributes
    ----------
    name : str
        What it is compared with, as headings say it: ``Q1 2024``, ``usual Sunday``.
    words : str
        The same within a sentence: ``the same quarter a year before``.
    value : float
        The value there.
    change : Change
        From there to the report's period.
    judged : bool
        Whether the change is called good or bad: not where it carries the season.
    """

    name: str
    words: str
    value: float
    change: Change
    judged: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFigure:
    """A KPI in the period of a report; its comparisons, the most telling first."""

    definition: Definition
    value: float
    comparisons: tuple[Comparison, ...]

    @property
    def known(self) -> Comparison | None:
        """The first comparison with something to compare with."""
        return next((one for one in self.comparisons if one.change.is_known), None)


def report_labels(kind: str) -> tuple[str, ...]:
    """Return the periods of that kind that have a page, oldest first."""
    if kind == "month":
        months = stored(MonthlyReports)
        return () if isinstance(months, Missing) else months.months
    periods = stored(PeriodReports)
    if isinstance(periods, Missing):
        return ()
    return periods.days if kind == "day" else periods.quarters


def report_figures(period: Period) -> dict[str, ReportFigure]:
    """Return the KPIs that have a value in the period, by name."""
    kpis = stored(Kpis)
    if isinstance(kpis, Missing):
        return {}
    known = definitions(kpis)
    rows = _figures(period.kind)
    told = {}
    for row in records(rows[rows["start"] == pd.Timestamp(period.start)]):
        if row["kpi"] in known and is_known(row["value"]):
            definition = known[row["kpi"]]
            told[row["kpi"]] = ReportFigure(
                definition=definition,
                value=float(row["value"]),
                comparisons=_comparisons(period, row, definition.unit),
            )
    return {name: told[name] for name in known if name in told}


def _figures(kind: str) -> pd.DataFrame:
    """Return start, kpi, value and comparisons of all periods of a kind."""
    if kind == "month":
        months = stored(MonthlyReports)
        if isinstance(months, Missing):
            return pd.DataFrame(columns=["start", "kpi", "value"])
        return months.figures.rename(columns={"month": "start"})
    periods = stored(PeriodReports)
    if isinstance(periods, Missing):
        return pd.DataFrame(columns=["start", "kpi", "value"])
    return periods.figures[periods.figures["kind"] == kind]


def report_movers(period: Period) -> tuple[pd.DataFrame, Period] | None:
    """Return the movers of a period and what it is compared with; None where with nothing."""
    if period.kind == "month":
        months = stored(MonthlyReports)
        if isinstance(months, Missing):
            return None
        rows = months.movers.rename(columns={"month": "start"})
    else:
        periods = stored(PeriodReports)
        if isinstance(periods, Missing):
            return None
        rows = periods.movers[periods.movers["kind"] == period.kind]
    rows = rows[rows["start"] == pd.Timestamp(period.start)]
    order = ("week_before", "year_before") if period.kind == "day" else ("year_before", "previous")
    for against in order:
        chosen = rows[rows["against"] == against]
        if len(chosen):
            return chosen, base_period(period, against)
    return None


def base_period(period: Period, against: str) -> Period:
    """Return the period that one is compared with."""
    if against == "previous":
        return period.shifted(-1)
    if period.kind != "day":
        return period.year_before
    days = 7 if against == "week_before" else 364
    return period_of(period.start - timedelta(days=days), "day")


def named(period: Period) -> str:
    """Return ``30 June 2024``, ``June 2024`` or ``Q2 2024``."""
    return period_name(period.label)


def short_name(period: Period) -> str:
    """Return ``30 Jun 2024``, ``Jun 2024`` or ``Q2 2024``."""
    start = period.start
    match period.kind:
        case "day":
            return f"{start.day} {start:%b %Y}"
        case "month":
            return f"{start:%b %Y}"
        case _:
            return named(period)


def _comparisons(period: Period, row: dict[str, float], unit: str) -> tuple[Comparison, ...]:
    def one(column: str, name: str, words: str, *, judged: bool) -> Comparison:
        value = float(row.get(column, float("nan")))
        rate = row["value"] / value - 1 if is_known(value) and value > 0 else float("nan")
        change = Change(change=row["value"] - value, rate=rate, unit=unit)
        return Comparison(name=name, words=words, value=value, change=change, judged=judged)

    year = base_period(period, "year_before")
    before = period.shifted(-1)
    if period.kind == "day":
        weekday = f"{period.start:%A}"
        return (
            one("usual", f"usual {weekday}", f"the mean of the four {weekday}s before",
                judged=False),
            one("year_before", short_name(year), "the same weekday 52 weeks before", judged=True),
            one("previous", short_name(before), "the day before", judged=False),
        )  # fmt: skip
    return (
        one("year_before", short_name(year),
            "the year before" if period.kind == "month" else "the same quarter a year before",
            judged=True),
        one("previous", short_name(before), f"the {period.kind} before", judged=False),
    )  # fmt: skip


def report_card(figure: ReportFigure, period: Period, *, currency: str, href: str) -> str:
    """Return a KPI's card: name, value, course to the period, its first two comparisons."""
    definition = figure.definition
    rows = _figures(period.kind)
    rows = rows[(rows["kpi"] == definition.kpi) & (rows["start"] <= pd.Timestamp(period.start))]
    course = rows.sort_values("start")["value"].tail(COURSE[period.kind])
    lines = [
        delta(one.change, definition.good if one.judged else "neutral", one.name)
        for one in figure.comparisons[:2]
    ]
    return card_html(definition, figure.value, course, lines, currency=currency, href=href)
