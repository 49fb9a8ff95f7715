"""Raw exports into canonical columns: renamed once, typed, what cannot be read set aside."""

from analytics.ingest.source import Source, TableSource, read_source
from analytics.ingest.staging import Staged, StagedTable, ingest

__all__ = ["Source", "Staged", "StagedTable", "TableSource", "ingest", "read_source"]
