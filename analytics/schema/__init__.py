"""The canonical tables: what every layer above `ingest` may rely on.

A *period* is half-open, ``[start, end)``, in the source's one time zone.
"""

from analytics.schema.columns import Column, DType
from analytics.schema.tables import TABLES, Table, table

__all__ = ["TABLES", "Column", "DType", "Table", "table"]
