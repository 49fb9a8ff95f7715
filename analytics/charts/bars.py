"""Parts compared: changes to the left and right of zero, and now against then."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts.layers import Part, channel, either, layer, layered
from analytics.charts.palette import variable
from analytics.charts.rows import (
    name_texts,
    names_above,
    row_axis,
    row_height,
    text_room,
)


def change_bars(
    frame: pd.DataFrame,
    width: int,
    *,
    title: str,
    colours: tuple[str, str] = ("plus-2", "minus-2"),
) -> dict[str, Any]:
    """Return horizontal bars that grow to both sides of zero, in the order of the rows.

    Parameters
    ----------
    frame : DataFrame
        ``part``, ``value``, ``shown`` (value as text beside the bar).
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    colours : tuple of str
        Tokens for values of at least zero, and below.
    """
    low, high = min(0.0, frame["value"].min()), max(0.0, frame["value"].max())
    above = names_above(frame, "part", width)
    room = text_room(frame, "shown", "part", width, above=above)
    domain = [low, low + ((high - low) or 1.0) / (1 - room)]
    y = row_axis("part", width, above=above)
    x = channel(
        "value:Q",
        title=title,
        scale={"domain": domain, "nice": False},
        axis={"tickCount": max(3, width // 130), "grid": True},
    )
    tooltip = [channel("part:N", title="Part"), channel("shown:N", title="Value")]
    colour = either("datum.value >= 0", variable(colours[0]), variable(colours[1]))
    encoding = {"x": x, "y": y, "color": colour, "tooltip": tooltip}
    bars = layer(frame, "bar", encoding, height=16, cornerRadiusEnd=2)
    # Texts of bars to the left stand at the right of zero, where there is always room.
    ends = frame.assign(end=frame["value"].clip(lower=0.0))
    encoding = {"x": channel("end:Q"), "y": y, "text": channel("shown:N")}
    texts = layer(
        ends, "text", encoding, dx=6, align="left", fontWeight=600, color=variable("ink-2")
    )
    origin = pd.DataFrame({"value": [0.0]})
    zero = layer(origin, "rule", {"x": channel("value:Q")}, color=variable("line-strong"))
    names = [name_texts(frame, "part", y, width)] if above else []
    height = row_height(above=above) * max(1, len(frame))
    return layered([bars, zero, texts, *names], height=height).specification()


def dumbbells(
    frame: pd.DataFrame, width: int, *, title: str, names: tuple[str, str]
) -> dict[str, Any]:
    """Return now (filled) against then (open), one row a part, in the order of the rows.

    Parameters
    ----------
    frame : DataFrame
        ``part``, ``base``, ``current``, ``shown`` (text beside the points).
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    names : tuple of str
        What then and now are called in tooltips.
    """
    rows = frame.assign(end=frame[["base", "current"]].max(axis=1))
    top = float(rows["end"].max()) or 1.0
    above = names_above(frame, "part", width)
    room = text_room(frame, "shown", "part", width, above=above)
    scale = {"domain": [0.0, top / (1 - room)], "nice": False}
    y = row_axis("part", width, above=above)

    def x(field: str) -> Part:
        axis = {"tickCount": max(3, width // 130), "grid": True}
        return channel(f"{field}:Q", title=title, scale=scale, axis=axis)

    tooltip = [
        channel("part:N", title="Part"),
        channel("base_shown:N", title=names[0]),
        channel("current_shown:N", title=names[1]),
    ]
    ends = {"x": x("base"), "x2": {"field": "current"}, "y": y}
    line = layer(rows, "rule", ends, strokeWidth=3, color=variable("muted"))
    open_point = {
        "x": x("base"),
        "y": y,
        "stroke": {"value": variable("ink-3")},
        "fill": {"value": variable("paper")},
        "tooltip": tooltip,
    }
    then = layer(rows, "point", open_point, size=64, filled=False, strokeWidth=1.8)
    filled_point = {"x": x("current"), "y": y, "tooltip": tooltip}
    now = layer(rows, "point", filled_point, size=90, filled=True, color=variable("accent"))
    words = {"x": x("end"), "y": y, "text": channel("shown:N")}
    text = layer(rows, "text", words, dx=11, align="left", fontWeight=600)
    labels = [name_texts(rows, "part", y, width)] if above else []
    height = row_height(above=above) * max(1, len(rows))
    return layered([line, then, now, text, *labels], height=height).specification()
