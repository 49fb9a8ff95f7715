"""Hands the prescriptive tier its marts and what the tiers before found."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

from analytics.ingest import Source
from analytics.pipeline.progress import Stage
from analytics.pipeline.tiers.facts import observation_cutoff, source_facts
from analytics.pipeline.tiers.insights import found_insights
from analytics.pipeline.workshop import Workshop
from analytics.results import (
    AssociationRules,
    Clusters,
    CustomerScores,
    EarlyWarning,
    Experiments,
    Missing,
    Result,
    Strategies,
)
from analytics.settings import Layout, Settings
from analytics.store import read_result

if TYPE_CHECKING:
    from analytics.prescriptive import Edition, Effect, MonthBefore

R = TypeVar("R", bound=Result)
_STEPS = 5
# Days before the end: a list is judged by the window after it, its model by the one before.
_EDITIONS = (540, 450, 360, 270, 180)


def prescriptive(
    workshop: Workshop, layout: Layout, settings: Settings, stage: Stage, *, source: Source
) -> Iterator[Result]:
    """Yield experiments, strategies, the early-warning list and the marketing budget."""
    from analytics import prescriptive as tier

    marts = workshop.marts
    stage.advance(0, _STEPS, "experiments")
    tests = _experiments(workshop, layout, settings)
    yield tests
    stage.advance(1, _STEPS, "strategies")
    yield from _customers(workshop, layout, settings, stage, source=source, tests=tests)
    stage.advance(3, _STEPS, "marketing budget")
    weekly, spend = marts.weekly(), None
    if marts.has_regional_marketing:
        weekly, spend = marts.regional_weekly(), marts.regional_marketing()
    elif marts.has("marketing_spend"):
        spend = marts.marketing()
    budget = tier.marketing_budget(
        weekly, spend, settings=settings.budget, seed=settings.build.seed
    )
    yield budget
    stage.advance(4, _STEPS, "insights")
    yield found_insights(
        workshop,
        layout,
        tests=tests,
        budget=budget,
        margin_rate=settings.clv.assumed_margin_rate,
    )


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


def _customers(
    workshop: Workshop,
    layout: Layout,
    settings: Settings,
    stage: Stage,
    *,
    source: Source,
    tests: Experiments | Missing,
) -> Iterator[Result]:
    """Yield what to do for each segment and whom to call first; write the list to act on."""
    from analytics import prescriptive as tier
    from analytics.pipeline.private_list import write_private_list
    from analytics.pipeline.tiers.predictive import customer_pseudonyms

    scores = read_result(layout.results, CustomerScores)
    missing = _lack(scores)
    if missing is not None or isinstance(scores, Missing):
        needs, because = missing or ((), "")
        for kind in (Strategies.KIND, EarlyWarning.KIND):
            yield Missing(of=kind, needs=needs, because=because)
        return
    facts, marts = source_facts(layout), workshop.marts
    cutoff = observation_cutoff(facts)
    features = marts.customer_features(cutoff)
    groups = None
    if "segment" not in marts.dimensions:
        groups = tier.behaviour_groups(features, _stored(layout, Clusters))
    customers = _grouped(scores.customers, groups)
    offers = tier.category_offers(
        marts.baskets()[0] if "category" in marts.dimensions else pd.DataFrame(),
        _stored(layout, AssociationRules),
    )
    effects = tier.lever_effects(tests, settings.strategies)
    levers, every = tier.customer_levers(customers, features, effects, settings.strategies)
    grouped_by = "segment" if "segment" in marts.dimensions else "all"
    yield tier.strategies(
        levers,
        every,
        customers,
        effects,
        offers=offers,
        grouped_by=grouped_by if groups is None else "cluster",
        settings=settings.strategies,
        seed=settings.build.seed,
        minimum_cell=settings.privacy.minimum_cell,
    )
    stage.advance(2, _STEPS, "early warning")
    listed = tier.warning_list(
        levers, customers, features, size=settings.strategies.list_size, offers=offers
    )
    write_private_list(listed, layout)
    yield tier.early_warning(
        listed,
        levers,
        features,
        _editions(workshop, facts.observation_start, cutoff),
        before=_month_before(workshop, scores, effects, settings),
        offers=offers,
        cutoff=cutoff,
        effect=effects[tier.RETENTION],
        settings=settings.strategies,
        pseudonyms=customer_pseudonyms(source, layout),
        minimum_cell=settings.privacy.minimum_cell,
    )


def _grouped(customers: pd.DataFrame, groups: pd.Series | None) -> pd.DataFrame:
    """Return the customers with clusters in the place of segments, where there are none."""
    if groups is None:
        return customers
    return customers.assign(segment=customers["customer_id"].map(groups).fillna("Unknown"))


def _stored(layout: Layout, kind: type[R]) -> R | Missing:
    if not (layout.results / kind.KIND).exists():
        return Missing(of=kind.KIND, needs=(), because="It is not part of this build.")
    return read_result(layout.results, kind)


def _month_before(
    workshop: Workshop, scores: CustomerScores, effects: dict[str, Effect], settings: Settings
) -> MonthBefore | None:
    """Return the list that today's models would have made a month earlier."""
    from analytics import prescriptive as tier

    day, rows = scores.before_cutoff, scores.before
    if day is None or not bool(rows["churn_probability"].notna().any()):
        return None
    features = workshop.marts.customer_features(day)
    customers, levers = tier.levers_before(rows, features, effects, settings.strategies)
    size = settings.strategies.list_size
    listed = tier.warning_list(levers, customers, features, size=size)
    return tier.MonthBefore(cutoff=day, levers=levers, listed=listed)


def _lack(scores: CustomerScores | Missing) -> tuple[tuple[str, ...], str] | None:
    """Return what is missing to know who may leave and what that would cost; None if nothing."""
    if isinstance(scores, Missing):
        return scores.needs, scores.because
    rows = scores.customers
    if "churn_probability" not in rows or not bool(rows["churn_probability"].notna().any()):
        return ("transactions",), (
            "Levers and the list take a probability of churn for each customer, and the history "
            "is too short for one."
        )
    if not bool(rows["clv12_amount"].notna().any()):
        return ("transactions",), "Levers and the list take a CLV12 for each customer."
    return None


def _editions(workshop: Workshop, start: date, end: date) -> list[Edition]:
    from analytics import prescriptive as tier

    days = [end - timedelta(days=back) for back in _EDITIONS]
    marts = workshop.marts
    return [
        tier.Edition(
            day=day, features=marts.customer_features(day), next_orders=marts.next_orders(day)
        )
        for day in days
        if day >= start + timedelta(days=90)
    ]
