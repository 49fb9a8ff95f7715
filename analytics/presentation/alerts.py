"""The page of alerts: every rule, its threshold, value, state and history."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.calendar import parsed_period
from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.lines import monthly_line
from analytics.presentation.context import source_facts, stored
from analytics.presentation.figures import Definition, definitions
from analytics.presentation.formats import (
    in_unit,
    listed,
    month,
    plural,
    sentence_start,
    within,
    words,
)
from analytics.presentation.fragments import (
    Fragment,
    absent_line,
    link,
    long_text,
    missing_note,
    paragraph,
    text,
)
from analytics.presentation.monthly_charts import scaled, stands_below
from analytics.presentation.rows import records
from analytics.results import Alerts, Kpis, Missing
from analytics.tables import TableColumn, table_html

SHOWS = "which rules fired, since when, and their history"
_STATES = {"fired": "bad", "quiet": "good", "silent": "neutral"}


def summary() -> Fragment:
    """Return in one sentence what fired."""
    alerts, _ = _results()
    if isinstance(alerts, Missing):
        return missing_note(alerts, shows=SHOWS)
    rules = alerts.rules
    fired = rules[rules["state"] == "fired"]
    silent = rules[rules["state"] == "silent"]
    if rules.empty:
        return Fragment(
            paragraph("No rule is set. Rules are written in <code>analytics.toml</code>.")
        )
    names = [str(name) for name in fired["rule"]]
    words = (
        f"{plural(len(fired), 'rule')} of {len(rules)} fired: {listed(names)}."
        if len(fired)
        else f"None of {plural(len(rules), 'rule')} fired."
    )
    if len(silent):
        names = [str(name) for name in silent["rule"]]
        words += f" Silent for lack of data: {listed(names)}."
    return Fragment(paragraph(text(words), css="verdict"))


def rules() -> Fragment:
    """Return the table of all rules."""
    alerts, known = _results()
    if isinstance(alerts, Missing):
        return absent_line(alerts)
    currency = source_facts().currency
    told = []
    for row in records(alerts.rules):
        unit = known[row["kpi"]].unit if row["kpi"] in known else _unit(row["kpi"])
        title = known[row["kpi"]].title if row["kpi"] in known else _title(row["kpi"])
        told.append(
            {
                "rule": row["rule"],
                "state": row["state"],
                "severity": row["severity"],
                "watch": f"{title} {row['when']} {in_unit(row['threshold'], unit, currency)}",
                "value": in_unit(row["value"], unit, currency),
                "since": month(parsed_period(row["since"]).start) if row["since"] else "–",
            }
        )
    columns = (
        TableColumn(name="rule", title="Rule"),
        TableColumn(name="state", title="State", html=_state),
        TableColumn(name="severity", title="Severity"),
        TableColumn(name="watch", title="Fires when", html=long_text),
        TableColumn(name="value", title="Last complete month"),
        TableColumn(name="since", title="Since"),
    )
    frame = pd.DataFrame(told, columns=[column.name for column in columns])
    return Fragment(table_html(frame, columns, id="alert-rules", label="Alert rules"))


def history() -> Fragment:
    """Return the course of every rule's KPI against its threshold."""
    alerts, known = _results()
    if isinstance(alerts, Missing):
        return absent_line(alerts)
    currency = source_facts().currency
    charts = [
        figure_html(_history_chart(row, alerts.history, known[row["kpi"]], currency))
        for row in records(alerts.rules)
        if row["kpi"] in known and _course(alerts.history, row["rule"])["value"].notna().any()
    ]
    if not charts:
        return Fragment(paragraph("No rule has a value to show yet."))
    return Fragment(f'<div class="chart-grid">{"".join(charts)}</div>')


def open_items(*, page: str, limit: int = 3) -> list[str]:
    """Return the fired rules as list items, the most severe first, linked to `page`."""
    alerts, known = _results()
    if isinstance(alerts, Missing):
        return []
    currency = source_facts().currency
    fired = alerts.rules[alerts.rules["state"] == "fired"].sort_values(["severity", "rule"])
    rows = records(fired.head(limit))
    return [_item(row, known.get(row["kpi"]), currency, page) for row in rows]


def items_of_months(labels: list[str], *, page: str) -> list[str]:
    """Return the rules that fired in months such as ``2024-03``, as list items, by month."""
    alerts, known = _results()
    if isinstance(alerts, Missing):
        return []
    currency = source_facts().currency
    by_rule = {row["rule"]: row for row in records(alerts.rules)}
    items = []
    for label in labels:
        start = pd.Timestamp(parsed_period(label).start)
        rows = alerts.history[(alerts.history["month"] == start) & alerts.history["fired"]]
        for row in records(rows):
            if row["rule"] in by_rule:
                rule = {**by_rule[row["rule"]], "value": row["value"], "since": ""}
                item = _item(rule, known.get(rule["kpi"]), currency, page)
                items.append(item if len(labels) == 1 else _dated(item, label))
    return items


def _dated(item: str, label: str) -> str:
    name = text(month(parsed_period(label).start))
    return item.removesuffix("</li>") + f"<small>in {name}</small></li>"


def _item(row: dict[str, Any], definition: Definition | None, currency: str, page: str) -> str:
    unit = definition.unit if definition else "score"
    title = definition.title if definition else row["rule"]
    value, threshold = (in_unit(row[name], unit, currency) for name in ("value", "threshold"))
    since = ""
    if row["since"]:
        since = f"<small>since {text(month(parsed_period(row['since']).start))}</small>"
    kind = "bad" if row["severity"] == "critical" else "warn"
    words = f"{sentence_start(title)} {value}, {row['when']} its threshold of {threshold}"
    return (
        f'<li><span class="tag {kind}">{text(row["severity"])}</span>'
        f"{link(page, text(words))}{since}</li>"
    )


def _history_chart(
    row: dict[str, Any], history: pd.DataFrame, definition: Definition, currency: str
) -> Chart:
    rows = _course(history, row["rule"])
    rows = rows[rows["value"].notna()].reset_index(drop=True)
    divisor, axis = scaled(rows["value"], definition, currency)
    shown = rows["value"].map(lambda value: in_unit(value, definition.unit, currency))
    threshold = in_unit(row["threshold"], definition.unit, currency)
    fired = int(rows["fired"].sum())
    words = (
        f"{row['rule']} fired in {plural(fired, 'month')} of {len(rows)}"
        if fired
        else f"{row['rule']} fired in none of {plural(len(rows), 'month')}"
    )
    frame = pd.DataFrame(
        {
            "month": rows["month"],
            "value": rows["value"] / divisor,
            "series": definition.title,
            "complete": True,
            "note": [s if at == len(rows) - 1 else "" for at, s in enumerate(shown)],
            "below": stands_below(rows["value"].tolist()),
            "shown": shown,
        }
    )
    return Chart(
        id=f"alert-{_slug(row['rule'])}",
        title=words,
        subtitle=f"By month; dashed: fires {row['when']} {threshold}",
        alt=f"{words}. Line of {within(definition.title)} by month against {threshold}.",
        frame=rows[["month", "value", "sample", "fired"]].assign(
            fired=rows["fired"].map({True: "fired", False: ""})
        ),
        columns=(
            ChartColumn(name="month", title="Month", text=month),
            ChartColumn(name="value", title=definition.title,
                        text=lambda value: in_unit(value, definition.unit, currency)),
            ChartColumn(name="sample", title="Observations", text=lambda value: f"{value:,}"),
            ChartColumn(name="fired", title="State"),
        ),
        specification=lambda width: monthly_line(
            frame, width, title=axis, threshold=row["threshold"] / divisor, height=190
        ),
    )  # fmt: skip


def _course(history: pd.DataFrame, rule: str) -> pd.DataFrame:
    return history[history["rule"] == rule].sort_values("month")


def _title(kpi: str) -> str:
    """Return what a KPI that the source cannot have is called."""
    return sentence_start(words(kpi)).replace(" 1000 ", " 1,000 ")


def _unit(kpi: str) -> str:
    return "rate" if kpi.endswith("_rate") else "per_1000" if "per_1000" in kpi else "score"


def _slug(name: str) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in name.lower())


def _state(state: str) -> str:
    return f'<span class="tag {_STATES.get(state, "neutral")}">{text(state)}</span>'


def _results() -> tuple[Alerts | Missing, dict[str, Definition]]:
    kpis = stored(Kpis)
    return stored(Alerts), {} if isinstance(kpis, Missing) else definitions(kpis)
