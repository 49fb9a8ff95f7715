"""Where tables are computed: an Ibis connection to DuckDB or to Spark, and its frames.

Nothing above `marts` knows which engine it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.late_imports import late_names

if TYPE_CHECKING:
    from analytics.engine.connection import Engine, EngineKind, open_engine

__all__ = ["Engine", "EngineKind", "open_engine"]

__getattr__ = late_names(
    __name__,
    {
        "connection": (
            "Engine",
            "EngineKind",
            "open_engine",
        ),
    },
)
