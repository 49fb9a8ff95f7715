from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from analytics.errors import SettingsError
from analytics.prescriptive.allocation import (
    greedy_allocation,
    optimal_allocation,
    refuse_clashing_bounds,
)


def random_problem(seed: int):
    """Concave curves of two kinds, bounds, and a total that they allow."""
    random = np.random.default_rng(seed)
    channels = int(random.integers(2, 8))
    gain, half = random.uniform(10, 500, channels), random.uniform(1, 60, channels)
    kind = random.random(channels) < 0.5

    def value(channel: int, s):
        if kind[channel]:
            return gain[channel] * s / (s + half[channel])
        return gain[channel] / 5 * np.log1p(s / half[channel])

    curves = [lambda s, channel=channel: value(channel, s) for channel in range(channels)]
    lower = random.uniform(0, 10, channels)
    upper = lower + random.uniform(5, 60, channels)
    total = float(lower.sum() + random.uniform(0.1, 0.9) * (upper - lower).sum())
    return curves, lower, upper, total


@pytest.mark.parametrize("seed", range(50))
def test_the_linear_program_is_within_a_thousandth_of_a_convex_solver(seed):
    curves, lower, upper, total = random_problem(seed)
    start = lower + (upper - lower) * (total - lower.sum()) / (upper - lower).sum()
    best = minimize(
        lambda s: -sum(float(curve(x)) for curve, x in zip(curves, s, strict=True)),
        start,
        method="SLSQP",
        bounds=list(zip(lower, upper, strict=True)),
        constraints={"type": "eq", "fun": lambda s: s.sum() - total},
        options={"ftol": 1e-12, "maxiter": 500},
    )
    plan = optimal_allocation(curves, lower, upper, total=total, pieces=60)
    assert plan.value == pytest.approx(-best.fun, rel=1e-3)
    assert plan.amounts.sum() == pytest.approx(total)
    assert (plan.amounts >= lower - 1e-6).all()
    assert (plan.amounts <= upper + 1e-6).all()


@pytest.mark.parametrize("seed", range(5))
def test_filling_the_steepest_steps_solves_the_same_program(seed):
    curves, lower, upper, total = random_problem(seed)
    plan = optimal_allocation(curves, lower, upper, total=total, pieces=30)
    greedy = greedy_allocation(curves, lower, upper, total=total, pieces=30)
    assert greedy.piecewise_value == pytest.approx(plan.piecewise_value, rel=1e-7)
    assert greedy.shadow_price == pytest.approx(plan.shadow_price, rel=1e-4)


def test_the_shadow_price_is_what_one_more_unit_adds():
    curves, lower, upper, total = random_problem(3)
    step = 0.01
    more = optimal_allocation(curves, lower, upper, total=total + step, pieces=400)
    plan = optimal_allocation(curves, lower, upper, total=total, pieces=400)
    added = (more.piecewise_value - plan.piecewise_value) / step
    assert plan.shadow_price == pytest.approx(added, rel=1e-3)


def test_a_total_equal_to_the_maxima_gives_every_channel_its_maximum():
    curves, lower, upper, _ = random_problem(4)
    plan = optimal_allocation(curves, lower, upper, total=float(upper.sum()), pieces=10)
    assert plan.amounts == pytest.approx(upper)


def test_minima_above_the_total_are_named():
    with pytest.raises(SettingsError, match=r"minima of Search, Email add up to 30.00.*is 20.00"):
        refuse_clashing_bounds(
            np.array([10.0, 20.0]), np.array([40.0, 40.0]), 20.0, ["Search", "Email"]
        )


def test_maxima_below_the_total_are_named():
    with pytest.raises(SettingsError, match=r"maxima of Search, Email add up to 30.00.*is 31.00"):
        refuse_clashing_bounds(np.zeros(2), np.array([10.0, 20.0]), 31.0, ["Search", "Email"])


def test_a_minimum_above_its_maximum_names_the_channel():
    with pytest.raises(SettingsError, match=r"Email clash: at least 9.00 and at most 8.00"):
        refuse_clashing_bounds(
            np.array([1.0, 9.0]), np.array([2.0, 8.0]), 10.0, ["Search", "Email"]
        )
