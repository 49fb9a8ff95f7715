"""A source as a build reads it: the synthetic shop's window is what the settings simulate."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from analytics.calendar import months_later
from analytics.ingest import Source, read_source
from analytics.settings import Layout, Settings


def read_observed_source(root: Path, name: str, settings: Settings) -> Source:
    """Read a source by name or path; see `analytics.ingest.read_source` for errors."""
    source = read_source(name, Layout(root=root, source=Path(name).stem))
    if not source.synthetic:
        return source
    shop = settings.synthetic
    end = months_later(shop.start, shop.months) - timedelta(days=1)
    return replace(source, observation_start=shop.start, observation_end=end)
