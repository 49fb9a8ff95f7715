"""Where revenue fell below its expectation, how sure that is, and what does not explain it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import figure_html
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    about,
    count,
    decimal,
    percent,
    period_name,
    plural,
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
from analytics.presentation.p_values import p_equals
from analytics.presentation.revenue_decline_charts import levels_chart, mix_chart, waterfall_chart
from analytics.presentation.rows import first_row, largest_row, named_rows
from analytics.results import RevenueDecline
from analytics.tables import TableColumn, table_html

SHOWS = "which part of the orders fell below what was to be expected, and by how much"
METHODS = {"lmdi": "Logarithmic mean (LMDI)", "shapley": "Shapley"}
REASONS = {
    "in_proportion": "Its parts fell in proportion: their shares are what they were.",
    "shares_moved": "Shares moved, but no part holds most of the shortfall.",
    "one_part": "One part holds most of the shortfall: look there too.",
}


def slice_name(name: str) -> str:
    """Return a slice as pages write it: ``North × Electronics × Online``."""
    return name.replace(" x ", " × ")


@shown(RevenueDecline, absent=what_to_add(SHOWS))
def summary(result: RevenueDecline) -> Fragment:
    """Return what fell, by how much with its interval; or that nothing did."""
    said = [paragraph(text(sentence), css="verdict") for sentence in decline_sentences(result)]
    if result.withheld:
        said.append(
            paragraph(
                f"{plural(result.withheld, 'further slice')} fell, of too few customers to be told."
            )
        )
    if result.customers_every > 1:
        said.append(
            paragraph(
                f"Computed from one in {result.customers_every} customers; "
                "amounts are those of these customers."
            )
        )
    return Fragment("".join(said))


def decline_sentences(result: RevenueDecline) -> list[str]:
    """Return a sentence for each named slice, or the one that says that there is none."""
    currency = source_facts().currency
    if not result.dimensions:
        return [
            f"{_level_sentence(result)} Parts of the orders cannot be searched: the source has no "
            "customers.region, transactions.sales_channel or other dimension; one would let this "
            "page name the part that fell."
        ]
    if result.declines.empty:
        return [
            f"No decline found: none of {count(result.slices)} slices of orders lies further "
            "below its expectation than chance would put one of so many."
        ]
    return [
        f"Orders of {slice_name(row.slice)} were {percent(abs(row.change_rate), 0)} below "
        f"expectation in {period_name(row.period)} (95 % interval {percent(-row.high, 0)} to "
        f"{percent(-row.low, 0)}): about {about(abs(row.revenue_shortfall_amount), currency)} "
        "of net revenue."
        for row in named_rows(result.declines)
    ]


@shown(RevenueDecline)
def waterfall(result: RevenueDecline) -> Fragment:
    """Return the steps from the compared quarter's net revenue to this one's."""
    return Fragment(figure_html(waterfall_chart(result)))


@shown(RevenueDecline)
def declines(result: RevenueDecline) -> Fragment:
    """Return the named slices with their intervals."""
    if result.declines.empty:
        return nothing_note("Nothing is named", decline_sentences(result)[0])
    currency = source_facts().currency
    rows = result.declines
    frame = rows.assign(
        slice=rows["slice"].map(slice_name),
        period=rows["period"].map(period_name),
        interval=[_interval(r.low, r.high) for r in named_rows(rows)],
        revenue_interval=[_interval(r.revenue_low, r.revenue_high) for r in named_rows(rows)],
    )
    columns = (
        TableColumn(name="slice", title="Slice"),
        TableColumn(name="period", title="Quarter"),
        TableColumn(name="observed_orders", title="Orders", text=count),
        TableColumn(name="expected_orders", title="Expected", text=count),
        TableColumn(name="change_rate", title="Change", text=signed_percent),
        TableColumn(name="interval", title="95 % interval", number=True),
        TableColumn(name="revenue_change_rate", title="Of net revenue", text=signed_percent),
        TableColumn(name="revenue_interval", title="95 % interval ", number=True),
        TableColumn(
            name="revenue_shortfall_amount",
            title="Shortfall",
            text=lambda value: signed_amount(value, currency),
        ),
    )
    return Fragment(table_html(frame, columns, id="declines", label="Slices that fell"))


@shown(RevenueDecline)
def decoys(result: RevenueDecline) -> Fragment:
    """Return what was ruled out as an explanation of the first named slice, and why."""
    rows = result.decoys[result.decoys["rank"] == 1]
    if rows.empty:
        return nothing_note(
            "Nothing to rule out",
            "No slice is named, or the named one has a part of every dimension.",
        )
    name = slice_name(str(first_row(result.declines).slice))
    said = []
    for dimension, own in rows.groupby("dimension", sort=False):
        row: Any = first_row(own)
        verdict = "ruled out" if row.ruled_out else "not ruled out"
        said.append(
            f"<li><strong>{text(sentence_start(words(str(dimension))))}</strong>: {verdict}. "
            f"{text(REASONS[row.because])} ({p_equals(row.p_value)})</li>"
        )
    frame = rows.assign(dimension=rows["dimension"].map(words))
    columns = (
        TableColumn(name="dimension", title="Dimension"),
        TableColumn(name="part", title="Part"),
        TableColumn(name="share_change_rate", title="Change of its share", text=signed_percent),
        TableColumn(name="explanatory_power_rate", title="Of the shortfall", text=percent),
    )
    return Fragment(
        paragraph(f"Within {text(name)}, against the quarters beside it:")
        + f"<ul>{''.join(said)}</ul>"
        + table_html(frame, columns, id="decoys", label="Parts within the slice that fell")
    )


@shown(RevenueDecline)
def candidates(result: RevenueDecline) -> Fragment:
    """Return the slices farthest below their expectation, and what became of them."""
    rows = result.candidates
    if rows.empty:
        return nothing_note("Nothing to look at", "No slice of the orders is large enough.")
    frame = rows.assign(slice=rows["slice"].map(slice_name), period=rows["period"].map(period_name))
    columns = (
        TableColumn(name="slice", title="Slice"),
        TableColumn(name="period", title="Quarter"),
        TableColumn(name="change_rate", title="Change", text=signed_percent),
        TableColumn(name="z", title="Standard errors", text=lambda value: decimal(value, 1)),
        TableColumn(
            name="z_after", title="Named ones made up for", text=lambda value: decimal(value, 1)
        ),
        TableColumn(name="verdict", title="Verdict"),
    )
    return Fragment(
        paragraph(
            f"{count(result.slices)} slices were looked at; with so many, one has to lie more "
            f"than {decimal(result.threshold, 1)} standard errors below its expectation."
        )
        + table_html(frame, columns, id="decline-candidates", label="Slices below expectation")
    )


@shown(RevenueDecline)
def effects(result: RevenueDecline) -> Fragment:
    """Return the first named slice's change by customers, frequency and value, in both ways."""
    rows = result.effects[result.effects["rank"] == 1]
    if rows.empty:
        return nothing_note("Nothing to split", "No slice is named, or too few customers are.")
    currency = source_facts().currency
    wide = rows.pivot(index="factor", columns="method", values="change_amount")
    first = rows.drop_duplicates("factor").set_index("factor")
    frame = first[["base", "current"]].join(wide).reset_index()
    frame["factor"] = frame["factor"].map(sentence_start)
    total = {"factor": "Sum: the change", "base": float("nan"), "current": float("nan")}
    total |= {name: float(wide[name].sum()) for name in wide.columns}
    frame = pd.concat([frame, pd.DataFrame([total])], ignore_index=True)
    columns = (
        TableColumn(name="factor", title="Factor"),
        TableColumn(name="base", title="Before", text=decimal),
        TableColumn(name="current", title="In the quarter", text=decimal),
        *(
            TableColumn(name=name, title=title, text=lambda value: signed_amount(value, currency))
            for name, title in METHODS.items()
            if name in frame
        ),
    )
    row: Any = first_row(result.declines)
    sums = [float(wide[name].sum()) for name in wide.columns]
    said = (
        f"Net revenue of {slice_name(row.slice)} changed by {signed_amount(sums[0], currency)} "
        f"between the compared quarters; {_largest(wide)} weighed most."
    )
    return Fragment(
        paragraph(text(said))
        + table_html(frame, columns, id="decline-effects", label="Change by factor", sortable=False)
    )


@shown(RevenueDecline)
def mix(result: RevenueDecline, dimension: str) -> Fragment:
    """Return the total's change split into volume, mix and rate by a dimension's parts."""
    rows = result.mix[result.mix["dimension"] == dimension]
    if rows.empty:
        name = words(dimension)
        return nothing_note(
            f"No {name} to split by",
            f"The source has no {name}, or a single one in these quarters.",
        )
    return Fragment(figure_html(mix_chart(result, dimension)))


@shown(RevenueDecline)
def root_causes(result: RevenueDecline) -> Fragment:
    """Return what single dimensions say of the missing orders."""
    rows = result.root_causes
    if rows.empty:
        return nothing_note("Nothing to explain", "No slice is named.")
    frame = rows.assign(
        dimension=rows["dimension"].map(words),
        surprise=rows["surprise"] * 1e6,
    )
    columns = (
        TableColumn(name="dimension", title="Dimension"),
        TableColumn(name="parts", title="Parts"),
        TableColumn(name="explanatory_power_rate", title="Of the shortfall", text=percent),
        TableColumn(
            name="surprise", title="Surprise, millionths", text=lambda value: decimal(value, 1)
        ),
    )
    first: Any = first_row(frame)
    said = f"By single dimensions, {first.dimension} is the most surprising: {first.parts}."
    return Fragment(
        paragraph(text(said))
        + table_html(frame, columns, id="root-causes", label="Single dimensions", sortable=False)
    )


@shown(RevenueDecline)
def levels(result: RevenueDecline) -> Fragment:
    """Return the levels of weekly orders that change points set apart."""
    if (result.change_points["series"] == "all").sum() == 0:
        return nothing_note("Too short for change points", "They need at least twelve weeks.")
    return Fragment(figure_html(levels_chart(result)))


def _level_sentence(result: RevenueDecline) -> str:
    """Return where the total's weekly orders fell to a new level most, or that they did not."""
    rows = result.change_points[result.change_points["series"] == "all"]
    fell = rows[rows["change_rate"] < 0]
    if rows.empty:
        return "Too few weeks to find change points in the total."
    if fell.empty:
        return "Weekly orders in total never fell to a lower level, season apart."
    row: Any = largest_row(fell, "change_rate")
    return (
        f"Weekly orders in total fell to a new level in {row.start:%B %Y}: "
        f"{signed_percent(row.change_rate, 0)} against the level before."
    )


def _largest(wide: pd.DataFrame) -> str:
    sizes = wide.abs().mean(axis=1)
    return str(sizes.idxmax())


def _interval(low: float, high: float) -> str:
    return f"{signed_percent(low)} to {signed_percent(high)}"
