from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.predictive.customer_scores import segment_means, value_classes


@pytest.mark.parametrize("seed", range(6))
def test_classes_hold_every_customer_and_none_too_few(seed):
    random = np.random.default_rng(seed)
    clv12 = random.lognormal(random.uniform(-3, 9), random.uniform(0.05, 2), 700)
    classes = value_classes(clv12, minimum=5)
    assert classes["customers"].sum() == 700
    assert classes["customers"].min() >= 5
    for low, high, customers in classes.itertuples(index=False):
        assert ((clv12 >= low) & (clv12 < high)).sum() == customers


def test_classes_join_without_gaps():
    clv12 = np.random.default_rng(1).lognormal(7, 1, 500)
    classes = value_classes(clv12, minimum=5)
    assert (classes["from_amount"].iloc[1:].to_numpy() == classes["to_amount"].iloc[:-1]).all()


def test_no_limit_of_a_class_is_a_customers_own_value():
    clv12 = np.random.default_rng(2).lognormal(7, 1, 500)
    classes = value_classes(clv12, minimum=5)
    limits = set(classes["from_amount"]) | set(classes["to_amount"])
    assert not limits & set(clv12)


def test_equal_values_are_one_class():
    assert value_classes(np.full(50, 120.0), minimum=5)["customers"].tolist() == [50]


def test_segments_follow_everyone_and_sum_to_them():
    random = np.random.default_rng(3)
    segment = pd.Series(random.choice(["A", "B"], 400))
    clv12 = np.where(segment == "A", 10.0, 30.0) + random.normal(size=400)
    errors = random.normal(0, 5, 100)
    held_out = pd.Series(random.choice(["A", "B"], 100))
    table = segment_means(segment, clv12, held_out, errors, minimum=5)
    assert table["segment"].tolist() == ["all", "B", "A"]
    assert table["customers"].iloc[1:].sum() == table["customers"].iloc[0] == 400
    assert table["total_amount"].iloc[1:].sum() == pytest.approx(table["total_amount"].iloc[0])
    assert table["mean_amount"].iloc[0] == pytest.approx(clv12.mean())


def test_the_interval_of_everyone_holds_the_error_of_model_and_customers():
    random = np.random.default_rng(4)
    errors = random.normal(0, 5, 100)
    table = segment_means(
        pd.Series(["A"] * 400), np.full(400, 9.0), pd.Series(["A"] * 100), errors, minimum=5
    )
    half = 1.96 * errors.std(ddof=1) * np.sqrt(1 / 400 + 1 / 100)
    row = table.iloc[0]
    assert row["high_amount"] - row["mean_amount"] == pytest.approx(half, rel=1e-4)
    assert row["mean_amount"] - row["low_amount"] == pytest.approx(half, rel=1e-4)


def test_small_segments_are_one_where_together_they_are_enough():
    segment = pd.Series(["A"] * 50 + ["B"] * 3 + ["C"] * 4)
    clv12 = np.arange(57.0)
    table = segment_means(segment, clv12, pd.Series(["A"] * 9), np.arange(9.0), minimum=5)
    assert set(table["segment"]) == {"all", "A", "Other"}
    assert table.set_index("segment").loc["Other", "customers"] == 7


def test_a_small_segment_alone_is_in_everyone_only():
    segment = pd.Series(["A"] * 50 + ["B"] * 3)
    table = segment_means(segment, np.arange(53.0), pd.Series(["A"] * 9), np.arange(9.0), minimum=5)
    assert table["segment"].tolist() == ["all", "A"]


def test_a_source_without_segments_has_everyone_only():
    unknown = pd.Series(["Unknown"] * 30)
    table = segment_means(unknown, np.arange(30.0), unknown, np.arange(30.0), minimum=5)
    assert table["segment"].tolist() == ["all"]
