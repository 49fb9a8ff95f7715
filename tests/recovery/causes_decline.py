"""The planted decline of one slice, and the decoy that does not explain it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd
from cause import Cause, Finding, found, within
from shop import AnalysedShop

DRAWS = 400


def _resampled(counts: npt.NDArray[np.float64], seed: int) -> npt.NDArray[np.float64]:
    """Return sums over customers, drawn anew with Poisson weights: shape (draws, columns)."""
    weights = np.random.default_rng(seed).poisson(1.0, (DRAWS, len(counts)))
    return weights @ counts


def _by_customer(region: pd.DataFrame, column: pd.Series) -> pd.DataFrame:
    counts = region.groupby(["customer_id", column]).size().unstack(fill_value=0)
    return counts.astype(float)


def _within_region(shop: AnalysedShop) -> tuple[pd.DataFrame, pd.Series]:
    """Return the region's orders of the decline's and the other quarters, and which is which."""
    decline = shop.truth["decline"]
    orders = shop.orders[shop.orders["region"] == decline["region"]]
    during = (orders["ordered_at"] >= decline["start"]) & (orders["ordered_at"] < decline["end"])
    return orders, during


def _size(shop: AnalysedShop) -> Finding:
    decline = shop.truth["decline"]
    orders, during = _within_region(shop)
    inside = (orders["category"] == decline["category"]) & (
        orders["sales_channel"] == decline["sales_channel"]
    )
    cell = inside.map({True: "slice", False: "rest"}) + during.map({True: " then", False: ""})
    counts = _by_customer(orders, cell)[["slice then", "rest then", "slice", "rest"]]

    def change(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.log(sums[..., 0] / sums[..., 1]) - np.log(sums[..., 2] / sums[..., 3])

    estimate = change(counts.to_numpy().sum(axis=0))
    spread = change(_resampled(counts.to_numpy(), shop.seed)).std()
    ends = np.exp([estimate, estimate - 1.96 * spread, estimate + 1.96 * spread]) - 1
    return within(decline["change_rate"], *ends)


def _decoy(shop: AnalysedShop) -> Finding:
    """Compare the shares of the payment methods then and else; they did not move."""
    orders, during = _within_region(shop)
    methods = sorted(orders["payment_method"].dropna().unique())
    cell = orders["payment_method"] + during.map({True: " then", False: ""})
    counts = _by_customer(orders[cell.notna()], cell)
    then = counts[[f"{method} then" for method in methods]].to_numpy()
    other = counts[methods].to_numpy()

    def shares(sums: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return sums / sums.sum(axis=-1, keepdims=True)

    def move(then: npt.NDArray[np.float64], other: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:  # fmt: skip # noqa: E501
        return (shares(then) - shares(other))[..., :-1]

    observed = move(then.sum(axis=0), other.sum(axis=0))
    drawn = move(_resampled(then, shop.seed), _resampled(other, shop.seed))
    spread = np.atleast_2d(np.cov(drawn, rowvar=False))
    distance = float(observed @ np.linalg.solve(spread, observed))
    from scipy.stats import chi2

    chance = float(chi2.sf(distance, len(methods) - 1))
    return found(chance > 0.05, estimate=chance)


CAUSES = (
    Cause(name="decline of the slice inside its 95 % interval", promise=0.95, find=_size),
    Cause(name="no payment method found behind the decline (5 % test)", promise=0.95, find=_decoy),
)  # fmt: skip
