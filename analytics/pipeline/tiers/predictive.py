"""Hands the predictive tier its features and targets."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from analytics.calendar import same_day_months_later
from analytics.pipeline.progress import Stage
from analytics.pipeline.tiers.facts import clv_horizon_months, observation_cutoff, source_facts
from analytics.pipeline.workshop import Workshop
from analytics.results import Result
from analytics.settings import Layout, Settings

SHORTEST_HORIZON_MONTHS = 3


def predictive(
    workshop: Workshop, layout: Layout, settings: Settings, stage: Stage
) -> Iterator[Result]:
    """Yield lifetime values and the analysed data set."""
    from analytics import predictive as tier

    marts, facts = workshop.marts, source_facts(layout)
    scoring = observation_cutoff(facts)
    horizon = clv_horizon_months(facts, settings.clv.horizon_months)
    clv = replace(settings.clv, horizon_months=horizon)
    stage.advance(0, 2, "features")
    training = features = target = None
    if horizon >= SHORTEST_HORIZON_MONTHS:
        training = same_day_months_later(scoring, -horizon)
        features = marts.customer_features(training)
        target = marts.customer_margin(
            training,
            scoring,
            discount_rate=clv.discount_rate,
            margin_rate=clv.assumed_margin_rate,
        )
    else:
        clv = settings.clv
    stage.advance(1, 2, "models")
    yield from tier.customer_lifetime_value(
        features,
        target,
        marts.customer_features(scoring),
        settings=clv,
        training_cutoff=training,
        scoring_cutoff=scoring,
        currency=facts.currency,
        has_costs=marts.has("costs"),
        seed=settings.build.seed,
        minimum_cell=settings.privacy.minimum_cell,
    )
