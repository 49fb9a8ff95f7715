"""What published counts of customers say of a count that is not: bounds by linear programming.

Counts of customers add up where a customer is in one part alone. Elsewhere the count over all
parts is at least that of each part, and at most their sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class CountSystem:
    """Counts, and how they hang together.

    Attributes
    ----------
    low, high : array, shape (counts,)
        What is known of each count by itself; both are the same where it is published.
    sums : tuple of (int, array of int)
        A count, and those of which it is the sum.
    unions : tuple of (int, array of int)
        A count, and those of which it counts each customer once.
    """

    low: Floats
    high: Floats
    sums: tuple[tuple[int, Places], ...] = ()
    unions: tuple[tuple[int, Places], ...] = ()


def count_bounds(system: CountSystem, wanted: Places) -> tuple[Floats, Floats]:
    """Return the least and the largest whole number that each wanted count can be.

    Parameters
    ----------
    system : CountSystem
        What is published.
    wanted : array of int
        Positions of the counts that are asked for.

    Raises
    ------
    ArithmeticError
        Where no counts fit what is published.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, kron

    if len(wanted) == 0:
        return np.array([]), np.array([])
    matrix, least, most = _constraints(system)
    ends, counts = 2 * len(wanted), len(system.low)
    goal = np.zeros((ends, counts))
    goal[np.arange(len(wanted)), wanted] = 1.0
    goal[np.arange(len(wanted), ends), wanted] = -1.0
    # The programs share no count, so that the optimum of their sum is that of each.
    block = kron(csr_array(np.eye(ends)), csr_array(matrix), format="csr")
    found = milp(
        goal.ravel(),
        constraints=LinearConstraint(block, np.tile(least, ends), np.tile(most, ends)),
        bounds=Bounds(np.tile(system.low, ends), np.tile(system.high, ends)),
    )
    if found.status != 0:
        raise ArithmeticError(f"the published counts contradict each other: {found.message}")
    values = found.x.reshape(ends, counts)[np.arange(ends), np.tile(wanted, 2)]
    low, high = values[: len(wanted)], values[len(wanted) :]
    return np.ceil(low - _ROUNDING), np.floor(high + _ROUNDING)


def _constraints(system: CountSystem) -> tuple[Floats, Floats, Floats]:
    rows: list[Floats] = []
    least: list[float] = []
    most: list[float] = []

    def add(members: Places | int, total: int, low: float, high: float) -> None:
        row = np.zeros(len(system.low))
        row[members] = 1.0
        row[total] -= 1.0
        rows.append(row)
        least.append(low)
        most.append(high)

    for total, members in system.sums:
        add(members, total, 0.0, 0.0)
    for total, members in system.unions:
        add(members, total, 0.0, np.inf)
        for member in members:
            add(int(member), total, -np.inf, 0.0)
    if not rows:
        return np.zeros((1, len(system.low))), np.array([0.0]), np.array([0.0])
    return np.array(rows), np.array(least), np.array(most)
