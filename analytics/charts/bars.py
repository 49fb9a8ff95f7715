"""Parts compared: changes to the left and right of zero, and now against then."""

from __future__ import annotations

from typing import Any

import altair as alt
import pandas as pd

from analytics.charts.palette import variable
from analytics.charts.rows import (
    name_texts,
    names_above,
    row_axis,
    row_height,
    text_room,
)


def change_bars(
    frame: pd.DataFrame,
    width: int,
    *,
    title: str,
    colours: tuple[str, str] = ("plus-2", "minus-2"),
) -> dict[str, Any]:
    """Return horizontal bars that grow to both sides of zero, in the order of the rows.

    Parameters
    ----------
    frame : DataFrame
        ``part``, ``value``, ``shown`` (value as text beside the bar).
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    colours : tuple of str
        Tokens for values of at least zero, and below.
    """
    low, high = min(0.0, frame["value"].min()), max(0.0, frame["value"].max())
    above = names_above(frame, "part", width)
    room = text_room(frame, "shown", "part", width, above=above)
    domain = [low, low + ((high - low) or 1.0) / (1 - room)]
    y = row_axis("part", width, above=above)
    x = alt.X(
        "value:Q",
        title=title,
        scale=alt.Scale(domain=domain, nice=False),
        axis=alt.Axis(tickCount=max(3, width // 130), grid=True),
    )
    tooltip = [alt.Tooltip("part:N", title="Part"), alt.Tooltip("shown:N", title="Value")]
    base = alt.Chart(frame)
    bars = base.mark_bar(height=16, cornerRadiusEnd=2).encode(
        x,
        y,
        tooltip=tooltip,
        color=alt.condition(
            "datum.value >= 0", alt.value(variable(colours[0])), alt.value(variable(colours[1]))
        ),
    )
    # Texts of bars to the left stand at the right of zero, where there is always room.
    texts = (
        alt.Chart(frame.assign(end=frame["value"].clip(lower=0.0)))
        .mark_text(dx=6, align="left", fontWeight=600, color=variable("ink-2"))
        .encode(x="end:Q", y=y, text="shown:N")
    )
    zero = (
        alt.Chart(pd.DataFrame({"value": [0.0]}))
        .mark_rule(color=variable("line-strong"))
        .encode(x="value:Q")
    )
    names = [name_texts(frame, "part", y, width)] if above else []
    height = row_height(above=above) * max(1, len(frame))
    layers = alt.layer(bars, zero, texts, *names)
    return layers.properties(height=height).to_dict(validate=False)


def dumbbells(
    frame: pd.DataFrame, width: int, *, title: str, names: tuple[str, str]
) -> dict[str, Any]:
    """Return now (filled) against then (open), one row a part, in the order of the rows.

    Parameters
    ----------
    frame : DataFrame
        ``part``, ``base``, ``current``, ``shown`` (text beside the points).
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    names : tuple of str
        What then and now are called in tooltips.
    """
    rows = frame.assign(end=frame[["base", "current"]].max(axis=1))
    top = float(rows["end"].max()) or 1.0
    above = names_above(frame, "part", width)
    room = text_room(frame, "shown", "part", width, above=above)
    scale = alt.Scale(domain=[0.0, top / (1 - room)], nice=False)
    y = row_axis("part", width, above=above)

    def x(field: str) -> alt.X:
        axis = alt.Axis(tickCount=max(3, width // 130), grid=True)
        return alt.X(f"{field}:Q", title=title, scale=scale, axis=axis)

    tooltip = [
        alt.Tooltip("part:N", title="Part"),
        alt.Tooltip("base_shown:N", title=names[0]),
        alt.Tooltip("current_shown:N", title=names[1]),
    ]
    base = alt.Chart(rows)
    line = base.mark_rule(strokeWidth=3, color=variable("muted")).encode(
        x("base"), y, x2="current:Q"
    )
    then = base.mark_point(size=64, filled=False, strokeWidth=1.8).encode(
        x("base"),
        y,
        stroke=alt.value(variable("ink-3")),
        fill=alt.value(variable("paper")),
        tooltip=tooltip,
    )
    now = base.mark_point(size=90, filled=True, color=variable("accent")).encode(
        x("current"), y, tooltip=tooltip
    )
    text = base.mark_text(dx=11, align="left", fontWeight=600).encode(x("end"), y, text="shown:N")
    labels = [name_texts(rows, "part", y, width)] if above else []
    height = row_height(above=above) * max(1, len(rows))
    layers = alt.layer(line, then, now, text, *labels)
    return layers.properties(height=height).to_dict(validate=False)
