"""Lines over time, with the points that matter labelled."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any, Literal

import altair as alt
import pandas as pd

from analytics.charts.palette import variable

_ALIGNED: tuple[Literal["left", "center", "right"], ...] = ("left", "center", "right")


def month_axis(width: int, months: int) -> alt.Axis:
    """Return an axis of months whose labels do not touch at that width."""
    room = max(1, width // 90)
    step = next((n for n in (1, 2, 3, 6, 12) if months / n <= room), 12)
    return alt.Axis(
        format="%b %y", tickCount={"interval": "month", "step": step}, labelOverlap="greedy"
    )


def monthly_line(
    frame: pd.DataFrame,
    width: int,
    *,
    title: str,
    height: int = 240,
    threshold: float | None = None,
    colours: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return a line by month.

    Parameters
    ----------
    frame : DataFrame
        ``month``, ``value``, ``series`` (name of the line), ``complete`` (bool; partial
        months are open points), ``note`` (text at the point, or empty), ``shown`` (value as
        text), optionally ``low`` and ``high``, ``below`` (bool; the note stands below).
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    height : int
        Height of the plot in pixels.
    threshold : float, optional
        Value of a dashed rule.
    colours : mapping, optional
        Colour of each series; the accent where none is given.
    """
    names = list(dict.fromkeys(frame["series"]))
    mapping = colours or dict.fromkeys(names, variable("accent"))
    colour = alt.Color(
        "series:N",
        scale=alt.Scale(domain=names, range=[mapping[name] for name in names]),
        legend=None if len(names) == 1 else alt.Legend(title=None, symbolType="circle"),
    )
    x = alt.X("month:T", title=None, axis=month_axis(width, frame["month"].nunique()))
    scale = alt.Scale(domain=list(_domain(frame, threshold)), nice=False)
    y = alt.Y(
        "value:Q",
        title=title,
        scale=scale,
        axis=alt.Axis(tickCount=5),
    )
    tooltip = [
        alt.Tooltip("month:T", title="Month", format="%B %Y"),
        alt.Tooltip("shown:N", title="Value"),
    ]
    if len(names) > 1:
        tooltip.insert(0, alt.Tooltip("series:N", title="Line"))
    base = alt.Chart(frame)
    layers: list[alt.Chart] = []
    if "low" in frame and frame["low"].notna().any():
        layers.append(
            base.mark_area(opacity=0.14, clip=True).encode(
                x, alt.Y("low:Q", title=title, scale=scale), y2="high:Q", color=colour
            )
        )
    if threshold is not None:
        rule = alt.Chart(pd.DataFrame({"value": [threshold]}))
        layers.append(
            rule.mark_rule(strokeDash=[4, 3], color=variable("bad"), strokeWidth=1.2).encode(y)
        )
    layers.append(base.mark_line(interpolate="linear").encode(x, y, color=colour))
    layers.append(base.mark_point(size=160, opacity=0).encode(x, y, tooltip=tooltip))
    marked = frame[(frame["note"] != "") | ~frame["complete"]]
    if len(marked):
        whole, partial = marked[marked["complete"]], marked[~marked["complete"]]
        if len(whole):
            points = alt.Chart(whole).mark_point(size=55, filled=True)
            layers.append(points.encode(x, y, color=colour))
        if len(partial):
            points = alt.Chart(partial).mark_point(size=55, filled=False, strokeWidth=1.6)
            layers.append(
                points.encode(
                    x,
                    y,
                    stroke=alt.value(variable("accent")),
                    fill=alt.value(variable("paper")),
                )
            )
        layers += _notes(marked, frame, x, y)
    return alt.layer(*layers).properties(height=height).to_dict(validate=False)


def _domain(frame: pd.DataFrame, threshold: float | None) -> tuple[float, float]:
    """Ends of the axis: all values, the threshold, and room for the texts above and below."""
    values = frame["value"].tolist() + ([] if threshold is None else [threshold])
    low, high = min(values), max(values)
    room = (high - low or abs(high) or 1.0) * 0.16
    floor = low - room
    return (0.0 if low >= 0 and floor < 0 else floor), high + room


def _notes(marked: pd.DataFrame, frame: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Texts above or below their points, turned inwards near the edges."""
    first, last = frame["month"].min(), frame["month"].max()
    span = max((last - first).days, 1)
    place = (marked["month"] - first).dt.days / span
    texts = marked.assign(
        align=place.map(lambda at: "left" if at < 0.15 else "right" if at > 0.85 else "center"),
        below=marked.get("below", False),
    )
    texts = texts[texts["note"] != ""]
    layers = []
    for align, below in product(_ALIGNED, (False, True)):
        part = texts[(texts["align"] == align) & (texts["below"] == below)]
        if part.empty:
            continue
        mark = alt.Chart(part).mark_text(
            dy=17 if below else -13,
            dx={"left": -4, "right": 4}.get(align, 0),
            align=align,
            fontWeight=600,
            color=variable("ink-2"),
        )
        layers.append(mark.encode(x, y, text="note:N"))
    return layers
