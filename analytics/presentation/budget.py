"""The marketing budget: today's plan against the one that the curves ask for."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html, part_colours
from analytics.charts.bars import dumbbells
from analytics.charts.curves import response_curves
from analytics.charts.intervals import interval_rows
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import (
    amount,
    day,
    decimal,
    scale_of,
    signed_amount,
)
from analytics.presentation.fragments import (
    Fragment,
    definition_list,
    missing_note,
    note,
    paragraph,
    text,
)
from analytics.results import Budget, Missing
from analytics.tables import TableColumn, table_html

SHOWS = "how the weekly marketing budget would be spread best, and what that is worth"
CAVEAT = "observational, not causal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """An amount a week that the plan takes from one marketing channel and gives to another."""

    giver: str
    taker: str
    amount: float


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
        return missing_note(result, shows=SHOWS)
    return Fragment(figure_html(_plan_chart(result)))


def moves() -> Fragment:
    """Return the plan as shifts from one marketing channel to another."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
    currency = source_facts().currency
    items = "".join(
        f"<li>{text(shift_sentence(shift, currency))}</li>" for shift in shifts(result)
    )
    if not items:
        return Fragment(paragraph("The plan keeps today's budget as it is."))
    return Fragment(f'<ul class="list">{items}</ul>')


def marginal() -> Fragment:
    """Return what one more unit of spend brings in each marketing channel."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
    return Fragment(figure_html(_marginal_chart(result)))


def curves() -> Fragment:
    """Return the response curve of each marketing channel, today's spend and the plan's on it."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
    return Fragment(figure_html(_curves_chart(result)))


def table() -> Fragment:
    """Return the plan with bounds and returns."""
    result = stored(Budget)
    if isinstance(result, Missing):
        return missing_note(result, shows=SHOWS)
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
        return Fragment("")
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


def gain_sentence(result: Budget) -> str:
    """Return what spreading the budget as planned would bring, and how sure that is."""
    currency = source_facts().currency
    gain = amount(abs(result.gain_amount), currency)
    interval = gain_interval(result)
    same = abs(result.budget_amount - result.current_total_amount) < 0.005 * max(
        1.0, result.current_total_amount
    )
    what = "Spread differently, the same weekly budget" if same else "The planned weekly budget"
    if not shifts(result):
        return "Today's weekly budget is already spread as the response curves ask for."
    if result.gain_low_amount > 0:
        return f"{what} would bring {gain} more contribution margin a week ({interval})."
    return (
        f"{what} may bring {gain} more contribution margin a week, but that is not sure: "
        f"{interval}."
    )


def gain_interval(result: Budget) -> str:
    """Return ``80 % interval $11k to $62k``."""
    currency = source_facts().currency
    low, high = (amount(value, currency) for value in (result.gain_low_amount,
                                                       result.gain_high_amount))  # fmt: skip
    return f"80 % interval {low} to {high}"


def shifts(result: Budget) -> list[Shift]:
    """Return the plan as shifts, the largest first; together they are the whole plan.

    Changes of less than 1 % of the budget are not told. A plan of another total than today's
    leaves a rest that is no shift.
    """
    change = result.allocation.set_index("marketing_channel")
    delta = (change["optimal_amount"] - change["current_amount"]).sort_values(kind="stable")
    least = 0.01 * result.budget_amount
    givers = [[str(name), -value] for name, value in delta.items() if value < -least]
    takers = [[str(name), value] for name, value in delta[::-1].items() if value > least]
    told = []
    while givers and takers:
        moved = min(givers[0][1], takers[0][1])
        if moved > least:
            told.append(Shift(giver=givers[0][0], taker=takers[0][0], amount=moved))
        for side in (givers, takers):
            side[0][1] -= moved
            if side[0][1] <= least:
                side.pop(0)
    return sorted(told, key=lambda shift: -shift.amount)


def shift_sentence(shift: Shift, currency: str) -> str:
    """Return ``Shift $12k a week from Email to Search``."""
    return f"Shift {amount(shift.amount, currency)} a week from {shift.giver} to {shift.taker}"


def channel_colours(result: Budget) -> dict[str, str]:
    """Return the colour of every marketing channel."""
    return part_colours(result.allocation["marketing_channel"])


def _plan_chart(result: Budget) -> Chart:
    currency = source_facts().currency
    rows = result.allocation.copy()
    rows["change"] = rows["optimal_amount"] - rows["current_amount"]
    rows = rows.sort_values(["change", "marketing_channel"], ascending=[False, True])
    rows = rows.reset_index(drop=True)
    divisor, word = scale_of(float(rows[["current_amount", "optimal_amount"]].max().max()))
    axis = " ".join(part for part in ("Spend a week,", word, currency) if part)
    moved = shifts(result)
    finding = shift_sentence(moved[0], currency) if moved else "The plan keeps today's budget"
    frame = pd.DataFrame(
        {
            "part": rows["marketing_channel"],
            "base": rows["current_amount"] / divisor,
            "current": rows["optimal_amount"] / divisor,
            "base_shown": rows["current_amount"].map(lambda value: amount(value, currency)),
            "current_shown": rows["optimal_amount"].map(lambda value: amount(value, currency)),
            "shown": rows["change"].map(lambda value: signed_amount(value, currency)),
        }
    )
    return Chart(
        id="budget-plan-chart",
        title=finding,
        subtitle=f"{axis}; plan (filled) against today (open)",
        alt=f"{finding}. Today and plan: "
        + "; ".join(f"{r.part} {r.base_shown} to {r.current_shown}" for r in frame.itertuples())
        + ".",
        frame=rows[["marketing_channel", "current_amount", "optimal_amount", "change"]],
        columns=(
            ChartColumn(name="marketing_channel", title="Marketing channel"),
            ChartColumn(name="current_amount", title="Today", text=lambda v: amount(v, currency)),
            ChartColumn(name="optimal_amount", title="Plan", text=lambda v: amount(v, currency)),
            ChartColumn(name="change", title="Change", text=lambda v: signed_amount(v, currency)),
        ),
        specification=lambda width: dumbbells(frame, width, title=axis, names=("Today", "Plan")),
    )


def _marginal_chart(result: Budget) -> Chart:
    rows = result.allocation.sort_values(
        ["marginal_roi", "marketing_channel"], ascending=[False, True]
    ).reset_index(drop=True)
    top = rows.iloc[0]
    currency = source_facts().currency
    finding = (
        f"One more {currency} in {top['marketing_channel']} brings "
        f"{decimal(top['marginal_roi'])} of contribution margin, the most of all"
    )
    frame = pd.DataFrame(
        {
            "name": rows["marketing_channel"],
            "value": rows["marginal_roi"],
            "low": rows["marginal_roi_low"],
            "high": rows["marginal_roi_high"],
            "strong": rows["marginal_roi_low"] > 1,
            "shown": [
                f"{decimal(r.marginal_roi)} ({decimal(r.marginal_roi_low)} to "
                f"{decimal(r.marginal_roi_high)}); average {decimal(r.average_roi)}"
                for r in rows.itertuples()
            ],
        }
    )
    return Chart(
        id="budget-marginal",
        title=finding,
        subtitle="Marginal ROI at today's spend with its 80 % interval; line: 1, where more spend "
        f"pays for itself; blue: surely above it; {CAVEAT}",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in frame.itertuples(index=False))
        + ".",
        frame=rows[["marketing_channel", "marginal_roi", "marginal_roi_low", "marginal_roi_high",
                    "average_roi"]],
        columns=(
            ChartColumn(name="marketing_channel", title="Marketing channel"),
            ChartColumn(name="marginal_roi", title="Marginal ROI", text=decimal),
            ChartColumn(name="marginal_roi_low", title="Low", text=decimal),
            ChartColumn(name="marginal_roi_high", title="High", text=decimal),
            ChartColumn(name="average_roi", title="Average ROI", text=decimal),
        ),
        specification=lambda width: interval_rows(
            frame, width, title="Contribution margin per unit of spend", reference=1.0
        ),
    )  # fmt: skip


def _curves_chart(result: Budget) -> Chart:
    currency = source_facts().currency
    rows = result.curves
    x_divisor, x_word = scale_of(float(rows["spend_amount"].max()))
    y_divisor, y_word = scale_of(float(rows["high_amount"].max()))
    frame = pd.DataFrame(
        {
            "part": rows["marketing_channel"],
            "x": rows["spend_amount"] / x_divisor,
            "value": rows["margin_amount"] / y_divisor,
            "low": rows["low_amount"] / y_divisor,
            "high": rows["high_amount"] / y_divisor,
        }
    )
    points = []
    for row in result.allocation.itertuples():
        curve = rows[rows["marketing_channel"] == row.marketing_channel]
        for kind, spend in (("today", row.current_amount), ("plan", row.optimal_amount)):
            margin = _interpolated(curve, float(spend))
            points.append(
                {
                    "part": row.marketing_channel,
                    "kind": kind,
                    "x": spend / x_divisor,
                    "value": margin / y_divisor,
                    "shown": f"{amount(spend, currency)}, {amount(margin, currency)}",
                }
            )
    marks = pd.DataFrame(points)
    steepest = result.allocation.loc[result.allocation["marginal_roi"].idxmax()]
    flattest = result.allocation.loc[result.allocation["marginal_roi"].idxmin()]
    finding = (
        f"{steepest['marketing_channel']} still climbs at today's spend, "
        f"{flattest['marketing_channel']} is the flattest"
    )
    x_title = " ".join(part for part in ("Spend a week,", x_word, currency) if part)
    y_title = " ".join(part for part in ("Contribution margin a week,", y_word, currency) if part)
    colours = channel_colours(result)
    step = max(1, len(rows) // (12 * max(1, rows["marketing_channel"].nunique())))
    return Chart(
        id="budget-curves",
        title=finding,
        subtitle="Incremental contribution margin a week by spend, with 80 % interval; open: "
        f"today, filled: plan; {CAVEAT}",
        alt=f"{finding}. A curve for each of {result.allocation.shape[0]} marketing channels.",
        frame=rows.iloc[::step],
        columns=(
            ChartColumn(name="marketing_channel", title="Marketing channel"),
            *(
                ChartColumn(name=name, title=title, text=lambda value: amount(value, currency))
                for name, title in (
                    ("spend_amount", "Spend"), ("margin_amount", "Margin"), ("low_amount", "Low"),
                    ("high_amount", "High"),
                )
            ),
        ),
        specification=lambda width: response_curves(
            frame, marks, width, titles=(x_title, y_title), colours=colours
        ),
    )  # fmt: skip


def _interpolated(curve: pd.DataFrame, spend: float) -> float:
    """Return the curve's margin at a spend between its points."""
    ordered = curve.sort_values("spend_amount")
    before = ordered[ordered["spend_amount"] <= spend].tail(1)
    after = ordered[ordered["spend_amount"] >= spend].head(1)
    if before.empty or after.empty:
        return float((before if after.empty else after)["margin_amount"].iloc[0])
    x0, y0 = (float(before[name].iloc[0]) for name in ("spend_amount", "margin_amount"))
    x1, y1 = (float(after[name].iloc[0]) for name in ("spend_amount", "margin_amount"))
    return y0 if x1 == x0 else y0 + (y1 - y0) * (spend - x0) / (x1 - x0)


