"""Hands the diagnostic tier its marts and what the descriptive tier found."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from analytics.marts import Marts
from analytics.pipeline.progress import Stage
from analytics.pipeline.tiers.facts import observation_cutoff, source_facts
from analytics.pipeline.workshop import Workshop
from analytics.results import (
    Anomalies,
    AssociationRules,
    DailySeries,
    DrillTables,
    Kpis,
    Missing,
    MonthlyCube,
    PeriodReports,
    Result,
)
from analytics.settings import Layout, Settings
from analytics.store import read_result


def diagnostic(
    workshop: Workshop, layout: Layout, settings: Settings, stage: Stage
) -> Iterator[Result]:
    """Yield the drill-down, the decline of revenue, churn patterns, correlations and patterns."""
    from analytics import diagnostic as tier

    marts, facts = workshop.marts, source_facts(layout)
    stage.advance(0, 5, "drill-down")
    cube = read_result(layout.results, MonthlyCube)
    kpis = read_result(layout.results, Kpis)
    if isinstance(cube, Missing):
        yield Missing(of="diagnostic.drilldown", needs=cube.needs, because=cube.because)
    else:
        yield tier.drill_down(
            cube,
            marts.totals("quarter"),
            marts.totals("month"),
            facts=facts,
            kpis=kpis if isinstance(kpis, Kpis) else None,
        )
    yield _drill_tables(marts, layout, kpis, minimum=settings.privacy.minimum_cell)
    stage.advance(1, 5, "revenue decline")
    orders, every = marts.completed_orders()
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
    stage.advance(2, 5, "churn patterns")
    yield tier.churn_patterns(
        orders,
        marts.satisfaction() if marts.has("satisfaction") else None,
        marts.tickets() if marts.has("support_tickets") else None,
        facts=facts,
        minimum_cell=minimum,
        customers_every=every,
    )
    stage.advance(3, 5, "correlations")
    features = marts.customer_features(observation_cutoff(facts))
    yield tier.correlations(features)
    stage.advance(4, 5, "patterns")
    yield _anomalies(layout)
    yield _association_rules(marts, told, minimum=minimum)
    yield tier.clusters(
        features,
        cutoff=observation_cutoff(facts),
        seed=settings.build.seed,
        minimum_cell=minimum,
    )


def _anomalies(layout: Layout) -> Result:
    from analytics import diagnostic as tier

    daily = read_result(layout.results, DailySeries)
    if isinstance(daily, Missing):
        return Missing(of=Anomalies.KIND, needs=daily.needs, because=daily.because)
    return tier.anomalies(daily)


def _association_rules(marts: Marts, told: pd.DataFrame, *, minimum: int) -> Result:
    """Return the rules over categories that are told of in every month."""
    from analytics import diagnostic as tier

    if "category" not in marts.dimensions:
        return Missing(
            of=AssociationRules.KIND,
            needs=("transaction_items.category",),
            because="What is bought together is told by the categories of order lines.",
        )
    lines, every = marts.baskets()
    names = frozenset(str(name) for name in told["category"].unique()) - {tier.REST}
    return tier.association_rules(lines, told=names, minimum_cell=minimum, customers_every=every)


def _drill_tables(
    marts: Marts, layout: Layout, kpis: Kpis | Missing, *, minimum: int
) -> DrillTables | Missing:
    from analytics import diagnostic as tier

    daily = read_result(layout.results, DailySeries)
    reports = read_result(layout.results, PeriodReports)
    if isinstance(kpis, Missing) or isinstance(daily, Missing) or isinstance(reports, Missing):
        raise TypeError("KPIs, days and reports are never missing")
    has_cities = "city" in marts.drills.get("geography", ())
    return tier.drill_tables(
        tier.DrillMarts(
            city=_nested(marts.drill("geography"), "region", "city") if has_cities else None,
            product=(
                _nested(marts.products(), "category", "product_id") if marts.has_products else None
            ),
            hour=_nested(marts.drill("time"), "weekday", "hour"),
            pairs={
                pair: marts.by_two(*pair) for pair in tier.pairs_beside_the_cube(marts.dimensions)
            },
            days={name: marts.daily_by(name) for name in marts.dimensions},
        ),
        kpis=kpis,
        daily=daily,
        reports=reports,
        minimum_cell=minimum,
    )


def _nested(frame: pd.DataFrame, outer: str, part: str) -> pd.DataFrame:
    """Return a mart with its levels named outer and part; outer is all where there is none."""
    levels = {name: frame[name].astype("str") for name in (outer, part) if name in frame}
    named = frame.drop(columns=list(levels))
    return named.assign(outer=levels.get(outer, "all"), part=levels[part])
