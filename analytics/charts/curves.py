"""Response curves as small multiples, calibration against the diagonal, histograms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import pandas as pd

from analytics.charts.palette import variable


def response_curves(
    curves: pd.DataFrame,
    points: pd.DataFrame,
    width: int,
    *,
    titles: tuple[str, str],
    colours: Mapping[str, str],
) -> dict[str, Any]:
    """Return one small chart a part: curve, band, where one is and where one should be.

    Parameters
    ----------
    curves : DataFrame
        ``part``, ``x``, ``value``, ``low``, ``high``.
    points : DataFrame
        ``part``, ``x``, ``value``, ``kind`` (today or plan), ``shown``.
    width : int
        Width of the whole chart in pixels.
    titles : tuple of str
        Axis titles with units, x and y.
    colours : mapping
        Colour of each part.
    """
    parts = list(dict.fromkeys(curves["part"]))
    columns = 3 if width >= 480 else 2
    edge = 46
    inner = (width - edge - 18 * (columns - 1) - 8) // columns
    x_domain = [0.0, float(curves["x"].max())]
    y_domain = [min(0.0, float(curves["low"].min())), float(curves["high"].max())]
    panels = []
    for at, part in enumerate(parts):
        left, bottom = at % columns == 0, at >= len(parts) - columns
        x = alt.X(
            "x:Q",
            title=titles[0] if bottom and at % columns == 0 else None,
            scale=alt.Scale(domain=x_domain),
            axis=alt.Axis(tickCount=3, labels=bottom, titleAnchor="start", labelFlush=True),
        )

        def y(field: str, *, labels: bool = left) -> alt.Y:
            return alt.Y(
                f"{field}:Q",
                title=None,
                scale=alt.Scale(domain=y_domain),
                axis=alt.Axis(tickCount=4, labels=labels),
            )

        curve = alt.Chart(curves[curves["part"] == part])
        mark = points[points["part"] == part]
        colour = colours[part]
        band = curve.mark_area(opacity=0.16, color=colour).encode(x, y("low"), y2="high:Q")
        line = curve.mark_line(color=colour).encode(x, y("value"))
        tooltip = [
            alt.Tooltip("part:N", title="Part"),
            alt.Tooltip("kind:N", title="Point"),
            alt.Tooltip("shown:N", title="Spend and margin"),
        ]
        today = (
            alt.Chart(mark[mark["kind"] == "today"])
            .mark_point(size=55, filled=False, strokeWidth=1.8)
            .encode(
                x,
                y("value"),
                tooltip=tooltip,
                stroke=alt.value(colour),
                fill=alt.value(variable("paper")),
            )
        )
        plan = (
            alt.Chart(mark[mark["kind"] == "plan"])
            .mark_point(size=60, filled=True, color=colour)
            .encode(x, y("value"), tooltip=tooltip)
        )
        heading = alt.TitleParams(
            part, fontSize=12, fontWeight=600, anchor="start", color=variable("ink-2"), offset=4
        )
        panels.append(
            alt.layer(band, line, today, plan).properties(width=inner, height=110, title=heading)
        )
    subtitle = alt.TitleParams(
        titles[1], fontSize=12, fontWeight="normal", anchor="start", color=variable("ink-3")
    )
    return alt.concat(*panels, columns=columns, spacing=18, title=subtitle).to_dict(validate=False)


def calibration_points(
    frame: pd.DataFrame, width: int, *, titles: tuple[str, str]
) -> dict[str, Any]:
    """Return what came against what was predicted, beside the diagonal where both are equal.

    Parameters
    ----------
    frame : DataFrame
        ``predicted``, ``actual``, ``decile``, ``shown``.
    width : int
        Width of the whole chart in pixels.
    titles : tuple of str
        Axis titles with units, predicted and actual.
    """
    top = float(max(frame["predicted"].max(), frame["actual"].max())) or 1.0
    low = min(0.0, float(frame[["predicted", "actual"]].min().min()))
    scale = alt.Scale(domain=[low, top * 1.08], nice=False)
    diagonal = alt.Chart(pd.DataFrame({"x": [low, top], "y": [low, top]})).mark_line(
        strokeDash=[4, 3], color=variable("line-strong"), strokeWidth=1.4
    )
    axis = alt.Axis(tickCount=5)
    x = alt.X("predicted:Q", title=titles[0], scale=scale, axis=axis)
    y = alt.Y("actual:Q", title=titles[1], scale=scale, axis=axis)
    tooltip = [
        alt.Tooltip("decile:O", title="Tenth of customers"),
        alt.Tooltip("shown:N", title="Predicted, actual"),
    ]
    base = alt.Chart(frame)
    line = base.mark_line(strokeWidth=1.2, opacity=0.6, color=variable("accent")).encode(x, y)
    points = base.mark_point(size=70, filled=True, color=variable("accent")).encode(
        x, y, tooltip=tooltip
    )
    ideal = diagonal.encode(
        alt.X("x:Q", title=titles[0], scale=scale), alt.Y("y:Q", title=titles[1], scale=scale)
    )
    layers = alt.layer(ideal, line, points)
    return layers.properties(height=280).to_dict(validate=False)


def histogram(frame: pd.DataFrame, width: int, *, titles: tuple[str, str]) -> dict[str, Any]:
    """Return bars over classes of a number.

    Parameters
    ----------
    frame : DataFrame
        ``low``, ``high``, ``count``, ``shown``.
    width : int
        Width of the whole chart in pixels.
    titles : tuple of str
        Axis titles with units, x and y.
    """
    tooltip = [
        alt.Tooltip("shown:N", title="Class"),
        alt.Tooltip("count:Q", title=titles[1], format=","),
    ]
    axis = alt.Axis(tickCount=max(3, width // 110))
    mark = alt.Chart(frame).mark_bar(
        color=variable("accent"), stroke=variable("paper"), strokeWidth=1
    )
    bars: alt.Chart = mark.encode(
        alt.X("low:Q", title=titles[0], axis=axis, scale=alt.Scale(nice=False)),
        alt.X2("high:Q"),
        alt.Y("count:Q", title=titles[1], axis=alt.Axis(tickCount=4)),
        alt.Y2(datum=0),
        tooltip=tooltip,
    )
    return bars.properties(height=220).to_dict(validate=False)
