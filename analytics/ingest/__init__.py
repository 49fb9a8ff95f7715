"""Raw exports into canonical columns: renamed once, typed, what cannot be read set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.ingest.source import Source, TableSource, read_source
from analytics.late_imports import late_names

if TYPE_CHECKING:
    from analytics.ingest.staging import Staged, StagedTable, ingest

__all__ = ["Source", "Staged", "StagedTable", "TableSource", "ingest", "read_source"]

__getattr__ = late_names(
    __name__,
    {
        "staging": (
            "Staged",
            "StagedTable",
            "ingest",
        ),
    },
)
