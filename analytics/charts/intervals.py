"""Estimates with their intervals, one row each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts.layers import channel, either, layer, layered
from analytics.charts.palette import variable
from analytics.charts.rows import name_texts, names_above, row_axis, row_height


def interval_rows(
    frame: pd.DataFrame,
    width: int,
    *,
    title: str,
    reference: float | None = None,
    domain: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """Return points with interval lines, in the order of the rows.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``value``, ``low``, ``high`` (null where not known), ``strong`` (bool; the
        others are grey), ``shown`` (text for the tooltip).
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    reference : float, optional
        Value of a vertical rule.
    domain : tuple of float, optional
        Ends of the axis.
    """
    above = names_above(frame, "name", width)
    y = row_axis("name", width, above=above)
    scale = {"domain": list(domain)} if domain else {"zero": False, "nice": True}
    axis = {"tickCount": max(3, width // 130), "grid": True}
    colour = either("datum.strong", variable("accent"), variable("line-strong"))
    tooltip = [channel("name:N", title="Row"), channel("shown:N", title="Value")]
    ends = {
        "x": channel("low:Q", title=title, scale=scale, axis=axis),
        "x2": {"field": "high"},
        "y": y,
        "color": colour,
    }
    middle = {
        "x": channel("value:Q", title=title, scale=scale, axis=axis),
        "y": y,
        "color": colour,
        "tooltip": tooltip,
    }
    layers = [
        layer(frame, "rule", ends, strokeWidth=2.4),
        layer(frame, "point", middle, size=80, filled=True),
    ]
    if reference is not None:
        at = pd.DataFrame({"value": [reference]})
        rule = layer(at, "rule", {"x": channel("value:Q")}, color=variable("line-strong"))
        layers.insert(0, rule)
    if above:
        layers.append(name_texts(frame, "name", y, width))
    return layered(layers, height=row_height(above=above) * max(1, len(frame))).specification()
