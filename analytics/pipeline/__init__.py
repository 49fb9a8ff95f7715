"""The only orchestrator: from raw exports to stored results, running what is stale."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.late_imports import late_names
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

__getattr__ = late_names(
    __name__,
    {
        "analysis": (
            "analyse",
            "remember_published",
        ),
        "exports": (
            "ensure_exports",
            "generate_exports",
        ),
        "observed": ("read_observed_source",),
    },
)
