from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.errors import DataError
from analytics.predictive import customer_lifetime_value
from analytics.predictive.learners import MODELS
from analytics.predictive.split import customer_split
from analytics.results import Clv, CustomerScores, Missing
from analytics.settings import ClvSettings

SETTINGS = ClvSettings(bootstrap_draws=40)


def valued(customers, **changes):
    arguments = {
        "settings": SETTINGS,
        "training_cutoff": date(2023, 7, 1),
        "scoring_cutoff": date(2024, 6, 30),
        "currency": "USD",
        "has_costs": True,
        "seed": 1,
    }
    parts = (customers.train, customers.target, customers.score)
    return customer_lifetime_value(*parts, **(arguments | changes))


@pytest.fixture(scope="module")
def valuation(customers) -> tuple[Clv, CustomerScores]:
    clv, scores = valued(customers)
    assert isinstance(clv, Clv)
    assert isinstance(scores, CustomerScores)
    return clv, scores


def score_of(clv: Clv, part: str, metric: str) -> pd.Series:
    rows = clv.scores[(clv.scores["part"] == part) & (clv.scores["metric"] == metric)]
    return rows.set_index("model")["value"]


def test_four_models_and_three_baselines_are_scored_on_both_parts(valuation):
    scores = valuation[0].scores
    roles = scores.drop_duplicates("model").set_index("model")["role"]
    assert set(roles[roles == "model"].index) == set(MODELS)
    assert set(roles[roles == "baseline"].index) == {
        "Naive run rate",
        "Mean",
        "BG/NBD + Gamma-Gamma",
    } or "NBD + Gamma-Gamma" in set(roles.index)
    assert len(scores) == 7 * 2 * 6
    held = scores.dropna()
    assert (held["low"] <= held["high"]).all()


def test_the_winner_has_the_highest_r2_of_the_models_on_validation(valuation):
    clv, _ = valuation
    assert score_of(clv, "validation", "r2")[list(MODELS)].idxmax() == clv.winner


def test_whether_the_winner_beats_the_baselines_is_what_r2_and_spearman_say(valuation):
    clv, _ = valuation
    best = []
    for metric in ("r2", "spearman"):
        values = score_of(clv, "validation", metric)
        best.append(values[clv.winner] > values.drop(list(MODELS)).max())
    assert clv.winner_beats_baseline == all(best)


def test_models_have_skill_and_the_mean_has_none(valuation):
    r2 = score_of(valuation[0], "test", "r2")
    assert r2[list(MODELS)].min() > 0.3
    assert r2["Mean"] < 0.01


def test_customers_of_the_parts_add_up(valuation, customers):
    clv, _ = valuation
    parts = clv.training_customers, clv.validation_customers, clv.test_customers
    assert sum(parts) == len(customers.train)
    split = customer_split(customers.train["customer_id"], test_rate=0.25, seed=1)
    assert parts[2] == split.test.sum()


def test_calibration_on_the_test_part_averages_to_what_came(valuation, customers):
    clv, _ = valuation
    split = customer_split(customers.train["customer_id"], test_rate=0.25, seed=1)
    margin = customers.target.set_index("customer_id")["margin_amount"]
    came = margin.reindex(customers.train["customer_id"][split.test]).fillna(0)
    for _, rows in clv.calibration.groupby("model"):
        assert rows["customers"].sum() == split.test.sum()
        total = (rows["actual_amount"] * rows["customers"]).sum()
        assert total == pytest.approx(came.sum())


def test_every_customer_has_clv12_inside_its_interval(valuation, customers):
    _, scores = valuation
    frame = scores.customers
    assert frame["customer_id"].tolist() == sorted(customers.score["customer_id"])
    assert (frame["clv12_low_amount"] <= frame["clv12_amount"]).all()
    assert (frame["clv12_amount"] <= frame["clv12_high_amount"]).all()
    assert (frame["clv12_amount"] >= 0).all()


def test_segments_and_classes_sum_the_customers_rows(valuation):
    clv, scores = valuation
    frame = scores.customers
    assert clv.segments["segment"].iloc[0] == "all"
    assert clv.segments["total_amount"].iloc[0] == pytest.approx(frame["clv12_amount"].sum())
    means = frame.groupby("segment")["clv12_amount"].mean()
    table = clv.segments.set_index("segment")["mean_amount"]
    assert table[means.index].to_numpy() == pytest.approx(means.to_numpy())
    assert clv.distribution["customers"].sum() == len(frame)


def test_coverage_is_measured_on_the_test_part(valuation):
    # About 130 customers each calibrate and measure it, and many bring nothing at all, which
    # intervals that end at 0 always cover.
    assert 0.7 < valuation[0].interval_coverage < 0.96


def test_signup_quarter_is_that_of_the_first_order_where_no_sign_up_is_known(valuation, customers):
    first = customers.score.set_index("customer_id")["first_order_on"]
    shown = valuation[1].customers.set_index("customer_id")["signup_quarter"]
    expected = [f"{day.year}-Q{(day.month - 1) // 3 + 1}" for day in first[shown.index]]
    assert shown.tolist() == expected


def test_the_order_of_rows_changes_nothing(valuation, customers):
    shuffled = replace(
        customers,
        train=customers.train.sample(frac=1, random_state=1),
        target=customers.target.sample(frac=1, random_state=2),
        score=customers.score.sample(frac=1, random_state=3),
    )
    for before, after in zip(valuation, valued(shuffled), strict=True):
        assert before.scalars == after.scalars
        for name, frame in before.frames.items():
            pd.testing.assert_frame_equal(frame, after.frames[name], check_exact=True)


def test_without_costs_the_margin_is_assumed_and_said(customers):
    nothing = {
        "contribution_margin_amount": np.nan,
        "contribution_margin_last_365_days_amount": np.nan,
    }
    without = replace(
        customers,
        train=customers.train.assign(**nothing),
        score=customers.score.assign(**nothing),
    )
    clv, scores = valued(without, has_costs=False, settings=replace(SETTINGS, bootstrap_draws=5))
    assert clv.margin == "30 % of net revenue, assumed"
    assert scores.customers["contribution_margin_amount"].isna().all()
    assert scores.customers["clv12_amount"].notna().all()


def test_too_short_a_history_says_what_to_add_and_keeps_the_customers(customers):
    clv, scores = customer_lifetime_value(
        None,
        None,
        customers.score,
        settings=SETTINGS,
        training_cutoff=None,
        scoring_cutoff=date(2024, 6, 30),
        currency="USD",
        has_costs=True,
        seed=1,
    )
    assert isinstance(clv, Missing)
    assert clv.of == Clv.KIND
    assert "add older orders" in clv.because
    assert isinstance(scores, CustomerScores)
    assert scores.customers["clv12_amount"].isna().all()
    assert scores.customers["r_score"].between(1, 5).all()


def test_too_few_customers_say_how_many_there_are(customers):
    few = replace(customers, train=customers.train.head(199))
    clv, _ = valued(few)
    assert isinstance(clv, Missing)
    assert "199 customers" in clv.because


def test_no_customer_at_all_leaves_nothing_to_score(customers):
    clv, scores = valued(replace(customers, score=customers.score.head(0)))
    assert isinstance(clv, Missing)
    assert isinstance(scores, Missing)
    assert scores.of == CustomerScores.KIND


def test_a_feature_from_after_the_cut_off_is_refused_by_name(customers):
    margin = customers.target.set_index("customer_id")["margin_amount"]
    known = margin.reindex(customers.train["customer_id"]).fillna(0).to_numpy()
    leaking = replace(customers, train=customers.train.assign(mean_order_amount=known))
    with pytest.raises(DataError, match="feature mean_order_amount"):
        valued(leaking)
