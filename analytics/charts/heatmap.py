"""A matrix of coefficients in seven classes of colour."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

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
    colour = alt.Color(
        "value:Q",
        title=title,
        scale=alt.Scale(
            type="threshold", domain=list(EDGES), range=[variable(name) for name in _CLASSES]
        ),
        legend=alt.Legend(
            type="gradient",
            orient="top",
            gradientLength=190 if narrow else 300,
            format=".1f",
            direction="horizontal",
            labelOverlap=narrow,
        ),
    )
    x = alt.X(
        "column:N",
        title=None,
        sort=list(order),
        axis=alt.Axis(labelAngle=-90 if narrow else -40, labelLimit=180, domain=False),
    )
    y = alt.Y("row:N", title=None, sort=list(order), axis=alt.Axis(labelLimit=180))
    tooltip = [
        alt.Tooltip("row:N", title="Variable"),
        alt.Tooltip("column:N", title="With"),
        alt.Tooltip("shown:N", title="Association"),
    ]
    base = alt.Chart(frame)
    cells = base.mark_rect(stroke=variable("paper"), strokeWidth=1.5).encode(
        x, y, color=colour, tooltip=tooltip
    )
    layers: list[alt.Chart] = [cells]
    marks = frame[frame["mark"] != ""]
    if len(marks):
        layers.append(
            alt.Chart(marks)
            .mark_text(fontSize=12)
            .encode(
                x,
                y,
                text="mark:N",
                color=alt.condition(
                    f"abs(datum.value) >= {EDGES[-1]}",
                    alt.value(variable("paper")),
                    alt.value(variable("ink")),
                ),
            )
        )
    size = (18 if narrow else 26) * len(order)
    return alt.layer(*layers).properties(height=max(120, size)).to_dict(validate=False)
