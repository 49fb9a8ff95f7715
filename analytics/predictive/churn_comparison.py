"""Churn models and baselines, compared on customers kept apart and at a later cut-off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.errors import DataError
from analytics.predictive.churn_learners import (
    CHURN_MODELS,
    Calibration,
    ChurnFeatures,
    chosen_calibration,
    raw_probability,
    tuned_churn_model,
)
from analytics.predictive.churn_rows import ChurnRows
from analytics.predictive.learners import TunedModel
from analytics.stats.classification import area_under_roc, log_loss

Floats = npt.NDArray[np.float64]
NO_MODEL, HISTORY = "No model", "Purchase history alone"
LEAK_AUC = 0.995
MOST_ROWS = 8_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnComparison:
    """Models and baselines with calibrated probabilities.

    Attributes
    ----------
    models : mapping
        Name to tuned model.
    calibrations : mapping
        Name of each model and baseline to its map.
    calibrating, test : mapping
        Name to probabilities of the calibration rows (calibrated on other customers among
        them) and of the test rows.
    winner : str
        The model with the least log loss on the calibration rows.
    winner_beats_baseline : bool
        Whether its log loss there is below, and its AUC above, those of every baseline.
    """

    models: Mapping[str, TunedModel]
    calibrations: Mapping[str, Calibration]
    calibrating: Mapping[str, Floats]
    test: Mapping[str, Floats]
    winner: str
    winner_beats_baseline: bool


def churn_models(
    rows: ChurnRows, chosen: ChurnFeatures, *, folds: int, seed: int
) -> dict[str, TunedModel]:
    """Return the models, tuned and fitted on at most `MOST_ROWS` of the rows."""
    keys = rows.customer_id + rows.cutoff.dt.strftime("@%Y-%m-%d")
    kept = rows
    if len(rows) > MOST_ROWS:
        kept = rows.where(hashed_share(keys, seed + 1) < MOST_ROWS / len(rows))
    return {
        name: tuned_churn_model(name, kept, chosen, folds=folds, seed=seed) for name in CHURN_MODELS
    }


def churn_comparison(
    models: Mapping[str, TunedModel],
    learning: ChurnRows,
    calibrating: ChurnRows,
    test: ChurnRows,
) -> ChurnComparison:
    """Return the calibrated models beside the baselines.

    Baselines: the churn rate of the training rows for everyone, and purchase history alone
    (BG/NBD in seasonal time), calibrated as the models are.
    """
    rate = float(learning.churned.mean())
    raw = {name: raw_probability(model, calibrating.table) for name, model in models.items()}
    raw[HISTORY] = calibrating.silence
    later = {name: raw_probability(model, test.table) for name, model in models.items()}
    later[HISTORY] = test.silence
    calibrations = {
        name: chosen_calibration(calibrating.churned, values, calibrating.customer_id)
        for name, values in raw.items()
    }
    own = {name: _out_of_fold(calibrating, values) for name, values in raw.items()}
    own[NO_MODEL] = np.full(len(calibrating), rate)
    shown = {name: calibrations[name](values) for name, values in later.items()}
    shown[NO_MODEL] = np.full(len(test), rate)
    happened = calibrating.churned
    losses = {name: float(log_loss(happened, values)) for name, values in own.items()}
    areas = {name: float(area_under_roc(happened, values)) for name, values in own.items()}
    winner = min(models, key=lambda name: losses[name])
    beats = all(
        losses[winner] < losses[name] and areas[winner] > areas[name]
        for name in (NO_MODEL, HISTORY)
    )
    return ChurnComparison(
        models=models,
        calibrations=calibrations,
        calibrating=own,
        test=shown,
        winner=winner,
        winner_beats_baseline=beats,
    )


def hashed_share(keys: pd.Series, seed: int) -> Floats:
    """Return a number in [0, 1) for each key, the same wherever the key stands."""
    unique = keys.unique()
    drawn = {
        key: int.from_bytes(blake2b(f"{seed}:{key}".encode(), digest_size=8).digest(), "big")
        / 2**64
        for key in unique
    }
    shares: Floats = keys.map(drawn).to_numpy(dtype=float)
    return shares


def refuse_leaks(rows: ChurnRows) -> None:
    """Raise DataError naming a numeric feature that alone tells who churns."""
    for name in rows.table.select_dtypes("number"):
        values = rows.table[name].to_numpy(dtype=float)
        known = ~np.isnan(values)
        happened = rows.churned[known]
        if len(happened) < 100 or happened.sum() in (0, len(happened)):
            continue
        area = float(area_under_roc(happened, values[known]))
        if max(area, 1 - area) > LEAK_AUC:
            raise DataError(
                f"feature {name} alone tells who churns with an area under the ROC curve of "
                f"{max(area, 1 - area):.4f}: it holds what came after the cut-off",
                remedy="Remove what is observed after the cut-off from that feature.",
            )


def refuse_duplicates(rows: ChurnRows) -> None:
    """Raise DataError where a customer has two rows at one cut-off."""
    keys = pd.DataFrame({"customer": rows.customer_id, "cutoff": rows.cutoff})
    twice = int(keys.duplicated().sum())
    if twice:
        raise DataError(
            f"{twice} rows of churn features stand twice at their cut-off: what is learned from "
            "one would be judged on the other",
            remedy="Give every customer one id in the customers' and transactions' exports.",
        )


def refuse_too_certain(scores: pd.DataFrame, winner: str) -> None:
    """Raise DataError where the winner hardly ever errs on customers that it has not seen."""
    row = scores[
        (scores["model"] == winner) & (scores["part"] == "test") & (scores["metric"] == "auc")
    ]
    area = float(row["value"].iloc[0])
    if area > LEAK_AUC:
        raise DataError(
            f"{winner} tells who churns with an area under the ROC curve of {area:.4f} at a later "
            "cut-off: some feature holds what came after the cut-off",
            remedy="Look for columns of customers or transactions that are filled in later.",
        )


def _out_of_fold(rows: ChurnRows, probability: Floats) -> Floats:
    """Return the calibrated probabilities, each from a map fitted on other customers."""
    codes = pd.factorize(rows.customer_id, sort=True)[0] % 5
    out = np.empty(len(rows))
    for fold in range(5):
        inside = codes != fold
        fitted = chosen_calibration(
            rows.churned[inside], probability[inside], rows.customer_id[inside]
        )
        out[~inside] = fitted(probability[~inside])
    return out
