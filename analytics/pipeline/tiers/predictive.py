"""Hands the predictive tier its features and targets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd

from analytics.calendar import same_day_months_later
from analytics.ingest import Source
from analytics.pipeline.progress import Stage
from analytics.pipeline.tiers.facts import clv_horizon_months, observation_cutoff, source_facts
from analytics.pipeline.workshop import Workshop
from analytics.results import (
    Churn,
    Clv,
    CustomerScores,
    Forecast,
    Missing,
    Result,
    Scenarios,
    SourceFacts,
)
from analytics.settings import ClvSettings, Layout, Settings

if TYPE_CHECKING:
    from analytics.predictive import LaterTest

SHORTEST_HORIZON_MONTHS = 3
CHURN_WINDOW_DAYS = 180
FIRST_CUT_OFF_DAYS = 120
FORECAST_BY = ("region", "segment")
_STEPS = 5
_YEAR_WEEKS = 365 / 7


def predictive(
    workshop: Workshop, layout: Layout, settings: Settings, stage: Stage, *, source: Source
) -> Iterator[Result]:
    """Yield lifetime values, churn risk, the analysed data set, the forecast and the scenarios."""
    facts = source_facts(layout)
    scored = workshop.marts.customer_features(observation_cutoff(facts))
    names = customer_pseudonyms(source, layout)
    month_ago = same_day_months_later(observation_cutoff(facts), -1)
    before = workshop.marts.customer_features(month_ago)
    clv, scores = _lifetime_values(
        workshop, settings, facts, scored, stage, pseudonyms=names, before=before
    )
    yield clv
    stage.advance(2, _STEPS, "churn risk")
    churn, risk = _churn(
        workshop, settings, facts, scored, scores, pseudonyms=names, before=(month_ago, before)
    )
    yield churn
    if isinstance(scores, CustomerScores) and risk is not None:
        from analytics.predictive import with_churn, with_churn_before

        scores = replace(
            scores,
            before_cutoff=month_ago,
            customers=with_churn(scores.customers, risk),
            before=with_churn_before(scores.before, risk),
        )
    yield scores
    stage.advance(3, _STEPS, "forecast")
    yield _forecast(workshop, settings, facts)
    stage.advance(4, _STEPS, "scenarios")
    yield _scenarios(workshop, settings, facts, scored)


def churn_cut_offs(start: date, end: date) -> list[date]:
    """Return the monthly cut-offs whose windows are over by `end`, the earliest first.

    Parameters
    ----------
    start, end : date
        First day observed, and the day after the last.
    """
    days = []
    for months in range(1, 37):
        day = same_day_months_later(end, -months)
        if day < start + timedelta(days=FIRST_CUT_OFF_DAYS):
            break
        if day + timedelta(days=CHURN_WINDOW_DAYS) <= end:
            days.append(day)
    return days[::-1][-_CUT_OFFS:]


# Fourteen months hold eight cut-offs whose windows are over before the last, the test.
_CUT_OFFS = 14


def _lifetime_values(
    workshop: Workshop,
    settings: Settings,
    facts: SourceFacts,
    scored: pd.DataFrame,
    stage: Stage,
    *,
    pseudonyms: Callable[[pd.Series], pd.Series] | None,
    before: pd.DataFrame,
) -> tuple[Clv | Missing, CustomerScores | Missing]:
    from analytics import predictive as tier

    marts = workshop.marts
    scoring = observation_cutoff(facts)
    horizon = clv_horizon_months(facts, settings.clv.horizon_months)
    clv = replace(settings.clv, horizon_months=horizon)
    stage.advance(0, _STEPS, "features")
    training = features = target = later = None
    if horizon >= SHORTEST_HORIZON_MONTHS:
        training = same_day_months_later(scoring, -horizon)
        features = marts.customer_features(training)
        target = marts.customer_margin(
            training,
            scoring,
            discount_rate=clv.discount_rate,
            margin_rate=clv.assumed_margin_rate,
        )
        later = _later_test(workshop, facts, clv, training, scoring)
    else:
        clv = settings.clv
    stage.advance(1, _STEPS, "lifetime value")
    return tier.customer_lifetime_value(
        features,
        target,
        scored,
        settings=clv,
        training_cutoff=training,
        scoring_cutoff=scoring,
        currency=facts.currency,
        has_costs=marts.has("costs"),
        seed=settings.build.seed,
        minimum_cell=settings.privacy.minimum_cell,
        later=later,
        pseudonyms=pseudonyms,
        before=before,
    )


def _later_test(
    workshop: Workshop, facts: SourceFacts, clv: ClvSettings, training: date, scoring: date
) -> LaterTest | None:
    """Return the second half of the horizon, to judge models of the first half on."""
    from analytics import predictive as tier

    months = clv.horizon_months // 2
    if months < SHORTEST_HORIZON_MONTHS:
        return None
    marts = workshop.marts
    middle = same_day_months_later(training, months)
    rates = {"discount_rate": clv.discount_rate, "margin_rate": clv.assumed_margin_rate}
    end = min(same_day_months_later(middle, months), scoring)
    season = tier.fitted_season(marts.order_rates(), end=middle, start=facts.observation_start)
    return tier.LaterTest(
        cutoff=middle,
        training_target=marts.customer_margin(training, middle, **rates),
        features=marts.customer_features(middle),
        target=marts.customer_margin(middle, end, **rates),
        months=months,
        season=season,
    )


def _churn(
    workshop: Workshop,
    settings: Settings,
    facts: SourceFacts,
    scored: pd.DataFrame,
    scores: CustomerScores | Missing,
    *,
    pseudonyms: Callable[[pd.Series], pd.Series] | None,
    before: tuple[date, pd.DataFrame],
) -> tuple[Churn | Missing, pd.DataFrame | None]:
    from analytics import predictive as tier

    if isinstance(scores, Missing):
        return replace(scores, of=Churn.KIND), None
    marts = workshop.marts
    scoring = observation_cutoff(facts)
    cut_offs = [
        tier.CutOff(
            day=day, features=marts.customer_features(day), next_orders=marts.next_orders(day)
        )
        for day in churn_cut_offs(facts.observation_start, scoring)
    ]
    customers = scores.customers
    clv12 = customers.set_index("customer_id")["clv12_amount"]
    return tier.churn_risk(
        cut_offs,
        scored,
        marts.order_rates(),
        settings=settings.churn,
        observation_start=facts.observation_start,
        scoring_cutoff=scoring,
        clv12=clv12 if clv12.notna().any() else None,
        folds=settings.clv.folds,
        draws=settings.clv.bootstrap_draws,
        seed=settings.build.seed,
        minimum_cell=settings.privacy.minimum_cell,
        pseudonyms=pseudonyms,
        before=before,
    )


def _forecast(workshop: Workshop, settings: Settings, facts: SourceFacts) -> Forecast | Missing:
    from analytics import predictive as tier

    marts = workshop.marts
    dimensions = [name for name in FORECAST_BY if name in marts.dimensions]
    daily, monthly = marts.daily(), marts.monthly()
    parts = {name: marts.daily_by(name) for name in dimensions}
    with tier.one_thread():
        return tier.forecast(
            daily,
            parts,
            monthly,
            settings=settings.forecast,
            observation_start=facts.observation_start,
            observation_end=facts.observation_end,
            minimum_cell=settings.privacy.minimum_cell,
        )


def _scenarios(
    workshop: Workshop, settings: Settings, facts: SourceFacts, scored: pd.DataFrame
) -> Scenarios | Missing:
    from analytics import predictive as tier

    marts = workshop.marts
    cutoff = observation_cutoff(facts)
    year_ago = same_day_months_later(cutoff, -12)
    earlier = None
    if year_ago >= same_day_months_later(facts.observation_start, 6):
        earlier = (year_ago, marts.customer_features(year_ago))
    spend = None
    if marts.has("marketing_spend"):
        weeks = marts.marketing()
        recent = weeks[weeks["week"] > pd.Timestamp(cutoff) - pd.Timedelta(weeks=53)]
        count = recent["week"].nunique()
        spend = float(recent["spend_amount"].sum()) / count * _YEAR_WEEKS if count else None
    rates, monthly = marts.order_rates(), marts.monthly()
    with tier.one_thread():
        return tier.year_scenarios(
            scored,
            rates,
            monthly,
            settings=settings.scenarios,
            earlier=earlier,
            observation_start=facts.observation_start,
            cutoff=cutoff,
            margin_rate=None if marts.has("costs") else settings.clv.assumed_margin_rate,
            spend_amount=spend,
            seed=settings.build.seed,
        )


def customer_pseudonyms(source: Source, layout: Layout) -> Callable[[pd.Series], pd.Series] | None:
    """Return what gives customers the names that they are published under; None: not at all."""
    from analytics.pipeline.personal import pseudonym_key
    from analytics.privacy import pseudonyms

    key = pseudonym_key(source, layout.root)
    return None if key is None else partial(pseudonyms, key=key)
