"""The marketing budget: today's plan against the one that the curves ask for."""

from __future__ import annotations

from analytics.charts import figure_html
from analytics.presentation.budget_charts import curves_chart, marginal_chart, plan_chart
from analytics.presentation.budget_plan import (
    experiment_sentence,
    explorer_data,
    gain_sentence,
    shift_sentence,
    shifts,
)
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import (
    amount,
    currency_mark,
    day,
    decimal,
    signed_amount,
)
from analytics.presentation.fragments import (
    Fragment,
    definition_list,
    note,
    page_script,
    paragraph,
    text,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Budget, Missing
from analytics.tables import TableColumn, table_html

SHOWS = "how the weekly marketing budget would be spread best, and what that is worth"


@shown(Budget, absent=what_to_add(SHOWS))
def summary(result: Budget) -> Fragment:
    """Return what the plan would gain, with its interval, and the caveat."""
    return Fragment(
        paragraph(text(gain_sentence(result)), css="verdict")
        + note(
            "Not causal",
            paragraph(
                "The response curves are fitted to what happened, not to an experiment. Shift "
                "spend in steps and watch what follows before shifting more."
            )
            + paragraph(text(experiment_sentence(result))),
            kind="warning",
        )
    )


@shown(Budget)
def explorer(result: Budget) -> Fragment:
    """Return the best plan for other totals and bounds: a table, and a slider where scripts run."""
    currency = source_facts().currency
    own = result.plans[result.plans["minima"] & result.plans["maxima"]]
    if own.empty:
        return Fragment("")
    wide = own.pivot_table(
        index=["total_amount", "margin_amount", "shadow_price"],
        columns="marketing_channel",
        values="spend_amount",
    ).reset_index()
    channels = [str(name) for name in wide.columns if name not in own.columns]
    columns = (
        TableColumn(name="total_amount", title="Total", text=lambda v: amount(v, currency)),
        *(
            TableColumn(name=name, title=name, text=lambda v: amount(v, currency))
            for name in channels
        ),
        TableColumn(name="margin_amount", title="Margin", text=lambda v: amount(v, currency)),
        TableColumn(name="shadow_price", title="Next unit brings", text=decimal),
    )
    step = max(1, len(wide) // 7)
    table = table_html(
        wide.iloc[::step], columns, id="budget-plans", label="Best plans by total", searchable=False
    )
    return Fragment(
        f'<div class="budget-explorer" data-currency="{text(currency_mark(currency))}">'
        f'<div class="budget-controls" hidden></div>'
        f'<script type="application/json" class="budget-plans">{explorer_data(result)}</script>'
        f"{table}</div>" + page_script("budget")
    )


@shown(Budget)
def sensitivity(result: Budget) -> Fragment:
    """Return what holds the plan back: the total, each bound, and how to reach a target."""
    currency = source_facts().currency
    said = [
        f"One more unit of weekly budget brings {decimal(result.shadow_price)} of margin: "
        + ("more than it costs." if result.shadow_price > 1 else "less than it costs.")
    ]
    if result.target_cost_amount is None:
        said.append(
            f"No plan within the bounds reaches {amount(result.target_margin_amount, currency)} "
            "of margin a week."
        )
    else:
        said.append(
            f"The target of {amount(result.target_margin_amount, currency)} of margin a week costs "
            f"at least {amount(result.target_cost_amount, currency)} a week, against "
            f"{amount(result.current_total_amount, currency)} today."
        )
    bound = result.allocation[result.allocation["bound_price"] > 0.005]
    rows = bound.sort_values("bound_price", ascending=False)
    for row in named_rows(rows):
        kind = "most" if row.optimal_amount >= row.maximum_amount * (1 - 1e-6) else "least"
        said.append(
            f"{row.marketing_channel} stands at the {kind} it may have; loosening that by one unit "
            f"brings {decimal(row.bound_price)}."
        )
    items = "".join(f"<li>{text(sentence)}</li>" for sentence in said)
    return Fragment(f'<ul class="list">{items}</ul>')


@shown(Budget)
def robust(result: Budget) -> Fragment:
    """Return the plan that guards the lower quartile, beside the best one on average."""
    currency = source_facts().currency
    columns = (
        TableColumn(name="marketing_channel", title="Marketing channel"),
        TableColumn(name="optimal_amount", title="Best plan", text=lambda v: amount(v, currency)),
        TableColumn(name="optimal_low_amount", title="Low", text=lambda v: amount(v, currency)),
        TableColumn(name="optimal_high_amount", title="High", text=lambda v: amount(v, currency)),
        TableColumn(name="robust_amount", title="Robust plan", text=lambda v: amount(v, currency)),
    )
    return Fragment(
        paragraph(
            text(
                "In the worst quarter of what the curves may be, the robust plan still gains "
                f"{amount(result.robust_low_amount, currency)} a week on average, the best plan "
                f"{amount(result.plan_low_amount, currency)}. Over all draws it gains "
                f"{amount(result.robust_gain_amount, currency)} against "
                f"{amount(result.gain_amount, currency)}."
            )
        )
        + table_html(
            result.allocation, columns, id="budget-robust", label="Robust plan", searchable=False
        )
        + paragraph(
            "Low and high: where the best plan of each draw lies, in 80 % of the draws.",
            css="quiet",
        )
    )


@shown(Budget)
def pacing(result: Budget) -> Fragment:
    """Return the plan week by week."""
    currency = source_facts().currency
    wide = result.pacing.pivot_table(
        index=["week", "season"], columns="marketing_channel", values="spend_amount"
    ).reset_index()
    channels = [str(name) for name in wide.columns if name not in result.pacing.columns]
    wide["total"] = wide[channels].sum(axis=1)
    columns = (
        TableColumn(name="week", title="Week", text=day),
        TableColumn(name="season", title="Demand", text=decimal),
        *(
            TableColumn(name=name, title=name, text=lambda v: amount(v, currency))
            for name in channels
        ),
        TableColumn(name="total", title="Total", text=lambda v: amount(v, currency)),
    )
    top = first_row(wide.sort_values("total", ascending=False))
    return Fragment(
        paragraph(
            text(
                f"Spend follows demand: most in the week of {day(top.week)}, "
                f"{amount(top.total, currency)}. Carry-over between weeks is not counted."
            )
        )
        + table_html(wide, columns, id="budget-pacing", label="Pacing", searchable=False)
    )


def plan() -> Fragment:
    """Return today's spend against the plan's, by marketing channel."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return Fragment("")  # `moves` stands above it and says so
    return Fragment(figure_html(plan_chart(result)))


@shown(Budget)
def moves(result: Budget) -> Fragment:
    """Return the plan as shifts from one marketing channel to another."""
    currency = source_facts().currency
    items = "".join(f"<li>{text(shift_sentence(shift, currency))}</li>" for shift in shifts(result))
    if not items:
        return Fragment(paragraph("The plan keeps today's budget as it is."))
    return Fragment(f'<ul class="list">{items}</ul>')


@shown(Budget)
def marginal(result: Budget) -> Fragment:
    """Return what one more unit of spend brings in each marketing channel."""
    return Fragment(figure_html(marginal_chart(result)))


@shown(Budget)
def curves(result: Budget) -> Fragment:
    """Return the response curve of each marketing channel, today's spend and the plan's on it."""
    return Fragment(figure_html(curves_chart(result)))


@shown(Budget)
def table(result: Budget) -> Fragment:
    """Return the plan with bounds and returns."""
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


@shown(Budget)
def set_up(result: Budget) -> Fragment:
    """Return the weeks, the fit and the solver behind the plan."""
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
