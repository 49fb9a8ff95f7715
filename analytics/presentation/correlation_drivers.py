"""What goes with revenue and with churn, given segment and region; associations, not causes."""

from __future__ import annotations

from typing import Any

from analytics.presentation.cells import shown
from analytics.presentation.correlations import METHODS, variable_name
from analytics.presentation.formats import ABSENT, count, decimal, is_known, sentence_start, words
from analytics.presentation.fragments import (
    Fragment,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.p_values import p_shown
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Correlations
from analytics.tables import TableColumn, table_html


@shown(Correlations)
def drivers(result: Correlations, outcome: str) -> Fragment:
    """Return what goes with the outcome: a sentence, and a table with intervals."""
    rows = result.drivers[result.drivers["outcome"] == outcome]
    if rows.empty:
        return nothing_note(
            "Nothing to compare", f"No variable stands for {outcome}, or nothing goes with one."
        )
    frame = rows.assign(
        driver=rows["driver"].map(lambda name: sentence_start(variable_name(str(name)))),
        plain=[_with_interval(r.coefficient, r.low, r.high) for r in named_rows(rows)],
        given=[_with_interval(r.partial, r.partial_low, r.partial_high) for r in named_rows(rows)],
        method=rows["method"].map(METHODS),
        verdict=[
            "by definition"
            if r.definitional
            else "significant"
            if r.significant
            else "not told apart"
            for r in named_rows(rows)
        ],
    )
    given = " and ".join(words(name) for name in result.given)
    columns = (
        TableColumn(name="rank", title="Rank", text=count),
        TableColumn(name="driver", title="Variable"),
        TableColumn(name="plain", title="Coefficient (95 % interval)", number=True),
        TableColumn(
            name="given", title=f"Given {given}" if given else "Partial, nothing given", number=True
        ),
        TableColumn(name="q_value", title="q-value", text=p_shown),
        TableColumn(name="sample", title="Customers", text=count),
        TableColumn(name="method", title="Measure"),
        TableColumn(name="verdict", title="Verdict"),
    )
    table = table_html(frame, columns, id=f"drivers-{outcome}", label=f"What goes with {outcome}")
    return Fragment(paragraph(text(driver_sentence(result, outcome))) + table)


def driver_sentence(result: Correlations, outcome: str) -> str:
    """Return the strongest variable that is not related by definition, without a cause."""
    rows = result.drivers[(result.drivers["outcome"] == outcome) & result.drivers["significant"]]
    if rows.empty:
        return f"Nothing goes with {outcome} beyond chance, once definitions are set aside."
    row: Any = first_row(rows)
    name, measure = sentence_start(variable_name(str(row.driver))), variable_name(str(row.measure))
    if not is_known(row.partial):
        return (
            f"{name} goes with {measure} most clearly ({METHODS[str(row.method)]} "
            f"{_with_interval(row.coefficient, row.low, row.high)}). An association, not a cause."
        )
    way = "rise together" if row.partial > 0 else "move in opposite directions"
    given = " and ".join(words(name) for name in result.given)
    same = f" among customers of the same {given}" if given else ""
    return (
        f"{name} and {measure} {way}{same}: "
        f"{_with_interval(row.partial, row.partial_low, row.partial_high)}. "
        "An association, not a cause."
    )


def _with_interval(value: float, low: float, high: float) -> str:
    return f"{decimal(value)} ({decimal(low)} to {decimal(high)})" if is_known(value) else ABSENT
