"""Rates of kept promises against the promised rates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from scipy.stats import binomtest

LEVEL = 0.01


def judged(name: str, promise: float, findings: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return how often a promise was kept and whether that contradicts it.

    The exact binomial test is one-sided: fewer hits than this are less likely than 1 % where the
    promise is true. A promise of 1 is broken by one miss.
    """
    hits, count = sum(bool(finding["holds"]) for finding in findings), len(findings)
    chance = float(binomtest(hits, count, promise, alternative="less").pvalue) if count else 1.0
    estimates = [f["estimate"] for f in findings if f.get("estimate") is not None]
    return {
        "cause": name,
        "promise": promise,
        "shops": count,
        "kept": hits,
        "rate": round(hits / count, 4) if count else None,
        "chance": round(chance, 5),
        "holds": chance > LEVEL,
        "mean_estimate": round(sum(estimates) / len(estimates), 6) if estimates else None,
    }
