"""Charts of the patterns: clarity of splits, lifts, and the course of a series."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import Chart, ChartColumn
from analytics.charts.daily import daily_band
from analytics.charts.intervals import interval_rows
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    count,
    decimal,
    in_unit,
    percent,
    scale_of,
    sentence_start,
    words,
)
from analytics.presentation.p_values import p_shown
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Anomalies, AssociationRules, Clusters

_MOST_LIFTS = 15
_SHOWN_DAYS = 182


def silhouette_chart(result: Clusters) -> Chart:
    """Return the silhouette of each split beside that of one cloud."""
    rows = result.choices
    parts = []
    for row in named_rows(rows):
        cloud = (row.one_cloud_low + row.one_cloud_high) / 2
        stable = f"{row.clusters} groups"
        parts.append((stable, row.silhouette, row.low, row.high, row.distinct))
        parts.append(
            (
                f"{row.clusters} groups, one cloud",
                cloud,
                row.one_cloud_low,
                row.one_cloud_high,
                False,
            )
        )
    frame = pd.DataFrame(parts, columns=["name", "value", "low", "high", "strong"])
    frame["shown"] = [
        f"{decimal(r.value)} ({decimal(r.low)} to {decimal(r.high)})" for r in named_rows(frame)
    ]
    finding = (
        f"Behaviour shows {result.groups} groups"
        if result.groups > 1
        else "No split is clearer than that of one cloud, and stable"
    )
    return Chart(
        id="cluster-silhouettes",
        title=finding,
        subtitle="Mean silhouette with its 95 % interval, and that of one cloud of customers with "
        "the same spread; blue: clearer than it, and found again in half-samples",
        alt=f"{finding}. Points with intervals: "
        + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame))
        + ".",
        frame=rows[
            ["clusters", "silhouette", "low", "high", "stability", "chosen_rate", "agreement"]
        ],
        columns=(
            ChartColumn(name="clusters", title="Groups", text=count),
            ChartColumn(name="silhouette", title="Silhouette", text=decimal),
            ChartColumn(name="low", title="Low", text=decimal),
            ChartColumn(name="high", title="High", text=decimal),
            ChartColumn(name="stability", title="Stability", text=decimal),
            ChartColumn(name="chosen_rate", title="Best in", text=percent),
            ChartColumn(name="agreement", title="Agreement with segments", text=decimal),
        ),
        specification=lambda width: interval_rows(frame, width, title="Mean silhouette"),
    )


def lift_chart(result: AssociationRules, scope: Any, basket: str) -> Chart:
    """Return the lifts of a scope's rules, those farthest from chance."""
    rows = result.rules[result.rules["scope"] == scope.scope].reset_index(drop=True)
    surest = rows["p_value"].sort_values(kind="stable").index[:_MOST_LIFTS]
    rows = rows.loc[surest].sort_values("lift", ascending=False, kind="stable")
    rows = rows.reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "name": [f"{r.antecedent} → {r.consequent}" for r in named_rows(rows)],
            "value": rows["lift"],
            "low": rows["low"],
            "high": rows["high"],
            "strong": rows["significant"],
            "shown": [
                f"{decimal(r.lift)} ({decimal(r.low)} to {decimal(r.high)})"
                for r in named_rows(rows)
            ],
        }
    )
    kept = rows[rows["significant"]]
    if kept.empty:
        finding = "Every lift may be 1: what is bought together is chance"
    else:
        row = first_row(kept.loc[[(kept["lift"] - 1).abs().idxmax()]])
        way = "together" if row.lift > 1 else "apart"
        finding = f"{row.antecedent} and {row.consequent} go {way} most"
    return Chart(
        id=f"lifts-{scope.scope}",
        title=finding,
        subtitle=f"Lift with its 95 % interval, in {basket}: baskets with all of them over those "
        "expected of baskets of the same size; blue: survives the correction",
        alt=f"{finding}. Points with intervals: "
        + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame))
        + ".",
        frame=rows.assign(rule=frame["name"])[
            ["rule", "baskets", "lift", "low", "high", "q_value"]
        ],
        columns=(
            ChartColumn(name="rule", title="Rule"),
            ChartColumn(name="baskets", title="Baskets", text=count),
            ChartColumn(name="lift", title="Lift", text=decimal),
            ChartColumn(name="low", title="Low", text=decimal),
            ChartColumn(name="high", title="High", text=decimal),
            ChartColumn(name="q_value", title="q-value", text=p_shown),
        ),
        specification=lambda width: interval_rows(frame, width, title="Lift", reference=1.0),
    )


def day_chart(result: Anomalies, series: str) -> Chart:
    """Return half a year of a series: about its most unusual day, or the latest."""
    currency = source_facts().currency
    unit = "count" if series == "orders" else "currency"
    rows = result.days[result.days["series"] == series].reset_index(drop=True)
    found = result.anomalies[result.anomalies["series"] == series]
    last = len(rows)
    if len(found):
        at = int((rows["day"] == first_row(found).day).to_numpy().argmax())
        last = min(len(rows), at + _SHOWN_DAYS // 2)
    rows = rows.iloc[max(0, last - _SHOWN_DAYS) : last].reset_index(drop=True)
    largest = float(rows[["observed", "high"]].max().max())
    divisor, word = scale_of(largest) if unit == "currency" else (1.0, "")
    frame = pd.DataFrame(
        {
            "day": rows["day"],
            "value": rows["observed"] / divisor,
            "low": rows["low"] / divisor,
            "high": rows["high"] / divisor,
            "unusual": rows["unusual"],
            "shown": [in_unit(value, unit, currency) for value in rows["observed"]],
        }
    )
    name = words(series)
    beyond = int(frame["unusual"].sum())
    finding = (
        f"{sentence_start(name)} left its course on {count(beyond)} "
        f"{'day' if beyond == 1 else 'days'} of this half-year"
        if beyond
        else f"{sentence_start(name)} kept to its course"
    )
    axis = ", ".join(
        part for part in (sentence_start(name), " ".join(p for p in (word, currency) if p)) if part
    )
    axis = sentence_start(name) if unit == "count" else axis
    first, end = (f"{rows['day'].iloc[at]:%-d %b %Y}" for at in (0, -1))
    return Chart(
        id=f"days-{series.replace('_', '-')}",
        title=finding,
        subtitle=f"{axis} by day, {first} to {end}; "
        "band: what is usual on such a day; points: beyond it",
        alt=f"{finding}. Line by day within a band.",
        frame=rows[["day", "observed", "expected", "low", "high"]],
        columns=(
            ChartColumn(name="day", title="Day", text=lambda value: f"{value:%Y-%m-%d}"),
            ChartColumn(
                name="observed", title="Observed", text=lambda v: in_unit(v, unit, currency)
            ),
            ChartColumn(
                name="expected", title="Expected", text=lambda v: in_unit(v, unit, currency)
            ),
            ChartColumn(name="low", title="Low", text=lambda v: in_unit(v, unit, currency)),
            ChartColumn(name="high", title="High", text=lambda v: in_unit(v, unit, currency)),
        ),
        specification=lambda width: daily_band(frame, width, title=axis),
    )
