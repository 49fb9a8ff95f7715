"""The marketing budget: today's plan against the one that the curves ask for."""

from __future__ import annotations

from analytics.charts import figure_html
from analytics.presentation.budget_charts import curves_chart, marginal_chart, plan_chart
from analytics.presentation.budget_plan import gain_sentence, shift_sentence, shifts
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import (
    amount,
    day,
    decimal,
    signed_amount,
)
from analytics.presentation.fragments import (
    Fragment,
    absent_line,
    definition_list,
    missing_note,
    note,
    paragraph,
    text,
)
from analytics.results import Budget, Missing
from analytics.tables import TableColumn, table_html

SHOWS = "how the weekly marketing budget would be spread best, and what that is worth"


def summary() -> Fragment:
    """Return what the plan would gain, with its interval, and the caveat."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
    return Fragment(
        paragraph(text(gain_sentence(result)), css="verdict")
        + note(
            "Not causal",
            paragraph(
                "The response curves are fitted to what happened, not to an experiment. Shift "
                "spend in steps and watch what follows before shifting more."
            ),
            kind="warning",
        )
    )


def plan() -> Fragment:
    """Return today's spend against the plan's, by marketing channel."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return Fragment("")  # `moves` stands above it and says so
    return Fragment(figure_html(plan_chart(result)))


def moves() -> Fragment:
    """Return the plan as shifts from one marketing channel to another."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return absent_line(result)
    currency = source_facts().currency
    items = "".join(f"<li>{text(shift_sentence(shift, currency))}</li>" for shift in shifts(result))
    if not items:
        return Fragment(paragraph("The plan keeps today's budget as it is."))
    return Fragment(f'<ul class="list">{items}</ul>')


def marginal() -> Fragment:
    """Return what one more unit of spend brings in each marketing channel."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return absent_line(result)
    return Fragment(figure_html(marginal_chart(result)))


def curves() -> Fragment:
    """Return the response curve of each marketing channel, today's spend and the plan's on it."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return absent_line(result)
    return Fragment(figure_html(curves_chart(result)))


def table() -> Fragment:
    """Return the plan with bounds and returns."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return absent_line(result)
    currency = source_facts().currency

    def money(name: str, title: str) -> TableColumn:
        return TableColumn(name=name, title=title, text=lambda value: amount(value, currency))

    frame = result.allocation.assign(
        change=result.allocation["optimal_amount"] - result.allocation["current_amount"]
    )
    columns = (
        TableColumn(name="marketing_channel", title="Marketing channel"),
        money("current_amount", "Today, a week"),
        money("optimal_amount", "Plan, a week"),
        TableColumn(name="change", title="Change",
                    text=lambda value: signed_amount(value, currency)),
        money("minimum_amount", "Least"),
        money("maximum_amount", "Most"),
        TableColumn(name="average_roi", title="Average ROI", text=decimal),
        TableColumn(name="marginal_roi", title="Marginal ROI", text=decimal),
    )  # fmt: skip
    return Fragment(
        table_html(frame, columns, id="budget-plan", label="The plan", searchable=False)
    )


def set_up() -> Fragment:
    """Return the weeks, the fit and the solver behind the plan."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return absent_line(result)
    currency = source_facts().currency
    return Fragment(
        definition_list(
            [
                ("Weeks", text(f"{result.weeks}, {day(result.first_week)} to "
                               f"{day(result.last_week)}")),
                ("Budget a week", text(amount(result.budget_amount, currency))),
                ("One more unit of budget brings", text(decimal(result.shadow_price))),
                ("Fit of the response model, R²", text(decimal(result.fit_r2))),
                ("Solver", text(result.solver)),
            ]
        )
    )  # fmt: skip
