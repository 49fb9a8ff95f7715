"""Charts of predictive models: curves, reliability, swarms, dependence, fans."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.charts.layers import Layer, Part, beside, channel, layer, layered, series_legend
from analytics.charts.lines import month_axis
from analytics.charts.palette import variable
from analytics.charts.rows import name_texts, names_above, row_axis, row_height

_LEVELS = ("lowest", "low", "middle", "high", "highest")


def curve_lines(
    frame: pd.DataFrame,
    width: int,
    *,
    titles: tuple[str, str],
    colours: Mapping[str, str],
    diagonal: bool = False,
    percent: tuple[bool, bool] = (True, True),
    mark: tuple[float, float] | None = None,
) -> dict[str, Any]:
    """Return one line a series over a number.

    Parameters
    ----------
    frame : DataFrame
        ``series``, ``x``, ``y``.
    width : int
        Width of the whole chart in pixels.
    titles : tuple of str
        Axis titles with units.
    colours : mapping
        Colour of each series.
    diagonal : bool
        Whether the line of no skill, from corner to corner, is drawn.
    percent : tuple of bool
        Whether x and y are shares.
    mark : tuple of float, optional
        A point to mark.
    """
    names = list(dict.fromkeys(frame["series"]))

    def axis(at: int) -> Part:
        ticks = {"tickCount": max(3, width // 130) if at == 0 else 5}
        return {**ticks, "format": ".0%"} if percent[at] else ticks

    colour = channel(
        "series:N",
        scale={"domain": names, "range": [colours[name] for name in names]},
        legend=series_legend(names, width),
    )
    scale = {"zero": True, "nice": True}
    x = channel("x:Q", title=titles[0], axis=axis(0), scale={"nice": False})
    y = channel("y:Q", title=titles[1], axis=axis(1), scale=scale)
    layers: list[Layer] = []
    if diagonal:
        ends = pd.DataFrame({"x": [0.0, 1.0], "y": [0.0, 1.0]})
        dashed = {"strokeDash": [4, 3], "strokeWidth": 1.2}
        layers.append(
            layer(ends, "line", {"x": x, "y": y}, color=variable("line-strong"), **dashed)
        )
    # Its tooltip needs a mark that the pointer hits.
    shown = [
        channel("series:N", title="Model"),
        channel("x:Q", title=titles[0], format=".1%" if percent[0] else ",.2f"),
        channel("y:Q", title=titles[1], format=".1%" if percent[1] else ",.2f"),
    ]
    layers.append(layer(frame, "line", {"x": x, "y": y, "color": colour}, strokeWidth=1.8))
    layers.append(layer(frame, "point", {"x": x, "y": y, "tooltip": shown}, size=60, opacity=0))
    if mark is not None:
        point = pd.DataFrame({"x": [mark[0]], "y": [mark[1]]})
        layers.append(
            layer(point, "point", {"x": x, "y": y}, size=80, filled=True, color=variable("accent"))
        )
    return layered(layers, height=260).specification()


def reliability_points(
    frame: pd.DataFrame, width: int, *, titles: tuple[str, str]
) -> dict[str, Any]:
    """Return observed against predicted rates with intervals, beside the diagonal.

    Parameters
    ----------
    frame : DataFrame
        ``predicted``, ``observed``, ``low``, ``high``, ``shown``.
    width : int
        Width of the whole chart in pixels.
    titles : tuple of str
        Axis titles, predicted and observed.
    """
    top = float(max(frame["predicted"].max(), frame["high"].max())) or 1.0
    scale = {"domain": [0.0, top * 1.05], "nice": False}
    axis = {"tickCount": 5, "format": ".0%"}
    ends = pd.DataFrame({"x": [0.0, top], "y": [0.0, top]})
    line = {
        "x": channel("x:Q", title=titles[0], scale=scale, axis=axis),
        "y": channel("y:Q", title=titles[1], scale=scale, axis=axis),
    }
    x = channel("predicted:Q", title=titles[0], scale=scale, axis=axis)
    y = channel("observed:Q", title=titles[1], scale=scale, axis=axis)
    bars = {
        "x": x,
        "y": channel("low:Q", title=titles[1], scale=scale, axis=axis),
        "y2": {"field": "high"},
    }
    tooltip = [channel("shown:N", title="Predicted, observed")]
    layers = [
        layer(ends, "line", line, strokeDash=[4, 3], color=variable("line-strong")),
        layer(frame, "rule", bars, strokeWidth=1.6, color=variable("muted")),
        layer(frame, "point", {"x": x, "y": y, "tooltip": tooltip}, size=70, filled=True,
              color=variable("accent")),
    ]  # fmt: skip
    return layered(layers, height=280).specification()


def swarm_rows(frame: pd.DataFrame, width: int, *, title: str) -> dict[str, Any]:
    """Return one row a feature with a circle for each class of SHAP values.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``shap``, ``level`` (0 low to 1 high, null for categories), ``customers``,
        ``shown``.
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    """
    above = names_above(frame, "name", width)
    y = row_axis("name", width, above=above)
    x = channel("shap:Q", title=title, axis={"tickCount": max(3, width // 130), "grid": True})
    size = channel(
        "customers:Q", legend=None, scale={"range": [12, 320], "domain": [0, _most(frame)]}
    )
    tooltip = [channel("name:N", title="Feature"), channel("shown:N", title="Class")]
    # Colours of the theme cannot be blended, so that the level is told in five classes.
    frame = frame.assign(
        band=[
            _LEVELS[min(int(level * 5), 4)] if level == level else "category"
            for level in frame["level"]
        ]
    )
    colour = channel(
        "band:N",
        scale={
            "domain": list(_LEVELS),
            "range": [variable(n) for n in ("minus-2", "minus-1", "muted", "plus-2", "plus-3")],
        },
        legend={"title": None, "orient": "bottom", "symbolType": "circle", "columns": 5},
    )
    known, unknown = frame[frame["level"].notna()], frame[frame["level"].isna()]
    zero = pd.DataFrame({"shap": [0.0]})
    layers = [layer(zero, "rule", {"x": channel("shap:Q")}, color=variable("line-strong"))]
    shared = {"x": x, "y": y, "size": size, "tooltip": tooltip}
    outline = {"stroke": variable("line-strong"), "strokeWidth": 0.6}
    # Rows stay in the order of all of them, so an invisible layer names them first.
    layers.append(layer(frame, "point", {"x": x, "y": y}, opacity=0))
    if len(known):
        layers.append(layer(known, "point", {**shared, "color": colour}, filled=True, **outline))
    if len(unknown):
        layers.append(layer(unknown, "point", shared, filled=True, color=variable("muted"),
                            **outline))  # fmt: skip
    if above:
        first = frame.drop_duplicates("name")
        layers.append(name_texts(first, "name", y, width))
    rows = frame["name"].nunique()
    return layered(layers, height=row_height(above=above) * max(1, rows)).specification()


def dependence_panels(frame: pd.DataFrame, width: int, *, title: str) -> dict[str, Any]:
    """Return one small chart a feature: SHAP value over the feature's value, with a band.

    Parameters
    ----------
    frame : DataFrame
        ``name``, ``level``, ``shap``, ``low``, ``high``.
    width : int
        Width of the whole chart in pixels.
    title : str
        Title of the y axes.
    """
    names = list(dict.fromkeys(frame["name"]))
    columns = 2 if width >= 480 else 1
    inner = (width - 60 * columns) // columns
    domain = [float(frame["low"].min()), float(frame["high"].max())]
    panels = []
    for name in names:
        rows = frame[frame["name"] == name]
        x = channel("level:Q", title=None, axis={"tickCount": 4}, scale={"zero": False})

        def y(field: str) -> Part:
            return channel(f"{field}:Q", title=None, scale={"domain": domain},
                           axis={"tickCount": 4})  # fmt: skip

        zero = pd.DataFrame({"value": [0.0]})
        layers = [
            layer(zero, "rule", {"y": channel("value:Q")}, color=variable("line-strong")),
            layer(rows, "area", {"x": x, "y": y("low"), "y2": {"field": "high"}}, opacity=0.16,
                  color=variable("accent")),
            layer(rows, "line", {"x": x, "y": y("shap")}, color=variable("accent")),
        ]  # fmt: skip
        heading = {"text": name, "fontSize": 12, "anchor": "start", "fontWeight": 600,
                   "color": variable("ink-2"), "offset": 4, "limit": inner}  # fmt: skip
        panels.append(layered(layers, width=inner, height=110, title=heading))
    top = {"text": title, "fontSize": 12, "anchor": "start", "fontWeight": "normal",
           "color": variable("ink-3")}  # fmt: skip
    return beside(panels, columns=columns, spacing=18, title=top).specification()


def fan(
    history: pd.DataFrame,
    future: pd.DataFrame,
    tested: pd.DataFrame,
    width: int,
    *,
    title: str,
) -> dict[str, Any]:
    """Return history, earlier forecasts and the forecast with its bands, by month.

    Parameters
    ----------
    history : DataFrame
        ``month``, ``value``, ``shown``.
    future : DataFrame
        ``month``, ``value``, ``low_80``, ``high_80``, ``low_95``, ``high_95``, ``shown``; its
        first row is the last of the history, so that the fan starts there.
    tested : DataFrame
        ``month``, ``value``, ``origin`` (text): forecasts made earlier, one line an origin.
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    """
    months = history["month"].nunique() + len(future) - 1
    x = channel("month:T", title=None, axis=month_axis(width, months))
    low = min(float(history["value"].min()), float(future["low_95"].min()))
    high = max(float(history["value"].max()), float(future["high_95"].max()))
    scale = {"domain": [max(0.0, low - 0.1 * (high - low)), high * 1.03], "nice": False}

    def y(field: str) -> Part:
        return channel(f"{field}:Q", title=title, scale=scale, axis={"tickCount": 5})

    tooltip = [
        channel("month:T", title="Month", format="%B %Y"),
        channel("shown:N", title="Value"),
    ]
    accent, grey = variable("accent"), variable("muted")
    bands = [
        layer(future, "area", {"x": x, "y": y(f"low_{level}"), "y2": {"field": f"high_{level}"}},
              opacity=opacity, color=accent)
        for level, opacity in ((95, 0.12), (80, 0.2))
    ]  # fmt: skip
    earlier = {"x": x, "y": y("value"), "detail": channel("origin:N")}
    layers = [
        *bands,
        layer(tested, "line", earlier, strokeWidth=1.2, strokeDash=[3, 2], color=grey),
        layer(history, "line", {"x": x, "y": y("value")}, color=variable("ink-2")),
        layer(future, "line", {"x": x, "y": y("value")}, color=accent, strokeWidth=2.2),
        layer(history, "point", {"x": x, "y": y("value"), "tooltip": tooltip}, size=120, opacity=0),
        layer(future, "point", {"x": x, "y": y("value"), "tooltip": tooltip}, size=120, opacity=0),
    ]
    return layered(layers, height=280).specification()


def _most(frame: pd.DataFrame) -> float:
    return float(frame["customers"].max()) if len(frame) else 1.0
