from __future__ import annotations

import numpy as np
import pytest

from analytics.predictive.customer_base import Horizon, fitted_customer_base
from analytics.predictive.features import feature_set, feature_table
from analytics.predictive.importance import column_shap_values, shap_importance
from analytics.predictive.learners import LINEAR, MODELS, TunedModel, untuned_pipeline

HORIZON = Horizon(days=365, discount_rate=0.1, margin_rate=None)


@pytest.fixture(scope="module")
def setting(customers):
    base = fitted_customer_base(customers.train, HORIZON)
    chosen = feature_set(customers.train, base, HORIZON)
    table = feature_table(customers.train, chosen)
    target = customers.target.set_index("customer_id")["margin_amount"]
    return chosen, table, target.reindex(customers.train["customer_id"]).fillna(0).to_numpy()


def fitted(name, setting) -> TunedModel:
    chosen, table, target = setting
    pipeline = untuned_pipeline(name, chosen, seed=1).fit(table, target)
    return TunedModel(name=name, estimator=pipeline, chosen={})


@pytest.mark.parametrize("name", MODELS)
def test_shap_values_add_up_to_the_differences_between_predictions(name, setting):
    _, table, _ = setting
    model, some = fitted(name, setting), table.iloc[:40]
    rest = model.estimator.predict(some) - column_shap_values(model, some).sum(axis=1)
    # What is left is the expected prediction, the same for every customer.
    assert np.ptp(rest) < 1e-3 * np.ptp(model.estimator.predict(some))


def test_importance_has_every_feature_once_largest_first(setting):
    chosen, table, _ = setting
    importance = shap_importance(fitted(LINEAR, setting), table, chosen, seed=1)
    assert sorted(importance["feature"]) == sorted(chosen.names)
    assert (np.diff(importance["mean_absolute_shap_amount"]) <= 0).all()
    assert importance["mean_absolute_shap_amount"].iloc[0] > 0
