from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.predictive.customer_base import Horizon, fitted_customer_base
from analytics.predictive.explanation import (
    column_shap_values,
    explanation,
    level_text,
    waterfalls,
)
from analytics.predictive.features import feature_set, feature_table
from analytics.predictive.learners import LINEAR, MODELS, XGBOOST, TunedModel, untuned_pipeline

HORIZON = Horizon(days=365, discount_rate=0.1, margin_rate=None)


@pytest.fixture(scope="module")
def setting(customers):
    base = fitted_customer_base(customers.train, HORIZON)
    chosen = feature_set(customers.train, base, HORIZON)
    table = feature_table(customers.train, chosen)
    target = customers.target.set_index("customer_id")["margin_amount"]
    return chosen, table, target.reindex(customers.train["customer_id"]).fillna(0).to_numpy()


def fitted(name, setting, rows=slice(None)) -> TunedModel:
    chosen, table, target = setting
    pipeline = untuned_pipeline(name, chosen, seed=1).fit(table.iloc[rows], target[rows])
    return TunedModel(name=name, estimator=pipeline, chosen={})


@pytest.fixture(scope="module")
def explained(setting):
    chosen, table, target = setting
    model = fitted(LINEAR, setting)

    def refit(draw: int) -> TunedModel:
        rows = np.random.default_rng(draw).integers(0, len(table), len(table))
        return fitted(LINEAR, setting, rows)

    def loss(shown: pd.DataFrame) -> float:
        return float(np.abs(model.estimator.predict(shown) - target).mean())

    return explanation(model, table, chosen, loss=loss, refit=refit, minimum=5, seed=1)


@pytest.mark.parametrize("name", MODELS)
def test_shap_values_add_up_to_the_differences_between_predictions(name, setting):
    _, table, _ = setting
    model, some = fitted(name, setting), table.iloc[:40]
    rest = model.estimator.predict(some) - column_shap_values(model, some).sum(axis=1)
    # What is left is the expected prediction, the same for every customer.
    assert np.ptp(rest) < 1e-3 * np.ptp(model.estimator.predict(some))


def test_importance_has_every_feature_once_largest_first(explained, setting):
    importance = explained.importance
    assert sorted(importance["feature"]) == sorted(setting[0].names)
    assert (np.diff(importance["mean_absolute_shap"]) <= 0).all()
    assert importance["mean_absolute_shap"].iloc[0] > 0
    assert (importance["low"] <= importance["high"]).all()
    assert (importance["best_rank"] <= importance["worst_rank"]).all()


def test_shuffling_what_moves_the_linear_model_most_hurts(explained):
    assert explained.importance["permutation_loss"].iloc[0] > 0


def test_no_class_of_the_swarm_or_of_the_dependence_is_small(explained):
    assert explained.beeswarm["customers"].min() >= 5
    assert explained.dependence["customers"].min() >= 5


def test_a_linear_models_dependence_is_its_own_slope(explained, setting):
    chosen, table, _ = setting
    name = explained.dependence["feature"].iloc[0]
    rows = explained.dependence[explained.dependence["feature"] == name]
    model = fitted(LINEAR, setting)
    place = chosen.numeric.index(name)
    slope = model.estimator[-1].coef_[place] / table[name].std(ddof=0)
    found = np.polyfit(rows["level"], rows["shap"], 1)[0]
    assert found == pytest.approx(slope, rel=0.1)


@pytest.mark.parametrize("name", [LINEAR, XGBOOST])
def test_a_waterfall_ends_at_the_prediction(name, setting):
    chosen, table, _ = setting
    model = fitted(name, setting)
    predicted = np.asarray(model.estimator.predict(table), dtype=float)
    steps = waterfalls(model, table, chosen, predicted, {3: "A", 7: "B"}, parts=4)
    for customer, rows in steps.groupby("customer"):
        end = rows["base"].iloc[0] + rows["shap"].sum()
        assert end == pytest.approx(predicted[{"A": 3, "B": 7}[str(customer)]], rel=1e-4)
        assert len(rows) == 5


def test_the_base_of_a_linear_waterfall_is_the_mean_prediction(setting):
    chosen, table, _ = setting
    model = fitted(LINEAR, setting)
    predicted = model.estimator.predict(table)
    steps = waterfalls(model, table, chosen, predicted, {3: "A"})
    assert steps["base"].iloc[0] == pytest.approx(predicted.mean())


def test_levels_are_told_in_three_digits_or_as_unknown():
    assert [level_text(value) for value in (12.3456, float("nan"), "Basic")] == [
        "12.3",
        "unknown",
        "Basic",
    ]
