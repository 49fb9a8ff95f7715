"""What moves a model's predictions, in figures that tell of no single customer.

SHAP values are exact for the model: in closed form for linear ones, by tree paths for others.
Beeswarm and dependence are counted in classes; classes of few customers are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.learners import FeatureNames, TunedModel, column_features

Floats = npt.NDArray[np.float64]
SAMPLE = 500
REFITS = 5
REFIT_ROWS = 2_500
_SWARM_CLASSES = 21
_DEPENDENCE_CLASSES = 12
TOP = 10
DEPENDENCE_TOP = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Frames as declared by the results `Clv` and `Churn`."""

    importance: pd.DataFrame
    beeswarm: pd.DataFrame
    dependence: pd.DataFrame


def column_shap_values(
    model: TunedModel, table: pd.DataFrame, among: pd.DataFrame | None = None
) -> Floats:
    """Return SHAP values, shape (customers, columns that the model sees).

    In the target's unit for regressions and random forests of classes; in log odds for logistic
    regression and XGBoost of classes. Those of linear models are against the mean of the customers
    `among` (these ones where left out).
    """
    columns = np.asarray(model.estimator[:-1].transform(table), dtype=float)
    fitted = model.estimator[-1]
    if hasattr(fitted, "coef_"):
        others = columns if among is None else model.estimator[:-1].transform(among)
        mean = np.asarray(others, dtype=float).mean(axis=0)
        linear: Floats = np.ravel(fitted.coef_) * (columns - mean)
        return linear
    if hasattr(fitted, "get_booster"):
        from xgboost import DMatrix

        paths: Floats = (
            fitted.get_booster()
            .predict(DMatrix(columns, nthread=1), pred_contribs=True)[:, :-1]
            .astype(float)
        )
        return paths
    from shap import TreeExplainer

    values: Floats = np.asarray(
        TreeExplainer(fitted).shap_values(columns, check_additivity=False), dtype=float
    )
    return values[:, :, 1] if values.ndim == 3 else values


def feature_shap_values(
    model: TunedModel,
    table: pd.DataFrame,
    chosen: FeatureNames,
    among: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Return a column a feature: its categories, and whether it is missing, are summed."""
    values = column_shap_values(model, table, among)
    sources = np.asarray(column_features(model.estimator, chosen))
    return pd.DataFrame({name: values[:, sources == name].sum(axis=1) for name in chosen.names})


def explanation(
    model: TunedModel,
    table: pd.DataFrame,
    chosen: FeatureNames,
    *,
    loss: Callable[[pd.DataFrame], float],
    refit: Callable[[int], TunedModel],
    minimum: int,
    seed: int,
) -> Explanation:
    """Return importance, beeswarm and dependence of a model's features.

    Parameters
    ----------
    model : TunedModel
        Fitted.
    table : DataFrame
        Features of customers that it was not fitted on, of whom at most `SAMPLE` are drawn.
    chosen : FeatureNames
        Its features.
    loss : callable
        The model's loss on a table with the rows of `table`, for permutation importance.
    refit : callable
        The model fitted on the bootstrap sample of that number, for stability.
    minimum : int
        Fewest customers that a published class may stand for.
    seed : int
        Of all draws.
    """
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(table))[:SAMPLE])
    sample = table.iloc[rows].reset_index(drop=True)
    values = feature_shap_values(model, sample, chosen)
    means = values.abs().mean()
    refits = pd.DataFrame(
        [feature_shap_values(refit(draw), sample, chosen).abs().mean() for draw in range(REFITS)]
    )
    ranks = refits.rank(axis=1, ascending=False, method="first")
    base = loss(table)
    importance = pd.DataFrame(
        {
            "feature": list(chosen.names),
            "mean_absolute_shap": [float(means[name]) for name in chosen.names],
            "low": [float(refits[name].min()) for name in chosen.names],
            "high": [float(refits[name].max()) for name in chosen.names],
            "permutation_loss": [
                loss(_permuted(table, name, random)) - base for name in chosen.names
            ],
            "best_rank": [int(ranks[name].min()) for name in chosen.names],
            "worst_rank": [int(ranks[name].max()) for name in chosen.names],
        }
    ).sort_values(["mean_absolute_shap", "feature"], ascending=[False, True], ignore_index=True)
    top = importance["feature"].head(TOP).tolist()
    numeric = [name for name in importance["feature"] if name in chosen.numeric][:DEPENDENCE_TOP]
    return Explanation(
        importance=importance,
        beeswarm=_beeswarm(sample, values, top, chosen, minimum),
        dependence=_dependence(sample, values, numeric, minimum),
    )


def _permuted(table: pd.DataFrame, name: str, random: np.random.Generator) -> pd.DataFrame:
    order = random.permutation(len(table))
    return table.assign(**{name: table[name].to_numpy()[order]})


def _beeswarm(
    sample: pd.DataFrame,
    values: pd.DataFrame,
    names: list[str],
    chosen: FeatureNames,
    minimum: int,
) -> pd.DataFrame:
    rows = []
    for name in names:
        shown = values[name].to_numpy()
        edges = np.linspace(shown.min(), shown.max() or 1e-12, _SWARM_CLASSES + 1)
        place = np.clip(np.digitize(shown, edges) - 1, 0, _SWARM_CLASSES - 1)
        level = (
            sample[name].rank(pct=True).to_numpy(dtype=float)
            if name in chosen.numeric
            else np.full(len(sample), np.nan)
        )
        for at in range(_SWARM_CLASSES):
            inside = place == at
            if inside.sum() < minimum:
                continue
            known = level[inside][~np.isnan(level[inside])]
            rows.append(
                {
                    "feature": name,
                    "shap": float((edges[at] + edges[at + 1]) / 2),
                    "level_rate": float(known.mean()) if len(known) else np.nan,
                    "customers": int(inside.sum()),
                }
            )
    return pd.DataFrame(rows, columns=["feature", "shap", "level_rate", "customers"])


def _dependence(
    sample: pd.DataFrame, values: pd.DataFrame, names: list[str], minimum: int
) -> pd.DataFrame:
    rows = []
    for name in names:
        known = sample[name].notna().to_numpy()
        level, shown = sample[name].to_numpy(dtype=float)[known], values[name].to_numpy()[known]
        order = np.argsort(level, kind="stable")
        classes = max(1, min(_DEPENDENCE_CLASSES, len(order) // max(minimum, 10)))
        for part in np.array_split(order, classes):
            if len(part) < minimum:
                continue
            low, middle, high = np.quantile(shown[part], [0.1, 0.5, 0.9])
            rows.append(
                {
                    "feature": name,
                    "level": float(level[part].mean()),
                    "shap": float(middle),
                    "low": float(low),
                    "high": float(high),
                    "customers": len(part),
                }
            )
    names_ = ["feature", "level", "shap", "low", "high", "customers"]
    return pd.DataFrame(rows, columns=names_)


def waterfalls(
    model: TunedModel,
    table: pd.DataFrame,
    chosen: FeatureNames,
    predicted: Floats,
    shown: Mapping[int, str],
    *,
    parts: int = 8,
) -> pd.DataFrame:
    """Return how features move some customers' predictions from the mean to their own.

    Parameters
    ----------
    model : TunedModel
        Fitted.
    table : DataFrame
        Features of all customers scored: SHAP values are against their mean.
    chosen : FeatureNames
        Features of the model.
    predicted : array, shape (customers,)
        The model's predictions, in the unit of its SHAP values.
    shown : mapping
        Row number to the name under which the customer is published.
    parts : int
        Features named; the others are summed.

    Returns
    -------
    DataFrame
        customer, feature, level (the feature's value as text), shap, base, prediction.
    """
    rows: list[dict[str, Any]] = []
    if not shown:
        return pd.DataFrame(columns=WATERFALL)
    places = list(shown)
    rows_ = table.iloc[places].reset_index(drop=True)
    values = feature_shap_values(model, rows_, chosen, among=table)
    for number, place in enumerate(places):
        own = values.iloc[number]
        base = float(predicted[place] - own.sum())
        first = own.abs().sort_values(ascending=False, kind="stable").index[:parts]
        rows += [
            {
                "customer": shown[place],
                "feature": str(name),
                "level": level_text(table[str(name)].iloc[place]),
                "shap": float(own[name]),
                "base": base,
                "prediction": float(predicted[place]),
            }
            for name in first
        ]
        rest = float(own.drop(first).sum())
        if len(own) > parts:
            rows.append(
                {
                    "customer": shown[place],
                    "feature": "all others",
                    "level": "",
                    "shap": rest,
                    "base": base,
                    "prediction": float(predicted[place]),
                }
            )
    return pd.DataFrame(rows, columns=WATERFALL)


WATERFALL = ["customer", "feature", "level", "shap", "base", "prediction"]


def level_text(value: object) -> str:
    """Return a feature's value in three digits, a category as it is, or ``unknown``."""
    if isinstance(value, int | float | np.floating | np.integer):
        return f"{float(value):,.3g}" if np.isfinite(float(value)) else "unknown"
    return str(value)
