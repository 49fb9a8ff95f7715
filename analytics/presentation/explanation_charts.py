"""Charts of what moves a model's predictions; the same for lifetime value and churn."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics.charts import Chart, ChartColumn
from analytics.charts.intervals import interval_rows
from analytics.charts.models import dependence_panels, swarm_rows
from analytics.charts.waterfall import waterfall
from analytics.presentation.correlations import variable_name
from analytics.presentation.formats import (
    count,
    decimal,
    is_known,
    percent,
    sentence_start,
    signed,
)
from analytics.presentation.rows import first_row, largest_row, named_rows

_FEATURES = {
    "expected_margin_amount": "expected margin (BG/NBD)",
    "expected_purchases": "expected orders (BG/NBD)",
    "expected_purchase_amount": "expected order value",
    "alive_probability": "chance of still being there",
    "yearly_orders": "orders a year",
    "yearly_net_revenue_amount": "net revenue a year",
    "yearly_contribution_margin_amount": "contribution margin a year",
    "silence_log_odds": "chance of silence (BG/NBD)",
    "expected_orders": "orders expected in the window",
    "window_days": "length of the window, days",
    "overdue_ratio": "silence in usual gaps",
    "pace_ratio": "recent pace against the usual one",
    "yearly_tickets": "tickets a year",
    "yearly_unresolved_tickets": "unresolved tickets a year",
    "last_satisfaction": "last satisfaction answer",
}
_TOP = 12


def feature_name(name: object) -> str:
    """Return a feature in words, with a capital."""
    return sentence_start(_FEATURES.get(str(name), variable_name(str(name))))


def importance_chart(
    rows: pd.DataFrame, *, id: str, unit: str, shown: Callable[[float], str]
) -> Chart:
    """Return mean absolute SHAP values with their range over bootstrap refits."""
    rows = rows.head(_TOP).reset_index(drop=True)
    rows["name"] = rows["feature"].map(feature_name)
    top = first_row(rows)
    firm = int((rows["worst_rank"] <= 3).sum())
    finding = f"{top.name} moves predictions most"
    frame = pd.DataFrame(
        {
            "name": rows["name"],
            "value": rows["mean_absolute_shap"],
            "low": rows[["low", "mean_absolute_shap"]].min(axis=1),
            "high": rows[["high", "mean_absolute_shap"]].max(axis=1),
            "strong": rows["permutation_loss"] > 0,
            "shown": [
                f"{shown(r.mean_absolute_shap)} ({shown(r.low)} to {shown(r.high)})"
                for r in named_rows(rows)
            ],
        }
    )
    return Chart(
        id=id,
        title=finding,
        subtitle=f"Mean absolute SHAP value, {unit}; line: range over bootstrap refits; grey: "
        "shuffling it does not hurt",
        alt=f"{finding}. {count(firm)} features stay among the first three in every refit. "
        + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame))
        + ".",
        frame=rows,
        columns=(
            ChartColumn(name="name", title="Feature"),
            ChartColumn(name="mean_absolute_shap", title="Mean absolute SHAP", text=shown),
            ChartColumn(
                name="permutation_loss",
                title="Loss added by shuffling",
                text=lambda value: f"{value:.4g}" if is_known(value) else "",
            ),
            ChartColumn(name="best_rank", title="Best rank", text=count),
            ChartColumn(name="worst_rank", title="Worst rank", text=count),
        ),
        specification=lambda width: interval_rows(
            frame, width, title=f"Mean absolute SHAP value, {unit}"
        ),
    )


def beeswarm_chart(rows: pd.DataFrame, *, id: str, unit: str, customers: int) -> Chart:
    """Return SHAP values of a sample, counted in classes, one row a feature."""
    rows = rows.assign(name=rows["feature"].map(feature_name))
    first = rows["name"].iloc[0]
    own = rows[(rows["name"] == first) & rows["level_rate"].notna()]
    way = own["shap"].corr(own["level_rate"]) if len(own) > 2 else float("nan")
    finding = (
        f"{first}: {'high' if way > 0 else 'low'} values raise the prediction"
        if is_known(way)
        else f"{first} spreads predictions most"
    )
    frame = pd.DataFrame(
        {
            "name": rows["name"],
            "shap": rows["shap"],
            "level": rows["level_rate"],
            "customers": rows["customers"],
            "shown": [
                f"{count(r.customers)} customers, {signed(decimal(abs(r.shap), 3), r.shap)}"
                for r in named_rows(rows)
            ],
        }
    )
    return Chart(
        id=id,
        title=finding,
        subtitle=f"SHAP values of {count(customers)} customers, {unit}; size: customers; colour: "
        "value of the feature; grey: categories",
        alt=f"{finding}. A row of circles for each of {rows['name'].nunique()} features.",
        frame=rows[["name", "shap", "level_rate", "customers"]],
        columns=(
            ChartColumn(name="name", title="Feature"),
            ChartColumn(name="shap", title="SHAP value", text=lambda v: decimal(v, 3)),
            ChartColumn(name="level_rate", title="Feature value (rank)",
                        text=lambda v: percent(v, 0)),
            ChartColumn(name="customers", title="Customers", text=count),
        ),
        specification=lambda width: swarm_rows(frame, width, title=f"SHAP value, {unit}"),
    )  # fmt: skip


def dependence_chart(rows: pd.DataFrame, *, id: str, unit: str) -> Chart:
    """Return the SHAP value over the feature's value for the top features."""
    rows = rows.assign(name=rows["feature"].map(feature_name))
    spans = rows.groupby("name", sort=False)["shap"].agg(lambda values: values.max() - values.min())
    widest = str(spans.idxmax())
    finding = f"Predictions bend most along: {widest[:1].lower()}{widest[1:]}"
    return Chart(
        id=id,
        title=finding,
        subtitle=f"Median SHAP value, {unit}, over the feature's value; band: middle 80 % of "
        "customers",
        alt=f"{finding}. Small charts for {', '.join(spans.index)}.",
        frame=rows[["name", "level", "shap", "low", "high", "customers"]],
        columns=(
            ChartColumn(name="name", title="Feature"),
            ChartColumn(name="level", title="Value", text=lambda v: decimal(v, 2)),
            ChartColumn(name="shap", title="SHAP value", text=lambda v: decimal(v, 3)),
            ChartColumn(name="low", title="10th percentile", text=lambda v: decimal(v, 3)),
            ChartColumn(name="high", title="90th percentile", text=lambda v: decimal(v, 3)),
            ChartColumn(name="customers", title="Customers", text=count),
        ),
        specification=lambda width: dependence_panels(rows, width, title=f"SHAP value, {unit}"),
    )


def waterfall_chart(
    rows: pd.DataFrame, *, id: str, unit: str, shown: Callable[[float], str]
) -> Chart:
    """Return the steps from the mean prediction to one customer's."""
    rows = rows.reset_index(drop=True)
    customer = str(rows["customer"].iloc[0])
    base, prediction = float(rows["base"].iloc[0]), float(rows["prediction"].iloc[0])
    biggest = largest_row(rows, "shap")
    finding = f"{feature_name(biggest.feature)} moves customer {customer} most"
    starts, ends, at = [base], [base], base
    names = ["Mean prediction"]
    kinds = ["total"]
    for row in named_rows(rows):
        names.append(feature_name(row.feature) + (f" = {row.level}" if row.level else ""))
        kinds.append("change")
        starts.append(at)
        at += row.shap
        ends.append(at)
    names.append("This customer")
    kinds.append("total")
    starts.append(0.0)
    ends.append(prediction)
    starts[0] = 0.0
    frame = pd.DataFrame(
        {
            "step": names,
            "kind": kinds,
            "start": starts,
            "end": ends,
            "shown": [
                shown(end) if kind == "total" else signed(shown(abs(end - start)), end - start)
                for kind, start, end in zip(kinds, starts, ends, strict=True)
            ],
        }
    )
    return Chart(
        id=id,
        title=finding,
        subtitle=f"From the mean prediction to that of customer {customer}, {unit}",
        alt=f"{finding}. " + "; ".join(f"{r.step} {r.shown}" for r in named_rows(frame)) + ".",
        frame=frame[["step", "shown"]],
        columns=(
            ChartColumn(name="step", title="Step"),
            ChartColumn(name="shown", title="Value"),
        ),
        specification=lambda width: waterfall(frame, width, title=unit),
    )
