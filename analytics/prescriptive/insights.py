"""From candidates to what is told: corrected, deduplicated, phrased, in the order of their weight.

References
----------
Tang, Han, Yiu, Ding & Zhang (2017), Extracting top-k insights from multi-dimensional data: impact
times significance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.prescriptive.candidates import Candidate
from analytics.prescriptive.phrases import sentence
from analytics.results import Insights
from analytics.stats.multiple_testing import benjamini_hochberg

LEVEL = 0.05
# Patterns that one test of another tier stands behind each: none of them repeats another.
_SINGLE = ("cause", "opportunity", "experiment", "outlier")
# Patterns whose facts are sums of the marts: what cannot be computed anew is not told.
_OF_THE_MARTS = ("change", "growth", "share", "rank", "value", "trend", "season", "outlier")
# So that no way of cutting the shop crowds out the others, more of a pattern stand after these.
_MOST_OF_A_PATTERN = 2


def insights(
    candidates: Sequence[Candidate],
    *,
    currency: str,
    first_label: str,
    last_label: str,
    periods: dict[str, str],
    recomputed: dict[tuple[str, str, str, str], int],
) -> Insights:
    """Return what stands out, with what was rejected and why.

    Parameters
    ----------
    candidates : sequence of Candidate
        All that was looked at.
    currency : str
        Of amounts in sentences.
    first_label, last_label : str
        The months that the last year runs from and to.
    periods : dict
        Quarter of each slice that declined.
    recomputed : dict
        Direction (1 or -1) by pattern, kpi, dimension and part, computed anew from marts that the
        candidates were not made of: a finding that points elsewhere is not told.
    """
    corrected = _corrected(candidates)
    told: list[tuple[Candidate, float, str]] = []
    rejected: list[tuple[Candidate, float, str]] = []
    for candidate, p_value in zip(candidates, corrected, strict=True):
        because = _fault(candidate, p_value, recomputed)
        (rejected if because else told).append((candidate, p_value, because))
    kept, doubles = _without_doubles([(c, p) for c, p, _ in told])
    rejected += [(c, p, "another finding says the same") for c, p in doubles]
    ordered = _by_weight(kept)
    rows = [
        {
            "rank": at,
            "pattern": c.pattern,
            "sentence": sentence(
                c, currency=currency, first=first_label, last=last_label, periods=periods
            ),
            "page": c.page,
            "kpi": c.kpi,
            "dimension": c.dimension,
            "part": c.part,
            "direction": float(direction(c)),
            "value": c.value,
            "low": c.low,
            "high": c.high,
            "sample": c.sample,
            "p_value": c.p_value,
            "corrected_p_value": p,
            "impact_amount": c.impact_amount,
        }
        for at, (c, p) in enumerate(ordered, start=1)
    ]
    lost = sorted(
        rejected, key=lambda r: (r[1] if np.isfinite(r[1]) else 2.0, r[0].pattern, r[0].part)
    )
    return Insights(
        level=LEVEL,
        looked_at=len(candidates),
        first_label=first_label,
        last_label=last_label,
        insights=pd.DataFrame(rows, columns=[c.name for c in Insights.FRAMES["insights"]]),
        rejected=pd.DataFrame(
            [
                (c.pattern, c.kpi, c.dimension, c.part, c.value, p, because)
                for c, p, because in lost
            ],
            columns=[c.name for c in Insights.FRAMES["rejected"]],
        ),
    )


def direction(candidate: Candidate) -> int:
    """Return 1 where the first figure is above the second, else -1."""
    return 1 if candidate.base >= candidate.other else -1


def _corrected(candidates: Sequence[Candidate]) -> list[float]:
    """Return q-values: telling those below `LEVEL` keeps the false discovery rate at it.

    What is not told whatever its p-value counts as looked at, and never as found.
    """
    tested = [1.0 if c.because and np.isfinite(c.p_value) else c.p_value for c in candidates]
    return [float(value) for value in benjamini_hochberg(np.array(tested, dtype=float))]


def _fault(
    candidate: Candidate, p_value: float, recomputed: dict[tuple[str, str, str, str], int]
) -> str:
    if not np.isfinite(p_value):
        return "no test could be made"
    if candidate.because:
        return candidate.because
    if p_value >= LEVEL:
        return "within chance, for all that was looked at"
    found = recomputed.get((candidate.pattern, candidate.kpi, candidate.dimension, candidate.part))
    if found is None and candidate.pattern in _OF_THE_MARTS and not candidate.against:
        return "it could not be computed anew"
    if found is not None and found != direction(candidate):
        return "the monthly figures say the opposite"
    return ""


def _without_doubles(
    told: list[tuple[Candidate, float]],
) -> tuple[list[tuple[Candidate, float]], list[tuple[Candidate, float]]]:
    """Split off what repeats another finding, and keep the one that deviates most.

    That one part of a dimension is above the others implies that the others are below it.
    """
    best: dict[tuple[str, ...], tuple[Candidate, float]] = {}
    for item in told:
        key = _statement(item[0])
        if key not in best or _tells_more(item[0], best[key][0]):
            best[key] = item
    kept = list(best.values())
    return kept, [item for item in told if not any(item is other for other in kept)]


def _statement(candidate: Candidate) -> tuple[str, ...]:
    """Return what a finding is about: two that are about the same repeat each other."""
    c = candidate
    if c.pattern in _SINGLE:
        return (c.pattern, c.dimension, c.part)
    if c.pattern in ("growth", "share"):
        return ("growth", c.dimension)
    if c.pattern in ("change", "forecast"):
        volume = c.kpi in ("net_revenue", "orders", "active_customers")
        return (c.pattern, "volume" if volume else c.kpi)
    if c.pattern == "association":
        return (c.pattern, c.part if c.dimension == "a standard deviation" else c.dimension)
    return (c.pattern, c.kpi, c.dimension)


def _tells_more(candidate: Candidate, other: Candidate) -> bool:
    if candidate.pattern != other.pattern:
        return candidate.pattern == "growth"
    if candidate.kpi != other.kpi:
        return False  # the figure that was looked at first stands for those that follow from it
    return _deviation(candidate) > _deviation(other)


def _deviation(candidate: Candidate) -> float:
    """Return how far the effect is from none; ratios count alike in both directions."""
    ratio = candidate.kpi == "churn" and candidate.value > 0
    return abs(float(np.log(candidate.value)) if ratio else candidate.value)


def _by_weight(kept: list[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Return the findings by impact times evidence, at first at most some of each pattern.

    Evidence is the decimal logarithm of 1 / q, up to six: a corrected p-value of one in a million.
    """

    def weight(item: tuple[Candidate, float]) -> tuple[float, str, str]:
        candidate, p_value = item
        evidence = min(6.0, -np.log10(max(p_value, 1e-12)))
        return (-candidate.impact_amount * evidence, candidate.pattern, candidate.part)

    few: list[tuple[Candidate, float]] = []
    later: list[tuple[Candidate, float]] = []
    counts: dict[str, int] = {}
    for item in sorted(kept, key=weight):
        counts[item[0].pattern] = counts.get(item[0].pattern, 0) + 1
        (few if counts[item[0].pattern] <= _MOST_OF_A_PATTERN else later).append(item)
    return few + later
