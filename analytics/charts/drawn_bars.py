"""Bars to both sides of zero, drawn without Vega: an archive has hundreds of them.

What is drawn looks as `bars.change_bars` does, which takes over in the reader's browser.
"""

from __future__ import annotations

import math
from html import escape

import pandas as pd

from analytics.charts.house import LABEL_SIZE
from analytics.charts.palette import variable
from analytics.charts.rows import names_above, row_height, text_room

_PIXELS_A_LETTER = 6.2
_BAR = 16
_LEFT, _TOP, _RIGHT, _BELOW = 2, 7, 8, 38


def change_bars_svg(
    frame: pd.DataFrame,
    width: int,
    *,
    title: str,
    alt: str,
    colours: tuple[str, str] = ("plus-2", "minus-2"),
) -> str:
    """Return the bars as an SVG with role and name, without a fixed size.

    Parameters
    ----------
    frame : DataFrame
        ``part``, ``value``, ``shown`` (value as text beside the bar); in the order of the rows.
    width : int
        Width of the whole chart in pixels.
    title : str
        Axis title with its unit.
    alt : str
        What the chart shows, in words.
    colours : tuple of str
        Tokens for values of at least zero, and below.
    """
    above = names_above(frame, "part", width)
    names = [str(name) for name in frame["part"]]
    longest = max((len(name) for name in names), default=0)
    limit = max(120, width * 9 // 20)
    left = _LEFT if above else _LEFT + 8 + min(longest * _PIXELS_A_LETTER, limit)
    low, high = min(0.0, float(frame["value"].min())), max(0.0, float(frame["value"].max()))
    room = text_room(frame, "shown", "part", width, above=above)
    top = low + ((high - low) or 1.0) / (1 - room)
    plot = width - left - _RIGHT
    row = row_height(above=above)
    height = row * max(1, len(frame))

    def place(value: float) -> float:
        return left + (value - low) / (top - low) * plot

    marks = [_tick(place(at), shown, height) for at, shown in _ticks(low, top, width)]
    base = _TOP + height
    marks.append(_line(left, base, left + plot, base))
    zero = place(0.0)
    for at, (name, value, shown) in enumerate(
        zip(names, frame["value"], frame["shown"], strict=True)
    ):
        middle = _TOP + at * row + row / 2
        marks.append(_bar(zero, place(float(value)), middle, colours[0 if value >= 0 else 1],
                          f"{name}: {shown}"))  # fmt: skip
        end = max(zero, place(float(value))) + 6
        marks.append(_text(end, middle + 4, str(shown), weight=600, colour="ink-2"))
        if above:
            fitting = int((width - 24) / _PIXELS_A_LETTER)
            marks.append(_text(_LEFT, middle - 11, _cut(name, fitting), colour="ink-2"))
        else:
            fitting = int(limit / _PIXELS_A_LETTER)
            cut = _cut(name, fitting)
            marks.append(_text(left - 6, middle + 4, cut, anchor="end", colour="ink-2"))
    marks.append(_line(zero, _TOP, zero, base))
    marks.append(_text(left + plot / 2, base + 34, title, anchor="middle", colour="ink-3"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width:g} {base + _BELOW:g}">{"".join(marks)}</svg>'
    )


def _ticks(low: float, high: float, width: int) -> list[tuple[float, str]]:
    """Return round places from low to high, about one for each 130 pixels, with their texts."""
    rough = (high - low) / max(3, width // 130)
    power = 10.0 ** math.floor(math.log10(rough))
    step = min((1, 2, 5, 10), key=lambda one: abs(math.log(one * power / rough))) * power
    digits = max(0, -math.floor(math.log10(step)))
    places = range(math.ceil(low / step), math.floor(high / step) + 1)
    return [(at * step, f"{at * step:,.{digits}f}".replace("-", "\u2212")) for at in places]


def _tick(x: float, shown: str, height: int) -> str:
    line = _line(x, _TOP, x, _TOP + height, colour="line")
    return line + _text(x, _TOP + height + 15, shown, anchor="middle", colour="ink-3")


def _bar(zero: float, end: float, middle: float, colour: str, said: str) -> str:
    x, size = min(zero, end), abs(end - zero)
    return (
        f'<rect x="{x:.1f}" y="{middle - _BAR / 2:.1f}" width="{size:.1f}" height="{_BAR}" '
        f'fill="{variable(colour)}"><title>{escape(said)}</title></rect>'
    )


def _line(x: float, y: float, to_x: float, to_y: float, *, colour: str = "line-strong") -> str:
    return (
        f'<line x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}" '
        f'stroke="{variable(colour)}"/>'
    )


def _text(
    x: float, y: float, said: str, *, colour: str, anchor: str = "start", weight: int = 400
) -> str:
    bold = f' font-weight="{weight}"' if weight != 400 else ""
    return (
        f'<text text-anchor="{anchor}" x="{x:.1f}" y="{y:.1f}" font-size="{LABEL_SIZE}px"{bold} '
        f'fill="{variable(colour)}">{escape(said)}</text>'
    )


def _cut(name: str, letters: int) -> str:
    return name if len(name) <= letters else f"{name[: letters - 1]}…"
