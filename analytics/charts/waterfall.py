"""Steps from one total to another, one row each."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts.layers import channel, layer, layered
from analytics.charts.palette import variable
from analytics.charts.rows import name_texts, names_above, row_axis, row_height, text_room


def waterfall(frame: pd.DataFrame, width: int, *, title: str) -> dict[str, Any]:
    """Return bars that each begin where the one before ended; totals begin at zero.

    Parameters
    ----------
    frame : DataFrame
        ``step``, ``kind`` (total or change), ``start``, ``end``, ``shown``, in order.
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    """
    ends = frame[["start", "end"]]
    changes = frame[frame["kind"] == "change"]
    # where the changes are small beside the totals, the axis is cut so that they can be seen
    low = min(float(ends.min().min()), 0.0)
    if len(changes) and low >= 0:
        floor = float(changes[["start", "end"]].min().min())
        span = float(ends.max().max()) - floor
        if floor - span > 0.3 * float(ends.max().max()):
            low = floor - span
    rows = frame.assign(
        start=frame["start"].clip(lower=low),
        right=frame[["start", "end"]].max(axis=1),
        tone=[
            "total" if kind == "total" else "plus" if end >= start else "minus"
            for kind, start, end in zip(frame["kind"], frame["start"], frame["end"], strict=True)
        ],
    )
    above = names_above(rows, "step", width)
    room = text_room(rows, "shown", "step", width, above=above)
    top = float(rows["right"].max())
    domain = [low, low + ((top - low) or 1.0) / (1 - room)]
    y = row_axis("step", width, above=above)
    scale = {"domain": domain, "nice": False, "zero": False}
    axis = {"tickCount": max(3, width // 130), "grid": True}
    encoding = {
        "x": channel("start:Q", title=title, scale=scale, axis=axis),
        "x2": {"field": "end"},
        "y": y,
        "color": channel(
            "tone:N",
            legend=None,
            scale={
                "domain": ["total", "plus", "minus"],
                "range": [variable("series-other"), variable("plus-2"), variable("minus-2")],
            },
        ),
        "tooltip": [channel("step:N", title="Step"), channel("shown:N", title="Amount")],
    }
    words = {"x": channel("right:Q"), "y": y, "text": channel("shown:N")}
    layers = [
        layer(rows, "bar", encoding, height=16),
        layer(rows, "text", words, dx=6, align="left", fontWeight=600, color=variable("ink-2")),
    ]
    if above:
        layers.append(name_texts(rows, "step", y, width))
    return layered(layers, height=row_height(above=above) * max(1, len(rows))).specification()
