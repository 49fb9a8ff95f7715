"""Raw exports into canonical columns: renamed once, typed, what cannot be read set aside."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from analytics.ingest.source import Source, TableSource, read_source

if TYPE_CHECKING:
    from analytics.ingest.staging import Staged, StagedTable, ingest

__all__ = ["Source", "Staged", "StagedTable", "TableSource", "ingest", "read_source"]

# Loaded when first asked for: `analytics check` needs neither Ibis nor pandas.
_HOMES = {
    "Staged": "analytics.ingest.staging",
    "StagedTable": "analytics.ingest.staging",
    "ingest": "analytics.ingest.staging",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
