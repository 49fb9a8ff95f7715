"""Experiments: what was tried, what it changed, and what the next test takes."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.intervals import interval_rows
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.formats import (
    count,
    day,
    decimal,
    percent,
    signed_percent,
)
from analytics.presentation.fragments import (
    Fragment,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Experiments
from analytics.tables import TableColumn, table_html

SHOWS = "which offers and changes were tested, and what they brought"
METRICS = {
    "orders": "Orders a customer",
    "net_revenue": "Net revenue a customer",
    "contribution_margin": "Contribution margin a customer",
    "active_rate": "Share who order",
}
METHODS = {"plain": "plain", "cuped": "adjusted (CUPED)"}
_FAIR = 0.05


@shown(Experiments, absent=what_to_add(SHOWS))
def summary(result: Experiments) -> Fragment:
    """Return the decision that follows from each experiment."""
    items = "".join(
        f"<li><strong>{text(row.experiment_id)}</strong>: {text(row.decision)}"
        f"<small>{text(_evidence(row))}</small></li>"
        for row in named_rows(result.experiments)
    )
    return Fragment(f'<ul class="list">{items}</ul>')


@shown(Experiments)
def splits(result: Experiments) -> Fragment:
    """Return whether each experiment was split as planned."""
    columns = (
        TableColumn(name="experiment_id", title="Experiment"),
        TableColumn(name="variant", title="Variant"),
        TableColumn(name="customers", title="Customers", text=count),
        TableColumn(name="planned_rate", title="Planned", text=percent),
        TableColumn(name="actual_rate", title="Actual", text=percent),
    )
    refused = result.experiments[result.experiments["state"] == "refused"]
    said = (
        "Every split is as planned."
        if refused.empty
        else f"Refused, and no lift computed: {', '.join(refused['experiment_id'])}."
    )
    limit = percent(result.split_threshold)
    return Fragment(
        paragraph(
            text(
                f"{said} A split that chance would bring in less than {limit} of tests is refused "
                "before any lift is looked at."
            )
        )
        + table_html(result.variants, columns, id="splits", label="Splits", searchable=False)
    )


@shown(Experiments)
def lifts(result: Experiments) -> Fragment:
    """Return the lifts of every experiment whose split is sound, by metric."""
    if result.lifts.empty:
        return nothing_note("No lift", "No experiment has a sound split and a whole week yet.")
    parts = [
        figure_html(_lift_chart(result, str(name), at))
        for at, name in enumerate(result.lifts["experiment_id"].unique())
    ]
    return Fragment("\n".join(parts))


@shown(Experiments)
def lift_table(result: Experiments) -> Fragment:
    """Return every lift, plain and adjusted, with corrected p-values."""
    if result.lifts.empty:
        return Fragment("")
    rows = result.lifts.assign(
        metric=result.lifts["metric"].map(METRICS), method=result.lifts["method"].map(METHODS)
    )
    columns = (
        TableColumn(name="experiment_id", title="Experiment"),
        TableColumn(name="variant", title="Variant"),
        TableColumn(name="metric", title="Metric"),
        TableColumn(name="method", title="Method"),
        TableColumn(name="control_mean", title="Control", text=decimal),
        TableColumn(name="difference", title="Difference", text=decimal),
        TableColumn(name="low", title="Low", text=decimal),
        TableColumn(name="high", title="High", text=decimal),
        TableColumn(name="lift_rate", title="Lift", text=signed_percent),
        TableColumn(name="corrected_p_value", title="Corrected p", text=lambda p: decimal(p, 3)),
        TableColumn(name="variance_saved_rate", title="Variance saved", text=percent),
    )
    return Fragment(table_html(rows, columns, id="lifts", label="Lifts"))


@shown(Experiments)
def designs(result: Experiments) -> Fragment:
    """Return how many customers and weeks the next test takes."""
    if result.designs.empty:
        return nothing_note("No design", "Too few customers ordered in the last months.")
    rows = result.designs.assign(
        metric=result.designs["metric"].map(METRICS),
        method=result.designs["method"].map(METHODS),
        feasible=result.designs["customers_share"].map(
            lambda share: "yes" if share <= 1 else "not with today's customers"
        ),
    )
    columns = (
        TableColumn(name="metric", title="Metric"),
        TableColumn(name="effect_rate", title="Lift to find", text=lambda v: percent(v, 0)),
        TableColumn(name="method", title="Method"),
        TableColumn(name="per_variant", title="Customers a variant", text=count),
        TableColumn(name="customers_share", title="Of active customers",
                    text=lambda v: percent(v, 0)),
        TableColumn(name="enrolment_weeks", title="Weeks to enrol", text=count),
        TableColumn(name="feasible", title="Feasible"),
    )  # fmt: skip
    said = _design_sentence(result)
    return Fragment(
        (paragraph(text(said)) if said else "")
        + table_html(rows, columns, id="designs", label="Designs", searchable=False)
    )


@shown(Experiments)
def peeking(result: Experiments) -> Fragment:
    """Return what looking at a running test costs."""
    rows = named_rows(result.peeking)
    last = rows[-1]
    columns = (
        TableColumn(name="looks", title="Looks", text=count),
        TableColumn(name="false_rate", title="False findings without correction", text=percent),
        TableColumn(name="pocock_bound", title="Pocock: |z| at each look", text=decimal),
        TableColumn(name="obrien_fleming_bound", title="O'Brien-Fleming: |z| at the last",
                    text=decimal),
    )  # fmt: skip
    crossed = _peeked(result)
    return Fragment(
        paragraph(
            text(
                f"Who looks {last.looks} times and stops at the first that looks real is "
                f"wrong in {percent(last.false_rate)} of tests without any effect, instead of "
                f"{percent(result.level, 0)}. {crossed}"
            )
        )
        + table_html(result.peeking, columns, id="peeking", label="Peeking", searchable=False)
    )


def best_lift(result: Experiments) -> str:
    """Return the sentence of the experiment that is to be rolled out, or an empty text."""
    better = result.experiments[result.experiments["state"] == "better"]
    return "" if better.empty else str(first_row(better).decision)


def _evidence(row: Any) -> str:
    parts = [
        f"{count(row.customers)} customers",
        f"assigned {day(row.first_day)}",
        f"{row.weeks} weeks counted",
    ]
    if row.detectable_rate == row.detectable_rate:
        parts.append(f"could find a lift of {percent(row.detectable_rate)}")
    if row.left_out:
        parts.append(f"{count(row.left_out)} in several variants left out")
    return "; ".join(parts)


def _lift_chart(result: Experiments, name: str, at: int) -> Chart:
    best = result.lifts[result.lifts["experiment_id"] == name]
    method = "cuped" if (best["method"] == "cuped").any() else "plain"
    rows = best[(best["method"] == method) & best["lift_rate"].notna()].reset_index(drop=True)
    several = rows["variant"].nunique() > 1
    sure = rows["corrected_p_value"] < result.level
    frame = pd.DataFrame(
        {
            "name": [
                METRICS[r.metric] + (f", {r.variant}" if several else "") for r in named_rows(rows)
            ],
            "value": rows["lift_rate"] * 100,
            "low": rows["lift_low_rate"] * 100,
            "high": rows["lift_high_rate"] * 100,
            "strong": sure,
            "shown": [
                f"{signed_percent(r.lift_rate)} ({signed_percent(r.lift_low_rate)} to "
                f"{signed_percent(r.lift_high_rate)})"
                for r in named_rows(rows)
            ],
        }
    )
    primary = rows[rows["metric"] == result.primary]
    finding = f"{name}: no difference shown"
    if len(primary) and bool((primary["corrected_p_value"] < result.level).any()):
        top = first_row(primary.sort_values("p_value"))
        word = "more" if top.lift_rate > 0 else "fewer"
        finding = f"{name}: {percent(abs(top.lift_rate))} {word} orders a customer"
        if several:
            finding += f" with {top.variant}"
    return Chart(
        id=f"experiment-{at + 1}",
        title=finding,
        subtitle=f"Lift over the control with its {percent(1 - result.level, 0)} interval, "
        f"{METHODS[method]}; blue: sure after correction; line: no difference",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame)) + ".",
        frame=rows.assign(metric=rows["metric"].map(METRICS)),
        columns=(
            ChartColumn(name="metric", title="Metric"),
            ChartColumn(name="variant", title="Variant"),
            ChartColumn(name="lift_rate", title="Lift", text=signed_percent),
            ChartColumn(name="lift_low_rate", title="Low", text=signed_percent),
            ChartColumn(name="lift_high_rate", title="High", text=signed_percent),
        ),
        specification=lambda width: interval_rows(frame, width, title="Lift, %", reference=0.0),
    )


def _design_sentence(result: Experiments) -> str:
    wanted = result.designs[
        (result.designs["metric"] == "orders") & (result.designs["effect_rate"] == _FAIR)
    ]
    told = {row.method: row for row in named_rows(wanted)}
    if "plain" not in told or "cuped" not in told:
        return ""
    plain, better = told["plain"], told["cuped"]
    fits = "which the shop has" if better.customers_share <= 1 else "more than the shop has"
    return (
        f"To find {percent(_FAIR, 0)} more orders a customer in {result.window_weeks} weeks at "
        f"{percent(result.power, 0)} power takes {count(better.per_variant)} customers a variant "
        f"({count(plain.per_variant)} without adjustment), {fits}: "
        f"{count(result.active_customers)} are active."
    )


def _peeked(result: Experiments) -> str:
    """Return how many experiments a weekly peek would have misjudged, as far as that is known."""
    weekly, told = result.weekly, []
    states = result.experiments.set_index("experiment_id")["state"]
    for name, rows in weekly.groupby("experiment_id"):
        crossed = rows[(rows["low_rate"] > 0) | (rows["high_rate"] < 0)]
        if states.get(name) in ("open", "no difference that matters") and len(crossed):
            told.append(
                f"{name} crossed the line in {len(crossed)} of {len(rows)} weeks, though nothing "
                "is shown at the end."
            )
    return " ".join(told)
