"""A matrix of coefficients in seven classes of colour."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts.layers import channel, either, layer, layered
from analytics.charts.palette import variable

EDGES = (-0.5, -0.3, -0.1, 0.1, 0.3, 0.5)
_CLASSES = ("minus-3", "minus-2", "minus-1", "zero", "plus-1", "plus-2", "plus-3")


def coefficient_heatmap(
    frame: pd.DataFrame, width: int, *, order: tuple[str, ...], title: str
) -> dict[str, Any]:
    """Return the lower triangle of a matrix of coefficients from -1 to 1.

    Parameters
    ----------
    frame : DataFrame
        ``row``, ``column``, ``value``, ``mark`` (sign in the cell, or empty), ``shown``.
    width : int
        Width of the whole chart in pixels.
    order : tuple of str
        The variables, in the order of rows and columns.
    title : str
        Title of the legend.
    """
    narrow = width < 480
    colour = channel(
        "value:Q",
        title=title,
        scale={
            "type": "threshold",
            "domain": list(EDGES),
            "range": [variable(name) for name in _CLASSES],
        },
        legend={
            "type": "gradient",
            "orient": "top",
            "gradientLength": 190 if narrow else 300,
            "format": ".1f",
            "direction": "horizontal",
            "labelOverlap": narrow,
        },
    )
    angle = {"labelAngle": -90 if narrow else -40, "labelLimit": 180, "domain": False}
    x = channel("column:N", title=None, sort=list(order), axis=angle)
    y = channel("row:N", title=None, sort=list(order), axis={"labelLimit": 180})
    tooltip = [
        channel("row:N", title="Variable"),
        channel("column:N", title="With"),
        channel("shown:N", title="Association"),
    ]
    encoding = {"x": x, "y": y, "color": colour, "tooltip": tooltip}
    layers = [layer(frame, "rect", encoding, stroke=variable("paper"), strokeWidth=1.5)]
    marks = frame[frame["mark"] != ""]
    if len(marks):
        dark = f"abs(datum.value) >= {EDGES[-1]}"
        ink = either(dark, variable("paper"), variable("ink"))
        signs = {"x": x, "y": y, "text": channel("mark:N"), "color": ink}
        layers.append(layer(marks, "text", signs, fontSize=12))
    size = (18 if narrow else 26) * len(order)
    return layered(layers, height=max(120, size)).specification()
