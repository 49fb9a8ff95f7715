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
    count,
    in_unit,
    is_known,
    listed,
    month,
    percent,
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
        definition = known.get(row["kpi"])
        unit = definition.unit if definition else _unit(row["kpi"])
        title = definition.title if definition else _title(row["kpi"])
        told.append(
            {
                "rule": row["rule"],
                "state": row["state"],
                "severity": row["severity"],
                "watch": _watch(row, title, unit, currency),
                "value": _latest(row, unit, currency),
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
    """Return the course of every rule's KPI in total against its bound."""
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


def fired_months() -> Fragment:
    """Return every month in which a rule fired, newest first."""
    alerts, known = _results()
    if isinstance(alerts, Missing):
        return absent_line(alerts)
    rows = alerts.history[alerts.history["fired"]]
    judged = alerts.history.loc[alerts.history["judged"], "month"].nunique()
    if rows.empty:
        return Fragment(paragraph(f"No rule fired in {plural(judged, 'month')}."))
    currency = source_facts().currency
    by_rule = {row["rule"]: row for row in records(alerts.rules)}
    told = [
        {
            "month": f"{row['month']:%Y-%m}",
            "rule": row["rule"],
            "severity": by_rule[row["rule"]]["severity"],
            "said": alert_sentence(
                _of_month(by_rule[row["rule"]], row),
                known.get(by_rule[row["rule"]]["kpi"]),
                currency,
            ),
        }
        for row in records(rows.sort_values(["month", "rule"], ascending=[False, True]))
    ]
    columns = (
        TableColumn(name="month", title="Month"),
        TableColumn(name="rule", title="Rule"),
        TableColumn(name="severity", title="Severity"),
        TableColumn(name="said", title="What was seen", html=long_text),
    )
    return Fragment(
        table_html(pd.DataFrame(told), columns, id="alerts-fired", label="Months that fired")
    )


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
    _, known = _results()
    currency = source_facts().currency
    items = []
    for label in labels:
        for rule in _fired_in(label):
            item = _item(rule, known.get(rule["kpi"]), currency, page)
            items.append(item if len(labels) == 1 else _dated(item, label))
    return items


def sentences_of_months(labels: list[str]) -> list[tuple[str, str]]:
    """Return what fired in months such as ``2024-03``: a sentence, and severity with month."""
    _, known = _results()
    currency = source_facts().currency
    return [
        (
            alert_sentence(rule, known.get(rule["kpi"]), currency),
            f"{rule['severity']}, {month(parsed_period(label).start)}",
        )
        for label in labels
        for rule in _fired_in(label)
    ]


def _fired_in(label: str) -> list[dict[str, Any]]:
    """Return the rules as they stood in a month in which they fired, a row a slice."""
    alerts, _ = _results()
    if isinstance(alerts, Missing):
        return []
    by_rule = {row["rule"]: row for row in records(alerts.rules)}
    start = pd.Timestamp(parsed_period(label).start)
    rows = alerts.history[(alerts.history["month"] == start) & alerts.history["fired"]]
    return [_of_month(by_rule[row["rule"]], row) for row in records(rows) if row["rule"] in by_rule]


def _dated(item: str, label: str) -> str:
    name = text(month(parsed_period(label).start))
    return item.removesuffix("</li>") + f"<small>in {name}</small></li>"


def _of_month(rule: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    """Return a rule as it stood in the month of a row of its history."""
    bound = row["low"] if is_known(row["low"]) else row["high"]
    return {**rule, "value": row["value"], "threshold": bound, "expected": row["expected"],
            "gap_rate": row["gap_rate"], "slice": row["slice"], "fired_slices": 1,
            "since": ""}  # fmt: skip


def alert_sentence(row: dict[str, Any], definition: Definition | None, currency: str) -> str:
    """Return what a rule saw, such as ``Satisfaction 3.5, below its threshold of 3.6``.

    Parameters
    ----------
    row : dict
        A row of `Alerts.rules`.
    definition : Definition or None
        Of the rule's KPI.
    currency : str
        Currency of amounts.
    """
    unit = definition.unit if definition else "score"
    name = sentence_start(definition.title if definition else row["rule"])
    if row["slice"]:
        name += f" of {sliced(row['slice'])}"
    value, threshold = (in_unit(row[key], unit, currency) for key in ("value", "threshold"))
    if row["test"] == "threshold":
        said = f"{name} {value}, {row['when']} its threshold of {threshold}"
    else:
        gap = row["gap_rate"]
        side = row["when"] if row["when"] != "outside" else "below" if gap < 0 else "above"
        base = "expected" if row["test"] == "expectation" else "compared"
        if not is_known(row["value"]):
            size = f"about {percent(abs(gap), 0)} " if is_known(gap) and gap else ""
            said = f"{name}: {size}{side} what was {base}"
        else:
            size = f"{percent(abs(gap))} " if is_known(gap) else ""
            expected = in_unit(row["expected"], unit, currency)
            said = f"{name} {value}, {size}{side} the {base} {expected}"
            said = said.replace("the compared", "the compared month's")
    more = int(row["fired_slices"]) - 1
    return f"{said}, and {plural(more, 'slice')} more" if more > 0 else said


def sliced(name: str) -> str:
    """Return a slice as pages write it: ``North × Books``."""
    return name.replace(" x ", " × ")


def _item(row: dict[str, Any], definition: Definition | None, currency: str, page: str) -> str:
    since = ""
    if row["since"]:
        since = f"<small>since {text(month(parsed_period(row['since']).start))}</small>"
    kind = "bad" if row["severity"] == "critical" else "warn"
    return (
        f'<li><span class="tag {kind}">{text(row["severity"])}</span>'
        f"{link(page, text(alert_sentence(row, definition, currency)))}{since}</li>"
    )


def _watch(row: dict[str, Any], title: str, unit: str, currency: str) -> str:
    """Return when a rule fires, in words."""
    if row["test"] == "threshold":
        return f"{title} {row['when']} {in_unit(row['threshold'], unit, currency)}"
    what = f"{title} of a slice" if int(row["slices"]) > 1 or row["slice"] else title
    if row["test"] == "change":
        return f"{what} changes too much against another month"
    rate = percent(row["false_alarm_rate"], 0)
    return (
        f"{what} {row['when']} what the months before let expect; "
        f"{rate} of months fire though nothing changed"
    )


def _latest(row: dict[str, Any], unit: str, currency: str) -> str:
    if row["slice"]:
        return f"{count(row['fired_slices'])} of {plural(int(row['slices']), 'slice')} fired"
    shown = in_unit(row["value"], unit, currency)
    if row["test"] != "threshold" and is_known(row["threshold"]):
        shown += f" (bound {in_unit(row['threshold'], unit, currency)})"
    return shown


def _history_chart(
    row: dict[str, Any], history: pd.DataFrame, definition: Definition, currency: str
) -> Chart:
    rows = _course(history, row["rule"])
    rows = rows[rows["value"].notna()].reset_index(drop=True)
    divisor, axis = scaled(rows["value"], definition, currency)
    shown = rows["value"].map(lambda value: in_unit(value, definition.unit, currency))
    judged, fired = int(rows["judged"].sum()), int(rows["fired"].sum())
    words = f"{row['rule']} fired in {plural(fired, 'month')} of {judged}"
    if not judged:
        words = f"{row['rule']} could not be judged in any month"
    elif not fired:
        words = f"{row['rule']} fired in none of {plural(judged, 'month')}"
    is_fixed = row["test"] == "threshold"
    threshold = in_unit(row["threshold"], definition.unit, currency)
    against = threshold if is_fixed else "what was expected"
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
    if not is_fixed:
        frame["low"] = rows["low"].fillna(rows["expected"]) / divisor
        frame["high"] = rows["high"].fillna(rows["expected"]) / divisor
    return Chart(
        id=f"alert-{_slug(row['rule'])}",
        title=words,
        subtitle=f"By month; dashed: fires {row['when']} {threshold}"
        if is_fixed
        else f"By month; band: from what was expected to the bound {row['when']} which it fires",
        alt=f"{words}. Line of {within(definition.title)} by month against {against}.",
        frame=rows[["month", "value", "low", "high", "sample", "fired"]].assign(
            bound=rows["low"].fillna(rows["high"]),
            fired=rows["fired"].map({True: "fired", False: ""}),
        ),
        columns=(
            ChartColumn(name="month", title="Month", text=month),
            ChartColumn(name="value", title=definition.title,
                        text=lambda value: in_unit(value, definition.unit, currency)),
            ChartColumn(name="bound", title="Bound",
                        text=lambda value: in_unit(value, definition.unit, currency)),
            ChartColumn(name="sample", title="Observations", text=lambda value: f"{value:,}"),
            ChartColumn(name="fired", title="State"),
        ),
        specification=lambda width: monthly_line(
            frame, width, title=axis, height=190,
            threshold=row["threshold"] / divisor if is_fixed else None,
        ),
    )  # fmt: skip


def _course(history: pd.DataFrame, rule: str) -> pd.DataFrame:
    """Return the history of a rule in total; of slices there is none."""
    rows = history[(history["rule"] == rule) & (history["slice"] == "")]
    return rows.sort_values("month")


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
