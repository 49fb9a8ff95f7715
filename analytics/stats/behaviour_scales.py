"""What customers do, on scales on which distances mean something."""

from __future__ import annotations

from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Scale: TypeAlias = Literal["log", "plain"]
SCALES: dict[str, Scale] = {
    "orders_per_year": "log",
    "mean_order_amount": "log",
    "days_since_last_order": "log",
    "discount_rate": "plain",
}
_LEAST_AGE_DAYS = 90.0  # a rate over fewer days says how new a customer is


def scaled_behaviour(features: pd.DataFrame, name: str) -> tuple[Floats, Floats, float]:
    """Return a feature of behaviour as it is and on its scale, and the share that is known.

    Parameters
    ----------
    features : DataFrame
        As the mart `customer_features`: age_days, orders, mean_order_amount,
        days_since_last_order, discount_rate.
    name : str
        Of `SCALES`. Orders a year are over at least 90 days of age.

    Returns
    -------
    ndarray, ndarray, float
        Both of shape (customers,); who has no usable value has the median of the others.
    """
    if name == "orders_per_year":
        age = np.maximum(features["age_days"].to_numpy(dtype=np.float64), _LEAST_AGE_DAYS)
        values = features["orders"].to_numpy(dtype=np.float64) / age * 365
    else:
        values = features[name].to_numpy(dtype=np.float64)
    if name == "days_since_last_order":
        values = np.maximum(values, 1.0)
    logarithmic = SCALES[name] == "log"
    usable = np.isfinite(values) & ((values > 0) | (not logarithmic))
    middle = float(np.median(values[usable])) if usable.any() else 1.0
    filled = np.where(usable, values, middle)
    known = float(usable.mean()) if len(usable) else 0.0
    return filled, np.log(filled) if logarithmic else filled, known
