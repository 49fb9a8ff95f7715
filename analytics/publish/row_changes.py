"""Rows of the published tables that were added, changed or removed between two versions."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

DOWNLOADS = Path("site") / "data" / "downloads"
_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class RowChanges:
    """A published table in an old and a new version.

    Attributes
    ----------
    table, title : str
        Its name and title.
    old_rows, new_rows : int or None
        None where a version does not have it.
    added, removed, changed : int
        Rows whose key only the new or only the old version has, and rows with other values.
    columns : tuple of str
        Columns that came or went, such as ``+ churn_rate``.
    """

    table: str
    title: str
    old_rows: int | None
    new_rows: int | None
    added: int = 0
    removed: int = 0
    changed: int = 0
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RestatedValue:
    """A KPI of the whole shop in a month that both versions cover whole."""

    kpi: str
    month: str
    old: float | None
    new: float | None


def row_changes(old: Path, new: Path) -> tuple[RowChanges, ...]:
    """Return how each published table of two versions' folders changed, in their order."""
    before, after = _tables(old), _tables(new)
    return tuple(
        _changes(name, before.get(name), after.get(name), old / DOWNLOADS, new / DOWNLOADS)
        for name in (*after, *(name for name in before if name not in after))
    )


def restated_values(old: Path, new: Path) -> tuple[RestatedValue, ...]:
    """Return the KPIs of the whole shop that differ in months that both versions cover whole."""
    import pandas as pd

    frames = []
    for folder in (old, new):
        file = folder / DOWNLOADS / "kpis.parquet"
        if not file.is_file():
            return ()
        rows = pd.read_parquet(file)
        frames.append(rows[rows["complete"] & (rows["dimension"] == "all")])
    both = frames[0].merge(frames[1], on=["month", "kpi"], suffixes=("_old", "_new"))
    differ = both[_differ(both["value_old"], both["value_new"])]
    return tuple(
        RestatedValue(
            kpi=str(row["kpi"]),
            month=f"{row['month']:%Y-%m}",
            old=_number(row["value_old"]),
            new=_number(row["value_new"]),
        )
        for row in differ.sort_values(["month", "kpi"]).to_dict("records")
    )


def _tables(folder: Path) -> dict[str, dict[str, Any]]:
    try:
        package = json.loads((folder / DOWNLOADS / "datapackage.json").read_bytes())
        resources = package["resources"]
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    return {each["name"]: each for each in resources if "schema" in each}


def _changes(
    name: str,
    old: dict[str, Any] | None,
    new: dict[str, Any] | None,
    old_folder: Path,
    new_folder: Path,
) -> RowChanges:
    title = str((new or old or {}).get("title", name))
    before = None if old is None else _rows(old_folder / f"{name}.parquet")
    after = None if new is None else _rows(new_folder / f"{name}.parquet")
    if before is None or after is None or old is None or new is None:
        return RowChanges(
            table=name,
            title=title,
            old_rows=None if before is None else len(before),
            new_rows=None if after is None else len(after),
            added=0 if after is None else len(after),
            removed=0 if before is None else len(before),
        )
    columns = (
        *(f"+ {column}" for column in after.columns if column not in before.columns),
        *(f"- {column}" for column in before.columns if column not in after.columns),
    )
    key = [column for column in new["schema"].get("primaryKey", []) if column in before.columns]
    both = before.merge(after, on=key, how="outer", suffixes=("_old", "_new"), indicator="where_")
    shared = both[both["where_"] == "both"]
    changed = None
    for column in after.columns:
        if column in key or column not in before.columns:
            continue
        differ = _differ(shared[f"{column}_old"], shared[f"{column}_new"])
        changed = differ if changed is None else changed | differ
    return RowChanges(
        table=name,
        title=title,
        old_rows=len(before),
        new_rows=len(after),
        added=int((both["where_"] == "right_only").sum()),
        removed=int((both["where_"] == "left_only").sum()),
        changed=0 if changed is None else int(changed.sum()),
        columns=columns,
    )


def _differ(old: pd.Series[Any], new: pd.Series[Any]) -> pd.Series[bool]:
    """Return where values differ; two that are missing do not, nor do rounding errors."""
    import pandas as pd

    missing = old.isna() & new.isna()
    numeric = pd.api.types.is_numeric_dtype(old) and pd.api.types.is_numeric_dtype(new)
    if numeric and not pd.api.types.is_bool_dtype(old):
        then, now = old.astype("float64"), new.astype("float64")
        close = (then - now).abs() <= _TOLERANCE * then.abs().clip(lower=1.0)
        return ~(missing | close)
    equal = (old.astype("object") == new.astype("object")).fillna(False).astype(bool)
    return ~(missing | equal)


def _rows(file: Path) -> pd.DataFrame | None:
    import pandas as pd

    try:
        return pd.read_parquet(file)
    except (OSError, ValueError):
        return None


def _number(value: Any) -> float | None:
    return None if value != value or value is None else float(value)
