"""How well behaviour explains the value that customers have had so far: a description.

Nothing here is a prediction: features and value are of the same time, and some features are parts
of the value by definition. The figures that are often quoted for lifetime value answer this
question.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.customer_base import Horizon, earned_amount
from analytics.predictive.learners import MODELS, TunedModel, untuned_pipeline
from analytics.stats.scores import mean_absolute_error, r2_score, spearman_correlation

Floats = npt.NDArray[np.float64]
DEFINITIONAL = ("orders", "mean_order_amount", "orders_last_365_days", "orders_last_90_days")
DESCRIPTIVE = (
    "age_days", "recency_days", "days_since_last_order", "mean_gap_days", "discount_rate",
    "return_rate", "categories", "sales_channels", "satisfaction", "tickets",
    "unresolved_tickets",
)  # fmt: skip
CATEGORICAL = ("segment", "region", "acquisition_channel")
QUOTED = {"Linear regression": 0.96, "Gradient boosting": 0.95, "XGBoost": 0.94,
          "Random forest": 0.93}  # fmt: skip
FOLDS = 3
COLUMNS = ["model", "r2", "mae_amount", "spearman", "quoted_r2"]


class _Names:
    """The features of the description."""

    def __init__(self, features: pd.DataFrame) -> None:
        self.numeric = tuple(
            name for name in (*DEFINITIONAL, *DESCRIPTIVE)
            if features[name].notna().sum() >= 30 and features[name].nunique() > 1
        )  # fmt: skip
        self.categorical = tuple(name for name in CATEGORICAL if features[name].nunique() > 1)
        self.categories = tuple(tuple(sorted(features[name].unique())) for name in self.categorical)
        self.names = self.numeric + self.categorical


def current_value_scores(
    features: pd.DataFrame, horizon: Horizon, models: dict[str, TunedModel], *, seed: int
) -> pd.DataFrame:
    """Return each model's scores on customers left out in a cross-validation.

    Parameters
    ----------
    features : DataFrame
        `Marts.customer_features` at the scoring cut-off.
    horizon : Horizon
        For the margin rate: the value is the contribution margin to date.
    models : dict
        Tuned models, whose parameters are taken.
    seed : int
        Of the folds.

    Returns
    -------
    DataFrame
        model, r2, mae_amount, spearman, quoted_r2.
    """
    from sklearn.model_selection import KFold

    value = earned_amount(features, horizon, last_year=False)
    names = _Names(features)
    table = features[list(names.numeric)].astype("float64")
    for name in names.categorical:
        table[name] = features[name].astype(object)
    rows = []
    for name in MODELS:
        pipeline = untuned_pipeline(name, names, seed=seed)
        # A ridge tuned to noisy futures would shrink what is no noise here.
        own = {} if name == MODELS[0] else models[name].chosen
        pipeline.set_params(**{f"model__{key}": value for key, value in own.items()})
        out = np.empty(len(value))
        for inside, outside in KFold(FOLDS, shuffle=True, random_state=seed).split(table):
            pipeline.fit(table.iloc[inside], value[inside])
            out[outside] = pipeline.predict(table.iloc[outside])
        rows.append(
            (
                name,
                float(r2_score(value, out)),
                float(mean_absolute_error(value, out)),
                float(spearman_correlation(value, out)),
                QUOTED[name],
            )
        )
    return pd.DataFrame(rows, columns=COLUMNS)
