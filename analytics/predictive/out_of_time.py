"""The models judged on a later half year than the one that they learned from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.baselines import baseline_predictions
from analytics.predictive.comparison import floored_prediction
from analytics.predictive.customer_base import Horizon, fitted_customer_base
from analytics.predictive.features import feature_set, feature_table
from analytics.predictive.learners import MODELS, TunedModel, refitted
from analytics.predictive.season import Season
from analytics.stats.scores import REGRESSION_SCORES, score_intervals

Floats = npt.NDArray[np.float64]
COLUMNS = ["model", "role", "metric", "value", "low", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LaterTest:
    """A later cut-off to judge the models at.

    Attributes
    ----------
    cutoff : date
        Up to which the training target reaches; the test features end there.
    training_target : DataFrame
        `Marts.customer_margin` from the training cut-off to `cutoff`.
    features : DataFrame
        `Marts.customer_features` at `cutoff`.
    target : DataFrame
        `Marts.customer_margin` from `cutoff`, over as many months.
    months : int
        Length of both stretches.
    season : Season
        Of orders, from the weeks before `cutoff`.
    """

    cutoff: date
    training_target: pd.DataFrame
    features: pd.DataFrame
    target: pd.DataFrame
    months: int
    season: Season


def out_of_time_scores(
    later: LaterTest,
    features: pd.DataFrame,
    models: Mapping[str, TunedModel],
    horizon: Horizon,
    *,
    training_cutoff: date,
    train: npt.NDArray[np.bool_],
    draws: int,
    seed: int,
) -> pd.DataFrame:
    """Return the scores of models and baselines on all customers at the later cut-off.

    The models have the parameters that were tuned for the whole horizon and learn from the same
    training customers, at the same cut-off, what the first half year brought. Predictions are
    scaled by how much demand the season has in the second half year over the first.

    Parameters
    ----------
    later : LaterTest
        What came later.
    features : DataFrame
        `Marts.customer_features` at the training cut-off, one row for each entry of `train`.
    models : mapping
        Tuned models.
    horizon : Horizon
        The whole horizon, for rates.
    training_cutoff : date
        Of `features`.
    train : array of bool
        The training customers.
    draws, seed : int
        Of the bootstrap.

    Returns
    -------
    DataFrame
        model, role, metric, value, low, high.
    """
    days = float((later.cutoff - training_cutoff).days)
    half = replace(horizon, days=days)
    training = features[train]
    target = margins_of(features["customer_id"], later.training_target)
    chosen = feature_set(training, fitted_customer_base(training, half), half)
    table = feature_table(features, chosen)
    scored = later.features.sort_values("customer_id", ignore_index=True)
    actual = margins_of(scored["customer_id"], later.target)
    ratio = _demand(later.season, later.cutoff, later.months * 30.4) / _demand(
        later.season, training_cutoff, days
    )
    floor = min(0.0, float(np.quantile(target[train], 0.01)))
    wanted = feature_table(scored, chosen)
    predictions = {}
    for name, model in models.items():
        fitted = refitted(model, table[train], target[train])
        predictions[name] = floored_prediction(fitted, wanted, floor) * ratio
    whole = np.ones(len(scored), dtype=bool)
    for name, values in baseline_predictions(chosen.base, scored, whole, actual, half).items():
        # The mean is that of the training customers: the test's own is not known then.
        known = np.full(len(scored), target[train].mean()) if np.ptp(values) == 0 else values
        predictions[name] = known * ratio
    rows: list[tuple[object, ...]] = []
    for name, predicted in predictions.items():
        role = "model" if name in MODELS else "baseline"
        intervals = score_intervals(
            actual, predicted, REGRESSION_SCORES, draws=min(draws, 100), level=0.95, seed=seed
        )
        rows += [(name, role, metric, *row) for metric, row in intervals.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


def margins_of(customer_id: pd.Series, target: pd.DataFrame) -> Floats:
    """Return what each customer brought, 0 for those whom the target lacks."""
    margins = target.set_index("customer_id")["margin_amount"]
    values: Floats = margins.reindex(customer_id).fillna(0.0).to_numpy(dtype=float)
    return values


def _demand(season: Season, start: date, days: float) -> float:
    first = float((start - season.start).days)
    ends = season.elapsed(np.array([first, first + days]))
    return float((ends[1] - ends[0]) / days)
