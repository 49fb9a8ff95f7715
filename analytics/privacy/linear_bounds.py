"""What sums over sets of cells say about a single cell: bounds by linear programming."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Members = NDArray[np.bool_]
# Of ranges that are open at least from low to high, and which of them are exact: is it enough?
Enough = Callable[[Floats, Floats, NDArray[np.bool_]], NDArray[np.bool_]]
# Cells whose ends are looked for at once.
_BATCH = 4


def linear_bounds(
    members: Members,
    totals: Floats,
    wanted: NDArray[np.intp],
    *,
    tolerance: float = 0.0,
    floor: float = 0.0,
    enough: Enough | None = None,
) -> tuple[Floats, Floats]:
    """Return the smallest and the largest value of each wanted cell that all sums allow.

    Each linear program ends in a whole table that fits the sums, which shows of every other
    cell two values that it can have. Where such a range is wide enough for the question, the
    ends of that cell are not looked for.

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
    enough : callable, optional
        Of low, high, and whether they are exact: which ranges need not be known better. It is
        asked of cells that hang together. All ranges are exact without it.

    Returns
    -------
    low, high : array
        In the order of `wanted`; a range that `enough` accepts can be wider. Where one sum is
        all that is known of a cell, and cells are not negative, the answer is known without a
        linear program: from nothing to that sum.
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
        limits = totals[sums][first]
        if len(distinct) == 1 and floor == 0:
            low[at], high[at] = _by_form(distinct, limits, positions, tolerance, floor)
        elif np.isneginf(floor) and not _bounded(distinct, positions):
            low[at], high[at] = _one_by_one(distinct, limits, positions, tolerance)
        else:
            low[at], high[at] = _by_program(distinct, limits, positions, tolerance, floor, enough)
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
    members: Members,
    totals: Floats,
    wanted: NDArray[np.intp],
    tolerance: float,
    floor: float,
    enough: Enough | None = None,
) -> tuple[Floats, Floats]:
    """Return the bounds by a linear program an end, the narrowest ranges first."""
    if enough is None:
        values = _extremes(members, totals, wanted, tolerance, floor)
        own = np.arange(len(wanted))
        return values[own, wanted], values[own + len(wanted), wanted]
    low, high = np.full(len(wanted), np.inf), np.full(len(wanted), -np.inf)
    exact = np.zeros(len(wanted), dtype=bool)
    while True:
        left = np.flatnonzero(~exact & ~enough(low, high, exact))
        if len(left) == 0:
            return low, high
        widths = high[left] - low[left]
        here = left[np.argsort(widths, kind="stable")[:_BATCH]]
        if np.isneginf(widths).all():
            here = left[np.unique(np.linspace(0, len(left) - 1, _BATCH).astype(np.intp))]
        seen = _extremes(members, totals, wanted[here], tolerance, floor)[:, wanted]
        low, high = np.minimum(low, seen.min(axis=0)), np.maximum(high, seen.max(axis=0))
        exact[here] = True


def _extremes(
    members: Members, totals: Floats, wanted: NDArray[np.intp], tolerance: float, floor: float
) -> Floats:
    """Return tables that fit the sums, the least of each wanted cell first, then the largest.

    All are solved as one program: they share no variable, so that the optimum of their sum is
    that of each.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array, kron

    cells = members.shape[1]
    ends = 2 * len(wanted)
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
    tables: Floats = found.x.reshape(ends, cells)
    return tables


def _bounded(members: Members, wanted: NDArray[np.intp]) -> bool:
    """Return whether sums over cells of any sign give every wanted cell exactly."""
    matrix = members.astype(np.float64)
    rank = np.linalg.matrix_rank(matrix)
    units = np.eye(members.shape[1])[wanted]
    return bool(np.linalg.matrix_rank(np.vstack([matrix, units])) == rank)


def _one_by_one(
    members: Members, totals: Floats, wanted: NDArray[np.intp], tolerance: float
) -> tuple[Floats, Floats]:
    """Return the bounds of cells of any sign: those that sums give exactly, else no bound."""
    low, high = np.full(len(wanted), -np.inf), np.full(len(wanted), np.inf)
    for at in range(len(wanted)):
        if _bounded(members, wanted[at : at + 1]):
            low[at : at + 1], high[at : at + 1] = _by_program(
                members, totals, wanted[at : at + 1], tolerance, -np.inf
            )
    return low, high
