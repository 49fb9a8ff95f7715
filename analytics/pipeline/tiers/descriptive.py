"""Hands the descriptive tier its marts and settings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from analytics.pipeline.progress import Stage
from analytics.pipeline.tiers.facts import observation_cutoff, source_facts
from analytics.pipeline.workshop import Workshop
from analytics.results import Result
from analytics.settings import Layout, Settings


def descriptive(
    workshop: Workshop,
    layout: Layout,
    settings: Settings,
    stage: Stage,
    *,
    earlier: Path | None = None,
) -> Iterator[Result]:
    """Yield KPIs, cube, distinct counts, daily series, reports and alerts.

    `earlier` is the folder of the downloads of the version published before.
    """
    from analytics import descriptive as tier
    from analytics.pipeline.published_tables import read_earlier_tables

    marts, facts = workshop.marts, source_facts(layout)
    minimum = settings.privacy.minimum_cell
    stage.advance(0, 6, "cube")
    monthly, cells = marts.monthly(), marts.cube()
    protection = tier.protected_tables(
        monthly,
        cells,
        dimensions=marts.dimensions,
        minimum_cell=minimum,
        earlier=read_earlier_tables(earlier),
    )
    yield protection.cube
    stage.advance(1, 6, "distinct counts")
    counts = tier.distinct_counts(
        marts.distinct_counts(),
        protection,
        monthly,
        dimensions=marts.dimensions,
        minimum_cell=minimum,
        facts=facts,
    )
    yield counts
    stage.advance(2, 6, "KPIs")
    kpis = tier.kpis(
        monthly,
        marts.monthly_satisfaction() if marts.has("satisfaction") else None,
        marts.monthly_tickets() if marts.has("support_tickets") else None,
        marts.marketing() if marts.has("marketing_spend") else None,
        facts=facts,
        minimum_cell=minimum,
        parts=protection.parts,
    )
    yield kpis
    stage.advance(3, 6, "daily series")
    daily = tier.daily_series(marts.daily(), minimum_cell=minimum)
    yield daily
    stage.advance(4, 6, "reports")
    yield tier.monthly_reports(kpis, monthly, parts=protection.parts)
    yield tier.period_reports(
        kpis,
        counts,
        daily,
        {name: marts.daily_by(name) for name in marts.dimensions},
        facts=facts,
        minimum_cell=minimum,
    )
    stage.advance(5, 6, "alerts")
    yield tier.alerts(kpis, settings.alerts, cells=cells, cube=protection.cube)
    yield tier.customer_base(
        marts.cohorts(),
        marts.customer_features(observation_cutoff(facts)),
        marts.purchase_gaps(),
        facts=facts,
        minimum_cell=minimum,
    )
    yield tier.comparisons(kpis, daily, settings.events, facts=facts)
