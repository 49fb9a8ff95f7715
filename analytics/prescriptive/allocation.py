"""The best split of a budget over concave curves, by linear programming.

Each curve is replaced by its chords over equal steps between a lower and an upper bound. Since
slopes fall from step to step, the linear program fills the steps in their order without being
told to, and its optimum is that of the piecewise-linear curves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.errors import SettingsError

Floats = npt.NDArray[np.float64]
Curve = Callable[[Floats], Floats]
SOLVER = "CBC, called by PuLP"


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """An optimal plan.

    Attributes
    ----------
    amounts : array, shape (channels,)
        Spend of each channel.
    value : float
        Sum of the curves (not of their chords) at these amounts.
    piecewise_value : float
        Sum of the chords there, at most `value`.
    shadow_price : float
        What one more unit of the total adds; 0 where the bounds leave nothing to spend it on.
    """

    amounts: Floats
    value: float
    piecewise_value: float
    shadow_price: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    widths: Floats
    slopes: Floats
    base: Floats


def optimal_allocation(
    curves: Sequence[Curve], lower: Floats, upper: Floats, *, total: float, pieces: int
) -> Allocation:
    """Return the amounts with the highest sum of the curves, of all that add up to the total.

    Parameters
    ----------
    curves : sequence of functions
        Concave; each takes an array of amounts and returns an array of the same shape.
    lower, upper : array, shape (channels,)
        Least and most of each amount.
    total : float
        What the amounts add up to.
    pieces : int
        Linear pieces of each curve, at least 1.

    Raises
    ------
    SettingsError
        Where the bounds clash with each other or with the total.
    """
    import pulp
    from pulp.apis.coin_api import pulp_cbc_path

    refuse_clashing_bounds(lower, upper, total)
    chords = _chords(curves, lower, upper, pieces)
    problem = pulp.LpProblem("budget", pulp.LpMaximize)
    channels, steps = chords.widths.shape
    filled = [
        [
            problem.add_variable(f"x_{channel}_{step}", 0, float(chords.widths[channel, step]))
            for step in range(steps)
        ]
        for channel in range(channels)
    ]
    problem += pulp.lpSum(
        float(chords.slopes[channel, step]) * filled[channel][step]
        for channel in range(channels)
        for step in range(steps)
    )
    spent = pulp.lpSum(variable for row in filled for variable in row)
    problem += (spent == float(total - lower.sum())), "total"
    problem.solve(pulp.COIN_CMD(path=pulp_cbc_path, msg=False, threads=1))
    if pulp.LpStatus[problem.status] != "Optimal":
        raise SettingsError(f"the budget cannot be allocated: {pulp.LpStatus[problem.status]}")
    shares = np.array([[variable.value() or 0.0 for variable in row] for row in filled])
    shadow_price = float(problem.get_constraint_by_name("total").pi or 0.0)
    return _allocation(curves, chords, lower, shares, shadow_price)


def greedy_allocation(
    curves: Sequence[Curve], lower: Floats, upper: Floats, *, total: float, pieces: int
) -> Allocation:
    """Return the same optimum as `optimal_allocation`, by filling the steepest steps first.

    With one total and nothing but bounds besides, that is the linear program's optimum; it is
    much faster, and serves where many plans are made.
    """
    refuse_clashing_bounds(lower, upper, total)
    chords = _chords(curves, lower, upper, pieces)
    order = np.argsort(-chords.slopes, axis=None, kind="stable")
    widths = chords.widths.ravel()[order]
    before = np.concatenate([[0.0], np.cumsum(widths)[:-1]])
    filled = np.clip(total - float(lower.sum()) - before, 0, widths)
    shares = np.empty(widths.size)
    shares[order] = filled
    partly = np.flatnonzero(filled < widths)
    price = float(chords.slopes.ravel()[order][partly[0]]) if len(partly) else 0.0
    return _allocation(curves, chords, lower, shares.reshape(chords.widths.shape), price)


def refuse_clashing_bounds(
    lower: Floats, upper: Floats, total: float, names: Sequence[str] | None = None
) -> None:
    """Raise SettingsError naming the bounds that no plan can meet together."""
    labels = names or [f"channel {number + 1}" for number in range(len(lower))]
    for name, low, high in zip(labels, lower, upper, strict=True):
        if low > high:
            raise SettingsError(
                f"the budget's bounds of {name} clash: at least {low:,.2f} and at most {high:,.2f}",
                remedy="Set budget.minimum_factor no higher than budget.maximum_factor.",
            )
    slack = 1e-9 * max(1.0, abs(total))
    if lower.sum() > total + slack:
        raise SettingsError(
            f"the budget's bounds clash: the minima of {', '.join(labels)} add up to "
            f"{lower.sum():,.2f}, and the total is {total:,.2f}",
            remedy="Lower budget.minimum_factor or raise budget.total_factor.",
        )
    if upper.sum() < total - slack:
        raise SettingsError(
            f"the budget's bounds clash: the maxima of {', '.join(labels)} add up to "
            f"{upper.sum():,.2f}, and the total is {total:,.2f}",
            remedy="Raise budget.maximum_factor or lower budget.total_factor.",
        )


def _chords(curves: Sequence[Curve], lower: Floats, upper: Floats, pieces: int) -> _Pieces:
    share = np.linspace(0, 1, pieces + 1)
    knots = lower[:, None] + (upper - lower)[:, None] * share
    values = np.array([curve(row) for curve, row in zip(curves, knots, strict=True)])
    widths = np.diff(knots, axis=1)
    rises = np.diff(values, axis=1)
    slopes = np.divide(rises, widths, out=np.zeros_like(rises), where=widths > 0)
    return _Pieces(widths=widths, slopes=slopes, base=values[:, 0])


def _allocation(
    curves: Sequence[Curve],
    chords: _Pieces,
    lower: Floats,
    shares: Floats,
    shadow_price: float,
) -> Allocation:
    amounts = lower + shares.sum(axis=1)
    value = sum(
        float(curve(np.array([amount]))[0]) for curve, amount in zip(curves, amounts, strict=True)
    )
    return Allocation(
        amounts=amounts,
        value=value,
        piecewise_value=float(chords.base.sum() + (chords.slopes * shares).sum()),
        shadow_price=shadow_price,
    )
