from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.prescriptive.assignment import assigned_variant
from analytics.prescriptive.experiments import experiments
from analytics.prescriptive.lifts import adjusted, lift, split_p_value
from analytics.results import Experiments, Missing
from analytics.settings import ExperimentSettings

START = pd.Timestamp("2024-01-01")
WINDOWS = pd.DataFrame(
    {
        "customer_id": ["a", "b", "c", "d"],
        **{
            f"{name}_{part}": [1.0, 2.0, 3.0, 5.0]
            for name in ("orders", "net_revenue_amount", "contribution_margin_amount")
            for part in ("before", "after")
        },
    }
)


def shop(sizes: dict[str, int], lifts: dict[str, float], seed: int = 0):
    """Return assignments and weekly orders with planted lifts; habits differ by customer."""
    random = np.random.default_rng(seed)
    total = sum(sizes.values())
    variants = np.repeat(list(sizes), list(sizes.values()))
    customers = np.array([f"{number:05d}" for number in range(total)])
    habit = random.gamma(2.0, 0.15, total)
    week = np.arange(-17, 17)
    factor = np.array([lifts.get(variant, 0.0) for variant in variants])
    orders = random.poisson(habit[:, None] * (1 + factor[:, None] * (week >= 0)))
    row, column = np.nonzero(orders)
    count = orders[row, column]
    assigned = pd.DataFrame(
        {
            "experiment_id": "test",
            "customer_id": customers,
            "variant": variants,
            "variants": 1,
            "assigned_on": START,
        }
    )
    weeks = pd.DataFrame(
        {
            "experiment_id": "test",
            "customer_id": customers[row],
            "week": week[column],
            "orders": count,
            "net_revenue_amount": 10.0 * count,
            "contribution_margin_amount": 4.0 * count,
        }
    )
    return assigned, weeks


def analysed(assigned, weeks, *, observed_weeks: int = 30, **settings) -> Experiments:
    result = experiments(
        assigned,
        weeks,
        WINDOWS,
        observed_from=START - pd.Timedelta(weeks=20),
        observed_to=START + pd.Timedelta(weeks=observed_weeks),
        has_costs=True,
        settings=ExperimentSettings(**settings),
        minimum_cell=5,
    )
    assert isinstance(result, Experiments)
    return result


def test_without_the_table_it_says_what_to_add():
    result = experiments(
        None, None, WINDOWS, observed_from=START, observed_to=START, has_costs=True,
        settings=ExperimentSettings(), minimum_cell=5,
    )  # fmt: skip
    assert isinstance(result, Missing)
    assert result.needs == ("experiments",)


def test_a_planted_lift_is_found_with_its_size_in_the_interval():
    result = analysed(*shop({"control": 700, "treatment": 700}, {"treatment": 0.3}))
    assert result.experiments["state"].tolist() == ["better"]
    row = result.lifts[result.lifts["primary"]].iloc[0]
    assert row["lift_low_rate"] < 0.3 < row["lift_high_rate"]


def test_a_broken_split_is_refused_before_any_lift():
    result = analysed(*shop({"control": 700, "treatment": 560}, {"treatment": 0.3}))
    assert result.experiments["state"].tolist() == ["refused"]
    assert result.lifts.empty
    assert "560" in result.experiments["decision"][0]


def test_an_uneven_split_that_was_planned_is_sound():
    shares = {"test/control": 0.8, "test/treatment": 0.2}
    result = analysed(
        *shop({"control": 800, "treatment": 200}, {"treatment": 0.4}), planned_shares=shares
    )
    assert result.experiments["state"].tolist() == ["better"]


def test_customers_in_several_variants_refuse_the_experiment_where_they_are_many():
    assigned, weeks = shop({"control": 300, "treatment": 300}, {})
    assigned.loc[:30, "variants"] = 2
    assert analysed(assigned, weeks).experiments["state"].tolist() == ["refused"]


def test_few_customers_in_several_variants_are_left_out_and_counted():
    assigned, weeks = shop({"control": 300, "treatment": 300}, {"treatment": 0.5})
    assigned.loc[:2, "variants"] = 2
    row = analysed(assigned, weeks).experiments.iloc[0]
    assert (row["left_out"], row["customers"], row["state"]) == (3, 597, "better")


def test_nothing_is_found_where_nothing_is_planted_in_95_of_100():
    found = 0
    for seed in range(60):
        result = analysed(*shop({"a": 60, "b": 60, "c": 60}, {}, seed))
        found += result.experiments["state"][0] in ("better", "worse")
    assert found <= stats.binom.ppf(0.999, 60, 0.05)


def test_a_running_test_waits_where_the_bound_is_not_passed():
    assigned, weeks = shop({"control": 300, "treatment": 300}, {"treatment": 0.08})
    row = analysed(assigned, weeks, observed_weeks=4).experiments.iloc[0]
    assert (row["state"], row["weeks"]) == ("unfinished", 4)


def test_with_one_variant_there_is_nothing_to_compare():
    result = analysed(*shop({"treatment": 50}, {}))
    assert "one variant" in result.experiments["decision"][0]


def test_a_variant_of_few_customers_is_not_told_of():
    result = analysed(*shop({"control": 50, "treatment": 3}, {}))
    assert result.variants.empty
    assert result.lifts.empty


def test_the_difference_is_that_of_welch():
    random = np.random.default_rng(3)
    first, second = random.normal(5, 1, 40), random.normal(5.5, 3, 60)
    found = lift(first, second, level=0.05)
    welch = stats.ttest_ind(second, first, equal_var=False)
    interval = welch.confidence_interval(0.95)
    assert found.p_value == pytest.approx(welch.pvalue)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high))


def test_cuped_takes_the_squared_correlation_from_the_variance():
    random = np.random.default_rng(4)
    before = random.normal(size=2000)
    after = before + random.normal(size=2000)
    better = adjusted(after, before, np.zeros(2000, dtype=np.int64))
    correlation = np.corrcoef(after, before)[0, 1]
    assert better.var() / after.var() == pytest.approx(1 - correlation**2)
    assert better.mean() == pytest.approx(after.mean())


def test_the_split_is_judged_by_chi_squared():
    p_value = split_p_value(np.array([5200.0, 4800.0]), np.array([0.5, 0.5]))
    assert p_value == pytest.approx(stats.chi2.sf(200**2 / 5000 * 2, 1))


def test_hashed_assignment_is_even_and_independent_between_experiments():
    half = {"control": 0.5, "treatment": 0.5}
    first, second = (
        [assigned_variant(f"{n}", experiment_id=name, salt="s", shares=half) for n in range(20_000)]
        for name in ("one", "two")
    )
    table = pd.crosstab(pd.Series(first), pd.Series(second)).to_numpy()
    assert stats.chi2_contingency(table).pvalue > 0.001
    assert stats.chisquare(table.sum(axis=0)).pvalue > 0.001
