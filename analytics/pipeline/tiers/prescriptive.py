"""Hands the prescriptive tier its marts and what the tiers before found."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.pipeline.progress import Stage
from analytics.pipeline.workshop import Workshop
from analytics.results import Result
from analytics.settings import Layout, Settings


def prescriptive(
    workshop: Workshop, layout: Layout, settings: Settings, stage: Stage
) -> Iterator[Result]:
    """Yield the marketing budget."""
    from analytics import prescriptive as tier

    marts = workshop.marts
    stage.advance(0, 1, "marketing budget")
    weekly, spend = marts.weekly(), None
    if marts.has_regional_marketing:
        weekly, spend = marts.regional_weekly(), marts.regional_marketing()
    elif marts.has("marketing_spend"):
        spend = marts.marketing()
    yield tier.marketing_budget(weekly, spend, settings=settings.budget, seed=settings.build.seed)
