"""Lines over time, with the points that matter labelled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from analytics.charts.palette import variable

_NARROW = 480


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
    zero: bool = False,
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
        text), optionally ``low`` and ``high``.
    title : str
        Axis title with its unit.
    zero : bool
        Whether the axis starts at zero.
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
    y = alt.Y(
        "value:Q",
        title=title,
        scale=alt.Scale(zero=zero, nice=True),
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
            base.mark_area(opacity=0.14).encode(x, alt.Y("low:Q", title=title), y2="high:Q",
                                                color=colour)
        )  # fmt: skip
    if threshold is not None:
        rule = alt.Chart(pd.DataFrame({"value": [threshold]}))
        layers.append(
            rule.mark_rule(strokeDash=[4, 3], color=variable("bad"), strokeWidth=1.2).encode(y)
        )
    layers.append(base.mark_line(interpolate="linear").encode(x, y, color=colour))
    layers.append(
        base.mark_point(size=160, opacity=0).encode(x, y, tooltip=tooltip)
    )
    marked = frame[(frame["note"] != "") | ~frame["complete"]]
    if len(marked):
        points = alt.Chart(marked)
        layers.append(
            points.transform_filter("datum.complete").mark_point(size=55, filled=True)
            .encode(x, y, color=colour)
        )  # fmt: skip
        layers.append(
            points.transform_filter("!datum.complete")
            .mark_point(size=55, filled=False, strokeWidth=1.6)
            .encode(x, y, stroke=colour, fill=alt.value(variable("paper")))
        )
        layers += _notes(marked, x, y)
    return alt.layer(*layers).properties(height=height).to_dict()


def _notes(marked: pd.DataFrame, x: alt.X, y: alt.Y) -> list[alt.Chart]:
    """Texts above their points, turned inwards at the right edge."""
    last = marked["month"].max()
    texts = marked[marked["note"] != ""].assign(
        at_edge=lambda rows: rows["month"] == last,
        below=lambda rows: rows.get("below", pd.Series(False, index=rows.index)),
    )
    layers = []
    for edge in (False, True):
        for below in (False, True):
            part = texts[(texts["at_edge"] == edge) & (texts["below"] == below)]
            if len(part):
                layers.append(
                    alt.Chart(part)
                    .mark_text(
                        dy=17 if below else -13,
                        align="right" if edge else "center",
                        dx=4 if edge else 0,
                        fontWeight=600,
                        color=variable("ink-2"),
                    )
                    .encode(x, y, text="note:N")
                )
    return layers
