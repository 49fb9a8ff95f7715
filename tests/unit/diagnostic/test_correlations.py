"""All pairs of customer features: coefficients, corrections, order, and what is left out."""

from __future__ import annotations

import time
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.diagnostic import correlations
from analytics.diagnostic.variables import (
    CATEGORIES,
    DEFINITIONAL_PAIRS,
    NUMBERS,
    is_definitional,
)
from analytics.results import Correlations, Missing


def features_of(n: int, *, seed: int, planted: bool = True) -> pd.DataFrame:
    """Return features of which the segment raises order value, and nothing else matters."""
    random = np.random.default_rng(seed)
    segment = random.choice(["Basic", "Premium", "Standard"], n)
    frame = pd.DataFrame(
        {
            "customer_id": [f"{i:06d}" for i in range(n)],
            "segment": segment,
            "region": random.choice(["North", "South", "Unknown"], n),
            "acquisition_channel": random.choice(["Search", "Email"], n),
        }
    )
    for name in NUMBERS:
        frame[name] = random.lognormal(size=n)
    if planted:
        frame["mean_order_amount"] *= np.where(segment == "Premium", 4.0, 1.0)
    frame["net_revenue_amount"] = frame["orders"] * frame["mean_order_amount"]
    frame.loc[random.random(n) < 0.5, "satisfaction"] = np.nan
    return frame


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    return features_of(1500, seed=51)


@pytest.fixture(scope="module")
def result(features) -> Correlations:
    return correlations(features)


def pair(result: Correlations, one: str, other: str) -> pd.Series:
    rows = result.pairs
    found = rows[
        ((rows["left"] == one) & (rows["right"] == other))
        | ((rows["left"] == other) & (rows["right"] == one))
    ]
    assert len(found) == 1
    return found.iloc[0]


def test_every_pair_stands_once_in_the_order_of_the_variables(result) -> None:
    assert sorted(result.variables) == sorted((*CATEGORIES, *NUMBERS))
    assert list(zip(result.pairs["left"], result.pairs["right"], strict=True)) == list(
        combinations(result.variables, 2)
    )


def test_two_numbers_are_spearman_over_the_customers_that_have_both(result, features) -> None:
    for one, other in [("orders", "net_revenue_amount"), ("satisfaction", "tickets")]:
        both = features[[one, other]].dropna()
        expected = stats.spearmanr(both[one], both[other])
        row = pair(result, one, other)
        assert (row["method"], row["sample"]) == ("spearman", len(both))
        assert row["coefficient"] == pytest.approx(expected.statistic)
        assert row["p_value"] == pytest.approx(expected.pvalue)


def test_two_categories_are_cramers_v_without_the_unknown(result, features) -> None:
    known = features[features["region"] != "Unknown"]
    table = pd.crosstab(known["region"], known["segment"])
    row = pair(result, "region", "segment")
    assert (row["method"], row["sample"]) == ("cramers_v", len(known))
    assert row["p_value"] == pytest.approx(stats.chi2_contingency(table, correction=False).pvalue)


def test_a_category_and_a_number_are_a_correlation_ratio(result, features) -> None:
    groups = [rows["mean_order_amount"] for _, rows in features.groupby("segment")]
    h = stats.kruskal(*groups)
    row = pair(result, "segment", "mean_order_amount")
    assert row["method"] == "correlation_ratio"
    assert row["coefficient"] == pytest.approx(np.sqrt((h.statistic - 2) / (1500 - 3)))
    assert row["p_value"] == pytest.approx(h.pvalue)


def test_q_values_correct_for_all_pairs_that_do_not_hold_by_definition(result) -> None:
    tested = result.pairs[~result.pairs["definitional"]]
    expected = stats.false_discovery_control(tested["p_value"], method="bh")
    assert tested["q_value"].to_numpy() == pytest.approx(expected)
    assert (tested["significant"] == (tested["q_value"] <= 0.05)).all()


def test_the_planted_association_is_found_and_little_else(result) -> None:
    found = result.pairs[result.pairs["significant"]]
    names = {frozenset(names) for names in zip(found["left"], found["right"], strict=True)}
    assert frozenset({"segment", "mean_order_amount"}) in names
    assert frozenset({"segment", "net_revenue_amount"}) in names
    assert len(names) <= 5


def test_definitional_pairs_are_marked_and_never_significant(result) -> None:
    rows = result.pairs[result.pairs["definitional"]]
    assert len(rows) == len(DEFINITIONAL_PAIRS)
    assert not rows["significant"].any()
    assert rows["q_value"].isna().all()
    assert pair(result, "orders", "net_revenue_amount")["coefficient"] > 0.5


def test_definitional_pairs_are_of_known_variables_and_hold_both_ways() -> None:
    assert {name for names in DEFINITIONAL_PAIRS for name in names} <= {*CATEGORIES, *NUMBERS}
    assert len({frozenset(names) for names in DEFINITIONAL_PAIRS}) == len(DEFINITIONAL_PAIRS)
    assert is_definitional("orders", "net_revenue_amount")
    assert is_definitional("net_revenue_amount", "orders")
    assert not is_definitional("segment", "orders")


def test_noise_yields_a_finding_in_about_one_shop_of_twenty() -> None:
    shops = [correlations(features_of(120, seed=seed, planted=False)) for seed in range(60)]
    # revenue is orders x value: what chance puts into one of them comes with the other
    assert sum(bool(shop.pairs["significant"].any()) for shop in shops) <= 9


def test_strongly_associated_variables_stand_side_by_side(features) -> None:
    frame = features.assign(tickets=features["return_rate"] * 2 + 1e-9)
    order = list(correlations(frame).variables)
    assert abs(order.index("tickets") - order.index("return_rate")) == 1


def test_intervals_contain_their_coefficient(result) -> None:
    rows = result.pairs
    assert (rows["low"] <= rows["coefficient"] + 1e-9).all()
    assert (rows["coefficient"] <= rows["high"] + 1e-9).all()


def test_the_order_of_the_customers_does_not_matter(features, result) -> None:
    shuffled = correlations(features.sample(frac=1, random_state=2))
    assert shuffled.variables == result.variables
    pd.testing.assert_frame_equal(shuffled.pairs, result.pairs)


def test_a_constant_feature_is_left_out(features) -> None:
    frame = features.assign(sales_channels=1, segment="Unknown")
    assert {"sales_channels", "segment"}.isdisjoint(correlations(frame).variables)


def test_a_pair_that_few_customers_have_has_no_coefficient(features) -> None:
    frame = features.copy()
    frame.loc[29:, "satisfaction"] = np.nan
    row = pair(correlations(frame), "satisfaction", "tickets")
    assert row["sample"] <= 29
    assert row[["coefficient", "low", "high", "p_value", "q_value"]].isna().all()
    assert not row["significant"]


def test_a_source_of_transactions_alone_has_its_numbers(features) -> None:
    absent = ["satisfaction", "contribution_margin_amount"]
    frame = features.assign(
        segment="Unknown",
        region="Unknown",
        acquisition_channel="Unknown",
        **dict.fromkeys(absent, np.nan),
    )
    frame = frame.drop(columns=["tickets", "unresolved_tickets"])
    found = correlations(frame)
    assert set(found.pairs["method"]) == {"spearman"}
    assert set(found.variables) == {*NUMBERS} - {*absent, "tickets", "unresolved_tickets"}


@pytest.mark.parametrize("customers", [0, 1, 29])
def test_few_customers_are_missing(features, customers: int) -> None:
    found = correlations(features.head(customers))
    assert isinstance(found, Missing)
    assert found.of == Correlations.KIND
    assert str(customers) in found.because


def test_one_variable_is_missing(features) -> None:
    assert isinstance(correlations(features[["customer_id", "orders"]]), Missing)


def test_ten_thousand_customers_take_less_than_three_seconds() -> None:
    frame = features_of(10_000, seed=52)
    start = time.process_time()
    correlations(frame)
    assert time.process_time() - start < 3


def drivers_of(result: Correlations, outcome: str) -> pd.DataFrame:
    return result.drivers[result.drivers["outcome"] == outcome].set_index("driver")


def test_drivers_hold_every_other_variable_against_each_outcome(result) -> None:
    assert result.given == ("segment", "region")
    for outcome, measure in (("revenue", "net_revenue_amount"), ("churn", "days_since_last_order")):
        rows = drivers_of(result, outcome)
        assert set(rows.index) == {*CATEGORIES, *NUMBERS} - {measure}
        assert rows["rank"].tolist() == list(range(1, len(rows) + 1))
        assert rows["definitional"].is_monotonic_increasing
        assert not rows.loc[rows["definitional"], "significant"].any()
        assert rows.loc[rows["definitional"], "q_value"].isna().all()
        tested = rows[~rows["definitional"]]
        expected = stats.false_discovery_control(tested["p_value"], method="bh")
        assert tested["q_value"].to_numpy() == pytest.approx(expected)
    assert drivers_of(result, "revenue").loc["orders", "definitional"]
    assert drivers_of(result, "churn").loc["mean_gap_days", "definitional"]


def test_what_the_segment_alone_makes_is_no_driver_once_it_is_given(features) -> None:
    raised = features["segment"].eq("Premium").to_numpy()
    frame = features.assign(
        return_rate=features["return_rate"] * np.where(raised, 6.0, 1.0), satisfaction=np.nan
    )
    row = drivers_of(correlations(frame), "revenue").loc["return_rate"]
    assert row["low"] > 0.1
    assert row["partial_low"] < 0 < row["partial_high"]
    assert not row["significant"]


def test_categories_have_no_partial_coefficient(result) -> None:
    rows = result.drivers
    known = rows["method"] == "spearman"
    assert rows.loc[~known, "partial"].isna().all()
    assert rows.loc[known, "partial"].notna().all()
