"""The tuned models against a wide exhaustive grid, as JSON in `bench/grids.json`.

Run through `nox -s bench -- --grids`. Each model is tuned on the same training part once with the
grid that a build uses and once with a grid of several times as many values on every axis, and
judged on the same test part. A build may be behind by .01 of R2 or AUC; 1 is returned where one is.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from analytics.cleaning import read_clean_tables
from analytics.engine import open_engine
from analytics.marts import Marts
from analytics.pipeline.tiers.predictive import churn_cut_offs
from analytics.predictive.churn_comparison import churn_models, hashed_share
from analytics.predictive.churn_learners import (
    CHURN_MODELS,
    LOGISTIC,
    churn_features,
    raw_probability,
    tuned_churn_model,
)
from analytics.predictive.churn_rows import churn_rows, pooled
from analytics.predictive.customer_base import Horizon, fitted_customer_base
from analytics.predictive.features import feature_set, feature_table
from analytics.predictive.learners import (
    BOOSTING,
    FOREST,
    LINEAR,
    MODELS,
    XGBOOST,
    tuned_model,
)
from analytics.predictive.out_of_time import margins_of
from analytics.predictive.season import fitted_season
from analytics.predictive.split import customer_split
from analytics.predictive.threads import one_thread
from analytics.stats.classification import area_under_roc
from analytics.stats.scores import r2_score

ROOT = Path(__file__).parents[2]
START, TRAINING, SCORING = date(2022, 7, 1), date(2023, 7, 1), date(2024, 7, 1)
BEHIND, SEED, FOLDS = 0.01, 20240630, 3
WIDE: dict[str, dict[str, tuple[Any, ...]]] = {
    LINEAR: {"alpha": tuple(10.0 ** np.arange(-2, 5.5, 0.5))},
    FOREST: {"max_features": (0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0),
             "min_samples_leaf": (2, 4, 8, 14, 20, 30, 50)},
    BOOSTING: {"max_leaf_nodes": (3, 4, 6, 8, 12, 16),
               "max_iter": (40, 80, 120, 160, 240, 320)},
    XGBOOST: {"max_depth": (1, 2, 3, 4, 5, 6), "n_estimators": (60, 120, 180, 240, 360, 480)},
}  # fmt: skip
WIDE_CHURN: dict[str, dict[str, tuple[Any, ...]]] = {
    FOREST: {"max_features": (0.1, 0.2, 0.3, 0.4, 0.6, 0.8),
             "min_samples_leaf": (5, 10, 15, 25, 40, 60, 100)},
    LOGISTIC: {"C": tuple(10.0 ** np.arange(-4, 2.5, 0.5))},
    XGBOOST: {"max_depth": (1, 2, 3, 4, 5), "n_estimators": (40, 80, 120, 160, 240, 320)},
}  # fmt: skip


def lifetime_values(marts: Marts) -> list[dict[str, Any]]:
    """Return R2 of each model of CLV12 under both grids."""
    features = marts.customer_features(TRAINING).sort_values("customer_id", ignore_index=True)
    target = margins_of(
        features["customer_id"],
        marts.customer_margin(TRAINING, SCORING, discount_rate=0.1, margin_rate=0.3),
    )
    split = customer_split(features["customer_id"], test_rate=0.25, seed=SEED)
    horizon = Horizon(days=366.0, discount_rate=0.1, margin_rate=None)
    training = features[split.train]
    chosen = feature_set(training, fitted_customer_base(training, horizon), horizon)
    table = feature_table(features, chosen)
    rows = []
    for name in MODELS:
        values = {}
        for kind, grid in (("build", None), ("wide", WIDE[name])):
            started = time.perf_counter()
            model = tuned_model(
                name,
                table[split.train],
                target[split.train],
                chosen,
                folds=FOLDS,
                seed=SEED,
                grid=grid,
            )
            predicted = np.asarray(model.estimator.predict(table[split.test]), dtype=float)
            values[kind] = {
                "score": float(r2_score(target[split.test], predicted)),
                "chosen": {key: str(value) for key, value in model.chosen.items()},
                "seconds": round(time.perf_counter() - started, 1),
            }
        rows.append(_row("CLV12", "R2", name, values))
    return rows


def churn(marts: Marts) -> list[dict[str, Any]]:
    """Return the AUC of each model of churn under both grids at the test cut-off."""
    days = churn_cut_offs(START, SCORING)
    season = fitted_season(marts.order_rates(), end=days[-1], start=START)
    parts = [
        churn_rows(marts.customer_features(day), marts.next_orders(day), day, season)
        for day in days
        if day == days[-1] or (days[-1] - day).days >= 180
    ]
    training = pooled([part.where(part.at_risk) for part in parts[:-1][-8:]])
    test = parts[-1].where(parts[-1].at_risk)
    learning = training.where(hashed_share(training.customer_id, SEED) >= 0.25)
    chosen = churn_features(learning.table)
    build = churn_models(learning, chosen, folds=FOLDS, seed=SEED)
    keys = learning.customer_id + learning.cutoff.dt.strftime("@%Y-%m-%d")
    kept = learning.where(hashed_share(keys, SEED + 1) < 8_000 / len(learning))
    rows = []
    for name in CHURN_MODELS:
        wide = tuned_churn_model(name, kept, chosen, folds=FOLDS, seed=SEED, grid=WIDE_CHURN[name])
        values = {
            kind: {
                "score": float(area_under_roc(test.churned, raw_probability(model, test.table))),
                "chosen": {key: str(value) for key, value in model.chosen.items()},
            }
            for kind, model in (("build", build[name]), ("wide", wide))
        }
        rows.append(_row("churn", "AUC", name, values))
    return rows


def _row(model_of: str, score: str, name: str, values: dict[str, Any]) -> dict[str, Any]:
    behind = values["wide"]["score"] - values["build"]["score"]
    return {
        "of": model_of,
        "model": name,
        "score": score,
        **values,
        "behind": round(behind, 4),
        "holds": behind <= BEHIND,
    }


def main() -> int:
    """Tune, compare, record; 1 where a build's grid is behind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--clean",
        type=Path,
        default=ROOT / "data" / "clean" / "synthetic",
        help="Clean tables of the default shop, as a build leaves them.",
    )
    parser.add_argument("--only", choices=("clv", "churn"), help="One of the two.")
    chosen = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder, open_engine(temporary=Path(folder)) as engine:
        marts = Marts(read_clean_tables(chosen.clean, engine), engine)
        with one_thread():
            if chosen.only != "churn":
                rows += lifetime_values(marts)
            if chosen.only != "clv":
                rows += churn(marts)
    output = ROOT / "bench" / "grids.json"
    output.parent.mkdir(exist_ok=True)
    output.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    for row in rows:
        verdict = "holds " if row["holds"] else "BEHIND"
        print(f"{verdict} {row['of']:6} {row['model']:20} {row['score']} "
              f"{row['build']['score']:.4f}, wide grid {row['wide']['score']:.4f}")  # fmt: skip
    return 0 if all(row["holds"] for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
