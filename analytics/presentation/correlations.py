"""What goes with what among customers, and what survives the correction."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.heatmap import coefficient_heatmap
from analytics.charts.intervals import interval_rows
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.formats import count, decimal, plural, sentence_start, words
from analytics.presentation.fragments import (
    Fragment,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.p_values import p_shown
from analytics.presentation.rows import first_row, largest_first, named_rows
from analytics.presentation.wording import strength
from analytics.results import Correlations
from analytics.tables import TableColumn, table_html

SHOWS = "which attributes and behaviours of customers go together"
METHODS = {
    "spearman": "Spearman's rank correlation",
    "cramers_v": "Cramér's V",
    "correlation_ratio": "correlation ratio",
}
_LISTED = 10
_NAMES = {
    "age_days": "days since the first order",
    "categories": "number of categories",
    "days_since_last_order": "days since the last order",
    "last_satisfaction": "last satisfaction score",
    "mean_gap_days": "days between orders",
    "mean_order_amount": "mean order value",
    "sales_channels": "number of sales channels",
    "satisfaction": "mean satisfaction",
    "tickets": "number of tickets",
    "unresolved_tickets": "number of unresolved tickets",
    "orders": "number of orders",
}


@shown(Correlations, absent=what_to_add(SHOWS))
def summary(result: Correlations) -> Fragment:
    """Return how many pairs were tested and how many survived."""
    pairs = result.pairs
    tested = pairs[~pairs["definitional"]]
    kept = tested[tested["significant"]]
    notable = kept[kept["coefficient"].abs() >= 0.1]
    said = (
        f"{plural(len(tested), 'pair')} of variables tested, {len(kept)} significant after "
        f"correction for all of them, {len(notable)} of these at least weak "
        f"(coefficient of .1 or more). {len(pairs) - len(tested)} further "
        f"{'pair is' if len(pairs) - len(tested) == 1 else 'pairs are'} related by definition "
        "and not counted."
    )
    return Fragment(paragraph(text(said)))


@shown(Correlations)
def heatmap(result: Correlations) -> Fragment:
    """Return the matrix of coefficients."""
    return Fragment(figure_html(_heatmap_chart(result)))


@shown(Correlations)
def strongest(result: Correlations) -> Fragment:
    """Return the strongest non-definitional pairs with their intervals."""
    rows = findings(result)
    if rows.empty:
        return nothing_note(
            "Nothing survives", "No pair is associated beyond what chance would give."
        )
    return Fragment(figure_html(_strongest_chart(rows.head(_LISTED))))


@shown(Correlations)
def table(result: Correlations) -> Fragment:
    """Return all pairs, the strongest first."""
    rows = result.pairs
    rows = largest_first(rows, "coefficient")
    frame = rows.assign(
        pair=[
            f"{variable_name(str(r.left))} · {variable_name(str(r.right))}"
            for r in named_rows(rows)
        ],
        verdict=[
            "by definition"
            if r.definitional
            else "significant"
            if r.significant
            else "not told apart"
            for r in named_rows(rows)
        ],
        interval=[f"{decimal(r.low)} to {decimal(r.high)}" for r in named_rows(rows)],
        method=rows["method"].map(METHODS),
    )
    columns = (
        TableColumn(name="pair", title="Pair"),
        TableColumn(name="coefficient", title="Coefficient", text=decimal),
        TableColumn(name="interval", title="95 % interval"),
        TableColumn(name="q_value", title="q-value", text=p_shown),
        TableColumn(name="sample", title="Customers", text=count),
        TableColumn(name="method", title="Measure"),
        TableColumn(name="verdict", title="Verdict"),
    )
    return Fragment(table_html(frame, columns, id="correlation-pairs", label="All pairs"))


def variable_name(name: str) -> str:
    """Return a variable in words, as it stands within a sentence."""
    return _NAMES.get(name, words(name))


def label(name: str) -> str:
    """Return a variable in as few words as an axis has room for."""
    return variable_name(name).removeprefix("number of ").replace(" the ", " ")


def findings(result: Correlations) -> pd.DataFrame:
    """Return the significant, non-definitional pairs, strongest first."""
    rows = result.pairs
    rows = rows[rows["significant"] & ~rows["definitional"] & rows["coefficient"].notna()]
    return largest_first(rows, "coefficient").reset_index(drop=True)


def pair_sentence(row: Any) -> str:
    """Return what a pair says, without claiming a cause; no full stop."""
    left, right = variable_name(str(row.left)), variable_name(str(row.right))
    coefficient = row.coefficient
    size = strength(coefficient)
    if row.method == "spearman":
        way = "rise together" if coefficient > 0 else "move in opposite directions"
        return f"{sentence_start(left)} and {right} {way} ({size})"
    return (
        f"{sentence_start(left)} differs by {right} ({size})"
        if (row.method == "correlation_ratio")
        else f"{sentence_start(left)} and {right} go together ({size})"
    )


def pair_evidence(row: Any) -> str:
    """Return coefficient, interval and sample of a pair."""
    return (
        f"{METHODS[str(row.method)]} {decimal(row.coefficient)}, "
        f"95 % interval {decimal(row.low)} to {decimal(row.high)}, "
        f"n = {count(row.sample)}"
    )


def _heatmap_chart(result: Correlations) -> Chart:
    names = {name: sentence_start(label(name)) for name in result.variables}
    place = {name: at for at, name in enumerate(result.variables)}
    cells = []
    for pair in named_rows(result.pairs):
        first, second = sorted((str(pair.left), str(pair.right)), key=lambda name: place[name])
        cells.append(
            {
                "row": names[second],
                "column": names[first],
                "value": pair.coefficient,
                "mark": "=" if pair.definitional else "" if pair.significant else "·",
                "shown": f"{decimal(float(pair.coefficient))} ({METHODS[str(pair.method)]})",
            }
        )
    frame = pd.DataFrame(cells)
    frame = frame[frame["value"].notna()]
    tested = int((~result.pairs["definitional"]).sum())
    kept = len(findings(result))
    title = f"{kept} of {tested} pairs survive the correction"
    return Chart(
        id="correlation-heatmap",
        title=title,
        subtitle="Association of each pair of variables across customers; "
        "= related by definition, · not told apart from chance",
        alt=f"{title}. Matrix of the association of {len(names)} variables; the table below it "
        "lists every pair.",
        frame=frame[["row", "column", "value", "mark"]],
        columns=(
            ChartColumn(name="row", title="Variable"),
            ChartColumn(name="column", title="With"),
            ChartColumn(name="value", title="Coefficient", text=decimal),
            ChartColumn(name="mark", title="Mark"),
        ),
        specification=lambda width: coefficient_heatmap(
            frame, width, order=tuple(names.values()), title="Coefficient"
        ),
    )


def _strongest_chart(rows: pd.DataFrame) -> Chart:
    frame = pd.DataFrame(
        {
            "name": [f"{label(str(r.left))} · {label(str(r.right))}" for r in named_rows(rows)],
            "value": rows["coefficient"],
            "low": rows["low"],
            "high": rows["high"],
            "strong": rows["coefficient"].abs() >= 0.3,
            "shown": [pair_evidence(row) for row in named_rows(rows)],
        }
    )
    title = pair_sentence(first_row(rows))
    return Chart(
        id="correlation-strongest",
        title=title,
        subtitle="Coefficient with its 95 % interval; the strongest pairs that survive the "
        "correction and are not related by definition; blue: at least moderate",
        alt=f"{title}. Points with intervals: "
        + "; ".join(f"{r.name}: {decimal(float(r.value))}" for r in named_rows(frame))
        + ".",
        frame=rows.assign(pair=frame["name"])[
            ["pair", "coefficient", "low", "high", "q_value", "sample"]
        ],
        columns=(
            ChartColumn(name="pair", title="Pair"),
            ChartColumn(name="coefficient", title="Coefficient", text=decimal),
            ChartColumn(name="low", title="Low", text=decimal),
            ChartColumn(name="high", title="High", text=decimal),
            ChartColumn(name="q_value", title="q-value", text=p_shown),
            ChartColumn(name="sample", title="Customers", text=count),
        ),
        specification=lambda width: interval_rows(frame, width, title="Coefficient", reference=0.0),
    )
