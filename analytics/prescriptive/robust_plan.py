"""Plans beside the best one on average: one that guards against bad draws, one that costs least.

References
----------
Rockafellar & Uryasev (2000), Optimization of Conditional Value-at-Risk, equation 17.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from analytics.prescriptive.allocation import Curve, greedy_allocation, refuse_clashing_bounds
from analytics.prescriptive.response import ResponseCurves

Floats = npt.NDArray[np.float64]
QUARTILE = 0.25
_PIECES = 20


def robust_allocation(
    curves: ResponseCurves, lower: Floats, upper: Floats, *, total: float
) -> Floats:
    """Return the amounts whose mean margin over the worst quarter of the draws is highest.

    Parameters
    ----------
    curves : ResponseCurves
        One curve a draw and channel.
    lower, upper : array, shape (channels,)
        Least and most of each amount.
    total : float
        What the amounts add up to.

    Raises
    ------
    SettingsError
        Where the bounds clash.
    """
    import pulp
    from pulp.apis.coin_api import pulp_cbc_path

    refuse_clashing_bounds(lower, upper, total)
    draws, channels = curves.gain.shape
    share = np.linspace(0, 1, _PIECES + 1)
    knots = lower[:, None] + (upper - lower)[:, None] * share
    widths = np.diff(knots, axis=1)
    values = np.stack([curves.channel_margin(c, knots[c]) for c in range(channels)], axis=1)
    rises = np.diff(values, axis=2)
    slopes = np.divide(rises, widths, out=np.zeros_like(rises), where=widths > 0)
    base = values[:, :, 0].sum(axis=1)
    problem = pulp.LpProblem("robust", pulp.LpMaximize)
    filled = [
        [problem.add_variable(f"x_{c}_{k}", 0, float(widths[c, k])) for k in range(_PIECES)]
        for c in range(channels)
    ]
    at_risk = problem.add_variable("at_risk")
    short = [problem.add_variable(f"short_{d}", 0) for d in range(draws)]
    problem += at_risk - pulp.lpSum(short) * (1 / (QUARTILE * draws))
    problem += pulp.lpSum(v for row in filled for v in row) == float(total - lower.sum())
    for d in range(draws):
        margin = pulp.lpSum(
            float(slopes[d, c, k]) * filled[c][k] for c in range(channels) for k in range(_PIECES)
        )
        problem += margin + float(base[d]) + short[d] >= at_risk
    problem.solve(pulp.COIN_CMD(path=pulp_cbc_path, msg=False, threads=1))
    amounts: Floats = lower + np.array([[v.value() or 0.0 for v in row] for row in filled]).sum(
        axis=1
    )
    return amounts


def lower_quarter(margins: Floats) -> float:
    """Return the mean of the lowest quarter of the draws."""
    count = max(1, int(np.ceil(QUARTILE * len(margins))))
    return float(np.sort(margins)[:count].mean())


def least_cost(
    curves: Sequence[Curve], lower: Floats, upper: Floats, *, margin: float, pieces: int
) -> float | None:
    """Return the smallest total whose best plan reaches a margin; None where none does."""
    low, high = float(lower.sum()), float(upper.sum())

    def reached(total: float) -> bool:
        return greedy_allocation(curves, lower, upper, total=total, pieces=pieces).value >= margin

    if reached(low):
        return low
    if not reached(high):
        return None
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high
