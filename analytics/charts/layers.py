"""Layers of charts, made with Altair.

Altair's classes take whole definitions here instead of shorthands and frames: that makes the same
specification five times as fast, which counts on a page of many charts. Tests hold every chart
against Altair's schema.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from math import isfinite
from typing import Any, Literal

import altair as alt
import pandas as pd

Part = dict[str, Any]
Mark = Literal["area", "bar", "line", "point", "rect", "rule", "text", "tick"]

_TYPES = {"Q": "quantitative", "N": "nominal", "O": "ordinal", "T": "temporal"}


@dataclass(frozen=True, slots=True)
class Layer:
    """A chart or a part of one, and the data that it names."""

    chart: Any
    datasets: Mapping[str, list[Part]]

    def specification(self) -> Part:
        """Return the Vega-Lite specification, without a configuration."""
        drawn: Part = self.chart.to_dict(validate=False)
        drawn.pop("config", None)
        return {**drawn, "datasets": dict(self.datasets)}


def channel(shorthand: str, **definition: Any) -> Part:
    """Return what a channel shows: a field and its type, such as ``value:Q``, and how.

    Examples
    --------
    >>> channel("value:Q", title="Orders")
    {'field': 'value', 'type': 'quantitative', 'title': 'Orders'}
    """
    field, _, kind = shorthand.rpartition(":")
    return {"field": field, "type": _TYPES[kind], **definition}


def either(test: str, yes: str, no: str) -> Part:
    """Return a channel with the value `yes` where the expression `test` holds, else `no`."""
    return {"condition": {"test": test, "value": yes}, "value": no}


def layer(frame: pd.DataFrame, mark: Mark, encoding: Mapping[str, Any], **options: Any) -> Layer:
    """Return one layer: a frame drawn by a kind of mark with its options."""
    records = frame_records(frame)
    digest = sha256(json.dumps(records, ensure_ascii=False).encode()).hexdigest()
    name = f"data-{digest[:12]}"
    chart = alt.Chart(
        alt.NamedData(name=name),
        mark=alt.MarkDef(type=mark, **options),
        encoding=alt.FacetedEncoding(**encoding),
    )
    return Layer(chart, {name: records})


def layered(layers: Sequence[Layer], **properties: Any) -> Layer:
    """Return layers drawn over each other, as one chart."""
    chart = alt.LayerChart(layer=[each.chart for each in layers], **properties)
    return Layer(chart, _all_data(layers))


def beside(charts: Sequence[Layer], **properties: Any) -> Layer:
    """Return charts in rows and columns, as one chart."""
    chart = alt.ConcatChart(concat=[each.chart for each in charts], **properties)
    return Layer(chart, _all_data(charts))


def frame_records(frame: pd.DataFrame) -> list[Part]:
    """Return the rows as JSON values: times in ISO form, what is not a finite number as null."""
    columns = {str(name): [_plain(value) for value in frame[name].tolist()] for name in frame}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value


def _all_data(parts: Sequence[Layer]) -> dict[str, list[Part]]:
    return {name: rows for part in parts for name, rows in part.datasets.items()}


def series_legend(names: Collection[str], width: int) -> dict[str, Any] | None:
    """Return a legend below the plot, out of the way of axis titles; None for a single series."""
    if len(names) == 1:
        return None
    columns = max(1, width // 150)
    return {
        "title": None,
        "orient": "bottom",
        "symbolType": "circle",
        "symbolOpacity": 1,
        "columns": columns,
    }
