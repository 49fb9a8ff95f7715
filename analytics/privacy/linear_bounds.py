"""What sums over sets of cells say about a single cell: bounds by linear programming."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Members = NDArray[np.bool_]


def linear_bounds(
    members: Members,
    totals: Floats,
    wanted: NDArray[np.intp],
    *,
    tolerance: float = 0.0,
    floor: float = 0.0,
) -> tuple[Floats, Floats]:
    """Return the smallest and the largest value of each wanted cell that all sums allow.

    Parameters
    ----------
    members : array of bool, shape (sets, cells)
        Which cells each published sum is over.
    totals : array, shape (sets,)
        The published sums.
    wanted : array of int
        Positions of the cells that are asked for.
    tolerance : float
        Half the rounding of a published sum.
    floor : float
        Least value of any cell; minus infinity where cells may be negative.

    Returns
    -------
    low, high : array
        In the order of `wanted`. Where one sum is all that is known of a cell, and cells are
        not negative, the answer is known without a linear program: from nothing to that sum.
    """
    low = np.full(len(wanted), floor)
    high = np.full(len(wanted), np.inf)
    component = _components(members)
    for label in np.unique(component[wanted]):
        at = np.flatnonzero(component[wanted] == label)
        cells = np.flatnonzero(component == label)
        sums = np.flatnonzero(members[:, cells].any(axis=1))
        if len(sums) == 0:
            continue
        distinct, first = np.unique(members[np.ix_(sums, cells)], axis=0, return_index=True)
        positions = np.searchsorted(cells, wanted[at])
        answer = _by_form if len(distinct) == 1 and floor == 0 else _by_program
        low[at], high[at] = answer(distinct, totals[sums][first], positions, tolerance, floor)
    return low, high


def _components(members: Members) -> NDArray[np.intp]:
    """Return a label for each cell: cells that no chain of common sums joins have others."""
    label = np.arange(members.shape[1])
    changed = True
    while changed:
        changed = False
        for row in members:
            least = label[row].min(initial=members.shape[1])
            if (label[row] != least).any():
                label[np.isin(label, label[row])] = least
                changed = True
    return label


def _by_form(
    members: Members, totals: Floats, wanted: NDArray[np.intp], tolerance: float, floor: float
) -> tuple[Floats, Floats]:
    least = totals[0] - tolerance if members.sum() == 1 else floor
    return np.full(len(wanted), max(least, floor)), np.full(len(wanted), totals[0] + tolerance)


def _by_program(
    members: Members, totals: Floats, wanted: NDArray[np.intp], tolerance: float, floor: float
) -> tuple[Floats, Floats]:
    """Return the bounds by one linear program a cell and end, all solved as one.

    The programs share no variable, so that the optimum of their sum is that of each.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, kron

    cells = members.shape[1]
    ends = 2 * len(wanted)
    if np.isneginf(floor) and not _bounded(members, wanted):
        return _one_by_one(members, totals, wanted, tolerance, floor)
    goal = np.zeros((ends, cells))
    goal[np.arange(len(wanted)), wanted] = 1.0
    goal[np.arange(len(wanted), ends), wanted] = -1.0
    # Equalities within a rounding: exact ones that repeat each other look infeasible to a solver.
    slack = max(tolerance, 1e-6)
    matrix = kron(csr_array(np.eye(ends)), csr_array(members.astype(np.float64)), format="csr")
    limits = np.tile(totals, ends)
    found = milp(
        goal.ravel(),
        constraints=LinearConstraint(matrix, limits - slack, limits + slack),
        bounds=Bounds(floor, np.inf),
    )
    if found.status != 0:
        raise ArithmeticError(f"the published sums contradict each other: {found.message}")
    values = found.x.reshape(ends, cells)[np.arange(ends), np.tile(wanted, 2)]
    return values[: len(wanted)], values[len(wanted) :]


def _bounded(members: Members, wanted: NDArray[np.intp]) -> bool:
    """Return whether sums over cells of any sign give every wanted cell exactly."""
    matrix = members.astype(np.float64)
    rank = np.linalg.matrix_rank(matrix)
    units = np.eye(members.shape[1])[wanted]
    return bool(np.linalg.matrix_rank(np.vstack([matrix, units])) == rank)


def _one_by_one(
    members: Members, totals: Floats, wanted: NDArray[np.intp], tolerance: float, floor: float
) -> tuple[Floats, Floats]:
    """Return the bounds of cells of any sign: those that sums give exactly, else no bound."""
    low, high = np.full(len(wanted), -np.inf), np.full(len(wanted), np.inf)
    for at in range(len(wanted)):
        if _bounded(members, wanted[at : at + 1]):
            low[at : at + 1], high[at : at + 1] = _by_program(
                members, totals, wanted[at : at + 1], tolerance, floor
            )
    return low, high
