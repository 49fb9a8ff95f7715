"""From the total to the part: where a change of net revenue comes from."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import figure_html
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.context import source_facts
from analytics.presentation.drilldown_charts import drivers_chart, parts_chart
from analytics.presentation.formats import (
    amount,
    listed,
    period_name,
    sentence_start,
    signed_amount,
    signed_percent,
    words,
)
from analytics.presentation.fragments import (
    Fragment,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import largest_first, largest_row, named_rows
from analytics.presentation.wording import relative_growth
from analytics.results import DrillDown
from analytics.tables import TableColumn, table_html

SHOWS = "where the change of net revenue comes from"


@shown(DrillDown, absent=what_to_add(SHOWS))
def summary(result: DrillDown) -> Fragment:
    """Return the change in one sentence, and what it consists of in another."""
    return Fragment(
        paragraph(text(total_sentence(result)), css="verdict")
        + paragraph(text(drivers_sentence(result)))
    )


@shown(DrillDown)
def drivers(result: DrillDown) -> Fragment:
    """Return the change split into customers, orders per customer and order value."""
    if result.drivers.empty:
        return nothing_note("Nothing to split", "One of the two periods has no orders.")
    return Fragment(figure_html(drivers_chart(result), live=False))


@shown(DrillDown)
def by(result: DrillDown, dimension: str) -> Fragment:
    """Return the change by the parts of a dimension."""
    if dimension not in set(result.parts["dimension"]):
        name = words(dimension)
        return nothing_note(
            f"No {name} in this source",
            f"Add {name} to the source; this tab then splits the change by it.",
        )
    return Fragment(figure_html(parts_chart(result, dimension), live=False))


@shown(DrillDown)
def pairs(result: DrillDown) -> Fragment:
    """Return the second level: every part split by every other dimension, largest change first."""
    rows = result.parts[result.parts["outer_dimension"] != "all"].copy()
    if rows.empty and len(result.dimensions) > 1:
        return nothing_note(
            "No pair can be told",
            "Cells of few customers, which are merged, leave the change of every pair open.",
        )
    if rows.empty:
        return nothing_note(
            "Only one dimension in this source"
            if result.dimensions
            else "No dimension in this source",
            "With two of region, segment, category and sales channel, this table pairs their "
            "parts.",
        )
    rows["pair"] = [f"{r.outer_part} × {r.part}" for r in named_rows(rows)]
    rows["kind"] = [
        f"{words(str(r.outer_dimension))} × {words(str(r.dimension))}" for r in named_rows(rows)
    ]
    both = [
        frozenset(((r.outer_dimension, r.outer_part), (r.dimension, r.part)))
        for r in named_rows(rows)
    ]
    rows = rows[~pd.Series(both, index=rows.index).duplicated()]
    rows = largest_first(rows, "change_amount").head(40)
    currency = source_facts().currency
    columns = (
        TableColumn(name="pair", title="Parts"),
        TableColumn(name="kind", title="Of"),
        TableColumn(name="base_amount", title=period_name(result.base_label),
                    text=lambda value: amount(value, currency)),
        TableColumn(name="current_amount", title=period_name(result.current_label),
                    text=lambda value: amount(value, currency)),
        TableColumn(name="change_amount", title="Change",
                    text=lambda value: signed_amount(value, currency)),
        TableColumn(name="change_rate", title="Relative", text=signed_percent),
    )  # fmt: skip
    return Fragment(
        table_html(rows, columns, id="drilldown-pairs", label="Change by pairs of parts")
    )


def total_sentence(result: DrillDown) -> str:
    """Return how net revenue changed between the two periods."""
    currency = source_facts().currency
    now, then = period_name(result.current_label), period_name(result.base_label)
    value = amount(result.current_amount, currency)
    if not result.base_amount:
        return f"Net revenue was {value} in {now}; there was none in {then}."
    rate = result.change_amount / result.base_amount
    growth = relative_growth(rate)
    size = amount(abs(result.change_amount), currency)
    if growth == "stayed level":
        return f"Net revenue in {now} was {value}, level with {then}."
    verb = growth.replace("grew", "up").replace("shrank", "down")
    return f"Net revenue in {now} was {value}, {verb} ({size}) on {then}."


def drivers_sentence(result: DrillDown) -> str:
    """Return which of customers, orders per customer and order value weighed most, and how."""
    rows = result.drivers
    if rows.empty:
        return ""
    currency = source_facts().currency
    ordered = largest_first(rows, "change_amount")
    told = [
        f"{row.factor} {'added' if row.change_amount > 0 else 'took'} "
        f"{amount(abs(row.change_amount), currency)}"
        for row in named_rows(ordered)
    ]
    return f"{sentence_start(listed(told))}."


def leading_part(result: DrillDown) -> Any:
    """Return the first-level part that carries most of the change, in the change's direction.

    Whole dimensions with a single part say nothing and are left out; None where nothing is
    left or nothing changed.
    """
    rows = result.parts[result.parts["outer_dimension"] == "all"]
    sizes = rows.groupby("dimension")["part"].transform("size")
    same = rows["change_amount"] * result.change_amount > 0
    named = ~rows["part"].isin(["Unknown", "Other", "All"])
    rows = rows[(sizes > 1) & same & named]
    if rows.empty:
        return None
    return largest_row(rows, "change_amount")


def fastest_part(result: DrillDown) -> Any:
    """Return the first-level part whose relative change is furthest from the total's.

    Only parts that make at least 3 % of revenue count.
    """
    rows = result.parts[result.parts["outer_dimension"] == "all"]
    named = ~rows["part"].isin(["Unknown", "Other", "All"])
    rows = rows[named & rows["change_rate"].notna() & (rows["share_rate"] >= 0.03)]
    sizes = rows.groupby("dimension")["part"].transform("size")
    rows = rows[sizes > 1]
    if rows.empty or not result.base_amount:
        return None
    total = result.change_amount / result.base_amount
    return largest_row(rows.assign(distance=rows["change_rate"] - total), "distance")
