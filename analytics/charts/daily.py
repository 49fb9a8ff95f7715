"""A daily series with the band of what is usual, and the days beyond it."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts.layers import channel, layer, layered
from analytics.charts.lines import month_axis
from analytics.charts.palette import variable


def daily_band(frame: pd.DataFrame, width: int, *, title: str, height: int = 240) -> dict[str, Any]:
    """Return a line by day over the band of usual values, unusual days as points.

    Parameters
    ----------
    frame : DataFrame
        ``day``, ``value`` (null where not told), ``low``, ``high``, ``unusual`` (bool),
        ``shown`` (value as text).
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    height : int
        Height of the plot in pixels.
    """
    months = max(1, frame["day"].dt.to_period("M").nunique())
    x = channel("day:T", title=None, axis=month_axis(width, months))
    tooltip = [
        channel("day:T", title="Day", format="%a %-d %b %Y"),
        channel("shown:N", title="Value"),
    ]

    def y(field: str) -> dict[str, Any]:
        return channel(f"{field}:Q", title=title, scale={"zero": True}, axis={"tickCount": 5})

    known = frame[frame["value"].notna()]
    layers = [
        layer(
            frame,
            "area",
            {"x": x, "y": y("low"), "y2": {"field": "high"}},
            color=variable("accent"),
            opacity=0.16,
        ),
        layer(known, "line", {"x": x, "y": y("value")}, color=variable("accent"), strokeWidth=1.2),
    ]
    beyond = known[known["unusual"]]
    if len(beyond):
        layers.append(
            layer(
                beyond,
                "point",
                {"x": x, "y": y("value"), "tooltip": tooltip},
                color=variable("bad"),
                filled=True,
                size=70,
            )
        )
    return layered(layers, height=height).specification()
