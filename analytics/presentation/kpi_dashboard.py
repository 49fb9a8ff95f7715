"""The dashboard of KPIs: what the reader filters, complete as it arrives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.figure import json_in_script
from analytics.charts.filterable import filterable_months, filterable_parts
from analytics.presentation.context import source_facts, stored
from analytics.presentation.figures import (
    Figure,
    card,
    course,
    figures,
    month_name,
    strip,
)
from analytics.presentation.formats import (
    in_unit,
    is_known,
    month,
    percent,
    sentence_start,
    words,
)
from analytics.presentation.fragments import (
    Fragment,
    missing_note,
    nothing_note,
    page_script,
    paragraph,
    text,
)
from analytics.presentation.kpi_cells import dashboard_cells
from analytics.presentation.monthly_charts import course_finding
from analytics.presentation.rows import first_row
from analytics.results import DistinctCounts, Kpis, Missing, MonthlyCube, MonthlyReports

SHOWS = "every KPI by month, in total and by its parts"
_UNKNOWN = "–"


def dashboard() -> Fragment:
    """Return filters, cards and linked charts, showing the last complete month.

    Filters appear where scripts run; all else is there without them.
    """
    kpis, reports = stored(Kpis), stored(MonthlyReports)
    if isinstance(kpis, Missing):
        return missing_note(kpis, shows=SHOWS)
    if isinstance(reports, Missing):
        return missing_note(reports, shows=SHOWS)
    if kpis.latest_month is None:
        return nothing_note(
            "No complete month", "The data cover no month from its first day to its last."
        )
    currency = source_facts().currency
    cube, counts = stored(MonthlyCube), stored(DistinctCounts)
    data = dashboard_cells(
        kpis,
        None if isinstance(cube, Missing) else cube,
        None if isinstance(counts, Missing) else counts,
        currency=currency,
    )
    told = figures(kpis, reports, kpis.latest_month)
    latest = month_name(kpis.latest_month)
    if not told:
        return nothing_note(
            f"Nothing can be told of {latest}",
            "Nobody ordered in this month, or its figures stand for so few customers that they "
            "would be figures of persons.",
        )
    return Fragment(
        '<div class="dashboard" id="dashboard">'
        + '<form class="dash-filters" hidden aria-label="Filter the dashboard"></form>'
        + f'<p class="dash-choice" role="status" aria-live="polite">Last complete month: '
        f"<strong>{latest}</strong>. Lines show the last 13 months.</p>"
        + _cards(told, kpis, latest, currency)
        + _charts(told, kpis, data, currency)
        + _left_out(data)
        + f'<script type="application/json" class="dash-data">{json_in_script(data)}</script>'
        + "</div>"
        + page_script("dashboard")
    )


def _cards(told: dict[str, Figure], kpis: Kpis, latest: str, currency: str) -> str:
    shown = [
        card(figure, kpis, currency=currency, href="#all-kpis-by-month").replace(
            '<a class="kpi"', f'<a class="kpi" data-kpi="{text(name)}"', 1
        )
        for name, figure in told.items()
    ]
    return strip(shown, label=f"All KPIs of {latest}", css="dash-cards")


def _left_out(data: dict[str, Any]) -> str:
    if not data["leftOut"]:
        return ""
    return paragraph(f"The filters leave out {text('; '.join(data['leftOut']))}.", css="quiet")


def _charts(told: dict[str, Figure], kpis: Kpis, data: dict[str, Any], currency: str) -> str:
    if "net_revenue" not in told:
        return ""
    figure = told["net_revenue"]
    drawn = [_figure(_month_chart(figure, kpis, data, currency), "month")]
    for dimension in data["dimensions"]:
        chart = _part_chart(figure, kpis, dimension, currency)
        if chart is not None:
            drawn.append(_figure(chart, dimension["name"]))
    rest = f'<div class="chart-grid">{"".join(drawn[1:])}</div>' if drawn[1:] else ""
    return drawn[0] + rest


def _figure(chart: Chart, what: str) -> str:
    """Return the figure, drawn by the dashboard's own script instead of the site's."""
    html = figure_html(chart).replace('class="chart-spec"', 'class="dash-spec"')
    return html.replace('<figure class="chart"', f'<figure class="chart" data-dash="{what}"', 1)


def _month_chart(figure: Figure, kpis: Kpis, data: dict[str, Any], currency: str) -> Chart:
    rows = course(kpis, "net_revenue")
    rows = rows[rows["month"].dt.strftime("%Y-%m").isin(data["months"])]
    whole = rows.loc[rows["complete"]].set_index("month")["value"]
    then = pd.DatetimeIndex(rows["month"]) - pd.DateOffset(years=1)
    base = whole.reindex(then).to_numpy()
    frame = pd.DataFrame(
        {
            "month": rows["month"],
            "value": rows["value"],
            "base": pd.Series(base, index=rows.index).where(rows["complete"]),
            "complete": rows["complete"],
            "chosen": rows["month"] == pd.Timestamp(figure.month),
        }
    ).reset_index(drop=True)
    frame = _with_texts(frame, currency)
    finding = course_finding(figure, currency=currency)
    return Chart(
        id="dash-month",
        title=finding,
        subtitle="By month; the tick is the month a year before. Full: the chosen months",
        alt=f"{finding}. Bars of net revenue by month.",
        frame=frame[["month", "value", "base"]],
        columns=(
            ChartColumn(name="month", title="Month", text=month),
            *_columns(currency),
        ),
        specification=lambda width: filterable_months(
            frame, width, title=f"Net revenue, {currency}"
        ),
        widths=(832, 320),
    )


def _part_chart(
    figure: Figure, kpis: Kpis, dimension: dict[str, Any], currency: str
) -> Chart | None:
    name = dimension["name"]
    values = kpis.values
    rows = values[(values["kpi"] == "net_revenue") & (values["dimension"] == name)]
    now = pd.Timestamp(figure.month)
    then = now - pd.DateOffset(years=1)
    total = course(kpis, "net_revenue").set_index("month")
    comparable = then in total.index and bool(total.loc[then, "complete"])
    parts = dimension["parts"][: dimension["offered"]]
    wide = {
        when: rows[rows["month"] == when].set_index("part")["value"].reindex(parts)
        for when in (now, then)
    }
    if wide[now].isna().all():
        return None
    frame = pd.DataFrame(
        {
            "part": parts,
            "value": wide[now].to_numpy(),
            "base": wide[then].to_numpy() if comparable else float("nan"),
            "chosen": True,
        }
    )
    frame = _with_texts(frame, currency)
    finding = parts_finding(frame, lambda value: in_unit(value, "currency", currency))
    return Chart(
        id=f"dash-{name.replace('_', '-')}",
        title=finding,
        subtitle=f"Net revenue by {words(name)}, {month_name(figure.month)}; tick: a year before",
        alt=f"{finding}. Bars of net revenue by {words(name)}.",
        frame=frame[["part", "value", "base"]],
        columns=(
            ChartColumn(name="part", title=sentence_start(words(name))),
            *_columns(currency),
        ),
        specification=lambda width: filterable_parts(
            frame, width, title=f"Net revenue, {currency}"
        ),
    )


def parts_finding(frame: pd.DataFrame, shown: Callable[[float], str]) -> str:
    """Return which part has most, and its share; the script says the same of every filter."""
    known = frame[frame["value"].notna()]
    top = first_row(known.sort_values("value", ascending=False, kind="stable"))
    total = float(known["value"].sum())
    if len(known) == 1:
        return f"{top.part}: {shown(top.value)}"
    if total <= 0 or bool((known["value"] < 0).any()):
        return f"{top.part} leads with {shown(top.value)}"
    return f"{top.part} leads with {shown(top.value)}, {percent(top.value / total, 0)} of the total"


def _with_texts(frame: pd.DataFrame, currency: str) -> pd.DataFrame:
    def told(value: float) -> str:
        return in_unit(value, "currency", currency) if is_known(value) else _UNKNOWN

    return frame.assign(shown=frame["value"].map(told), base_shown=frame["base"].map(told))


def _columns(currency: str) -> tuple[ChartColumn, ChartColumn]:
    def told(value: float) -> str:
        return in_unit(value, "currency", currency)

    return (
        ChartColumn(name="value", title="Net revenue", text=told),
        ChartColumn(name="base", title="A year before", text=told),
    )
