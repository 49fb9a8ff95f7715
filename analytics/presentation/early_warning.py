"""Early warning: whom to call first, why, and how earlier lists did."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.intervals import interval_rows
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    amount,
    count,
    day,
    decimal,
    listed,
    percent,
    plural,
    sentence_start,
    words,
)
from analytics.presentation.fragments import (
    Fragment,
    long_text,
    nothing_note,
    page_script,
    paragraph,
    text,
)
from analytics.presentation.rows import named_rows
from analytics.results import EarlyWarning
from analytics.tables import TableColumn, table_html

SHOWS = "which customers to call first, and why"


@shown(EarlyWarning, absent=what_to_add(SHOWS))
def summary(result: EarlyWarning) -> Fragment:
    """Return how much margin is at risk and how much of it the list holds."""
    if not result.listed:
        return nothing_note("Nobody is at risk", "No customer has a margin at risk.")
    currency = source_facts().currency
    share = result.listed_risk_amount / result.risk_amount if result.risk_amount else 0.0
    return Fragment(
        paragraph(
            text(
                f"{count(result.listed)} of {count(result.ranked)} customers hold "
                f"{percent(share, 0)} of the margin at risk, "
                f"{amount(result.listed_risk_amount, currency)}: call them first."
            ),
            css="verdict",
        )
        + paragraph(text(_past(result)))
    )


@shown(EarlyWarning)
def people(result: EarlyWarning) -> Fragment:
    """Return the list: to be searched, sorted, filtered and downloaded."""
    if not result.published:
        return nothing_note(
            "The list is private",
            "This source publishes no rows of customers. The list with ids and contacts lies in "
            "data/private, for its owner alone.",
        )
    if result.customers.empty:
        return Fragment("")
    currency = source_facts().currency
    columns = (
        TableColumn(name="place", title="Place", text=count),
        TableColumn(name="customer", title="Customer"),
        TableColumn(name="segment", title="Segment"),
        TableColumn(name="risk_amount", title="Margin at risk", text=lambda v: amount(v, currency)),
        TableColumn(name="churn_probability", title="Churn", text=lambda v: percent(v, 0)),
        TableColumn(name="clv12_amount", title="CLV12", text=lambda v: amount(v, currency)),
        TableColumn(name="reasons", title="Why", html=long_text),
        TableColumn(name="action", title="What to do", html=long_text),
    )
    table = table_html(
        result.customers, columns, id="early-warning", label="Customers at risk", searchable=True
    )
    return Fragment(
        '<div class="filterable" data-filters="Segment,What to do" '
        f'data-download="early-warning.csv">{table}</div>'
        + page_script("filterable")
        + paragraph(
            "Customers stand under pseudonyms. The list with ids and contacts lies in "
            "<code>data/private</code>, for its owner alone.",
            css="quiet",
        )
    )


@shown(EarlyWarning)
def changes(result: EarlyWarning) -> Fragment:
    """Return how many entered and left within the month, who they are and why."""
    if result.before_cutoff is None:
        return nothing_note(
            "No earlier list", "A month ago too little was known to make a list of."
        )
    entered, left = (
        "few customers" if number is None else plural(number, "customer")
        for number in (result.entered, result.left)
    )
    stayed = "" if result.entered is None else f"; {count(result.listed - result.entered)} stayed"
    said = f"Since {day(result.before_cutoff)} {entered} entered the list and {left} left{stayed}."
    if result.changes.empty:
        return Fragment(paragraph(text(said)))
    currency = source_facts().currency
    reasons = [
        (str(change), str(because), len(rows))
        for (change, because), rows in result.changes.groupby(["change", "because"], sort=True)
    ]
    most = {
        change: max((r for r in reasons if r[0] == change), key=lambda r: (r[2], r[1]))
        for change in ("entered", "left")
        if any(r[0] == change for r in reasons)
    }
    told = "; ".join(
        f"most often who {change}: {because} ({count(number)})"
        for change, because, number in most.values()
    )
    rows = result.changes.assign(
        place=result.changes["place"].where(result.changes["place"] > 0),
        place_before=result.changes["place_before"].where(result.changes["place_before"] > 0),
    )
    columns = (
        TableColumn(name="customer", title="Customer"),
        TableColumn(name="segment", title="Segment"),
        TableColumn(name="change", title="Change"),
        TableColumn(name="place_before", title="Place then", text=count),
        TableColumn(name="place", title="Place now", text=count),
        TableColumn(
            name="risk_before_amount", title="Risk then", text=lambda v: amount(v, currency)
        ),
        TableColumn(name="risk_amount", title="Risk now", text=lambda v: amount(v, currency)),
        TableColumn(name="because", title="Because", html=long_text),
    )
    table = table_html(
        rows, columns, id="list-changes", label="Who entered and who left", searchable=True
    )
    return Fragment(
        paragraph(text(said))
        + paragraph(text(f"{sentence_start(told)}."), css="quiet")
        + '<div class="filterable" data-filters="Change,Segment" '
        f'data-download="early-warning-changes.csv">{table}</div>'
    )


@shown(EarlyWarning)
def editions(result: EarlyWarning) -> Fragment:
    """Return how the list would have done in the past."""
    rows = result.editions
    if rows.empty:
        return nothing_note(
            "No past list can be judged", "That takes a year and a half of orders or more."
        )
    currency = source_facts().currency
    frame = pd.DataFrame(
        {
            "name": [day(r.cutoff) for r in named_rows(rows)],
            "value": rows["precision"] * 100,
            "low": rows["low_rate"] * 100,
            "high": rows["high_rate"] * 100,
            "strong": rows["low_rate"] > rows["churn_rate"],
            "shown": [
                f"{percent(r.precision, 0)} ({percent(r.low_rate, 0)} to "
                f"{percent(r.high_rate, 0)}), all {percent(r.churn_rate, 0)}"
                for r in named_rows(rows)
            ],
        }
    )
    low, high = (decimal(v, 1) for v in (rows["lift"].min(), rows["lift"].max()))
    times = low if low == high else f"{low} to {high}"
    finding = f"Past lists held {times} times as many who left as chance would"
    chart = Chart(
        id="early-warning-editions",
        title=finding,
        subtitle=f"Share of the listed who ordered nothing in the {result.window_days} days after, "
        "with 95 % interval; blue: surely more than of all customers",
        alt=f"{finding}. " + "; ".join(f"{r.name}: {r.shown}" for r in named_rows(frame)) + ".",
        frame=rows,
        columns=(
            ChartColumn(name="cutoff", title="List of", text=day),
            ChartColumn(name="precision", title="Of the list", text=percent),
            ChartColumn(name="low_rate", title="Low", text=percent),
            ChartColumn(name="high_rate", title="High", text=percent),
            ChartColumn(name="churn_rate", title="Of all", text=percent),
        ),
        specification=lambda width: interval_rows(frame, width, title="Ordered nothing, %"),
    )
    columns = (
        TableColumn(name="cutoff", title="List of", text=day),
        TableColumn(name="listed", title="Listed", text=count),
        TableColumn(name="precision", title="Left, of the list", text=percent),
        TableColumn(name="churn_rate", title="Left, of all", text=percent),
        TableColumn(name="lift", title="Lift", text=decimal),
        TableColumn(name="margin_caught_rate", title="Lost margin that was listed", text=percent),
        TableColumn(name="saved_amount", title="Saved", text=lambda v: amount(v, currency)),
        TableColumn(name="saved_low_amount", title="Low", text=lambda v: amount(v, currency)),
        TableColumn(name="saved_high_amount", title="High", text=lambda v: amount(v, currency)),
    )
    return Fragment(
        figure_html(chart)
        + table_html(rows, columns, id="editions", label="Past lists", searchable=False)
        + paragraph(
            text(
                "Nothing was saved then: the figure assumes that an offer keeps "
                f"{percent(result.effect_rate, 0)} of last year's margin of those who left, "
                "less the cost of all offers."
            ),
            css="quiet",
        )
    )


@shown(EarlyWarning)
def drift(result: EarlyWarning) -> Fragment:
    """Return whether customers still look like those of the last edition that is known."""
    if result.drift.empty:
        return nothing_note("No comparison", "There is no earlier edition to compare with.")
    moved = result.drift[result.drift["state"] != "stable"]
    names = [words(str(name)) for name in moved["measure"]]
    said = (
        f"No measure has moved since {day(result.reference_cutoff)}."
        if moved.empty
        else f"Moved since {day(result.reference_cutoff)}: {listed(names)}."
        + (" The season alone may do that." if bool(moved["seasonal"].all()) else "")
    )
    rows = result.drift.assign(measure=[words(str(m)) for m in result.drift["measure"]])
    columns = (
        TableColumn(name="measure", title="Measure"),
        TableColumn(name="psi", title="Stability index", text=lambda v: decimal(v, 3)),
        TableColumn(name="ks", title="KS distance", text=lambda v: decimal(v, 3)),
        TableColumn(name="q_value", title="q-value", text=lambda v: decimal(v, 3)),
        TableColumn(name="state", title="State"),
    )
    return Fragment(
        paragraph(text(said))
        + table_html(rows, columns, id="drift", label="Drift", searchable=False)
    )


@shown(EarlyWarning)
def segments(result: EarlyWarning) -> Fragment:
    """Return the margin at risk by segment."""
    currency = source_facts().currency
    columns = (
        TableColumn(name="segment", title="Segment"),
        TableColumn(name="customers", title="Customers", text=count),
        TableColumn(name="risk_amount", title="Margin at risk", text=lambda v: amount(v, currency)),
        TableColumn(name="listed_rate", title="On the list", text=percent),
    )
    return Fragment(
        table_html(result.segments, columns, id="risk-segments", label="Risk by segment",
                   searchable=False)
    )  # fmt: skip


def _past(result: EarlyWarning) -> str:
    if result.editions.empty:
        return "How such lists did before cannot be judged yet."
    rows = result.editions
    mean = float(rows["precision"].mean())
    base = float(rows["churn_rate"].mean())
    return (
        f"Of {len(rows)} past lists, {percent(mean, 0)} of the listed ordered nothing in the "
        f"{result.window_days} days after, against {percent(base, 0)} of all."
    )
