"""Charts of customers: the retention triangle, retention curves, and shares of revenue."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.charts.layers import Layer, channel, either, layer, layered, series_legend
from analytics.charts.palette import variable

SHADES = ("zero", "plus-1", "plus-2", "plus-3")


def retention_triangle(
    frame: pd.DataFrame, width: int, *, edges: tuple[float, float, float], rows: int
) -> dict[str, Any]:
    """Return cohorts in rows, months since the first order in columns, shares as shades.

    Parameters
    ----------
    frame : DataFrame
        ``cohort`` (name), ``months_since``, ``value`` (0 to 1), ``mark`` (text in the cell, or
        empty), ``dark`` (bool; the text stands on a dark shade), ``shown``.
    width : int
        Width of the whole chart in pixels.
    edges : tuple of float
        Where the four shades part.
    rows : int
        Cohorts.
    """
    narrow = width < 480
    colour = channel(
        "value:Q",
        title="Share active",
        scale={
            "type": "threshold",
            "domain": list(edges),
            "range": [variable(name) for name in SHADES],
        },
        legend={"orient": "top", "direction": "horizontal", "format": ".0%"},
    )
    x = channel(
        "months_since:O",
        title="Months since the first order",
        axis={"labelAngle": 0, "labelOverlap": "greedy", "domain": False, "orient": "bottom"},
    )
    y = channel("cohort:N", title=None, sort=None, axis={"labelOverlap": "greedy"})
    tooltip = [
        channel("cohort:N", title="Cohort"),
        channel("months_since:O", title="Months since"),
        channel("shown:N", title="Active"),
    ]
    encoding = {"x": x, "y": y, "color": colour, "tooltip": tooltip}
    layers: list[Layer] = [layer(frame, "rect", encoding, stroke=variable("paper"), strokeWidth=1)]
    marked = frame[frame["mark"] != ""]
    if len(marked) and not narrow:
        text = {
            "x": x,
            "y": y,
            "text": channel("mark:N"),
            "color": either("datum.dark", variable("paper"), variable("ink")),
        }
        layers.append(layer(marked, "text", text, fontSize=11))
    return layered(layers, height=max(60, rows * (14 if narrow else 19))).specification()


def share_lines(
    frame: pd.DataFrame, width: int, *, titles: tuple[str, str], colours: Mapping[str, str]
) -> dict[str, Any]:
    """Return shares over a number, a line a series, with bands where ends are given.

    Parameters
    ----------
    frame : DataFrame
        ``series``, ``x``, ``value``, ``low``, ``high`` (0 to 1, ends may be null), ``shown``.
    width : int
        Width of the whole chart in pixels.
    titles : tuple of str
        Axis titles with units.
    colours : mapping
        Colour of each series, in the order of the legend.
    """
    names = list(colours)
    colour = channel(
        "series:N",
        scale={"domain": names, "range": [colours[name] for name in names]},
        legend=series_legend(names, width),
    )
    x = channel("x:Q", title=titles[0], axis={"tickCount": max(3, width // 110)})
    axis = {"format": ".0%", "tickCount": 5}
    y = channel("value:Q", title=titles[1], axis=axis)
    layers: list[Layer] = []
    band = frame[frame["low"].notna()]
    if len(band):
        area = {"x": x, "y": channel("low:Q", axis=axis), "y2": {"field": "high"}, "color": colour}
        layers.append(layer(band, "area", area, opacity=0.14))
    layers.append(layer(frame, "line", {"x": x, "y": y, "color": colour}))
    tooltip = [
        channel("series:N", title="Line"),
        channel("x:Q", title=titles[0]),
        channel("shown:N", title=titles[1]),
    ]
    points = {"x": x, "y": y, "tooltip": tooltip}
    layers.append(layer(frame, "point", points, size=120, opacity=0))
    return layered(layers, height=240).specification()
