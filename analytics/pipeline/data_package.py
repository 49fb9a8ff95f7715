"""`datapackage.json`: what the published files are, for programs; and the data's own version.

References
----------
Data Package, version 2.0: https://datapackage.org/standard/data-package/
Recipe "Data Package version": https://datapackage.org/recipes/data-package-version/
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.pipeline.download_files import Context
from analytics.pipeline.download_tables import Download
from analytics.schema import Column

PACKAGE_FILE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
FIRST_VERSION = "1.0.0"

_TYPES: Mapping[str, Mapping[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "money": {"type": "number"},
    "boolean": {"type": "boolean", "trueValues": ["True"], "falseValues": ["False"]},
    "date": {"type": "date"},
    "timestamp": {"type": "datetime", "format": "any"},
}
_MEDIA = {
    "csv": "text/csv",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "md": "text/markdown",
    "json": "application/json",
}
_VERSION = re.compile(r"(\d+)\.(\d+)\.(\d+)")


def data_package(
    entries: Sequence[Mapping[str, Any]], tables: Mapping[str, Download], context: Context
) -> dict[str, Any]:
    """Return the descriptor of all published files.

    CSV files are described column by column. The same rows as Parquet and Excel are named with
    their size and digest, so that tools without readers for these can still check them.

    Parameters
    ----------
    entries : sequence of mapping
        The index of the files: file, name, title, format, bytes, sha256.
    tables : mapping
        The tables by name.
    context : Context
        What the files say of where they come from.
    """
    name = re.sub(r"[^a-z0-9._-]+", "-", context.source.lower()).strip("-") or "shop"
    return {
        "$schema": PROFILE,
        "name": name,
        "title": f"{context.source}: customer analytics",
        "description": f"Observed {context.data_from.isoformat()} to {context.data_to.isoformat()}"
        f" ({context.time_zone}), amounts in {context.currency}. Figures that stand for fewer "
        f"than {context.minimum_cell} customers are merged or left out.",
        "version": context.data_version,
        **({"homepage": context.permalink} if context.permalink.startswith("http") else {}),
        "sources": [{"title": context.source, "version": context.version}],
        "resources": [
            _resource(entry, tables.get(str(entry["name"])), context) for entry in entries
        ],
    }


def next_data_version(folder: Path | None, tables: Mapping[str, Download]) -> str:
    """Return the semantic version of the data, counted on from what was published before.

    A table or column that came, went or changed its type, unit or key counts the major number
    on; rows that were added, or a new table, the minor one; rows that changed or went, the
    patch number. Nothing changed: the version stays.

    Parameters
    ----------
    folder : Path or None
        The downloads of the version published before.
    tables : mapping
        The tables of now, by name.
    """
    before = read_package(folder)
    match = _VERSION.fullmatch(str((before or {}).get("version", "")))
    if folder is None or before is None or match is None:
        return FIRST_VERSION
    major, minor, patch = (int(part) for part in match.groups())
    levels = {_level(folder, before, table) for table in tables.values()}
    if _described(before).keys() - tables.keys():
        levels.add("major")
    if "major" in levels:
        return f"{major + 1}.0.0"
    if "minor" in levels:
        return f"{major}.{minor + 1}.0"
    return f"{major}.{minor}.{patch + 1}" if "patch" in levels else match[0]


def read_package(folder: Path | None) -> dict[str, Any] | None:
    """Return the descriptor in a folder of downloads, or None where there is none to read."""
    try:
        package = json.loads(((folder or Path()) / PACKAGE_FILE).read_bytes()) if folder else None
    except (OSError, ValueError):
        return None
    return package if isinstance(package, dict) else None


def _level(folder: Path, before: Mapping[str, Any], table: Download) -> str:
    old = _described(before).get(table.name)
    if old is None:
        return "minor"
    if old["fields"] != _shape(table) or old["key"] != list(table.key):
        return "major"
    try:
        rows = pd.read_parquet(folder / f"{table.name}.parquet")
    except (OSError, ValueError):
        return "patch"
    key = list(table.key)
    marked = rows.merge(table.frame[key], on=key, how="outer", indicator=True)["_merge"]
    if bool((marked == "right_only").any()):
        return "minor"
    if bool((marked == "left_only").any()):
        return "patch"
    order = list(table.frame.columns)
    then = rows[order].sort_values(key, ignore_index=True)
    now = table.frame.sort_values(key, ignore_index=True)
    same = all(then[name].astype("object").where(then[name].notna(), None).tolist()
               == now[name].astype("object").where(now[name].notna(), None).tolist()
               for name in order)  # fmt: skip
    return "" if same else "patch"


def _described(package: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the fields and key of each table of a descriptor, by name of the table."""
    return {
        str(resource["name"]): {
            "fields": [
                (field["name"], field["type"], field.get("unit", ""))
                for field in resource["schema"]["fields"]
            ],
            "key": resource["schema"].get("primaryKey", []),
        }
        for resource in package.get("resources", [])
        if "schema" in resource
    }


def _shape(table: Download) -> list[tuple[str, str, str]]:
    return [(c.name, str(_TYPES[c.dtype]["type"]), c.unit) for c in table.columns]


def _resource(entry: Mapping[str, Any], table: Download | None, context: Context) -> dict[str, Any]:
    suffix = str(entry["file"]).rpartition(".")[2]
    described = suffix == "csv" and table is not None
    resource: dict[str, Any] = {
        "name": entry["name"] if described else re.sub(r"[^a-z0-9_]+", "-", entry["file"]),
        "path": entry["file"],
        "title": entry["title"],
        **({"description": table.description} if table is not None else {}),
        # By these two formats tools would read the file as another table without a schema.
        "format": "binary" if suffix in ("parquet", "xlsx") else suffix,
        "mediatype": _MEDIA.get(suffix, "application/octet-stream"),
        "bytes": entry["bytes"],
        "hash": f"sha256:{entry['sha256']}",
    }
    if table is not None and described:
        resource |= {
            "type": "table",
            "encoding": "utf-8",
            "dialect": {"delimiter": ",", "lineTerminator": "\n"},
            "schema": {
                "fields": [_field(column, table, context.currency) for column in table.columns],
                "missingValues": [""],
                "primaryKey": list(table.key),
            },
        }
    return resource


def _field(column: Column, table: Download, currency: str) -> dict[str, Any]:
    # An empty text is a missing value to whoever reads CSV.
    always = not column.nullable and not bool((table.frame[column.name] == "").any())
    return {
        "name": column.name,
        **_TYPES[column.dtype],
        "description": column.description,
        **({"unit": column.unit} if column.unit else {}),
        **({"currency": currency} if column.unit == "currency" else {}),
        **({"constraints": {"required": True}} if always else {}),
    }
