"""What moves the predictions: mean absolute SHAP values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.features import FeatureSet
from analytics.predictive.learners import LINEAR, XGBOOST, TunedModel, column_features

Floats = npt.NDArray[np.float64]
SAMPLE = 300  # customers; the mean of so many is known to about a tenth of its spread


def shap_importance(
    model: TunedModel, table: pd.DataFrame, chosen: FeatureSet, *, seed: int
) -> pd.DataFrame:
    """Return features with their mean absolute SHAP value, largest first.

    Exact for the model: in closed form for the linear one, by tree paths for the others. The
    columns of one feature (its categories, and whether it is missing) are summed before the
    absolute value is taken.

    Parameters
    ----------
    model : TunedModel
        Fitted.
    table : DataFrame
        `feature_table` of the customers to explain, of whom at most `SAMPLE` are drawn.
    chosen : FeatureSet
        Of the training customers.
    seed : int
        Of that draw.

    Returns
    -------
    DataFrame
        feature, mean_absolute_shap_amount (in the target's unit).
    """
    random = np.random.default_rng(seed)
    rows = np.sort(random.permutation(len(table))[:SAMPLE])
    values = column_shap_values(model, table.iloc[rows])
    sources = np.asarray(column_features(model.estimator, chosen))
    means = {
        name: float(np.abs(values[:, sources == name].sum(axis=1)).mean()) for name in chosen.names
    }
    frame = pd.DataFrame(
        {"feature": list(means), "mean_absolute_shap_amount": list(means.values())}
    )
    return frame.sort_values(
        ["mean_absolute_shap_amount", "feature"], ascending=[False, True], ignore_index=True
    )


def column_shap_values(model: TunedModel, table: pd.DataFrame) -> Floats:
    """Return SHAP values, shape (customers, columns that the model sees)."""
    columns = np.asarray(model.estimator[:-1].transform(table), dtype=float)
    fitted = model.estimator[-1]
    if model.name == LINEAR:
        linear: Floats = fitted.coef_ * (columns - columns.mean(axis=0))
        return linear
    if model.name == XGBOOST:
        from xgboost import DMatrix

        paths: Floats = (
            fitted.get_booster()
            .predict(DMatrix(columns, nthread=1), pred_contribs=True)[:, :-1]
            .astype(float)
        )
        return paths
    from shap import TreeExplainer

    values: Floats = TreeExplainer(fitted).shap_values(columns, check_additivity=False)
    return values
