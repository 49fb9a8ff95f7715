"""Response curves as small multiples, calibration against the diagonal, histograms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.charts.layers import Layer, Part, beside, channel, layer, layered
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
        x = channel(
            "x:Q",
            title=titles[0] if bottom and at % columns == 0 else None,
            scale={"domain": x_domain},
            axis={"tickCount": 3, "labels": bottom, "titleAnchor": "start", "labelFlush": True},
        )
        panels.append(
            layered(
                _panel(curves[curves["part"] == part], points[points["part"] == part], x,
                       colour=colours[part], domain=y_domain, labels=left),
                width=inner,
                height=110,
                title=_title(part, fontWeight=600, color=variable("ink-2"), offset=4),
            )
        )  # fmt: skip
    title = _title(titles[1], fontWeight="normal", color=variable("ink-3"))
    return beside(panels, columns=columns, spacing=18, title=title).specification()


def _title(text: str, **options: Any) -> Part:
    return {"text": text, "fontSize": 12, "anchor": "start", **options}


def _panel(
    curve: pd.DataFrame,
    mark: pd.DataFrame,
    x: Part,
    *,
    colour: str,
    domain: list[float],
    labels: bool,
) -> list[Layer]:
    """Band, line, and the points of today and of the plan."""

    def y(field: str) -> Part:
        axis = {"tickCount": 4, "labels": labels}
        return channel(f"{field}:Q", title=None, scale={"domain": domain}, axis=axis)

    tooltip = [
        channel("part:N", title="Part"),
        channel("kind:N", title="Point"),
        channel("shown:N", title="Spend and margin"),
    ]
    band = {"x": x, "y": y("low"), "y2": {"field": "high"}}
    point = {"x": x, "y": y("value"), "tooltip": tooltip}
    hollow = {"stroke": {"value": colour}, "fill": {"value": variable("paper")}}
    today, plan = mark[mark["kind"] == "today"], mark[mark["kind"] == "plan"]
    return [
        layer(curve, "area", band, opacity=0.16, color=colour),
        layer(curve, "line", {"x": x, "y": y("value")}, color=colour),
        layer(today, "point", {**point, **hollow}, size=55, filled=False, strokeWidth=1.8),
        layer(plan, "point", point, size=60, filled=True, color=colour),
    ]


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
    scale = {"domain": [low, top * 1.08], "nice": False}
    ends = pd.DataFrame({"x": [low, top], "y": [low, top]})
    diagonal = {
        "x": channel("x:Q", title=titles[0], scale=scale),
        "y": channel("y:Q", title=titles[1], scale=scale),
    }
    axis = {"tickCount": 5}
    x = channel("predicted:Q", title=titles[0], scale=scale, axis=axis)
    y = channel("actual:Q", title=titles[1], scale=scale, axis=axis)
    tooltip = [
        channel("decile:O", title="Tenth of customers"),
        channel("shown:N", title="Predicted, actual"),
    ]
    accent, grey = variable("accent"), variable("line-strong")
    layers = [
        layer(ends, "line", diagonal, strokeDash=[4, 3], color=grey, strokeWidth=1.4),
        layer(frame, "line", {"x": x, "y": y}, strokeWidth=1.2, opacity=0.6, color=accent),
        layer(frame, "point", {"x": x, "y": y, "tooltip": tooltip}, size=70, filled=True,
              color=accent),
    ]  # fmt: skip
    return layered(layers, height=280).specification()


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
    axis = {"tickCount": max(3, width // 110)}
    encoding = {
        "x": channel("low:Q", title=titles[0], axis=axis, scale={"nice": False}),
        "x2": {"field": "high"},
        "y": channel("count:Q", title=titles[1], axis={"tickCount": 4}),
        "y2": {"datum": 0},
        "tooltip": [
            channel("shown:N", title="Class"),
            channel("count:Q", title=titles[1], format=","),
        ],
    }
    bars = layer(
        frame, "bar", encoding, color=variable("accent"), stroke=variable("paper"), strokeWidth=1
    )
    return layered([bars], height=220).specification()
