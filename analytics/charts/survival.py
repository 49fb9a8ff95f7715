"""Shares that are left, by the time since the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.charts.layers import channel, layer, layered, series_legend


def survival_curves(
    frame: pd.DataFrame, width: int, *, titles: tuple[str, str], colours: Mapping[str, str]
) -> dict[str, Any]:
    """Return step curves with their bands.

    Parameters
    ----------
    frame : DataFrame
        ``part``, ``time``, ``value``, ``low``, ``high`` (0 to 1), ``shown``.
    width : int
        Width of the whole chart in pixels.
    titles : tuple of str
        Axis titles with units, time and share.
    colours : mapping
        Colour of each part, in the order of the legend.
    """
    names = list(colours)
    colour = channel(
        "part:N",
        scale={"domain": names, "range": [colours[name] for name in names]},
        legend=series_legend(names, width),
    )
    floor = float(frame[["low", "value"]].min().min())
    scale = {"domain": [max(0.0, floor - 0.05), 1.0], "nice": False, "zero": False}
    axis = {"format": ".0%", "tickCount": 5}
    x = channel("time:Q", title=titles[0], axis={"tickCount": max(3, width // 110)})
    y = channel("value:Q", title=titles[1], scale=scale, axis=axis)
    band = {
        "x": x,
        "y": channel("low:Q", title=titles[1], scale=scale, axis=axis),
        "y2": {"field": "high"},
        "color": colour,
    }
    bands = frame[frame["low"].notna()]
    tooltip = [
        channel("part:N", title="Part"),
        channel("time:Q", title=titles[0]),
        channel("shown:N", title="Still customers"),
    ]
    layers = [
        layer(bands, "area", band, opacity=0.13, interpolate="step-after", clip=True),
        layer(
            frame, "line", {"x": x, "y": y, "color": colour}, interpolate="step-after", clip=True
        ),
        layer(
            frame,
            "point",
            {"x": x, "y": y, "color": colour, "tooltip": tooltip},
            size=60,
            opacity=0,
        ),
    ]
    return layered(layers, height=280).specification()
