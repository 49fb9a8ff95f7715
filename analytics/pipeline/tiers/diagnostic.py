"""Hands the diagnostic tier its marts and what the descriptive tier found."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.pipeline.progress import Stage
from analytics.pipeline.tiers.facts import observation_cutoff, source_facts
from analytics.pipeline.workshop import Workshop
from analytics.results import Kpis, Missing, MonthlyCube, Result
from analytics.settings import Layout, Settings
from analytics.store import read_result


def diagnostic(
    workshop: Workshop, layout: Layout, settings: Settings, stage: Stage
) -> Iterator[Result]:
    """Yield the drill-down, the decline of revenue, churn patterns and correlations."""
    from analytics import diagnostic as tier

    marts, facts = workshop.marts, source_facts(layout)
    stage.advance(0, 4, "drill-down")
    cube = read_result(layout.results, MonthlyCube)
    if isinstance(cube, Missing):
        yield Missing(of="diagnostic.drilldown", needs=cube.needs, because=cube.because)
    else:
        yield tier.drill_down(cube, marts.totals("quarter"), marts.totals("month"), facts=facts)
    stage.advance(1, 4, "revenue decline")
    orders, every = marts.completed_orders()
    kpis = read_result(layout.results, Kpis)
    minimum, told = settings.privacy.minimum_cell, orders
    if isinstance(cube, MonthlyCube) and isinstance(kpis, Kpis):
        told = tier.told_orders(orders, kpis, cube, dimensions=marts.dimensions)
    yield tier.revenue_decline(
        told,
        facts=facts,
        seed=settings.build.seed,
        minimum_cell=minimum,
        customers_every=every,
    )
    stage.advance(2, 4, "churn patterns")
    yield tier.churn_patterns(
        orders,
        marts.satisfaction() if marts.has("satisfaction") else None,
        marts.tickets() if marts.has("support_tickets") else None,
        facts=facts,
        minimum_cell=minimum,
        customers_every=every,
    )
    stage.advance(3, 4, "correlations")
    yield tier.correlations(marts.customer_features(observation_cutoff(facts)))
