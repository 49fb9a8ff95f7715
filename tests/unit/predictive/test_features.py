from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.errors import DataError
from analytics.predictive.customer_base import Horizon, fitted_customer_base
from analytics.predictive.features import feature_set, feature_table, refuse_leaks

HORIZON = Horizon(days=365, discount_rate=0.1, margin_rate=None)


@pytest.fixture(scope="module")
def chosen(customers):
    return feature_set(customers.train, fitted_customer_base(customers.train, HORIZON), HORIZON)


def test_a_customer_who_goes_on_as_before_keeps_their_features(customers, chosen):
    year = customers.train.head(1).assign(age_days=365, tickets=3)
    totals = ["orders", "net_revenue_amount", "contribution_margin_amount", "frequency", "tickets"]
    two_years = year.assign(age_days=730, **{name: 2 * year[name] for name in totals})
    before, after = feature_table(year, chosen), feature_table(two_years, chosen)
    modelled = ["expected_margin_amount", "expected_purchases", "expected_purchase_amount"]
    same = before.columns.difference([*modelled, "alive_probability"])
    pd.testing.assert_frame_equal(before[same], after[same])


def test_ages_beyond_those_of_the_training_customers_count_as_the_longest(customers, chosen):
    ages = feature_table(customers.score, chosen)["age_days"]
    assert customers.score["age_days"].max() > customers.train["age_days"].max()
    assert ages.max() == customers.train["age_days"].max()


def test_features_without_variation_are_left_out(chosen):
    assert "discount_rate" not in chosen.names
    assert "acquisition_channel" not in chosen.names
    assert chosen.categories[0] == ("Basic", "Premium")


def test_a_source_without_answers_has_no_satisfaction_among_its_features(customers):
    silent = customers.train.assign(satisfaction=np.nan, last_satisfaction=np.nan)
    found = feature_set(silent, fitted_customer_base(silent, HORIZON), HORIZON)
    assert "satisfaction" not in found.names


def test_a_source_without_costs_has_revenue_among_its_features(customers):
    without = customers.train.assign(
        contribution_margin_amount=np.nan, contribution_margin_last_365_days_amount=np.nan
    )
    horizon = Horizon(days=365, discount_rate=0.1, margin_rate=0.3)
    found = feature_set(without, fitted_customer_base(without, horizon), horizon)
    assert "yearly_net_revenue_amount" in found.names
    assert not any("contribution" in name for name in found.names)
    assert feature_table(without, found)["expected_margin_amount"].notna().all()


def test_a_feature_that_is_the_target_is_refused_by_name(customers, chosen):
    table = feature_table(customers.train, chosen)
    with pytest.raises(DataError, match="feature mean_order_amount correlates"):
        refuse_leaks(table, 3 * table["mean_order_amount"].to_numpy() + 1)


def test_honest_features_pass(customers, chosen):
    table = feature_table(customers.train, chosen)
    target = customers.target.set_index("customer_id")["margin_amount"]
    values = target.reindex(customers.train["customer_id"]).fillna(0).to_numpy()
    before = table.copy()
    refuse_leaks(table, values)
    pd.testing.assert_frame_equal(table, before)


def test_discounting_evenly_spread_margin_averages_its_factors():
    days = np.arange(365) + 0.5
    assert HORIZON.mean_discount == pytest.approx((1.1 ** (-days / 365)).mean(), rel=1e-6)
    assert Horizon(days=365, discount_rate=0.0, margin_rate=None).mean_discount == 1
