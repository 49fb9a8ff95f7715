"""Charts whose marks are chosen by a click: what is not chosen dims and stays."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts.layers import Part, channel, either, layer, layered
from analytics.charts.lines import month_axis
from analytics.charts.palette import variable
from analytics.charts.rows import name_texts, names_above, row_axis, row_height

DIMMED = 0.3
# Room at the right end of a bar's row for its value.
_VALUE_ROOM = 78


def filterable_months(frame: pd.DataFrame, width: int, *, title: str) -> dict[str, Any]:
    """Return a bar a month, a tick for the same month a year before.

    Parameters
    ----------
    frame : DataFrame
        ``month``, ``value``, ``base`` (a year before; null where not known), ``chosen`` (bool),
        ``complete`` (bool; partial months are outlined), ``shown`` and ``base_shown`` (texts).
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    """
    months = frame["month"].nunique()
    band = max(2.0, (width - 70) / max(months, 1))
    x = channel(
        "month:T",
        title=None,
        axis=month_axis(width, months),
        scale={"padding": max(4.0, band / 2)},
    )
    y = channel("value:Q", title=title, axis={"tickCount": 5, "format": "~s"})
    bars = {
        "x": x,
        "y": y,
        "tooltip": [
            channel("month:T", title="Month", format="%B %Y"),
            channel("shown:N", title="Value"),
            channel("base_shown:N", title="A year before"),
        ],
        "opacity": _dimmed(),
        "fill": either("datum.complete", variable("accent"), variable("paper")),
        "stroke": {"value": variable("accent")},
    }
    drawn = layer(frame, "bar", bars, width=band * 0.72, cursor="pointer", strokeWidth=1)
    ticks = {"x": x, "y": channel("base:Q", title=title), "opacity": _dimmed()}
    before = layer(frame, "tick", ticks, width=band * 0.9, thickness=2, color=variable("ink-2"))
    return layered([drawn, before], height=230).specification()


def filterable_parts(frame: pd.DataFrame, width: int, *, title: str) -> dict[str, Any]:
    """Return a bar a part, a tick for a year before, in the order of the rows.

    Parameters
    ----------
    frame : DataFrame
        ``part``, ``value``, ``base`` (null where not known), ``chosen`` (bool), ``shown`` and
        ``base_shown`` (texts).
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    """
    above = names_above(frame, "part", width)
    y = row_axis("part", width, above=above)
    scale = {"zero": True, "nice": False, "range": [0, {"expr": f"width - {_VALUE_ROOM}"}]}

    def x(field: str) -> Part:
        axis = {"tickCount": max(3, width // 150), "grid": True, "format": "~s"}
        return channel(f"{field}:Q", title=title, scale=scale, axis=axis)

    tooltip = [
        channel("part:N", title="Part"),
        channel("shown:N", title="Value"),
        channel("base_shown:N", title="A year before"),
    ]
    # A row answers to a click over its whole width, be its bar ever so short.
    row = {"x": {"value": 0}, "x2": {"value": {"expr": "width"}}, "y": y, "tooltip": tooltip}
    hit = layer(frame, "bar", row, height=26, opacity=0.001, cursor="pointer", color="#888888")
    bar = {"x": x("value"), "y": y, "opacity": _dimmed(), "tooltip": tooltip}
    bars = layer(
        frame, "bar", bar, height=16, cornerRadiusEnd=2, cursor="pointer", color=variable("accent")
    )
    tick = {"x": x("base"), "y": y, "opacity": _dimmed()}
    ticks = layer(frame, "tick", tick, height=24, thickness=2, color=variable("ink-2"))
    word = {
        "x": {"value": {"expr": "width"}},
        "y": y,
        "text": channel("shown:N"),
        "opacity": _dimmed(),
    }
    words = layer(frame, "text", word, align="right", fontWeight=600, color=variable("ink-2"))
    labels = [name_texts(frame, "part", y, width)] if above else []
    height = row_height(above=above) * max(1, len(frame))
    return layered([hit, bars, ticks, words, *labels], height=height).specification()


def _dimmed() -> Part:
    return {"condition": {"test": "datum.chosen", "value": 1}, "value": DIMMED}
