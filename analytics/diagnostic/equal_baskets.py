"""What baskets would hold by chance, if each kept its size and each category its frequency.

Large baskets hold everything, so that any two categories go together over all of them. Here a
basket into which n things were put, of m categories, is compared with all others into which n
things of m categories could have been put, each category having its own odds: of n draws with
probabilities p, the chance that they are of the set S is n! times the coefficient of x^n in
the product over S of exp(p x) - 1. Odds are fitted by stratum, such as a quarter, so that a
season that two categories share does not join them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import special

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]
Codes: TypeAlias = NDArray[np.int64]
_STEPS, _CLOSE = 300, 1e-7


@dataclass(frozen=True, slots=True, kw_only=True)
class Odds:
    """The odds of each category in each stratum.

    Attributes
    ----------
    weights : ndarray, shape (strata, categories)
        At least 0; only their ratios matter.
    draws : int
        Most things in a basket.
    """

    weights: Floats
    draws: int

    def probability(self, chosen: tuple[int, ...], whole: Floats | None = None) -> Floats:
        """Return the probability that a basket has all chosen categories.

        Parameters
        ----------
        chosen : tuple of int
            Categories.
        whole : ndarray, optional
            `ways` of all categories, where it is known already.

        Returns
        -------
        ndarray, shape (strata, categories + 1, draws + 1)
            By stratum, number of categories and number of things.
        """
        rest = [c for c in range(self.weights.shape[1]) if c not in chosen]
        found = self.ways(rest)
        for c in chosen:
            found = _joined(found, self.weights[:, c], optional=False)
        whole = self.ways(list(range(self.weights.shape[1]))) if whole is None else whole
        return np.divide(found, whole, out=np.zeros_like(found), where=whole > 0)

    def ways(self, categories: list[int]) -> Floats:
        """Return the summed chances of all sets of these categories, by size and things."""
        strata, width = self.weights.shape
        found = np.zeros((strata, width + 1, self.draws + 1))
        found[:, 0, 0] = 1.0
        for c in categories:
            found = _joined(found, self.weights[:, c], optional=True)
        return found


def fitted_odds(held: Flags, stratum: Codes, draws: Codes, counts: Floats) -> Odds:
    """Return the odds at which every category is in as many baskets as it is.

    Parameters
    ----------
    held : ndarray of bool, shape (kinds, categories)
        The different baskets.
    stratum, draws : ndarray of int, shape (kinds,)
        Each one's stratum, coded from 0, and how many things are in it.
    counts : ndarray, shape (kinds,)
        How many baskets are of the kind, above 0.
    """
    strata, categories, most = int(stratum.max()) + 1, held.shape[1], int(draws.max())
    sizes = np.zeros((strata, categories + 1, most + 1))
    np.add.at(sizes, (stratum, held.sum(axis=1), draws), counts)
    wanted = np.zeros((strata, categories))
    np.add.at(wanted, stratum, held * counts[:, None])
    weights = wanted.copy()
    for _ in range(_STEPS):
        weights /= weights.mean(axis=1, keepdims=True)
        odds = Odds(weights=weights, draws=most)
        whole = odds.ways(list(range(categories)))
        expected = np.column_stack(
            [(sizes * odds.probability((c,), whole)).sum(axis=(1, 2)) for c in range(categories)]
        )
        ratio = np.divide(wanted, expected, out=np.ones_like(wanted), where=expected > 0)
        if float(np.abs(ratio - 1).max()) < _CLOSE:
            return odds
        weights = weights * ratio
    return Odds(weights=weights, draws=most)


def _joined(found: Floats, weight: Floats, *, optional: bool) -> Floats:
    """Return the chances with one category more, which is in the set or, if optional, not."""
    most = found.shape[2] - 1
    joined = found.copy() if optional else np.zeros_like(found)
    times = np.arange(most + 1)
    series = np.exp(special.xlogy(times, weight[:, None]) - special.gammaln(times + 1))
    for k in range(1, most + 1):
        joined[:, 1:, k:] += series[:, k, None, None] * found[:, :-1, : most + 1 - k]
    return joined
