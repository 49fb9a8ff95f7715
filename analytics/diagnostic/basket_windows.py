"""Baskets: the categories of an order, or of a customer in a window of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Flags: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float64]

CUSTOMER, ORDER = "customer", "order"
WINDOWS = {"history": None, "year": "Y", "quarter": "Q", "month": "M"}
MOST_CATEGORIES = 12  # the most frequent ones
MOST_DRAWS = 20  # of a basket: those with more hold nearly everything
MOST_STRATA = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Baskets:
    """Baskets, coded: equal ones of a stratum are of one kind.

    Attributes
    ----------
    scope, window : str
    categories : tuple of str
    held : ndarray of bool, shape (kinds, categories)
        What a basket of each kind has.
    stratum : ndarray of int, shape (kinds,)
        Each kind's stratum, coded from 0: the window, or an order's quarter; with many,
        neighbouring ones together.
    draws : ndarray of int, shape (kinds,)
        How many things are in it: orders of a category, or lines.
    counts : ndarray, shape (kinds,)
        How many baskets are of the kind.
    kind, customer : ndarray of int, shape (baskets,)
        Each basket's kind and customer.
    """

    scope: str
    window: str
    categories: tuple[str, ...]
    held: Flags
    stratum: Codes
    draws: Codes
    counts: Floats
    kind: Codes
    customer: Codes

    def of_few_things(self) -> Baskets:
        """Return the baskets with not too many things."""
        few = self.draws <= MOST_DRAWS
        keep = few[self.kind]
        renumbered = np.cumsum(few) - 1
        _, stratum = np.unique(self.stratum[few], return_inverse=True)
        return Baskets(
            scope=self.scope,
            window=self.window,
            categories=self.categories,
            held=self.held[few],
            stratum=stratum.astype(np.int64),
            draws=self.draws[few],
            counts=self.counts[few],
            kind=renumbered[self.kind[keep]].astype(np.int64),
            customer=self.customer[keep],
        )

    def count(self, chosen: tuple[int, ...]) -> float:
        """Return how many baskets have all chosen categories."""
        return float(self.counts @ self.held[:, list(chosen)].all(axis=1))

    def customers(self, chosen: tuple[int, ...]) -> int:
        """Return how many customers have a basket with all chosen categories."""
        return self._customers(np.asarray(self.held[:, list(chosen)].all(axis=1)))

    def cell_is_small(self, chosen: tuple[int, ...], part: tuple[int, ...], minimum: int) -> bool:
        """Return whether few customers have all chosen, or a part of them without the others."""
        has = self.held[:, list(chosen)]
        wanted = np.isin(chosen, part)
        cells = (has.all(axis=1), (has == wanted).all(axis=1))
        return any(0 < self._customers(np.asarray(cell)) < minimum for cell in cells)

    def _customers(self, kinds: Flags) -> int:
        return len(np.unique(self.customer[kinds[self.kind]]))


def customer_baskets(lines: pd.DataFrame) -> Baskets | None:
    """Return the categories of each customer in each window of time.

    Of the whole history, a year, a quarter and a month, the one is taken whose baskets leave
    most to chance: m (m - 1) (K - m), summed over baskets of m of the K categories, is nothing
    for baskets with one category or with all.

    Parameters
    ----------
    lines : DataFrame
        customer_id, day, category: a row for each category of each order.
    """
    best: tuple[float, Baskets] | None = None
    for window, frequency in WINDOWS.items():
        period = lines["day"].dt.to_period(frequency) if frequency else pd.Series(0, lines.index)
        once = lines.assign(lines=1)
        found = _coded(once, period, period, scope=CUSTOMER, window=window)
        size = np.where(found.draws <= MOST_DRAWS, found.held.sum(axis=1), 0)
        told = float(found.counts @ (size * (size - 1) * (len(found.categories) - size)))
        if best is None or told > best[0]:
            best = (told, found)
    return best[1] if best is not None and best[0] > 0 else None


def order_baskets(lines: pd.DataFrame) -> Baskets | None:
    """Return the categories of each order; None where no order has several.

    Parameters
    ----------
    lines : DataFrame
        customer_id, transaction_id, day, category, lines.
    """
    if not lines.duplicated("transaction_id").any():
        return None
    quarter = lines["day"].dt.to_period("Q")
    return _coded(lines, lines["transaction_id"], quarter, scope=ORDER, window=ORDER)


def _coded(
    lines: pd.DataFrame, basket: pd.Series, stratum: pd.Series, *, scope: str, window: str
) -> Baskets:
    sizes = lines["category"].value_counts()
    ranked = sorted(sizes.index, key=lambda name: (-int(sizes[name]), str(name)))
    categories = tuple(sorted(str(name) for name in ranked[:MOST_CATEGORIES]))
    keep = lines["category"].isin(categories).to_numpy()
    customer, _ = pd.factorize(lines["customer_id"][keep], sort=True)
    place, _ = pd.factorize(basket[keep], sort=True)
    when, _ = pd.factorize(stratum[keep], sort=True)
    category = pd.Categorical(lines["category"][keep], categories=list(categories)).codes
    key = customer.astype(np.int64) * (int(place.max()) + 1) + place
    baskets, first, own = np.unique(key, return_index=True, return_inverse=True)
    bits = np.zeros(len(baskets), dtype=np.int64)
    np.bitwise_or.at(bits, own, np.int64(1) << category.astype(np.int64))
    draws = np.bincount(own, lines["lines"].to_numpy(dtype=np.float64)[keep]).astype(np.int64)
    draws = np.minimum(draws, MOST_DRAWS + 1)
    strata = int(when.max()) + 1
    together = -(-strata // MOST_STRATA)
    code = (bits * strata + when[first] // together) * (MOST_DRAWS + 2) + draws
    kinds, kind, counts = np.unique(code, return_inverse=True, return_counts=True)
    kinds, draws = np.divmod(kinds, MOST_DRAWS + 2)
    sets, stratum_of = np.divmod(kinds, strata)
    held = (sets[:, None] >> np.arange(len(categories))) & 1
    return Baskets(
        scope=scope,
        window=window,
        categories=categories,
        held=held.astype(bool),
        stratum=stratum_of.astype(np.int64),
        draws=draws.astype(np.int64),
        counts=counts.astype(np.float64),
        kind=kind.astype(np.int64),
        customer=customer[first].astype(np.int64),
    )
