"""Charts of the marketing budget."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn, part_colours
from analytics.charts.bars import dumbbells
from analytics.charts.curves import response_curves
from analytics.charts.intervals import interval_rows
from analytics.presentation.budget_plan import CAVEAT, shift_sentence, shifts
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    amount,
    decimal,
    scale_of,
    signed_amount,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Budget


def channel_colours(result: Budget) -> dict[str, str]:
    """Return the colour of every marketing channel."""
    return part_colours(result.allocation["marketing_channel"])


def plan_chart(result: Budget) -> Chart:
    """Return today's spend against the plan's."""
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
        + "; ".join(f"{r.part} {r.base_shown} to {r.current_shown}" for r in named_rows(frame))
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


def marginal_chart(result: Budget) -> Chart:
    """Return what one more unit of spend brings."""
    rows = result.allocation.sort_values(
        ["marginal_roi", "marketing_channel"], ascending=[False, True]
    ).reset_index(drop=True)
    top = first_row(rows)
    currency = source_facts().currency
    finding = (
        f"One more {currency} in {top.marketing_channel} brings "
        f"{decimal(top.marginal_roi)} of contribution margin, the most of all"
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
                for r in named_rows(rows)
            ],
        }
    )
    return Chart(
        id="budget-marginal",
        title=finding,
        subtitle="Marginal ROI at today's spend with its 80 % interval; line: 1, where more spend "
        f"pays for itself; blue: surely above it; {CAVEAT}",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame))
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


def curves_chart(result: Budget) -> Chart:
    """Return the response curves with today and the plan on them."""
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
    for row in named_rows(result.allocation):
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
    ordered = result.allocation.sort_values("marginal_roi")
    steepest = first_row(ordered.tail(1))
    flattest = first_row(ordered)
    finding = (
        f"{steepest.marketing_channel} still climbs at today's spend, "
        f"{flattest.marketing_channel} is the flattest"
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
