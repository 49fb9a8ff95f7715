"""Insights: what stands out, in sentences, each with its evidence, and what was rejected."""

from __future__ import annotations

from typing import Any

from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import about, decimal, percent, plural, words
from analytics.presentation.fragments import (
    Fragment,
    link,
    long_text,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import named_rows
from analytics.results import Insights, Missing
from analytics.tables import TableColumn, table_html

SHOWS = "what stands out in the data, in plain language"
_FIRST = 15


@shown(Insights, absent=what_to_add(SHOWS))
def summary(result: Insights) -> Fragment:
    """Return how much was looked at, and how sure what is told is."""
    found = len(result.insights)
    looked = plural(result.looked_at, "candidate")
    if not found:
        return nothing_note(
            "Nothing stands out",
            f"{looked} were tested; none is beyond chance once corrected for their number.",
        )
    return Fragment(
        paragraph(
            text(
                f"{plural(found, 'finding')} of {looked} are beyond chance. Of such findings "
                f"{percent(result.level, 0)} at most are expected to be false."
            ),
            css="verdict",
        )
    )


@shown(Insights)
def findings(result: Insights) -> Fragment:
    """Return the first findings with evidence."""
    rows = named_rows(result.insights.head(_FIRST))
    return Fragment(f'<ol class="list">{"".join(_item(row) for row in rows)}</ol>') if rows else (
        Fragment("")
    )  # fmt: skip


@shown(Insights)
def more(result: Insights) -> Fragment:
    """Return the findings after the first."""
    rows = named_rows(result.insights.iloc[_FIRST:])
    if not rows:
        return Fragment(paragraph("There are no others.", css="quiet"))
    return Fragment(f'<ul class="list">{"".join(_item(row) for row in rows)}</ul>')


@shown(Insights)
def rejected(result: Insights) -> Fragment:
    """Return what was looked at and is not told, with the reason."""
    if result.rejected.empty:
        return Fragment(paragraph("Nothing was rejected.", css="quiet"))
    rows = result.rejected.assign(
        kpi=[words(str(v)) for v in result.rejected["kpi"]],
        dimension=[words(str(v)) for v in result.rejected["dimension"]],
    )
    columns = (
        TableColumn(name="pattern", title="Pattern"),
        TableColumn(name="kpi", title="Figure"),
        TableColumn(name="dimension", title="Dimension"),
        TableColumn(name="part", title="Slice"),
        TableColumn(name="value", title="Effect", text=lambda v: decimal(v, 3)),
        TableColumn(name="corrected_p_value", title="Corrected p", text=_p),
        TableColumn(name="because", title="Why not", html=long_text),
    )
    return Fragment(table_html(rows, columns, id="rejected", label="Rejected candidates"))


def home_findings(most: int) -> list[tuple[str, str, str]]:
    """Return page, sentence and evidence of the first findings that are no actions."""
    result = stored(Insights)
    if isinstance(result, Missing):
        return []
    rows = result.insights[result.insights["pattern"] != "opportunity"].head(most)
    return [(row.page, row.sentence, _evidence(row)) for row in named_rows(rows)]


def _item(row: Any) -> str:
    target = link(f"../{row.page}", text(row.sentence))
    return f"<li>{target}<small>{text(_evidence(row))}</small></li>"


def _evidence(row: Any) -> str:
    worth = f"about {about(row.impact_amount, source_facts().currency)} margin a year; "
    known = worth if row.impact_amount else ""
    return f"{row.pattern}; {known}corrected p {_p(row.corrected_p_value)}"


def _p(value: float) -> str:
    return "below 0.001" if value < 0.001 else decimal(value, 3)
