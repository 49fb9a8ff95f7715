"""Estimates with their intervals, one row each."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

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
    scale = alt.Scale(domain=list(domain)) if domain else alt.Scale(zero=False, nice=True)
    axis = alt.Axis(tickCount=max(3, width // 130), grid=True)
    colour = alt.condition(
        "datum.strong", alt.value(variable("accent")), alt.value(variable("line-strong"))
    )
    tooltip = [alt.Tooltip("name:N", title="Row"), alt.Tooltip("shown:N", title="Value")]
    base = alt.Chart(frame)
    line = base.mark_rule(strokeWidth=2.4).encode(
        alt.X("low:Q", title=title, scale=scale, axis=axis), y, x2="high:Q", color=colour
    )
    point = base.mark_point(size=80, filled=True).encode(
        alt.X("value:Q", title=title, scale=scale, axis=axis), y, color=colour, tooltip=tooltip
    )
    layers: list[alt.Chart] = [line, point]
    if reference is not None:
        rule = alt.Chart(pd.DataFrame({"value": [reference]}))
        layers.insert(0, rule.mark_rule(color=variable("line-strong")).encode(x="value:Q"))
    if above:
        layers.append(name_texts(frame, "name", y, width))
    height = row_height(above=above) * max(1, len(frame))
    return alt.layer(*layers).properties(height=height).to_dict(validate=False)
