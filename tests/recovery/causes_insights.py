"""What is told in plain language: all that was planted, and nothing of a shop without structure.

The margin at risk is reckoned from last year's margin and the share that left; the tier takes it
from the models. The portfolio of the strategies is no candidate here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import pandas as pd
from cause import Cause, Finding, found
from causes_decline import observed_facts
from causes_experiments import analysed
from shop import SCORING, AnalysedShop
from shuffled import shuffled

from analytics.diagnostic import churn_patterns, revenue_decline
from analytics.marts import Marts
from analytics.pipeline.tiers.insights import insights_of
from analytics.predictive import forecast, one_thread
from analytics.prescriptive import marketing_budget
from analytics.results import Budget, Insights, Missing
from analytics.settings import BudgetSettings, ForecastSettings

FIRST = 15
WINDOW_DAYS = 180
NO_STRATEGIES = Missing(of="prescriptive.strategies", needs=(), because="not part of this")


def _insights(shop: AnalysedShop, marts: Marts, budget: Budget | Missing) -> Insights:
    facts = observed_facts(shop)
    orders, _ = marts.completed_orders()
    with one_thread():
        ahead = forecast(
            marts.daily(), {}, marts.monthly(), settings=ForecastSettings(),
            observation_start=facts.observation_start, observation_end=facts.observation_end,
        )  # fmt: skip
    return insights_of(
        marts,
        facts,
        tests=analysed(marts, facts.observation_start, marts.assignments()),
        budget=budget,
        decline=revenue_decline(orders, facts=facts, seed=shop.seed),
        patterns=churn_patterns(orders, marts.satisfaction(), marts.tickets(), facts=facts),
        forecast=ahead,
        strategies=NO_STRATEGIES,
        at_risk=_at_risk(marts),
        margin_rate=0.3,
    )


def _at_risk(marts: Marts) -> float:
    """Return last year's margin of active customers times the share that fell silent before."""
    now = marts.customer_features(SCORING)
    day = (pd.Timestamp(SCORING) - pd.Timedelta(days=WINDOW_DAYS)).date()
    then, following = marts.customer_features(day), marts.next_orders(day)
    then = then[then["days_since_last_order"] <= WINDOW_DAYS]
    stayed = following.loc[following["days_to_next_order"] < WINDOW_DAYS, "customer_id"]
    left = float(1 - then["customer_id"].isin(stayed).mean())
    active = now[now["days_since_last_order"] <= WINDOW_DAYS]
    return left * float(active["contribution_margin_last_365_days_amount"].clip(lower=0).sum())


@lru_cache(maxsize=1)
def _told(seed: int, shop: AnalysedShop) -> Insights:
    return _insights(shop, shop.marts, shop.budget)


@lru_cache(maxsize=1)
def _told_of_shuffled(seed: int, shop: AnalysedShop) -> Insights:
    tables = shuffled(shop.tables, shop.engine, shop.folder / "shuffled", seed)
    marts = Marts(tables, shop.engine)
    weekly, spend = marts.regional_weekly(), marts.regional_marketing()
    budget = marketing_budget(weekly, spend, settings=BudgetSettings(), seed=seed)
    return _insights(shop, marts, budget)


def _states(rows: pd.DataFrame, fact: Mapping[str, Any]) -> bool:
    """Return whether one of the findings states a fact, with its direction."""
    name = "dimension" if fact["pattern"] == "experiment" else "part"
    hits = rows[(rows["pattern"] == fact["pattern"]) & (rows[name] == fact["part"])]
    return bool((hits["direction"] == fact["direction"]).any())


def _all(shop: AnalysedShop) -> Finding:
    first = _told(shop.seed, shop).insights.head(FIRST)
    missed = [fact for fact in shop.truth["insights"] if not _states(first, fact)]
    return found(not missed, estimate=len(shop.truth["insights"]) - len(missed))


def _one(pattern: str, number: int, name: str, promise: float) -> Cause:
    def find(shop: AnalysedShop) -> Finding:
        facts = [fact for fact in shop.truth["insights"] if fact["pattern"] == pattern]
        return found(_states(_told(shop.seed, shop).insights.head(FIRST), facts[number]))

    return Cause(name=f"{name} is among the first {FIRST} insights", promise=promise, find=find)


def _silent(shop: AnalysedShop) -> Finding:
    result = _told_of_shuffled(shop.seed, shop)
    return found(result.insights.empty, estimate=len(result.insights))


CAUSES = (
    Cause(name=f"all planted facts are among the first {FIRST} insights", promise=0.8, find=_all),
    _one("cause", 0, "the decline", 0.95),
    _one("opportunity", 0, "marginal ROI of Search", 0.9),
    _one("opportunity", 1, "marginal ROI of Direct", 0.9),
    _one("experiment", 0, "the offer's lift", 0.8),
    _one("growth", 0, "the growth of South", 0.95),
    _one("rank", 0, "the margin rate of North", 0.95),
    _one("value", 0, "the value of Premium customers", 0.95),
    _one("association", 0, "satisfaction", 0.95),
    _one("association", 1, "unresolved tickets", 0.9),
    _one("season", 0, "the season", 0.95),
    Cause(name="a shop without structure shows no insight", promise=0.95, find=_silent),
)
