"""Hands the diagnostic tier its marts and what the descriptive tier found."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.pipeline.progress import Stage
from analytics.pipeline.tiers.facts import observation_cutoff, source_facts
from analytics.pipeline.workshop import Workshop
from analytics.results import Missing, MonthlyCube, Result
from analytics.settings import Layout, Settings
from analytics.store import read_result


def diagnostic(
    workshop: Workshop, layout: Layout, settings: Settings, stage: Stage
) -> Iterator[Result]:
    """Yield the drill-down and the correlations."""
    from analytics import diagnostic as tier

    marts, facts = workshop.marts, source_facts(layout)
    stage.advance(0, 2, "drill-down")
    cube = read_result(layout.results, MonthlyCube)
    if isinstance(cube, Missing):
        yield Missing(of="diagnostic.drilldown", needs=cube.needs, because=cube.because)
    else:
        yield tier.drill_down(cube, marts.totals("quarter"), marts.totals("month"), facts=facts)
    stage.advance(1, 2, "correlations")
    yield tier.correlations(marts.customer_features(observation_cutoff(facts)))
