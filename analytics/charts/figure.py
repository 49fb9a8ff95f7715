"""A chart as a figure: finding, SVG in two widths, its data, and what Vega takes over with."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

from analytics.charts.house import house_config
from analytics.charts.svg import chart_svg

WIDE, NARROW = 640, 320


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartColumn:
    """A column of the table behind a chart: how it is headed and shown."""

    name: str
    title: str
    text: Callable[[Any], str] = str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart before it is drawn.

    Attributes
    ----------
    id : str
        Unique on its page; letters, digits and hyphens.
    title : str
        The finding, one sentence without a full stop.
    subtitle : str
        What is shown: measure, unit, period.
    alt : str
        The finding and what the chart looks like, for those who do not see it.
    frame : DataFrame
        The aggregated data behind it, one row a mark.
    columns : tuple of ChartColumn
        The columns of `frame` that the table shows.
    specification : callable
        Takes a width in pixels, returns a Vega-Lite specification without configuration; see
        :mod:`analytics.charts.layers`.
    widths : tuple of int
        The wide and the narrow rendition, in pixels.
    drawing : callable, optional
        Takes a width, returns the SVG; where Vega would take too long for what it draws.
    """

    id: str
    title: str
    subtitle: str
    alt: str
    frame: pd.DataFrame
    columns: tuple[ChartColumn, ...]
    specification: Callable[[int], dict[str, Any]]
    widths: tuple[int, int] = (WIDE, NARROW)
    drawing: Callable[[int], str] | None = None


def figure_html(chart: Chart, *, heading: int = 0, live: bool = True) -> str:
    """Return the chart as an HTML figure.

    Parameters
    ----------
    chart : Chart
        What is drawn.
    heading : int
        Level of the heading that the title is; 0 for a title that is no heading.
    live : bool
        Whether Vega takes over. A page that has much to load besides keeps its charts as drawn.
    """
    drawn = [_styled(chart.specification(width), width) for width in chart.widths]
    if chart.drawing is not None:
        wide, narrow = (chart.drawing(width) for width in chart.widths)
    else:
        wide, narrow = (
            chart_svg(specification, alt=chart.alt, name=f"{chart.id}-{size}")
            for size, specification in zip(("wide", "narrow"), drawn, strict=True)
        )
    tag = f"h{heading}" if heading else "strong"
    name = escape(chart.id)
    return (
        f'<figure class="chart" id="chart-{name}">'
        f'<figcaption><{tag} class="chart-title">{escape(chart.title)}</{tag}>'
        f'<span class="chart-subtitle">{escape(chart.subtitle)}</span></figcaption>'
        f'<div class="chart-box" style="--wide:{chart.widths[0]}px;--narrow:{chart.widths[1]}px">'
        f'<div class="chart-wide">{wide}</div><div class="chart-narrow">{narrow}</div></div>'
        f"{_disclosure(chart)}"
        f"{_taken_over_with(drawn) if live else ''}</figure>"
    )


def _taken_over_with(drawn: list[dict[str, Any]]) -> str:
    content = _specifications(drawn)
    return f'<script type="application/json" class="chart-spec">{content}</script>'


def json_in_script(value: object) -> str:
    """Return JSON that a script element can hold: no tag can be closed or opened in it."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return (
        text.replace("&", "\\u0026")
        .replace("<", "\\u003c")
        .replace(">", "\\u003e")
        .replace("\u2028", "\\u2028")
        .replace("\u2029", "\\u2029")
    )


def _styled(specification: Mapping[str, Any], width: int) -> dict[str, Any]:
    styled = {key: value for key, value in specification.items() if key != "config"}
    styled["config"] = house_config()
    if "hconcat" not in styled and "vconcat" not in styled and "concat" not in styled:
        styled.setdefault("width", width)
        styled.setdefault("autosize", {"type": "fit-x", "contains": "padding"})
    return styled


def _specifications(drawn: list[dict[str, Any]]) -> str:
    """Both renditions for the reader's browser, data said once; house.js configures them."""
    datasets: dict[str, Any] = {}
    slim = []
    for specification in drawn:
        datasets |= specification.get("datasets", {})
        slim.append(
            {
                key: value
                for key, value in specification.items()
                if key not in ("datasets", "config", "$schema")
            }
        )
    content = {
        "$schema": drawn[0].get("$schema", ""),
        "datasets": datasets,
        "wide": slim[0],
        "narrow": slim[1],
    }
    return json_in_script(content)


def _disclosure(chart: Chart) -> str:
    head = "".join(
        f'<th scope="col"{_class(chart.frame[column.name])}>{escape(column.title)}</th>'
        for column in chart.columns
    )
    rows = "".join(
        "<tr>" + "".join(_cell(row[column.name], column) for column in chart.columns) + "</tr>"
        for row in chart.frame.to_dict("records")
    )
    label = escape(f"Data: {chart.title}")
    return (
        '<details class="chart-data"><summary>Data and downloads</summary>'
        '<div class="chart-tools" hidden>'
        '<button type="button" data-download="csv">Table as CSV</button>'
        '<button type="button" data-download="svg">Chart as SVG</button>'
        '<button type="button" data-download="png">Chart as PNG</button></div>'
        f'<div class="table-scroll" tabindex="0" role="region" aria-label="{label}">'
        f'<table class="data"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
        "</details>"
    )


def _class(values: pd.Series[Any]) -> str:
    return ' class="number"' if pd.api.types.is_numeric_dtype(values) else ""


def _cell(value: Any, column: ChartColumn) -> str:
    shown = escape(column.text(value)) if not _is_missing(value) else "–"
    if isinstance(value, bool) or not isinstance(value, int | float):
        raw = f"{value:%Y-%m-%d}" if isinstance(value, pd.Timestamp) else ""
        return f'<td data-value="{raw}">{shown}</td>' if raw else f"<td>{shown}</td>"
    raw = "" if _is_missing(value) else f"{value:.10g}"
    return f'<td class="number" data-value="{raw}">{shown}</td>'


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and value != value)
