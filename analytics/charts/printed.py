"""Charts for paper: vector drawings in the light theme, colours resolved."""

from __future__ import annotations

import re

from analytics.charts.figure import Chart
from analytics.charts.house import house_config
from analytics.charts.svg import chart_svg
from analytics.charts.tokens import tokens

_VARIABLE = re.compile(r"var\(--([a-z0-9-]+)\)")


PRINT_FONT = "Libertinus Serif"


def printed_chart(chart: Chart, width: int) -> str:
    """Return a chart as an SVG for paper, to be set into a document.

    Text is laid out as on the pages and set in the document's font, which is narrower.

    Parameters
    ----------
    chart : Chart
        What is drawn, without its title.
    width : int
        Width in pixels.
    """
    specification = dict(chart.specification(width))
    specification["config"] = house_config()
    if not {"hconcat", "vconcat", "concat"} & specification.keys():
        specification.setdefault("width", width)
        specification.setdefault("autosize", {"type": "fit-x", "contains": "padding"})
    drawn = chart_svg(specification, alt=chart.alt, name=f"{chart.id}-print")
    light = tokens().light
    resolved = _VARIABLE.sub(lambda match: light[match[1]], drawn)
    return resolved.replace("<svg ", f'<svg font-family="{PRINT_FONT}" ', 1)
