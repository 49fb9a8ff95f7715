"""Hands each tier its marts and settings, and one tier's result to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from analytics.calendar import same_day_months_later
from analytics.pipeline.progress import Stage
from analytics.pipeline.workshop import Workshop
from analytics.results import (
    CustomerScores,
    Kpis,
    Missing,
    MonthlyCube,
    MonthlyReports,
    Result,
    SourceFacts,
)
from analytics.settings import Layout, Settings
from analytics.store import read_result

SHORTEST_HORIZON_MONTHS = 3


def source_facts(layout: Layout) -> SourceFacts:
    """Return the facts of the source that the stage before has written."""
    facts = read_result(layout.results, SourceFacts)
    if isinstance(facts, Missing):
        raise TypeError("the facts of a source are never missing")
    return facts


def descriptive(
    workshop: Workshop,
    layout: Layout,
    settings: Settings,
    stage: Stage,
    *,
    earlier: Path | None = None,
) -> Iterator[Result]:
    """Yield KPIs, cube, distinct counts, daily series, monthly reports and alerts.

    `earlier` is the folder of the downloads of the version published before.
    """
    from analytics import descriptive as tier
    from analytics.pipeline.published_tables import read_earlier_tables

    marts, facts = workshop.marts, source_facts(layout)
    minimum = settings.privacy.minimum_cell
    stage.advance(0, 6, "cube")
    monthly = marts.monthly()
    protection = tier.protected_tables(
        monthly,
        marts.cube(),
        dimensions=marts.dimensions,
        minimum_cell=minimum,
        earlier=read_earlier_tables(earlier),
    )
    yield protection.cube
    stage.advance(1, 6, "distinct counts")
    yield tier.distinct_counts(
        marts.distinct_counts(),
        protection,
        monthly,
        dimensions=marts.dimensions,
        minimum_cell=minimum,
        facts=facts,
    )
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
    yield tier.daily_series(marts.daily(), minimum_cell=minimum)
    stage.advance(4, 6, "reports")
    yield tier.monthly_reports(kpis, monthly, parts=protection.parts)
    stage.advance(5, 6, "alerts")
    yield tier.alerts(kpis, settings.alerts)


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


def privacy(
    workshop: Workshop,
    layout: Layout,
    settings: Settings,
    stage: Stage,
    *,
    earlier: Path | None = None,
    publish_customers: bool = False,
) -> Iterator[Result]:
    """Yield the audit of all that is published, the version in `earlier` included."""
    from analytics.pipeline.privacy_audit import privacy_audit
    from analytics.pipeline.published_customers import published_customers
    from analytics.pipeline.published_tables import read_earlier_tables

    cube = read_result(layout.results, MonthlyCube)
    kpis = read_result(layout.results, Kpis)
    reports = read_result(layout.results, MonthlyReports)
    scores = read_result(layout.results, CustomerScores)
    if isinstance(cube, Missing) or isinstance(kpis, Missing) or isinstance(reports, Missing):
        raise TypeError("cube, KPIs and reports are never missing")
    customers = None
    if isinstance(scores, CustomerScores) and publish_customers:
        customers = published_customers(scores, layout.clean, k=settings.privacy.minimum_cell)
    stage.advance(0, 1, "audit")
    yield privacy_audit(
        workshop.marts.cube(),
        cube=cube,
        kpis=kpis,
        reports=reports,
        earlier=read_earlier_tables(earlier),
        customers=customers,
    )


def observation_cutoff(facts: SourceFacts) -> date:
    """Return the day after the last observed one: the cut-off that customers are scored at."""
    return facts.observation_end + timedelta(days=1)


def clv_horizon_months(facts: SourceFacts, wanted: int) -> int:
    """Return the horizon that the history allows: at most half of its whole months.

    A model of the months after a cut-off needs as many months before it as after it.
    """
    start, end = facts.observation_start, observation_cutoff(facts)
    observed = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return min(wanted, max(observed, 0) // 2)
