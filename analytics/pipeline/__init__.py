"""The only orchestrator: from raw exports to stored results, running what is stale."""

from analytics.pipeline.analysis import analyse
from analytics.pipeline.exports import ensure_exports, generate_exports
from analytics.pipeline.observed import read_observed_source
from analytics.pipeline.progress import Progress, Silence, Stage

__all__ = [
    "Progress",
    "Silence",
    "Stage",
    "analyse",
    "ensure_exports",
    "generate_exports",
    "read_observed_source",
]
