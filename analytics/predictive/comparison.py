"""Models and baselines, compared on customers that none of them was fitted on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.errors import DataError
from analytics.predictive.baselines import baseline_predictions
from analytics.predictive.features import FeatureSet
from analytics.predictive.learners import GRIDS, MODELS, TunedModel, tuned_model
from analytics.predictive.split import CustomerSplit
from analytics.stats.scores import REGRESSION_SCORES, score_intervals

Floats = npt.NDArray[np.float64]
LEAK_R2 = 0.98
_LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Models and baselines fitted on the training part, with predictions for everyone.

    Attributes
    ----------
    models : mapping
        Name to tuned model.
    predictions : mapping
        Name of model or baseline to predictions, shape (customers,).
    floor : float
        Least value that a prediction may take.
    scores : DataFrame
        As declared by the result `Clv`.
    winner : str
        The model with the highest R2 on the validation part.
    winner_beats_baseline : bool
        Whether, on the validation part, its R2 and its Spearman correlation are both above
        those of every baseline.
    """

    models: Mapping[str, TunedModel]
    predictions: Mapping[str, Floats]
    floor: float
    scores: pd.DataFrame
    winner: str
    winner_beats_baseline: bool


def model_comparison(
    features: pd.DataFrame,
    table: pd.DataFrame,
    target: Floats,
    split: CustomerSplit,
    chosen: FeatureSet,
    *,
    folds: int,
    draws: int,
    seed: int,
) -> Comparison:
    """Return all models and baselines, fitted, scored and compared.

    Parameters
    ----------
    features : DataFrame, shape (customers, …)
        `Marts.customer_features` at the training cut-off, for the baselines.
    table : DataFrame
        `feature_table` of the same rows, for the models.
    target : array, shape (customers,)
        What they brought in the horizon.
    split : CustomerSplit
        The part of each customer.
    chosen : FeatureSet
        Of the training customers.
    folds : int
        Of the cross-validation inside the training part.
    draws : int
        Of the bootstrap.
    seed : int
        Of folds, models and bootstrap.

    Raises
    ------
    DataError
        Where the winner's skill on the test part is too good to be true.
    """
    train = split.train
    # A linear model goes below what any customer has ever cost; nobody is expected to.
    floor = min(0.0, float(np.quantile(target[train], 0.01)))
    models = {
        name: tuned_model(name, table[train], target[train], chosen, folds=folds, seed=seed)
        for name in MODELS
    }
    predictions: dict[str, Floats] = {
        name: floored_prediction(model, table, floor) for name, model in models.items()
    }
    predictions |= baseline_predictions(chosen.base, features, train, target, chosen.horizon)
    scores = _scores(predictions, target, split, draws=draws, seed=seed)
    winner, beats = _winner(scores)
    _refuse_too_good(scores, winner)
    return Comparison(
        models=models,
        predictions=predictions,
        floor=floor,
        scores=scores,
        winner=winner,
        winner_beats_baseline=beats,
    )


def floored_prediction(model: TunedModel, table: pd.DataFrame, floor: float) -> Floats:
    """Return the model's predictions, none below `floor`; shape (customers,)."""
    predicted: Floats = np.asarray(model.estimator.predict(table), dtype=float)
    return np.maximum(predicted, floor)


def decile_calibration(predictions: Mapping[str, Floats], actual: Floats) -> pd.DataFrame:
    """Return mean prediction and mean of what came by tenths of the predictions.

    Tenths by rank, so of equal size within one; a constant prediction has one row only.
    """
    rows = []
    for name, predicted in predictions.items():
        order = np.argsort(predicted, kind="stable")
        parts = np.array_split(order, 10) if np.ptp(predicted) > 0 else [order]
        rows += [
            {
                "model": name,
                "decile": number + 1,
                "predicted_amount": float(predicted[part].mean()),
                "actual_amount": float(actual[part].mean()),
                "customers": len(part),
            }
            for number, part in enumerate(parts)
        ]
    return pd.DataFrame(rows)


def tuning_table(models: Mapping[str, TunedModel]) -> pd.DataFrame:
    """Return what the grid search tried and chose, as declared by the result `Clv`."""
    return pd.DataFrame(
        [
            {
                "model": name,
                "parameter": parameter,
                "chosen": str(model.chosen[parameter]),
                "candidates": ", ".join(str(value) for value in candidates),
            }
            for name, model in models.items()
            for parameter, candidates in GRIDS[name].items()
        ]
    )


def _scores(
    predictions: Mapping[str, Floats],
    target: Floats,
    split: CustomerSplit,
    *,
    draws: int,
    seed: int,
) -> pd.DataFrame:
    rows = []
    for part, flags in (("validation", split.validation), ("test", split.test)):
        for name, predicted in predictions.items():
            intervals = score_intervals(
                target[flags],
                predicted[flags],
                REGRESSION_SCORES,
                draws=draws,
                level=_LEVEL,
                seed=seed,
            )
            role = "model" if name in MODELS else "baseline"
            rows += [(name, role, part, metric, *row) for metric, row in intervals.items()]
    return pd.DataFrame(rows, columns=["model", "role", "part", "metric", "value", "low", "high"])


def _winner(scores: pd.DataFrame) -> tuple[str, bool]:
    seen = scores[scores["part"] == "validation"]
    value = seen.pivot(index="model", columns="metric", values="value")
    role = seen.drop_duplicates("model").set_index("model")["role"]
    baselines = value[role.reindex(value.index) == "baseline"]
    winner = str(value.loc[list(MODELS), "r2"].idxmax())
    beats = all(
        value.loc[winner, metric] > baselines[metric].max() for metric in ("r2", "spearman")
    )
    return winner, bool(beats)


def _refuse_too_good(scores: pd.DataFrame, winner: str) -> None:
    row = scores[
        (scores["model"] == winner) & (scores["part"] == "test") & (scores["metric"] == "r2")
    ]
    r2 = float(row["value"].iloc[0])
    if r2 > LEAK_R2:
        raise DataError(
            f"{winner} predicts the coming margin with R2 {r2:.4f} on customers it has not "
            "seen: some feature holds what came after the cut-off",
            remedy="Look for columns of customers or transactions that are filled in later.",
        )
