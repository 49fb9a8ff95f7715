"""The canonical tables: what every layer above `ingest` may rely on.

A *period* is half-open, ``[start, end)``, in the source's one time zone.
"""

from analytics.schema.columns import Column, DType
from analytics.schema.tables import ORDER_LINES, SOURCE_TABLES, TABLES, Table, table

__all__ = ["ORDER_LINES", "SOURCE_TABLES", "TABLES", "Column", "DType", "Table", "table"]
