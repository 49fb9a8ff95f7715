"""The files that readers download, written into the staged site."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.digests import file_digest
from analytics.pipeline.published_customers import clean_beside, published_customers
from analytics.privacy import key_fingerprint, pseudonyms
from analytics.privacy.generalisation import QUASI_IDENTIFIERS
from analytics.results import (
    RESULT_TYPES,
    CustomerScores,
    DailySeries,
    DistinctCounts,
    Kpis,
    Missing,
    MonthlyCube,
    PrivacyAudit,
    Result,
    SourceFacts,
)
from analytics.store import has_result, read_manifest, read_result

Stored = TypeVar("Stored", bound=Result)
RESULTS_FILE = "results.json"
INDEX_FILE = "index.json"
# Scalar that says under which key the pseudonyms of a version were made.
KEY_KIND, KEY_NAME = "data.privacy", "pseudonym_key"
# Fewest customers that share all quasi-identifiers, where no audit says it.
GROUP = 5
_CUSTOMERS = ("active_customers", "new_customers", "previous_customers", "retained_customers")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A table that is offered: its name, its title, its rows, and what its index entry adds."""

    name: str
    title: str
    frame: pd.DataFrame
    facts: Mapping[str, Any] = field(default_factory=dict)


def write_downloads(results: Path, folder: Path, *, key: bytes | None) -> None:
    """Write every offered table as CSV and Parquet, `results.json` and an index of them.

    Parameters
    ----------
    results : Path
        The stored results.
    folder : Path
        Where the files go; made if it does not exist.
    key : bytes or None
        Key of the pseudonyms; None where customer rows are not published. Rows are published
        with quasi-identifiers told less where fewer than `privacy.minimum_cell` customers
        would share them; the index says how many share them at least (k).
    """
    folder.mkdir(parents=True, exist_ok=True)
    entries = []
    for download in _downloads(results, key):
        csv = folder / f"{download.name}.csv"
        _formula_safe(download.frame).to_csv(csv, index=False, lineterminator="\n")
        parquet = folder / f"{download.name}.parquet"
        arrow = pa.Table.from_pandas(download.frame, preserve_index=False)
        pq.write_table(arrow.replace_schema_metadata(None), parquet, compression="zstd")
        entries += [_entry(download, csv, "CSV"), _entry(download, parquet, "Parquet")]
    scalars = list(_scalars(results))
    if any(entry["name"] == "customers" for entry in entries):
        value = key_fingerprint(key or b"")
        scalars.append({"kind": KEY_KIND, "name": KEY_NAME, "value": value, "unit": ""})
    (folder / RESULTS_FILE).write_text(
        json.dumps(scalars, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8"
    )
    entries.append(
        {
            "name": "results",
            "title": "Every scalar of every result",
            "file": RESULTS_FILE,
            "format": "JSON",
            "rows": len(scalars),
            "bytes": (folder / RESULTS_FILE).stat().st_size,
            "sha256": file_digest(folder / RESULTS_FILE),
        }
    )
    (folder / INDEX_FILE).write_text(
        json.dumps(entries, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


def _downloads(results: Path, key: bytes | None) -> Iterator[Download]:
    scores = read_result(results, CustomerScores)
    if key is not None and isinstance(scores, CustomerScores):
        told = published_customers(scores, clean_beside(results), k=_group(results))
        if told is not None:
            frame = told.rows
            frame.insert(0, "customer", pseudonyms(frame.pop("customer_id"), key))
            frame = frame.sort_values("customer", ignore_index=True)
            quasi = [name for name in QUASI_IDENTIFIERS if name in frame.columns]
            facts = {"k": told.group, "quasi_identifiers": quasi, "coarsened_rows": told.coarsened}
            yield Download(name="customers", title="Analysed customers", frame=frame, facts=facts)
    cube = read_result(results, MonthlyCube)
    if isinstance(cube, MonthlyCube):
        yield Download(name="monthly_cube", title="Monthly cube", frame=cube.cells)
    daily = read_result(results, DailySeries)
    if isinstance(daily, DailySeries):
        yield Download(name="daily_series", title="Daily series", frame=_whole(daily.days))
    counts = _stored(results, DistinctCounts)
    if isinstance(counts, DistinctCounts):
        frame = counts.counts.astype(dict.fromkeys(_CUSTOMERS, "Int64"))
        yield Download(name="distinct_counts", title="Customers by filter", frame=frame)
    kpis = read_result(results, Kpis)
    if isinstance(kpis, Kpis):
        yield Download(name="kpis", title="KPIs by month and dimension", frame=kpis.values)


def _group(results: Path) -> int:
    """Return the fewest customers that have to share all quasi-identifiers."""
    audit = _stored(results, PrivacyAudit)
    return audit.minimum_cell if isinstance(audit, PrivacyAudit) else GROUP


def _stored(results: Path, kind: type[Stored]) -> Stored | Missing | None:
    return read_result(results, kind) if has_result(results, kind) else None


def _whole(days: pd.DataFrame) -> pd.DataFrame:
    """Return counts as whole numbers, which a column with nulls does not hold by itself."""
    return days.astype({"orders": "Int64", "active_customers": "Int64"})


def _scalars(results: Path) -> Iterator[dict[str, Any]]:
    """Yield kind, name, value and unit of every scalar, the KPIs of the latest month included."""
    for kind in RESULT_TYPES:
        if not has_result(results, kind):
            continue
        manifest = read_manifest(results, kind.KIND)
        if manifest["kind"] == Missing.KIND:
            continue
        for name, value in manifest["scalars"].items():
            if isinstance(value, list):
                value = ", ".join(map(str, value))
            yield _scalar(kind, name, value)
    kpis = read_result(results, Kpis)
    facts = read_result(results, SourceFacts)
    if isinstance(kpis, Kpis) and isinstance(facts, SourceFacts) and kpis.latest_month:
        units = dict(zip(kpis.definitions["kpi"], kpis.definitions["unit"], strict=True))
        values = kpis.values
        latest = values[
            (values["month"] == pd.Timestamp(kpis.latest_month)) & (values["dimension"] == "all")
        ]
        for row in latest.itertuples():
            value = None if pd.isna(row.value) else float(row.value)  # type: ignore[arg-type]
            yield {
                "kind": Kpis.KIND,
                "name": f"{row.kpi} in {kpis.latest_month:%Y-%m}",
                "value": value,
                "unit": units[str(row.kpi)],
            }


def _scalar(kind: type[Result], name: str, value: Any) -> dict[str, Any]:
    if name in kind.UNITS:
        unit = kind.UNITS[name]
    elif name.endswith("_amount"):
        unit = "currency"
    elif name.endswith("_rate"):
        unit = "rate"
    else:
        unit = ""
    return {"kind": kind.KIND, "name": name, "value": value, "unit": unit}


def _entry(download: Download, file: Path, format_name: str) -> dict[str, Any]:
    return {
        "name": download.name,
        "title": download.title,
        "file": file.name,
        "format": format_name,
        "rows": len(download.frame),
        "bytes": file.stat().st_size,
        "sha256": file_digest(file),
        **download.facts,
    }


def _formula_safe(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the frame with an apostrophe before text that a spreadsheet would run."""
    safe = frame.copy()
    for name in safe.columns:
        if pd.api.types.is_string_dtype(safe[name]):
            risky = safe[name].str.startswith(FORMULA_STARTS).fillna(False).astype(bool)
            safe[name] = safe[name].where(~risky, "'" + safe[name])
    return safe
