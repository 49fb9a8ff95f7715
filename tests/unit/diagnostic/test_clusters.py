"""Groups are found where they are, and none where customers are one cloud."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.diagnostic import clusters
from analytics.results import Clusters, Missing

CUTOFF = date(2024, 7, 1)


def customers(seed: int, apart: float, size: int = 600) -> pd.DataFrame:
    """Return customers of three kinds, so many standard deviations apart."""
    random = np.random.default_rng(seed)
    kind = random.integers(0, 3, size)
    shift = apart * np.array([[0, 0], [1, 0], [0.5, 0.9]])[kind]
    rate, value = (random.normal(size=(size, 2)) + shift).T
    frame = pd.DataFrame(
        {
            "segment": np.array(["Basic", "Premium", "Standard"])[kind],
            "age_days": 365,
            "orders": np.exp(2 + 0.5 * rate),
            "mean_order_amount": np.exp(4 + 0.5 * value),
            "days_since_last_order": np.full(size, 30),
            "discount_rate": np.nan,
        }
    )
    return frame.assign(net_revenue_amount=frame["orders"] * frame["mean_order_amount"])


def found(features: pd.DataFrame, **settings: object) -> Clusters:
    result = clusters(features, cutoff=CUTOFF, half_samples=20, **settings)
    assert isinstance(result, Clusters)
    return result


def test_three_kinds_that_are_apart_are_three_groups_and_the_segments():
    result = found(customers(1, 8.0))
    assert (result.groups, result.chosen, result.segment_count) == (3, 3, 3)
    row = result.choices[result.choices["clusters"] == 3].iloc[0]
    assert row["agreement_low"] > 0.9
    assert row["stability"] > 0.9


def test_one_cloud_is_one_group_whatever_it_is_called():
    result = found(customers(2, 0.0))
    assert result.groups == 1
    assert (result.choices["agreement_high"] < 0.1).all()
    assert not result.choices["distinct"].any()


def test_one_cloud_is_rarely_taken_for_groups():
    taken = sum(found(customers(seed, 0.0, size=120)).groups > 1 for seed in range(10, 13))
    assert taken <= 1


def test_no_cell_of_few_customers_is_told():
    frame = customers(4, 8.0)
    frame.loc[:2, "segment"] = "Secret"
    result = found(frame, minimum_cell=5)
    told = result.segments["customers"]
    assert ((told == 0) | (told >= 5)).all()
    assert "Secret" not in set(result.segments["segment"])
    assert (result.profiles["customers"] >= 5).all()


def test_every_customer_of_a_known_segment_is_counted_once():
    frame = customers(5, 8.0)
    frame.loc[:99, "segment"] = "Unknown"
    result = found(frame, minimum_cell=1)
    assert result.segments["customers"].sum() == 500
    sizes = result.profiles.drop_duplicates("cluster")["customers"]
    assert sizes.sum() == 600


def test_edges_of_features_are_rounded_since_each_is_a_customers_value():
    told = found(customers(6, 1.0)).features
    for name in ("least", "most"):
        assert (told[name] == told[name].round(2)).all()


def test_without_segments_there_is_nothing_to_compare():
    result = found(customers(7, 3.0).assign(segment="Unknown"))
    assert result.segment_count == 0
    assert result.segments.empty
    assert result.choices["agreement"].isna().all()


@pytest.mark.parametrize(
    "features",
    [
        customers(8, 1.0, size=50),
        customers(8, 1.0).assign(orders=3, mean_order_amount=10.0),
        customers(8, 1.0).head(0),
    ],
)
def test_too_few_or_equal_customers_are_missing(features: pd.DataFrame):
    assert isinstance(clusters(features, cutoff=CUTOFF), Missing)


def test_equal_seeds_give_equal_results():
    one, other = (found(customers(9, 2.0), seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(one.choices, other.choices)
