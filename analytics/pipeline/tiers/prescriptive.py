"""Hands the prescriptive tier its marts and what the tiers before found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pandas as pd

from analytics.pipeline.progress import Stage
from analytics.pipeline.tiers.facts import observation_cutoff, source_facts
from analytics.pipeline.workshop import Workshop
from analytics.results import Experiments, Missing, Result
from analytics.settings import Layout, Settings


def prescriptive(
    workshop: Workshop, layout: Layout, settings: Settings, stage: Stage
) -> Iterator[Result]:
    """Yield the experiments and the marketing budget."""
    from analytics import prescriptive as tier

    marts = workshop.marts
    stage.advance(0, 2, "experiments")
    yield _experiments(workshop, layout, settings)
    stage.advance(1, 2, "marketing budget")
    weekly, spend = marts.weekly(), None
    if marts.has_regional_marketing:
        weekly, spend = marts.regional_weekly(), marts.regional_marketing()
    elif marts.has("marketing_spend"):
        spend = marts.marketing()
    yield tier.marketing_budget(weekly, spend, settings=settings.budget, seed=settings.build.seed)


def _experiments(workshop: Workshop, layout: Layout, settings: Settings) -> Experiments | Missing:
    from analytics import prescriptive as tier

    marts, facts = workshop.marts, source_facts(layout)
    end = observation_cutoff(facts)
    window = timedelta(weeks=settings.experiments.window_weeks)
    has = marts.has("experiments")
    return tier.experiments(
        marts.assignments() if has else None,
        marts.experiment_weeks(settings.experiments.window_weeks) if has else None,
        marts.customer_windows(end - 2 * window, end - window, end),
        observed_from=pd.Timestamp(facts.observation_start),
        observed_to=pd.Timestamp(end),
        has_costs=marts.has("costs"),
        settings=settings.experiments,
        minimum_cell=settings.privacy.minimum_cell,
    )
