"""Where tables are computed: an Ibis connection to DuckDB or to Spark, and its frames.

Nothing above `marts` knows which engine it is.
"""

from analytics.engine.connection import Engine, EngineKind, open_engine

__all__ = ["Engine", "EngineKind", "open_engine"]
