"""The randomised offer with its lift, and the experiment without any effect."""

from __future__ import annotations

import numpy as np
import pandas as pd
from cause import Cause, Finding, signed, within
from shop import AnalysedShop


def _lift(shop: AnalysedShop, number: int) -> tuple[float, float, float, float]:
    """Return planted lift of the order rate, the estimate, and its 95 % interval."""
    planted = shop.truth["experiments"][number]
    assigned = shop.experiments[shop.experiments["experiment_id"] == planted["experiment_id"]]
    start, end = pd.Timestamp(planted["assigned_at"]), pd.Timestamp(planted["end"])
    moments = shop.orders["ordered_at"]
    inside = shop.orders[(moments >= start) & (moments < end)]
    orders = inside.groupby("customer_id").size()
    counts = assigned["customer_id"].map(orders).fillna(0).astype(float)
    arms = {name: counts[assigned["variant"] == name] for name in ("treatment", "control")}
    estimate = np.log(arms["treatment"].mean() / arms["control"].mean())
    variance = sum(arm.var() / len(arm) / arm.mean() ** 2 for arm in arms.values())
    half = 1.96 * np.sqrt(variance)
    ends = np.exp([estimate, estimate - half, estimate + half]) - 1
    return (planted["lift_rate"], *map(float, ends))


def _offer_size(shop: AnalysedShop) -> Finding:
    return within(*_lift(shop, 0))


def _offer_sign(shop: AnalysedShop) -> Finding:
    return signed(*_lift(shop, 0))


def _placebo(shop: AnalysedShop) -> Finding:
    return within(*_lift(shop, 1))


CAUSES = (
    Cause(name="lift of the offer inside its 95 % interval", promise=0.95, find=_offer_size),
    Cause(name="lift of the offer clearly positive", promise=0.80, find=_offer_sign),
    Cause(
        name="nothing found in the experiment without effect (5 % test)",
        promise=0.95,
        find=_placebo,
    ),
)
