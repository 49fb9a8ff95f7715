from __future__ import annotations

import pandas as pd

from analytics.predictive.rfm import quintile_scores, rfm_scores


def test_fifths_of_different_values_are_even():
    scores = quintile_scores(pd.Series(range(100)), high_is_good=True)
    assert scores.value_counts().sort_index().tolist() == [20] * 5
    assert scores.iloc[0] == 1
    assert scores.iloc[99] == 5


def test_equal_values_have_equal_scores():
    scores = quintile_scores(pd.Series([1] * 60 + [2] * 40), high_is_good=True)
    assert scores.groupby(scores.index < 60).nunique().tolist() == [1, 1]


def test_the_most_recent_buyer_has_the_highest_recency_score():
    features = pd.DataFrame(
        {
            "days_since_last_order": [1, 10, 20, 30, 40],
            "orders": [1, 2, 3, 4, 5],
            "net_revenue_amount": [50.0, 40, 30, 20, 10],
        }
    )
    scores = rfm_scores(features)
    assert scores["r_score"].tolist() == [5, 4, 3, 2, 1]
    assert scores["f_score"].tolist() == [1, 2, 3, 4, 5]
    assert scores["m_score"].tolist() == [5, 4, 3, 2, 1]


def test_a_single_customer_has_scores():
    features = pd.DataFrame(
        {"days_since_last_order": [3], "orders": [1], "net_revenue_amount": [9.0]}
    )
    assert rfm_scores(features).iloc[0].between(1, 5).all()
