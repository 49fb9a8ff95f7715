"""Vega-Lite to SVG on the server, small and the same everywhere."""

from __future__ import annotations

import re
from html import escape
from typing import Any

_ATTRIBUTES_LEFT_OUT = re.compile(r' (?:aria-[a-z]+|role|class|font-family|pointer-events)="[^"]*"')
_INVISIBLE = re.compile(r'<path[^>]* opacity="0"/>')
_EMPTY_BACKGROUND = re.compile(r'<path(?: d="[^"]*")? display="none"/>|<path d="M0,0h0v0h0Z"/>')
_DEFAULTS = re.compile(r' (?:opacity="1"|stroke-opacity="1"|fill-opacity="1"|font-weight="400")')
_UNPAINTED = re.compile(r'<path d="M[-\d.,]+h[-\d.]+v[-\d.]+h[-\d.]+Z"/>')
_LONG_NUMBER = re.compile(r"-?\d+\.\d{2,}(?:e-?\d+)?")
_IDS = re.compile(r' id="((?:clip|gradient)\w*)"')
_REFERENCES = re.compile(r'="url\(#([^)]+)\)"')
_TAG = re.compile(r"(<[^>]*>)")
_OPENING = re.compile(r"<svg[^>]*>")
_SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')


def chart_svg(specification: dict[str, Any], *, alt: str, name: str) -> str:
    """Return the chart as an SVG with role and name, without a fixed size.

    Parameters
    ----------
    specification : dict
        A complete Vega-Lite specification; colours may be CSS variables.
    alt : str
        What the chart shows, in words.
    name : str
        Unique on the page; begins the ids inside the drawing.

    Raises
    ------
    ValueError
        Where the specification is not valid.
    """
    import vl_convert

    drawn = vl_convert.vegalite_to_svg(specification)
    opening = _OPENING.search(drawn)
    size = _SIZE.search(opening[0]) if opening else None
    if opening is None or size is None:
        raise ValueError("the chart was not drawn")
    width, height = float(size[1]), float(size[2])
    body = _named(_smaller(drawn[opening.end() :]), name)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(alt)}" '
        f'viewBox="0 0 {width:g} {height:g}">{body}'
    )


def _named(body: str, name: str) -> str:
    """Number the ids of clipping paths anew: Vega counts them through all charts of a process."""
    parts = re.split(_TAG, body)
    tags = "".join(parts[1::2])
    numbers = {old: at for at, old in enumerate(dict.fromkeys(_IDS.findall(tags)), start=1)}
    for at in range(1, len(parts), 2):
        tag = _IDS.sub(lambda match: f' id="{name}-{numbers[match[1]]}"', parts[at])
        parts[at] = _REFERENCES.sub(
            lambda match: f'="url(#{name}-{numbers.get(match[1], 0)})"', tag
        )
    return "".join(parts)


def _smaller(body: str) -> str:
    """Leave out what only Vega's own scripts read; text and geometry stay as drawn.

    Attributes are looked for inside tags only, so that a text that looks like one stays.
    """
    parts = re.split(_TAG, body)
    for at in range(1, len(parts), 2):
        tag = _ATTRIBUTES_LEFT_OUT.sub("", parts[at])
        tag = _DEFAULTS.sub("", tag)
        parts[at] = _LONG_NUMBER.sub(lambda match: f"{float(match[0]):.1f}", tag)
    slim = _EMPTY_BACKGROUND.sub("", "".join(parts))
    slim = _INVISIBLE.sub("", _UNPAINTED.sub("", slim))
    while (shorter := slim.replace("<g></g>", "")) != slim:
        slim = shorter
    return slim
