"""From candidates to what is told: corrected, deduplicated, phrased, in an order that varies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from analytics.prescriptive.candidates import Candidate
from analytics.prescriptive.phrases import sentence
from analytics.results import Insights
from analytics.stats.multiple_testing import holm

LEVEL = 0.05
# Shares of the level: patterns with few candidates would else pay for those with many.
_SHARES = {
    "change": 0.08,
    "growth": 0.16,
    "rank": 0.12,
    "value": 0.12,
    "trend": 0.08,
    "outlier": 0.04,
    "season": 0.08,
    "cause": 0.08,
    "association": 0.08,
    "experiment": 0.08,
    "opportunity": 0.08,
}
_ROUNDS = (
    "cause", "opportunity", "experiment", "growth", "association", "season", "rank", "value",
    "change", "trend", "outlier",
)  # fmt: skip
_MOST_OF_A_PATTERN = 4


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
        Direction (1 or -1) by pattern, kpi, dimension and part, computed anew from the monthly
        mart: a finding that points elsewhere is not told.
    """
    corrected = _corrected(candidates)
    told: list[tuple[Candidate, float, str]] = []
    rejected: list[tuple[Candidate, float, str]] = []
    for candidate, p_value in zip(candidates, corrected, strict=True):
        because = _fault(candidate, p_value, recomputed)
        (rejected if because else told).append((candidate, p_value, because))
    kept, doubles = _without_doubles([(c, p) for c, p, _ in told])
    rejected += [(c, p, "another finding says the same") for c, p in doubles]
    ordered = _in_turns(kept)
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
    """Return p-values that can be held against `LEVEL` whatever the pattern."""
    values = np.array([c.p_value for c in candidates], dtype=float)
    patterns = np.array([c.pattern for c in candidates])
    whole = np.full(len(candidates), np.nan)
    for pattern in np.unique(patterns):
        own = patterns == pattern
        whole[own] = np.minimum(holm(values[own]) / _SHARES[str(pattern)], 1.0)
    return [float(value) for value in whole]


def _fault(
    candidate: Candidate, p_value: float, recomputed: dict[tuple[str, str, str, str], int]
) -> str:
    if not np.isfinite(p_value):
        return "no test could be made"
    if p_value >= LEVEL:
        return "within chance, for all that was looked at"
    if candidate.because:
        return candidate.because
    key = (candidate.pattern, candidate.kpi, candidate.dimension, candidate.part)
    if key in recomputed and recomputed[key] != direction(candidate):
        return "the monthly figures say the opposite"
    return ""


def _without_doubles(
    told: list[tuple[Candidate, float]],
) -> tuple[list[tuple[Candidate, float]], list[tuple[Candidate, float]]]:
    """Split off what repeats another finding: the same pattern and figure in the same dimension.

    Of two parts of one dimension the larger deviation often implies the other; the second in the
    other direction is kept.
    """
    ordered = sorted(told, key=lambda t: (-t[0].impact_amount, t[0].part))
    seen: set[tuple[str, str, str, int]] = set()
    kept, doubles = [], []
    for candidate, p_value in ordered:
        key = (candidate.pattern, candidate.kpi, candidate.dimension, direction(candidate))
        single = candidate.pattern in ("association", "cause", "opportunity", "experiment")
        if key in seen and not single:
            doubles.append((candidate, p_value))
            continue
        seen.add(key)
        kept.append((candidate, p_value))
    return kept, doubles


def _in_turns(kept: list[tuple[Candidate, float]]) -> list[tuple[Candidate, float]]:
    """Return the findings so that each pattern has its turn, the weightiest of it first.

    Weight is impact times how far the evidence goes, up to a p-value of one in a million.
    """

    def weight(item: tuple[Candidate, float]) -> tuple[float, str]:
        candidate, p_value = item
        evidence = min(6.0, -np.log10(max(p_value, 1e-12)))
        return (-candidate.impact_amount * evidence, candidate.part)

    queues = {
        pattern: sorted([item for item in kept if item[0].pattern == pattern], key=weight)
        for pattern in _ROUNDS
    }
    ordered: list[tuple[Candidate, float]] = []
    for turn in range(max((len(queue) for queue in queues.values()), default=0)):
        ordered += [queues[pattern][turn] for pattern in _ROUNDS if turn < len(queues[pattern])]
    few: list[tuple[Candidate, float]] = []
    later: list[tuple[Candidate, float]] = []
    counts: dict[str, int] = {}
    for item in ordered:
        counts[item[0].pattern] = counts.get(item[0].pattern, 0) + 1
        (few if counts[item[0].pattern] <= _MOST_OF_A_PATTERN else later).append(item)
    return few + later
