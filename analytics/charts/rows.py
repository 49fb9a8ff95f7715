"""Names of rows: beside the marks where there is room, above them where there is not."""

from __future__ import annotations

import pandas as pd

from analytics.charts.house import LABEL_SIZE
from analytics.charts.layers import Layer, Part, channel, layer
from analytics.charts.palette import variable

_NARROW = 480
_PIXELS_A_LETTER = 6.2
_PIXELS_A_BOLD_LETTER = 7.0


def names_above(frame: pd.DataFrame, field: str, width: int) -> bool:
    """Return whether the names would take more than a third of a narrow chart."""
    longest = int(frame[field].astype(str).str.len().max()) if len(frame) else 0
    return width < _NARROW and longest * _PIXELS_A_LETTER > width / 3


def text_room(frame: pd.DataFrame, shown: str, names: str, width: int, *, above: bool) -> float:
    """Return the share of the plot's width that the longest text beside a mark takes, to .5."""
    longest = int(frame[shown].astype(str).str.len().max()) if len(frame) else 0
    beside = 0 if above else int(frame[names].astype(str).str.len().max() or 0)
    plot = max(width - min(beside * _PIXELS_A_LETTER, width * 0.45) - 24, 1.0)
    return min((longest * _PIXELS_A_BOLD_LETTER + 14) / plot, 0.5)


def row_axis(field: str, width: int, *, above: bool) -> Part:
    """Return the axis of rows, in the order of the frame; without labels where they are above."""
    axis = {"labels": not above, "labelLimit": max(120, width * 9 // 20)}
    return channel(f"{field}:N", title=None, sort=None, axis=axis)


def row_height(*, above: bool) -> int:
    """Return the height of a row in pixels."""
    return 44 if above else 30


def name_texts(frame: pd.DataFrame, field: str, y: Part, width: int) -> Layer:
    """Return the names as texts above the marks of their rows."""
    encoding = {"y": y, "x": {"value": 2}, "text": channel(f"{field}:N")}
    return layer(
        frame, "text", encoding,
        align="left", dy=-15, fontSize=LABEL_SIZE, color=variable("ink-2"), limit=width - 24,
    )  # fmt: skip
