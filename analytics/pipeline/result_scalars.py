"""Every scalar of every result, with its unit and what it means."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.results import RESULT_TYPES, Kpis, Missing, Result
from analytics.store import has_result, read_manifest, read_result

# Suffix of a name and the unit that it stands for; see the glossary.
_UNITS = {"_amount": "currency", "_rate": "rate", "_days": "days", "_months": "months",
          "_customers": "customers", "_cells": "cells", "_rows": "rows"}  # fmt: skip


def result_scalars(results: Path) -> Iterator[dict[str, Any]]:
    """Yield kind, name, value, unit and definition of every scalar.

    Besides the fields of the results, the scores of models, and the KPIs of the last complete
    month. A kind and a name occur once.
    """
    for kind in RESULT_TYPES:
        if not has_result(results, kind):
            continue
        manifest = read_manifest(results, kind.KIND)
        if manifest["kind"] == Missing.KIND:
            continue
        told = _definitions(kind)
        for name, value in manifest["scalars"].items():
            if isinstance(value, list):
                value = ", ".join(map(str, value))
            yield _scalar(
                kind, name, value, _unit(kind, name), told.get(name) or _plainly(kind, name)
            )
        result = read_result(results, kind)
        if not isinstance(result, Missing):
            yield from _scores(result)
    kpis = read_result(results, Kpis)
    if isinstance(kpis, Kpis) and kpis.latest_month:
        yield from _latest_kpis(kpis)


def _latest_kpis(kpis: Kpis) -> Iterator[dict[str, Any]]:
    known = kpis.definitions.set_index("kpi")
    values = kpis.values
    month = pd.Timestamp(str(kpis.latest_month))
    for row in values[(values["month"] == month) & (values["dimension"] == "all")].itertuples():
        name = str(row.kpi)
        value = None if pd.isna(row.value) else float(row.value)  # type: ignore[arg-type]
        definition = ": ".join(str(known.at[name, column]) for column in ("title", "formula"))
        unit = str(known.at[name, "unit"])
        yield _scalar(Kpis, f"{name} in {month:%Y-%m}", value, unit, definition)


def _scores(result: Result) -> Iterator[dict[str, Any]]:
    """Yield the scores of a result's models: rows that name a metric and its value."""
    for name, columns in result.FRAMES.items():
        names = [column.name for column in columns]
        if "metric" not in names or "value" not in names:
            continue
        words = [c.name for c in columns if c.dtype == "string" and c.name != "metric"]
        rows = result.frames[name]
        labels = rows[[*words, "metric"]].astype(str).agg(" ".join, axis=1)
        for label, value in zip(labels, rows["value"], strict=True):
            if not (labels == label).sum() > 1:
                known = None if pd.isna(value) else float(value)
                definition = f"Score of a model: {', '.join(words)}, metric."
                yield _scalar(type(result), f"{name} {label}", known, "", definition)


def _scalar(
    kind: type[Result], name: str, value: object, unit: str, definition: str
) -> dict[str, Any]:
    return {"kind": kind.KIND, "name": name, "value": value, "unit": unit, "definition": definition}


def _unit(kind: type[Result], name: str) -> str:
    if name in kind.UNITS:
        return kind.UNITS[name]
    return next((unit for suffix, unit in _UNITS.items() if name.endswith(suffix)), "")


def _definitions(kind: type[Result]) -> dict[str, str]:
    """Return what the documentation of a result says of its fields (numpydoc, Attributes)."""
    text = inspect.cleandoc(kind.__doc__ or "")
    _, _, attributes = text.partition("Attributes\n----------\n")
    found: dict[str, str] = {}
    for names, body in re.findall(r"(?m)^(\w[\w, ]*) : .*\n((?:    .*\n?)+)", attributes):
        said = " ".join(line.strip() for line in body.splitlines())
        found |= {name.strip(): said for name in names.split(",")}
    return found


def _plainly(kind: type[Result], name: str) -> str:
    """Return the name in words, and what result it is a part of."""
    first = inspect.cleandoc(kind.__doc__ or "").partition("\n\n")[0].replace("\n", " ")
    words = name.replace("_", " ")
    return f"{words[:1].upper()}{words[1:]}. Of: {first}"
