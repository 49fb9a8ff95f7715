"""Where tables are computed: an Ibis connection to DuckDB or to Spark, and its frames.

Nothing above `marts` knows which engine it is.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from analytics.engine.connection import Engine, EngineKind, open_engine

__all__ = ["Engine", "EngineKind", "open_engine"]

# Loaded when first asked for: `analytics check` needs neither Ibis nor pandas.
_HOMES = {
    "Engine": "analytics.engine.connection",
    "EngineKind": "analytics.engine.connection",
    "open_engine": "analytics.engine.connection",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
