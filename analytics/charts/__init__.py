"""Charts: Vega-Lite specifications in the house style, as SVG that is there at first paint."""

from analytics.charts.figure import Chart, ChartColumn, figure_html
from analytics.charts.palette import SERIES, part_colours, variable
from analytics.charts.sparkline import sparkline_svg

__all__ = [
    "SERIES",
    "Chart",
    "ChartColumn",
    "figure_html",
    "part_colours",
    "sparkline_svg",
    "variable",
]
