"""The house style as a Vega-Lite configuration."""

from __future__ import annotations

from typing import Any

from analytics.charts.palette import SERIES, variable
from analytics.charts.tokens import tokens

LABEL_SIZE = 12


def house_config(*, font: str | None = None) -> dict[str, Any]:
    """Return the configuration of every chart.

    Parameters
    ----------
    font : str, optional
        Font that text is laid out in; the deterministic layout font where none is given.
    """
    ink_2, ink_3, line = variable("ink-2"), variable("ink-3"), variable("line")
    return {
        "background": None,
        "font": font or tokens().type["layout-font"],
        "view": {"stroke": None},
        "padding": {"left": 2, "right": 8, "top": 6, "bottom": 2},
        "axis": {
            "labelColor": ink_3,
            "titleColor": ink_3,
            "labelFontSize": LABEL_SIZE,
            "titleFontSize": LABEL_SIZE,
            "titleFontWeight": "normal",
            "labelPadding": 6,
            "titlePadding": 8,
            "domain": False,
            "ticks": False,
            "grid": True,
            "gridColor": line,
            "labelLimit": 150,
        },
        "axisX": {"grid": False, "domain": True, "domainColor": variable("line-strong")},
        "axisY": {"titleAlign": "left", "titleAngle": 0, "titleAnchor": "start", "titleX": 0,
                  "titleY": -12, "titleBaseline": "bottom"},
        "axisYBand": {"labelColor": ink_2, "grid": False, "labelFontSize": LABEL_SIZE},
        "legend": {
            "labelColor": ink_2,
            "titleColor": ink_3,
            "labelFontSize": LABEL_SIZE,
            "titleFontSize": LABEL_SIZE,
            "titleFontWeight": "normal",
            "orient": "top",
            "symbolStrokeWidth": 0,
            "gradientHorizontalMaxLength": 320,
        },
        "header": {
            "labelColor": ink_2,
            "titleColor": ink_3,
            "labelFontSize": LABEL_SIZE,
            "labelFontWeight": 600,
        },
        "line": {"strokeWidth": 2, "color": variable("accent")},
        "bar": {"color": variable("accent")},
        "area": {"color": variable("accent")},
        "point": {"filled": True, "opacity": 1, "color": variable("accent")},
        "rule": {"color": variable("line-strong")},
        "text": {"fontSize": LABEL_SIZE, "color": ink_2},
        "range": {"category": [variable(name) for name in SERIES]},
    }  # fmt: skip
