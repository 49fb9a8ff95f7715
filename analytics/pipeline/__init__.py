"""The only orchestrator: from raw exports to stored results, running what is stale."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from analytics.pipeline.progress import Progress, Silence, Stage

if TYPE_CHECKING:
    from analytics.pipeline.analysis import analyse, remember_published
    from analytics.pipeline.exports import ensure_exports, generate_exports
    from analytics.pipeline.observed import read_observed_source

__all__ = [
    "Progress",
    "Silence",
    "Stage",
    "analyse",
    "ensure_exports",
    "generate_exports",
    "read_observed_source",
    "remember_published",
]

# Loaded when first asked for: `analytics check` needs neither Ibis nor pandas.
_HOMES = {
    "analyse": "analytics.pipeline.analysis",
    "ensure_exports": "analytics.pipeline.exports",
    "generate_exports": "analytics.pipeline.exports",
    "read_observed_source": "analytics.pipeline.observed",
    "remember_published": "analytics.pipeline.analysis",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
