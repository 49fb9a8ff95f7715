"""The frames of the result `Churn`."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.churn_comparison import ChurnComparison
from analytics.predictive.churn_learners import CHURN_GRIDS, CHURN_MODELS
from analytics.predictive.churn_profit import (
    CampaignCosts,
    expected_maximum_profit,
    profit_by_share,
)
from analytics.predictive.churn_rows import ChurnRows
from analytics.predictive.learners import TunedModel
from analytics.stats.classification import (
    CLASSIFICATION_SCORES,
    curve_points,
    reliability_bins,
)
from analytics.stats.scores import score_intervals

Floats = npt.NDArray[np.float64]
METRICS = ("auc", "average_precision", "brier", "log_loss", "ece", "lift")
ALL, OTHER, UNKNOWN = "all", "Other", "Unknown"
_LEVEL = 0.95
_POINTS = 40


def scores_frame(
    comparison: ChurnComparison, calibrating: ChurnRows, test: ChurnRows, *, draws: int, seed: int
) -> pd.DataFrame:
    """Return every score of every model and baseline on both parts."""
    wanted = {name: CLASSIFICATION_SCORES[name] for name in METRICS}
    rows = []
    for part, of, shown in (
        ("calibration", calibrating, comparison.calibrating),
        ("test", test, comparison.test),
    ):
        for name, probability in shown.items():
            intervals = score_intervals(
                of.churned,
                probability,
                wanted,
                draws=draws if part == "test" else 0,
                level=_LEVEL,
                seed=seed,
            )
            role = "model" if name in CHURN_MODELS else "baseline"
            rows += [(name, role, part, metric, *row) for metric, row in intervals.items()]
    return pd.DataFrame(rows, columns=["model", "role", "part", "metric", "value", "low", "high"])


def curve_frame(
    comparison: ChurnComparison, test: ChurnRows, costs: CampaignCosts, *, minimum: int
) -> pd.DataFrame:
    """Return ROC, precision-recall, lift and profit by the share contacted."""
    points = max(2, min(_POINTS, len(test) // max(minimum, 1)))
    frames = []
    for name, probability in comparison.test.items():
        if np.ptp(probability) == 0:
            continue
        frame = curve_points(test.churned, probability, points=points)
        profit = profit_by_share(test.churned, probability, costs)
        places = np.round(frame["contacted_rate"] * len(test)).astype(int)
        frames.append(frame.assign(model=name, profit_amount=profit[places]))
    names = ["model", "contacted_rate", "false_positive_rate", "true_positive_rate", "precision",
             "lift", "profit_amount"]  # fmt: skip
    return pd.concat(frames, ignore_index=True)[names]


def reliability_frame(
    comparison: ChurnComparison, test: ChurnRows, *, minimum: int
) -> pd.DataFrame:
    """Return predicted and observed churn rates by tenths of the customers."""
    bins = max(1, min(10, len(test) // max(minimum, 20)))
    frames = [
        reliability_bins(test.churned, probability, bins=bins).assign(model=name)
        for name, probability in comparison.test.items()
        if np.ptp(probability) > 0
    ]
    names = ["model", "bin", "predicted_rate", "observed_rate", "low_rate", "high_rate",
             "customers"]  # fmt: skip
    return pd.concat(frames, ignore_index=True)[names]


def profit_frame(
    comparison: ChurnComparison, test: ChurnRows, costs: CampaignCosts
) -> pd.DataFrame:
    """Return the expected maximum profit of each model and baseline."""
    rows = []
    for name, probability in comparison.test.items():
        found = expected_maximum_profit(test.churned, probability, costs)
        rows.append((name, found.profit_amount, found.contact_rate))
    return pd.DataFrame(rows, columns=["model", "profit_amount", "contact_rate"])


def tuning_frame(models: Mapping[str, TunedModel]) -> pd.DataFrame:
    """Return what the grid search tried and chose."""
    rows = [
        (name, parameter, str(model.chosen[parameter]), ", ".join(map(str, tried)))
        for name, model in models.items()
        for parameter, tried in CHURN_GRIDS[name].items()
    ]
    return pd.DataFrame(rows, columns=["model", "parameter", "chosen", "candidates"])


def segment_frame(
    features: pd.DataFrame,
    scored: ChurnRows,
    probability: Floats,
    clv12: pd.Series | None,
    *,
    minimum: int,
) -> pd.DataFrame:
    """Return mean risk and margin at risk by segment, everyone first, the highest risk next."""
    value = np.full(len(features), np.nan)
    if clv12 is not None:
        value = clv12.reindex(features["customer_id"]).to_numpy(dtype=float)
    frame = pd.DataFrame(
        {"segment": features["segment"], "p": probability, "value": probability * value}
    )[scored.at_risk]
    counts = frame["segment"].value_counts()
    frame["segment"] = frame["segment"].where(
        ~frame["segment"].isin(counts[counts < minimum].index), OTHER
    )
    groups = [(ALL, frame)]
    if set(frame["segment"]) != {UNKNOWN}:
        groups += [
            (str(name), part) for name, part in frame.groupby("segment") if len(part) >= minimum
        ]
    rows = [
        {
            "segment": name,
            "customers": len(part),
            "mean_rate": float(part["p"].mean()),
            "expected_churners": float(part["p"].sum()),
            "margin_at_risk_amount": float(part["value"].sum(min_count=1)),
        }
        for name, part in groups
    ]
    table = pd.DataFrame(rows)
    rest = table.iloc[1:].sort_values(["mean_rate", "segment"], ascending=[False, True])
    return pd.concat([table.iloc[:1], rest], ignore_index=True)


def distribution_frame(probability: Floats, *, minimum: int) -> pd.DataFrame:
    """Return customers by classes of probability, each of at least `minimum` customers."""
    top = float(np.quantile(probability, 0.995)) if len(probability) else 1.0
    width = 0.01 if top <= 0.3 else 0.025 if top <= 0.6 else 0.05
    edges = np.round(np.arange(0, 1 + width, width), 6)
    counts = np.histogram(probability, np.append(edges[:-1], 1.000001))[0]
    rows: list[tuple[float, float, int]] = []
    for low, high, count in zip(edges[:-1], edges[1:], counts.tolist(), strict=True):
        if rows and rows[-1][2] < minimum:
            rows[-1] = (rows[-1][0], float(high), rows[-1][2] + count)
        else:
            rows.append((float(low), float(high), count))
    while len(rows) > 1 and rows[-1][2] < minimum:
        _, high, count = rows.pop()
        rows[-1] = (rows[-1][0], high, rows[-1][2] + count)
    return pd.DataFrame(rows, columns=["from_rate", "to_rate", "customers"])
