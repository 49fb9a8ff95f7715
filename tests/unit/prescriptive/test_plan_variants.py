from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
import pytest

from analytics.errors import SettingsError
from analytics.prescriptive.allocation import greedy_allocation
from analytics.prescriptive.marketing_budget import contractual_floors
from analytics.prescriptive.plan_variants import pacing_table, plans_table
from analytics.prescriptive.response import ResponseCurves
from analytics.prescriptive.robust_plan import least_cost, lower_quarter, robust_allocation

CHANNELS = ["A", "B", "C"]
GAIN, HALF = np.array([60.0, 40.0, 20.0]), np.array([20.0, 10.0, 5.0])
LOWER, UPPER = np.array([2.0, 2.0, 2.0]), np.array([30.0, 30.0, 30.0])
NONE = np.zeros(3)


def curve(spend, gain, half):
    return gain * spend / (spend + half)


CURVES = [partial(curve, gain=g, half=h) for g, h in zip(GAIN, HALF, strict=True)]


def drawn(seed: int = 0) -> ResponseCurves:
    random = np.random.default_rng(seed)
    return ResponseCurves(
        gain=GAIN * random.lognormal(0, [0.1, 0.6, 0.3], (40, 3)), half=np.tile(HALF, (40, 1))
    )


def test_the_robust_plan_guards_the_lower_quarter_better_than_any_random_plan():
    curves = drawn()
    robust = robust_allocation(curves, LOWER, UPPER, total=40.0)
    best = lower_quarter(curves.margin(robust).sum(axis=1))
    random = np.random.default_rng(1)
    plans = LOWER + random.dirichlet(np.ones(3), 2000) * (40.0 - LOWER.sum())
    others = [
        lower_quarter(curves.margin(plan).sum(axis=1)) for plan in plans if (plan <= UPPER).all()
    ]
    assert robust.sum() == pytest.approx(40.0)
    assert best >= max(others) * 0.999


def test_the_least_cost_of_a_margin_is_the_total_whose_best_plan_reaches_it():
    best = greedy_allocation(CURVES, LOWER, UPPER, total=37.0, pieces=60).value
    found = least_cost(CURVES, LOWER, UPPER, margin=best, pieces=60)
    assert found == pytest.approx(37.0, abs=0.1)
    assert least_cost(CURVES, LOWER, UPPER, margin=1e6, pieces=60) is None


def test_loosening_bounds_never_costs_margin():
    current = np.array([10.0, 10.0, 10.0])
    plans = plans_table(CHANNELS, CURVES, current, LOWER + 5, UPPER, NONE, 60)
    value = plans.groupby(["minima", "maxima", "total_amount"])["margin_amount"].first()
    tight, loose = value.loc[True, True], value.loc[False, False]
    shared = tight.index.intersection(loose.index)
    assert len(shared) > 3
    # Over wider bounds the pieces are wider too: a thousandth is the precision of a plan.
    assert (loose[shared] >= tight[shared] * 0.999).all()


def test_floors_hold_without_minima():
    floors = np.array([0.0, 0.0, 9.0])
    plans = plans_table(CHANNELS, CURVES, np.full(3, 10.0), LOWER, UPPER, floors, 60)
    kept = plans.query("marketing_channel == 'C' and not minima")
    assert (kept["spend_amount"] >= 9.0 - 1e-9).all()


def test_a_floor_of_an_unknown_channel_is_named():
    with pytest.raises(SettingsError, match="Radio"):
        contractual_floors(CHANNELS, {"Radio": 5.0})


def test_pacing_spends_the_whole_and_more_where_demand_is_higher():
    weeks = pd.date_range("2023-01-02", periods=104, freq="7D")
    season = np.array([0.0, 0.0, 0.4, 0.0])
    table = pacing_table(CHANNELS, CURVES, LOWER, UPPER, season, weeks, total=40.0, weeks=26)
    by_week = table.groupby("week").agg({"spend_amount": "sum", "season": "first"})
    assert by_week["spend_amount"].sum() == pytest.approx(40.0 * 26)
    assert by_week["spend_amount"].corr(by_week["season"], method="spearman") > 0.95
