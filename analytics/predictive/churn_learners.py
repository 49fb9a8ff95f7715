"""The three models of churn, their tuning and their calibration.

Grids are small for the reason that `learners` gives: neighbouring values differ by less than their
sampling error, which the benchmark's wide grid checks. No class weights: they would spoil the
probabilities.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.churn_rows import CATEGORICAL, NUMERIC, ChurnRows
from analytics.predictive.learners import FOREST, XGBOOST, FeatureNames, TunedModel, pipeline_of
from analytics.stats.classification import log_loss

Floats = npt.NDArray[np.float64]
LOGISTIC = "Logistic regression"
CHURN_MODELS = (FOREST, LOGISTIC, XGBOOST)
CHURN_GRIDS: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    FOREST: {"max_features": (0.2, 0.4), "min_samples_leaf": (15, 40)},
    LOGISTIC: {"C": (0.003, 0.03, 0.3)},
    XGBOOST: {"max_depth": (2, 3), "n_estimators": (80, 160)},
}
_LEAST_ANSWERS = 30
_FEWEST_FOR_ISOTONIC = 200  # churned customers: a step function of fewer is noise


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnFeatures:
    """Names of the features that vary among the training rows."""

    numeric: tuple[str, ...]
    categorical: tuple[str, ...]
    categories: tuple[tuple[str, ...], ...]

    @property
    def names(self) -> tuple[str, ...]:
        """All features: numeric, then categorical."""
        return self.numeric + self.categorical


def churn_features(table: pd.DataFrame) -> ChurnFeatures:
    """Return the features that vary in the training table and are known for enough rows."""
    numeric = tuple(
        name
        for name in NUMERIC
        if table[name].nunique() > 1 and table[name].notna().sum() >= _LEAST_ANSWERS
    )
    categorical = tuple(name for name in CATEGORICAL if table[name].nunique() > 1)
    return ChurnFeatures(
        numeric=numeric,
        categorical=categorical,
        categories=tuple(tuple(sorted(table[name].unique())) for name in categorical),
    )


def tuned_churn_model(
    name: str,
    rows: ChurnRows,
    chosen: FeatureNames,
    *,
    folds: int,
    seed: int,
    grid: Mapping[str, tuple[Any, ...]] | None = None,
) -> TunedModel:
    """Return the model tuned in cross-validation over customers: all rows of one in one fold."""
    from sklearn.model_selection import GridSearchCV, GroupKFold

    tried = grid or CHURN_GRIDS[name]
    search = GridSearchCV(
        pipeline_of(_classifier(name, seed), chosen, scaled=name == LOGISTIC),
        {f"model__{key}": list(values) for key, values in tried.items()},
        scoring="neg_log_loss",
        cv=GroupKFold(folds),
        n_jobs=1,
        error_score="raise",
    )
    search.fit(rows.table, rows.churned.astype(int), groups=rows.customer_id.to_numpy())
    best = {key.removeprefix("model__"): value for key, value in search.best_params_.items()}
    return TunedModel(name=name, estimator=search.best_estimator_, chosen=best)


def refitted_churn_model(model: TunedModel, rows: ChurnRows) -> TunedModel:
    """Return the same model with the same parameters, fitted on other rows."""
    from sklearn.base import clone

    estimator = clone(model.estimator).fit(rows.table, rows.churned.astype(int))
    return TunedModel(name=model.name, estimator=estimator, chosen=model.chosen)


def raw_probability(model: TunedModel, table: pd.DataFrame) -> Floats:
    """Return the model's own probabilities, before calibration."""
    probability: Floats = np.asarray(model.estimator.predict_proba(table)[:, 1], dtype=float)
    return probability


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibration:
    """A monotone map of probabilities.

    Attributes
    ----------
    kind : str
        none, sigmoid or isotonic.
    at, to : array
        The map's knots, in log odds and in probabilities; of a sigmoid many knots.
    """

    kind: str
    at: Floats
    to: Floats

    def __call__(self, probability: Floats) -> Floats:
        """Return the calibrated probabilities."""
        if self.kind == "none":
            return probability
        calibrated: Floats = np.interp(_log_odds(probability), self.at, self.to)
        return calibrated


def chosen_calibration(churned: Floats, probability: Floats, groups: pd.Series) -> Calibration:
    """Return the map with the least log loss in a cross-validation over customers.

    Parameters
    ----------
    churned, probability : array, shape (rows,)
        Of customers that the model was not fitted on.
    groups : Series
        The customer of each row.
    """
    kinds = ["none", "sigmoid"]
    if churned.sum() >= _FEWEST_FOR_ISOTONIC:
        kinds.append("isotonic")
    codes = pd.factorize(groups, sort=True)[0] % 5
    losses = {}
    for kind in kinds:
        out = np.empty(len(churned))
        for fold in range(5):
            inside = codes != fold
            fitted = fitted_calibration(kind, churned[inside], probability[inside])
            out[~inside] = fitted(probability[~inside])
        losses[kind] = float(log_loss(churned, out))
    best = min(kinds, key=lambda kind: (losses[kind], kinds.index(kind)))
    return fitted_calibration(best, churned, probability)


def fitted_calibration(kind: str, churned: Floats, probability: Floats) -> Calibration:
    """Return the map of that kind at its best fit."""
    odds = _log_odds(probability)
    if kind == "none" or np.ptp(churned) == 0:
        return Calibration(kind="none", at=np.array([0.0]), to=np.array([0.0]))
    if kind == "sigmoid":
        from analytics.stats.classification import logistic_calibration

        intercept, slope = logistic_calibration(churned, probability)
        knots = np.linspace(-14, 14, 561)
        shown = 1 / (1 + np.exp(-np.clip(intercept + max(slope, 0.0) * knots, -30, 30)))
        return Calibration(kind=kind, at=knots, to=shown)
    from sklearn.isotonic import IsotonicRegression

    fitted = IsotonicRegression(y_min=0.001, y_max=0.999, out_of_bounds="clip").fit(odds, churned)
    at = np.asarray(fitted.X_thresholds_, dtype=float)
    return Calibration(kind=kind, at=at, to=np.asarray(fitted.y_thresholds_, dtype=float))


def _log_odds(probability: Floats) -> Floats:
    p = np.clip(probability, 1e-6, 1 - 1e-6)
    odds: Floats = np.log(p) - np.log1p(-p)
    return odds


def _classifier(name: str, seed: int) -> Any:
    if name == LOGISTIC:
        from sklearn.linear_model import LogisticRegression

        return LogisticRegression(max_iter=500)
    if name == FOREST:
        from sklearn.ensemble import RandomForestClassifier

        return RandomForestClassifier(
            n_estimators=50, max_depth=8, max_samples=0.5, random_state=seed, n_jobs=1
        )
    from xgboost import XGBClassifier

    return XGBClassifier(
        learning_rate=0.06,
        min_child_weight=20,
        subsample=0.7,
        colsample_bytree=0.5,
        tree_method="hist",
        nthread=1,
        random_state=seed,
    )
