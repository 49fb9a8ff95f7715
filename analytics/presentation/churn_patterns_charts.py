"""Charts of churn: survival curves and hazard ratios."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import Chart, ChartColumn
from analytics.charts.intervals import interval_rows
from analytics.charts.palette import part_colours, variable
from analytics.charts.survival import survival_curves
from analytics.presentation.formats import count, decimal, percent, sentence_start, words
from analytics.presentation.p_values import p_shown
from analytics.presentation.rows import first_row, named_rows
from analytics.results import ChurnPatterns

_MOST_DRIVERS = 12


def curve_chart(result: ChurnPatterns, dimension: str) -> Chart:
    """Return the share that has not left by time, by the parts of a dimension."""
    rows = result.curves[result.curves["dimension"] == dimension].reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "part": rows["part"].map(lambda part: "All" if part == "all" else part),
            "time": rows["time_days"],
            "value": rows["survival_rate"],
            "low": rows["low"],
            "high": rows["high"],
            "shown": [
                f"{percent(r.survival_rate)} ({percent(r.low)} to {percent(r.high)})"
                for r in named_rows(rows)
            ],
        }
    )
    finding = _finding(result, dimension, rows)
    everyone = {"All": variable("accent")}
    colours = everyone if dimension == "all" else part_colours(frame["part"])
    ends = frame.groupby("part", sort=True).tail(1)
    return Chart(
        id=f"survival-{dimension.replace('_', '-')}",
        title=finding,
        subtitle="Share of regular customers who have not left, by days since they were first "
        "watched; bands are 95 % intervals",
        alt=f"{finding}. Falling step curves that end at "
        + "; ".join(f"{r.part}: {r.shown} after {count(r.time)} days" for r in named_rows(ends))
        + ".",
        frame=rows[["part", "time_days", "survival_rate", "low", "high", "at_risk"]],
        columns=(
            ChartColumn(name="part", title="Part"),
            ChartColumn(name="time_days", title="Days", text=count),
            ChartColumn(name="survival_rate", title="Still customers", text=percent),
            ChartColumn(name="low", title="Low", text=percent),
            ChartColumn(name="high", title="High", text=percent),
            ChartColumn(name="at_risk", title="At risk", text=count),
        ),
        specification=lambda width: survival_curves(
            frame, width, titles=("Days", "Still customers"), colours=colours
        ),
    )


def _finding(result: ChurnPatterns, dimension: str, rows: pd.DataFrame) -> str:
    if dimension == "all":
        last: Any = first_row(rows.tail(1))
        return f"{percent(1 - last.survival_rate)} have left after {count(last.time_days)} days"
    name = words(dimension)
    test: Any = first_row(result.comparisons[result.comparisons["dimension"] == dimension])
    if test.corrected_p_value > 0.05:
        return f"Curves by {name} cannot be told apart"
    named = rows[~rows["part"].isin(["Other", "Unknown"])]
    named = named if named["part"].nunique() > 1 else rows
    # compared at the last time that all curves reach
    until = named.groupby("part")["time_days"].max().min()
    ends = named[named["time_days"] <= until].groupby("part")["survival_rate"].last()
    if ends.idxmin() == ends.idxmax():
        return f"Curves by {name} differ"
    return f"By {name}, {ends.idxmin()} customers leave soonest, {ends.idxmax()} last"


def drivers_chart(result: ChurnPatterns) -> Chart:
    """Return hazard ratios with their intervals on a scale of doublings."""
    rows = result.drivers[~result.drivers["definitional"]]
    finite = rows["low"].gt(0) & rows["high"].lt(1e3)
    rows = rows[finite].head(_MOST_DRIVERS).reset_index(drop=True)
    frame = pd.DataFrame(
        {
            "name": [sentence_start(_label(str(r.driver), str(r.unit))) for r in named_rows(rows)],
            "value": rows["hazard_ratio"],
            "low": rows["low"],
            "high": rows["high"],
            "strong": rows["significant"],
            "shown": [
                f"{decimal(r.hazard_ratio)} ({decimal(r.low)} to {decimal(r.high)})"
                for r in named_rows(rows)
            ],
        }
    )
    kept = int(result.drivers["significant"].sum())
    finding = (
        f"{sentence_start(_plain(str(first_row(rows).driver)))} goes with leaving most clearly"
        if kept and len(rows)
        else "Nothing goes with leaving beyond chance"
    )
    return Chart(
        id="hazard-ratios",
        title=finding,
        subtitle="Hazard ratio with 95 % interval: above 1 more likely to leave, below 1 less; "
        "blue: survives the correction",
        alt=f"{finding}. Points with intervals: "
        + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame))
        + ".",
        frame=rows.assign(name=frame["name"])[
            ["name", "hazard_ratio", "low", "high", "q_value", "proportional_p_value"]
        ],
        columns=(
            ChartColumn(name="name", title="Driver"),
            ChartColumn(name="hazard_ratio", title="Hazard ratio", text=decimal),
            ChartColumn(name="low", title="Low", text=decimal),
            ChartColumn(name="high", title="High", text=decimal),
            ChartColumn(name="q_value", title="q-value", text=p_shown),
            ChartColumn(name="proportional_p_value", title="Proportional, p", text=p_shown),
        ),
        specification=lambda width: interval_rows(
            frame, width, title="Hazard ratio", reference=1.0
        ),
    )


def _plain(driver: str) -> str:
    dimension, found, _ = driver.partition(" = ")
    return words(dimension) if found else driver


def _label(driver: str, unit: str) -> str:
    dimension, found, part = driver.partition(" = ")
    name = f"{words(dimension)}: {part}" if found else driver
    return f"{name} ({unit})"
