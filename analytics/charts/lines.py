"""Lines over time, with the points that matter labelled."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import pandas as pd

from analytics.charts.layers import Layer, Part, channel, layer, layered, series_legend
from analytics.charts.palette import variable

_ALIGNED = ("left", "center", "right")


def month_axis(width: int, months: int) -> Part:
    """Return an axis of months whose labels do not touch at that width."""
    room = max(1, width // 90)
    step = next((n for n in (1, 2, 3, 6, 12) if months / n <= room), 12)
    return {
        "format": "%b %y",
        "tickCount": {"interval": "month", "step": step},
        "labelOverlap": "greedy",
    }


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
    colour = channel(
        "series:N",
        scale={"domain": names, "range": [mapping[name] for name in names]},
        # Beside the title of the axis, which stands above the plot, there is no room for it.
        legend=series_legend(names, width),
    )
    x = channel("month:T", title=None, axis=month_axis(width, frame["month"].nunique()))
    scale = {"domain": list(_domain(frame, threshold)), "nice": False}
    y = channel("value:Q", title=title, scale=scale, axis={"tickCount": 5})
    tooltip = [
        channel("month:T", title="Month", format="%B %Y"),
        channel("shown:N", title="Value"),
    ]
    if len(names) > 1:
        tooltip.insert(0, channel("series:N", title="Line"))
    layers: list[Layer] = []
    if "low" in frame and frame["low"].notna().any():
        band = {
            "x": x,
            "y": channel("low:Q", title=title, scale=scale),
            "y2": {"field": "high"},
            "color": colour,
        }
        layers.append(layer(frame, "area", band, opacity=0.14, clip=True))
    if threshold is not None:
        at = pd.DataFrame({"value": [threshold]})
        dashed = {"strokeDash": [4, 3], "strokeWidth": 1.2}
        layers.append(layer(at, "rule", {"y": y}, color=variable("bad"), **dashed))
    layers.append(layer(frame, "line", {"x": x, "y": y, "color": colour}, interpolate="linear"))
    layers.append(layer(frame, "point", {"x": x, "y": y, "tooltip": tooltip}, size=160, opacity=0))
    marked = frame[(frame["note"] != "") | ~frame["complete"]]
    if len(marked):
        whole, partial = marked[marked["complete"]], marked[~marked["complete"]]
        if len(whole):
            point = {"x": x, "y": y, "color": colour}
            layers.append(layer(whole, "point", point, size=55, filled=True))
        if len(partial):
            point = {
                "x": x,
                "y": y,
                "stroke": {"value": variable("accent")},
                "fill": {"value": variable("paper")},
            }
            layers.append(layer(partial, "point", point, size=55, filled=False, strokeWidth=1.6))
        layers += _notes(marked, frame, x, y)
    return layered(layers, height=height).specification()


def _domain(frame: pd.DataFrame, threshold: float | None) -> tuple[float, float]:
    """Ends of the axis: all values, the threshold, and room for the texts above and below."""
    values = frame["value"].tolist() + ([] if threshold is None else [threshold])
    low, high = min(values), max(values)
    room = (high - low or abs(high) or 1.0) * 0.16
    floor = low - room
    return (0.0 if low >= 0 and floor < 0 else floor), high + room


def _notes(marked: pd.DataFrame, frame: pd.DataFrame, x: Part, y: Part) -> list[Layer]:
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
        encoding = {"x": x, "y": y, "text": channel("note:N")}
        layers.append(
            layer(
                part,
                "text",
                encoding,
                dy=17 if below else -13,
                dx={"left": -4, "right": 4}.get(align, 0),
                align=align,
                fontWeight=600,
                color=variable("ink-2"),
            )
        )
    return layers
