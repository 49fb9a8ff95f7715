"""Vega-Lite specifications as plain values.

Altair makes the same ones, but its import takes two seconds in every kernel and its objects
half of the time of a page with many charts; tests hold these against its schema.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from math import isfinite
from typing import Any

import pandas as pd

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
Part = dict[str, Any]

_TYPES = {"Q": "quantitative", "N": "nominal", "O": "ordinal", "T": "temporal"}


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


def layer(frame: pd.DataFrame, mark: str, encoding: Mapping[str, Any], **options: Any) -> Part:
    """Return one layer: a frame drawn by a kind of mark with its options."""
    records = frame_records(frame)
    digest = sha256(json.dumps(records, ensure_ascii=False).encode()).hexdigest()
    return {
        "data": {"name": f"data-{digest[:12]}"},
        "mark": {"type": mark, **options},
        "encoding": dict(encoding),
        "datasets": {f"data-{digest[:12]}": records},
    }


def layered(layers: Sequence[Part], **properties: Any) -> Part:
    """Return layers drawn over each other, as one specification."""
    inner, datasets = _apart(layers)
    return {"layer": inner, **properties, "$schema": SCHEMA, "datasets": datasets}


def beside(charts: Sequence[Part], **properties: Any) -> Part:
    """Return charts in rows and columns, as one specification."""
    inner, datasets = _apart(charts)
    return {"concat": inner, **properties, "$schema": SCHEMA, "datasets": datasets}


def frame_records(frame: pd.DataFrame) -> list[dict[str, Any]]:
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


def _apart(parts: Sequence[Part]) -> tuple[list[Part], dict[str, Any]]:
    datasets: dict[str, Any] = {}
    inner = []
    for part in parts:
        datasets |= part["datasets"]
        inner.append({key: part[key] for key in part if key not in ("datasets", "$schema")})
    return inner, datasets
