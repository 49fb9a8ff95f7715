"""A result as a folder: `manifest.json` and one Parquet file a frame."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from analytics.errors import DataError, Place
from analytics.results import Missing, Result

R = TypeVar("R", bound=Result)
MANIFEST = "manifest.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What a result was computed from.

    ``inputs`` maps names (data, code, settings, lock) to sha256 digests, ``parameters`` the
    values that the computation was called with.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)


def write_result(folder: Path, result: Result, provenance: Provenance) -> None:
    """Write a result below `folder`, replacing the one of its kind in a single rename.

    A `Missing` is written in the place of the kind that it stands for.
    """
    kind = result.of if isinstance(result, Missing) else result.KIND
    target = folder / kind
    aside = folder / f".{kind}.{os.getpid()}"
    shutil.rmtree(aside, ignore_errors=True)
    aside.mkdir(parents=True)
    frames = {name: _write_frame(aside, result, name) for name in result.frames}
    manifest = {
        "kind": result.KIND,
        "version": result.VERSION,
        "scalars": {name: _plain(value) for name, value in result.scalars.items()},
        "frames": frames,
        "inputs": dict(sorted(provenance.inputs.items())),
        "parameters": {key: _plain(value) for key, value in sorted(provenance.parameters.items())},
    }
    text = json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False)
    (aside / MANIFEST).write_text(text + "\n", encoding="utf-8")
    if target.exists():
        old = folder / f".{kind}.{os.getpid()}.old"
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        aside.rename(target)
        shutil.rmtree(old)
    else:
        aside.rename(target)


def read_result(folder: Path, kind: type[R]) -> R | Missing:
    """Read the result of that type, or the `Missing` in its place.

    Raises
    ------
    DataError
        Where it was never written, was written by another version of the package, or a file
        is not what the manifest says.
    """
    manifest = read_manifest(folder, kind.KIND)
    path = folder / kind.KIND
    if manifest["kind"] == Missing.KIND:
        scalars = manifest["scalars"]
        return Missing(of=scalars["of"], needs=tuple(scalars["needs"]), because=scalars["because"])
    if manifest["version"] != kind.VERSION:
        raise DataError(
            f"{kind.KIND} was written in version {manifest['version']}, "
            f"this package reads {kind.VERSION}",
            place=Place(file=str(path)),
            remedy="Run analytics build --force.",
        )
    frames = {name: _read_frame(path, entry) for name, entry in manifest["frames"].items()}
    scalars = {name: _typed(kind, name, value) for name, value in manifest["scalars"].items()}
    return kind(**scalars, **frames)


def has_result(folder: Path, kind: type[Result]) -> bool:
    """Return whether a result of that type, or a `Missing` in its place, is stored."""
    return (folder / kind.KIND / MANIFEST).is_file()


def read_manifest(folder: Path, kind: str) -> dict[str, Any]:
    """Read the manifest of the stored result of that kind; DataError where there is none."""
    path = folder / kind / MANIFEST
    try:
        manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(
            f"there is no result {kind}",
            place=Place(file=str(folder)),
            remedy="Run analytics build first.",
        ) from None
    return manifest


def result_digest(folder: Path, kind: str) -> str:
    """Return the sha256 of a stored result's manifest, which holds those of its frames."""
    return hashlib.sha256((folder / kind / MANIFEST).read_bytes()).hexdigest()


def _write_frame(folder: Path, result: Result, name: str) -> dict[str, Any]:
    frame = result.frames[name]
    file = folder / f"{name}.parquet"
    arrow = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
    pq.write_table(arrow, file, compression="zstd")
    columns = [
        {"name": c.name, "dtype": c.dtype, "unit": c.unit, "description": c.description}
        for c in result.FRAMES[name]
    ]
    return {
        "file": file.name,
        "rows": len(frame),
        "columns": columns,
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
    }


def _read_frame(folder: Path, entry: Mapping[str, Any]) -> pd.DataFrame:
    file = folder / entry["file"]
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        raise DataError("the file is missing", place=Place(file=str(file))) from None
    if hashlib.sha256(content).hexdigest() != entry["sha256"]:
        raise DataError(
            "the file is not the one that its manifest names",
            place=Place(file=str(file)),
            remedy="Run analytics build --force.",
        )
    frame: pd.DataFrame = pq.read_table(pa.BufferReader(content)).to_pandas()
    return frame


def _plain(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value != value:
        return None
    return value


def _typed(kind: type[Result], name: str, value: Any) -> Any:
    hint = str(kind.__annotations__[name])
    if value is None:
        return float("nan") if hint == "float" else None
    if "date" in hint:
        return date.fromisoformat(value)
    if "tuple" in hint:
        return tuple(value)
    if hint == "float":
        return float(value)
    return value
