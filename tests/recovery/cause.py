"""A planted cause, or a place where nothing is planted, and how to look for it in one shop."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from shop import AnalysedShop


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What was found of a cause in one shop.

    Attributes
    ----------
    holds : bool
        Whether the promise was kept in this shop.
    planted, estimate, low, high : float or None
        The size that was planted, what was found of it, and the stated interval.
    """

    holds: bool
    planted: float | None = None
    estimate: float | None = None
    low: float | None = None
    high: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return what is kept of it."""
        return {
            name: None if isinstance(value, float) and not math.isfinite(value) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True, kw_only=True)
class Cause:
    """One promise.

    Attributes
    ----------
    name : str
        What is promised, in words.
    promise : float
        The share of shops that it is promised for.
    find : callable
        Looks for it in a shop.
    """

    name: str
    promise: float
    find: Callable[[AnalysedShop], Finding]


def within(planted: float, estimate: float, low: float, high: float) -> Finding:
    """Return the finding that an interval covers what was planted."""
    return Finding(
        holds=bool(low <= planted <= high),
        planted=float(planted),
        estimate=float(estimate),
        low=float(low),
        high=float(high),
    )


def signed(planted: float, estimate: float, low: float, high: float) -> Finding:
    """Return the finding that an interval lies wholly on the side of what was planted."""
    clear = low > 0 if planted > 0 else high < 0
    return Finding(
        holds=bool(clear),
        planted=float(planted),
        estimate=float(estimate),
        low=float(low),
        high=float(high),
    )


def found(holds: bool, **values: float) -> Finding:
    """Return a finding without an interval."""
    return Finding(holds=bool(holds), **{name: float(value) for name, value in values.items()})
