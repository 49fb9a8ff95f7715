"""One report as texts and a chart, for paper."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.calendar import Period, parsed_period
from analytics.charts import Chart
from analytics.presentation.alerts import sentences_of_months
from analytics.presentation.context import source_facts
from analytics.presentation.formats import ABSENT, day, in_unit, sentence_start
from analytics.presentation.report_charts import movers_chart
from analytics.presentation.report_figures import named, report_figures, report_movers
from analytics.presentation.reports import (
    alert_months,
    is_complete,
    report_headline,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportContent:
    """What one report says.

    Attributes
    ----------
    title, source : str
        The period and the source.
    headline : str
        The period in a sentence, or why there is none.
    columns : tuple of str
        Headings of the figures.
    rows : tuple of tuple of str
        A row a KPI.
    chart : Chart or None
        What moved net revenue.
    alerts : tuple of (str, str)
        What fired: a sentence, and its severity and month.
    alerts_note : str
        Which months the alerts are of.
    """

    title: str
    source: str
    headline: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    chart: Chart | None
    alerts: tuple[tuple[str, str], ...]
    alerts_note: str


def report_content(label: str) -> ReportContent:
    """Return what the report of a day, month or quarter says."""
    period = parsed_period(label)
    facts = source_facts()
    told = report_figures(period)
    found = report_movers(period)
    months = alert_months(period)
    columns: tuple[str, ...] = ()
    rows = []
    for figure in told.values():
        unit = figure.definition.unit
        row = [sentence_start(figure.definition.title), in_unit(figure.value, unit, facts.currency)]
        headings = ["", named(period)]
        for one in figure.comparisons:
            headings += [sentence_start(one.name), "Change"]
            shown = one.change.shown if one.change.is_known else ABSENT
            row += [in_unit(one.value, unit, facts.currency), shown]
        columns = tuple(headings)
        rows.append(tuple(row))
    return ReportContent(
        title=sentence_start(period.title),
        source=facts.title,
        headline=_headline(period),
        columns=columns,
        rows=tuple(rows),
        chart=None if found is None else movers_chart(found[0], period, found[1]),
        alerts=tuple(sentences_of_months(months)),
        alerts_note=_alerts_note(months),
    )


def _headline(period: Period) -> str:
    if not is_complete(period):
        facts = source_facts()
        return (
            f"Partial: the data run from {day(facts.observation_start)} to "
            f"{day(facts.observation_end)}."
        )
    return report_headline(period) or "Withheld: it stands for few customers."


def _alerts_note(months: list[str]) -> str:
    if not months:
        return "Rules are judged when the month is complete."
    names = [named(parsed_period(month)) for month in dict.fromkeys((months[0], months[-1]))]
    return f"Rules are judged by month: {' to '.join(names)}."
