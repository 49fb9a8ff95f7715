"""The page of KPIs below the dashboard: courses, parts, and the table of all of them."""

from __future__ import annotations

import pandas as pd

from analytics.charts import figure_html
from analytics.presentation.context import source_facts, stored
from analytics.presentation.figures import (
    course,
    definitions,
    figures,
    shown_change,
)
from analytics.presentation.formats import in_unit, listed, sentence_start, words
from analytics.presentation.fragments import (
    Fragment,
    absent_line,
    long_text,
    missing_note,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.monthly_charts import monthly_chart, parts_chart
from analytics.presentation.rows import named_rows
from analytics.presentation.wording import tone
from analytics.results import Alerts, Kpis, Missing, MonthlyReports
from analytics.tables import TableColumn, table_html

CHARTED = (
    "contribution_margin_rate",
    "retention_rate",
    "satisfaction_score",
    "tickets_per_1000_orders",
    "marketing_return",
)
_MOST_PARTS_CHARTS = 2
# Rows that a table on a page can hold.
_MOST_MONTHS = 60
SHOWS = "every KPI by month, in total and by its parts"


def courses() -> Fragment:
    """Return a chart by month of the KPIs that matter most."""
    kpis, reports = _results()
    if isinstance(kpis, Missing) or isinstance(reports, Missing):
        return _absent(kpis, reports)
    if kpis.latest_month is None:
        return Fragment("")
    facts = source_facts()
    told = figures(kpis, reports, kpis.latest_month)
    thresholds = _thresholds()
    charts = [
        figure_html(
            monthly_chart(
                kpis,
                told[name],
                currency=facts.currency,
                id=f"kpi-{name.replace('_', '-')}",
                threshold=thresholds.get(name),
            )
        )
        for name in CHARTED
        if name in told
    ]
    return Fragment(f'<div class="chart-grid">{"".join(charts)}</div>')


def parts(dimension: str) -> Fragment:
    """Return net revenue, and the KPIs with parts, by the parts of a dimension."""
    kpis, reports = _results()
    if isinstance(kpis, Missing) or isinstance(reports, Missing):
        return _absent(kpis, reports)
    name = words(dimension)
    known = set(kpis.values["dimension"])
    if dimension not in known:
        return nothing_note(
            f"No {name} in this source",
            f"Add {name} to the source; this tab then compares its parts with the year before.",
        )
    if kpis.latest_month is None:
        return Fragment("")
    facts = source_facts()
    told = figures(kpis, reports, kpis.latest_month)
    wanted = ("contribution_margin_rate", "retention_rate", "active_customers",
              "satisfaction_score", "return_rate", "net_revenue")  # fmt: skip
    charts = [
        parts_chart(
            kpis, told[kpi], dimension, currency=facts.currency,
            id=f"{dimension.replace('_', '-')}-{kpi.replace('_', '-')}",
        )
        for kpi in wanted
        if kpi in told
    ]  # fmt: skip
    drawn = [figure_html(chart) for chart in charts if chart is not None][:_MOST_PARTS_CHARTS]
    if not drawn:
        return nothing_note(
            "Nothing to compare with yet", "There is no complete month to compare with."
        )
    return Fragment(f'<div class="chart-grid">{"".join(drawn)}</div>')


def dimensions() -> Fragment:
    """Return in one sentence which dimensions this source has."""
    kpis, _ = _results()
    if isinstance(kpis, Missing):
        return absent_line(kpis)
    found = [name for name in dict.fromkeys(kpis.values["dimension"]) if name != "all"]
    if not found:
        return Fragment(paragraph("This source has no dimension to split the KPIs by."))
    return Fragment(
        paragraph(f"This source can be split by {text(listed([words(n) for n in found]))}.")
    )


def table() -> Fragment:
    """Return all KPIs of the last complete month with both comparisons."""
    kpis, reports = _results()
    if isinstance(kpis, Missing) or isinstance(reports, Missing):
        return _absent(kpis, reports)
    if kpis.latest_month is None:
        return Fragment("")
    return Fragment(
        comparison_table(kpis, reports, pd.Timestamp(kpis.latest_month), id="kpi-table")
    )


def by_month() -> Fragment:
    """Return every KPI for every month, newest first."""
    kpis, _ = _results()
    if isinstance(kpis, Missing):
        return absent_line(kpis)
    currency = source_facts().currency
    known = definitions(kpis)
    wide = {name: course(kpis, name) for name in known}
    wide = {name: rows for name, rows in wide.items() if rows["value"].notna().any()}
    if not wide:
        return nothing_note("No KPI", "No KPI is defined for this source.")
    months = next(iter(wide.values()))[["month", "complete"]].sort_values("month", ascending=False)
    left_out = max(0, len(months) - _MOST_MONTHS)
    months = months.head(_MOST_MONTHS)
    frame = pd.DataFrame(
        {"month": [f"{row.month:%Y-%m}{'' if row.complete else ' (partial)'}"
                   for row in named_rows(months)]}
    )  # fmt: skip
    columns = [TableColumn(name="month", title="Month")]
    for name, rows in wide.items():
        values = rows.set_index("month")["value"].reindex(months["month"])
        frame[name] = values.to_numpy()
        unit = known[name].unit
        columns.append(
            TableColumn(
                name=name,
                title=known[name].title,
                text=lambda value, unit=unit: in_unit(value, unit, currency),  # type: ignore[misc]
            )
        )
    more = paragraph(f"{left_out} earlier months are in the downloads.") if left_out else ""
    return Fragment(
        table_html(frame, tuple(columns), id="kpis-by-month", label="All KPIs by month",
                   searchable=False)
        + more
    )  # fmt: skip


def definitions_table() -> Fragment:
    """Return how every KPI of this source is computed."""
    kpis, _ = _results()
    if isinstance(kpis, Missing):
        return absent_line(kpis)
    frame = kpis.definitions[["title", "formula", "good"]]
    columns = (
        TableColumn(name="title", title="KPI"),
        TableColumn(name="formula", title="How it is computed", html=long_text),
        TableColumn(name="good", title="Good direction"),
    )
    return Fragment(
        table_html(frame, columns, id="kpi-definitions", label="Definitions of the KPIs",
                   searchable=False)
    )  # fmt: skip


def comparison_table(kpis: Kpis, reports: MonthlyReports, month: pd.Timestamp, *, id: str) -> str:
    """Return the KPIs of one month beside the month and the year before."""
    currency = source_facts().currency
    rows = {row.kpi: row for row in named_rows(reports.figures[reports.figures["month"] == month])}
    told = []
    for name, figure in figures(kpis, reports, month.date()).items():
        unit = figure.definition.unit
        row = rows[name]
        told.append(
            {
                "kpi": sentence_start(figure.definition.title),
                "value": in_unit(figure.value, unit, currency),
                "previous": in_unit(row.previous, unit, currency),
                "change": text(shown_change(figure.previous)),
                "year_before": in_unit(row.year_before, unit, currency),
                "year_change": _toned(shown_change(figure.year_before),
                                      tone(figure.year_before, figure.definition.good)),
            }
        )  # fmt: skip
    frame = pd.DataFrame(told)
    columns = (
        TableColumn(name="kpi", title="KPI"),
        TableColumn(name="value", title=f"{month:%b %Y}", number=True),
        TableColumn(name="previous", title=f"{month - pd.DateOffset(months=1):%b %Y}", number=True),
        TableColumn(name="change", title="Change", html=str, number=True),
        TableColumn(
            name="year_before", title=f"{month - pd.DateOffset(years=1):%b %Y}", number=True
        ),
        TableColumn(name="year_change", title="Change in a year", html=str, number=True),
    )
    return table_html(
        frame, columns, id=id, label=f"KPIs of {month:%B %Y}", sortable=False, searchable=False
    )


def _toned(shown: str, kind: str) -> str:
    return f'<span class="{kind}">{text(shown)}</span>'


def _thresholds() -> dict[str, float]:
    alerts = stored(Alerts)
    if isinstance(alerts, Missing):
        return {}
    rules = alerts.rules[(alerts.rules["test"] == "threshold") & (alerts.rules["slices"] <= 1)]
    return {row.kpi: row.threshold for row in named_rows(rules[rules["threshold"].notna()])}


def _results() -> tuple[Kpis | Missing, MonthlyReports | Missing]:
    return stored(Kpis), stored(MonthlyReports)


def _absent(kpis: Kpis | Missing, reports: MonthlyReports | Missing) -> Fragment:
    absent = kpis if isinstance(kpis, Missing) else reports
    if not isinstance(absent, Missing):
        raise TypeError("nothing is missing")
    return missing_note(absent, shows=SHOWS)
