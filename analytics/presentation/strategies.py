"""Strategies: what to do for each segment, what it is worth, and what to do first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.intervals import interval_rows
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    amount,
    count,
    decimal,
    percent,
    scale_of,
    sentence_start,
    signed_amount,
)
from analytics.presentation.fragments import (
    Fragment,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Strategies
from analytics.tables import TableColumn, table_html

SHOWS = "what to do for each segment of customers, and what it is worth"
_SHOWN = 12


@shown(Strategies, absent=what_to_add(SHOWS))
def summary(result: Strategies) -> Fragment:
    """Return what the best portfolio is worth, and what it consists of."""
    if not result.chosen_customers:
        return nothing_note("Nothing pays", "No lever is expected to bring more than it costs.")
    items = "".join(f"<li>{text(action_sentence(row))}</li>" for row in chosen(result))
    return Fragment(
        paragraph(text(portfolio_sentence(result)), css="verdict")
        + f'<ul class="list">{items}</ul>'
        + _grouping(result)
    )


def _grouping(result: Strategies) -> str:
    """Return what stands in for segments where the source has none."""
    said = {
        "cluster": "This source has no segments: clusters of behaviour stand in for them "
        "(cluster 1 brings most net revenue a customer).",
        "all": "This source has no segments, and too few customers for clusters of behaviour: "
        "there is one list for all.",
    }
    told = said.get(result.grouped_by)
    return paragraph(told, css="quiet") if told else ""


@shown(Strategies)
def offers(result: Strategies) -> Fragment:
    """Return what the cross-sell list is offered, by the association rules."""
    rows = result.offers
    if rows.empty:
        return nothing_note(
            "Any category that is new to them",
            "No category goes with another beyond chance, or none is known: what a customer is "
            "offered is for you to choose.",
        )
    top = first_row(rows)
    said = (
        f"{count(top.customers)} customers of the cross-sell list have bought {top.goes_with} and "
        f"not {top.offer}: both go together {decimal(top.lift, 2)} times as often as by chance "
        f"({decimal(top.low, 2)} to {decimal(top.high, 2)})."
    )
    columns = (
        TableColumn(name="offer", title="Offer"),
        TableColumn(name="goes_with", title="To who has bought"),
        TableColumn(name="customers", title="Customers", text=count),
        TableColumn(name="lift", title="Lift", text=lambda v: decimal(v, 2)),
        TableColumn(name="low", title="Low", text=lambda v: decimal(v, 2)),
        TableColumn(name="high", title="High", text=lambda v: decimal(v, 2)),
    )
    return Fragment(
        paragraph(text(said)) + table_html(rows, columns, id="offers", label="What to offer")
    )


def portfolio_sentence(result: Strategies) -> str:
    """Return the worth of the portfolio with its interval."""
    currency = source_facts().currency
    low, high = (amount(v, currency) for v in (result.chosen_net_low_amount,
                                               result.chosen_net_high_amount))  # fmt: skip
    verb = "should" if result.chosen_net_low_amount > 0 else "may"
    return (
        f"Contacting {count(result.chosen_customers)} customers for "
        f"{amount(result.chosen_cost_amount, currency)} {verb} bring "
        f"{amount(result.chosen_net_amount, currency)} of contribution margin more than it costs "
        f"(80 % interval {low} to {high})."
    )


def chosen(result: Strategies) -> list[Any]:
    """Return the rows of the portfolio, by priority."""
    return named_rows(result.levers[result.levers["chosen_customers"] > 0])


def action_sentence(row: Any) -> str:
    """Return one part of the portfolio in words."""
    currency = source_facts().currency
    whom = "customers" if row.segment == "Unknown" else f"{row.segment} customers"
    return (
        f"{sentence_start(row.lever)} to {count(row.chosen_customers)} {whom}: "
        f"{signed_amount(row.chosen_net_amount, currency)} after cost"
    )


def action_interval(row: Any) -> tuple[float, float]:
    """Return the 80 % interval of a chosen row's worth: its list's, in proportion."""
    share = _share(row)
    return (
        row.margin_low_amount * share - row.chosen_cost_amount,
        row.margin_high_amount * share - row.chosen_cost_amount,
    )


@shown(Strategies)
def levers_chart(result: Strategies) -> Fragment:
    """Return the expected worth of each list with its interval."""
    if result.levers.empty:
        return Fragment("")
    currency = source_facts().currency
    rows = result.levers.sort_values("net_amount", ascending=False).head(_SHOWN)
    divisor, word = scale_of(float(rows["net_high_amount"].abs().max()))
    frame = pd.DataFrame(
        {
            "name": [f"{r.segment}: {r.lever}" for r in named_rows(rows)],
            "value": rows["net_amount"].to_numpy() / divisor,
            "low": rows["net_low_amount"].to_numpy() / divisor,
            "high": rows["net_high_amount"].to_numpy() / divisor,
            "strong": (rows["net_low_amount"] > 0).to_numpy(),
            "shown": [
                f"{amount(r.net_amount, currency)} ({amount(r.net_low_amount, currency)} to "
                f"{amount(r.net_high_amount, currency)})"
                for r in named_rows(rows)
            ],
        }
    )
    top = first_row(rows)
    finding = (
        f"The {top.lever} to {top.segment} customers is worth most, "
        f"{amount(top.net_amount, currency)} after cost"
    )
    title = " ".join(part for part in ("Margin less cost,", word, currency) if part)
    return Fragment(
        figure_html(
            Chart(
                id="strategies-levers",
                title=finding,
                subtitle="Expected contribution margin of the whole list less its cost, with 80 % "
                "interval; blue: surely above 0; customers on several lists count in each",
                alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame)),
                frame=rows,
                columns=(
                    ChartColumn(name="segment", title="Segment"),
                    ChartColumn(name="lever", title="Lever"),
                    *(
                        ChartColumn(name=name, title=head, text=lambda v: amount(v, currency))
                        for name, head in (("net_amount", "Worth"), ("net_low_amount", "Low"),
                                           ("net_high_amount", "High"))
                    ),
                ),
                specification=lambda width: interval_rows(
                    frame, width, title=title, reference=0.0
                ),
            )
        )
    )  # fmt: skip


@shown(Strategies)
def table(result: Strategies) -> Fragment:
    """Return every list with size, cost, margin, break-even effect and priority."""
    currency = source_facts().currency

    def money(name: str, title: str) -> TableColumn:
        return TableColumn(name=name, title=title, text=lambda value: amount(value, currency))

    columns = (
        TableColumn(name="priority", title="Priority", text=count),
        TableColumn(name="segment", title="Segment"),
        TableColumn(name="lever", title="Lever"),
        TableColumn(name="customers", title="List", text=count),
        money("cost_amount", "Cost"),
        money("margin_amount", "Expected margin"),
        money("margin_low_amount", "Low"),
        money("margin_high_amount", "High"),
        TableColumn(name="effect_rate", title="Effect", text=percent),
        TableColumn(name="break_even_rate", title="Break-even effect", text=percent),
        TableColumn(name="evidence", title="Effect is"),
        TableColumn(name="chosen_customers", title="In the portfolio", text=count),
    )
    return Fragment(table_html(result.levers, columns, id="strategies", label="Levers by segment"))


@shown(Strategies)
def limits(result: Strategies) -> Fragment:
    """Return what another budget or capacity would bring."""
    currency = source_facts().currency
    rows = result.limits.assign(
        what=[
            f"{count(r.contacts)} contacts" if r.limit == "contacts"
            else amount(r.budget_amount, currency)
            for r in named_rows(result.limits)
        ]
    )  # fmt: skip
    columns = (
        TableColumn(name="limit", title="Limit"),
        TableColumn(name="what", title="At most", number=True),
        TableColumn(name="chosen_customers", title="Customers", text=count),
        TableColumn(name="chosen_cost_amount", title="Cost", text=lambda v: amount(v, currency)),
        TableColumn(name="chosen_net_amount", title="Worth", text=lambda v: amount(v, currency)),
    )
    return Fragment(
        paragraph(text(_limit_sentence(result)))
        + table_html(rows, columns, id="limits", label="Other limits", searchable=False)
    )


@shown(Strategies)
def acquisition(result: Strategies) -> Fragment:
    """Return which acquisition channels bring customers of more value, by segment."""
    rows = result.acquisition
    if rows.empty:
        return nothing_note("No comparison", "Acquisition channels are not known, or only one is.")
    currency = source_facts().currency
    # Of many comparisons only those that hold for all of them together are told.
    error = (rows["high_amount"] - rows["low_amount"]) / (2 * 1.96)
    sure = rows[(rows["difference_amount"].abs() / error) > _bound(len(rows))]
    told = [
        f"{r.segment} customers won through {r.acquisition_channel} are worth "
        f"{amount(abs(r.difference_amount), currency)} "
        f"{'more' if r.difference_amount > 0 else 'less'} than the segment's others "
        f"({amount(r.low_amount, currency)} to {amount(r.high_amount, currency)})."
        for r in named_rows(sure.sort_values("difference_amount"))
    ]
    said = " ".join(told) or "No acquisition channel brings customers of surely other value."
    columns = (
        TableColumn(name="segment", title="Segment"),
        TableColumn(name="acquisition_channel", title="Acquisition channel"),
        TableColumn(name="customers", title="Customers", text=count),
        TableColumn(name="mean_amount", title="Mean CLV12", text=lambda v: amount(v, currency)),
        TableColumn(name="difference_amount", title="Against the others",
                    text=lambda v: signed_amount(v, currency)),
        TableColumn(name="low_amount", title="Low", text=lambda v: amount(v, currency)),
        TableColumn(name="high_amount", title="High", text=lambda v: amount(v, currency)),
    )  # fmt: skip
    return Fragment(
        paragraph(text(f"{said} What a customer costs to win is not in these figures."))
        + table_html(rows, columns, id="acquisition", label="Acquisition mix")
    )


def _share(row: Any) -> float:
    if not row.margin_amount:
        return 0.0
    return float((row.chosen_net_amount + row.chosen_cost_amount) / row.margin_amount)


def _bound(tests: int) -> float:
    """Return the |z| of a two-sided Bonferroni test at 5 %, from a short table."""
    for most, z in ((1, 1.96), (3, 2.40), (6, 2.64), (12, 2.87), (24, 3.08), (48, 3.28)):
        if tests <= most:
            return z
    return 3.6


def _limit_sentence(result: Strategies) -> str:
    currency = source_facts().currency
    worth = {(r.limit, r.factor): r.chosen_net_amount for r in named_rows(result.limits)}
    now = result.chosen_net_amount
    more = {name: worth.get((name, 1.5), now) - now for name in ("contacts", "budget")}
    told = [
        f"{'Half as many contacts again' if name == 'contacts' else 'Half the budget again'} "
        f"would bring {amount(value, currency)} more"
        for name, value in more.items()
        if value > 0.01 * abs(now)
    ]
    binding = "; ".join(told) if told else "Neither limit holds the portfolio back"
    return (
        f"{binding}. The limits are {amount(result.budget_amount, currency)} and "
        f"{count(result.contacts)} contacts."
    )
