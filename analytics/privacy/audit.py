"""What anyone can work out about a withheld cell from all published tables together.

The attacker is given more than a reader has: which cells there are in a month. He knows every
published sum to its last digit, and that no cell is negative. What he can say of a cell is the
range of its values over all shops that would have published the same tables; its ends come
from two linear programs a cell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.privacy.linear_bounds import Enough, Floats, linear_bounds
from analytics.privacy.small_cells import OTHER

CELL = ("region", "segment", "category", "sales_channel")
ANY = "all"
FIGURES = ("orders", "net_revenue_amount")
# Half the rounding of a published figure, and what its addends may add to it.
TOLERANCE = {"orders": 0.0, "net_revenue_amount": 0.02}
# A range of amounts this narrow, as a share of its upper end, tells the amount.
NARROWEST_RATE = 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedTable:
    """Sums that are published.

    Attributes
    ----------
    name : str
        Its name in messages.
    sums : DataFrame
        month, region, segment, category, sales_channel, orders, net_revenue_amount. A
        dimension that the sum is over is ``all``; `OTHER` in all that it is not over stands
        for the parts that have no row of their own. A figure that the table does not tell is
        null.
    """

    name: str
    sums: pd.DataFrame


def cell_bounds(
    cells: pd.DataFrame,
    tables: Sequence[PublishedTable],
    *,
    minimum: int,
    narrowest: bool = True,
) -> pd.DataFrame:
    """Return what the tables say of each cell that stands for fewer than `minimum` customers.

    Parameters
    ----------
    cells : DataFrame
        The true cells: month, region, segment, category, sales_channel, orders,
        net_revenue_amount, customers.
    tables : sequence of PublishedTable
        All that is published. A sum that the true cells contradict tells of other data (of an
        earlier version) and is left out.
    minimum : int
        Fewest customers of a published cell.
    narrowest : bool
        Whether the narrowest range of each month shall be known exactly, too.

    Returns
    -------
    DataFrame
        What surely stays open of each cell. A range that is not protected is exact, and so is
        the narrowest of a month that is asked for; any other can be wider. With the
        index of the small cells: month, orders_low, orders_high, net_revenue_amount_low,
        net_revenue_amount_high, withheld_cells (of the month, those that are not published
        themselves).
    """
    columns = [f"{name}_{end}" for name in FIGURES for end in ("low", "high")]
    small = cells[cells["customers"] < minimum]
    found = [
        _month_bounds(
            cells[cells["month"] == month],
            [table.sums[table.sums["month"] == month] for table in tables],
            minimum,
            narrowest,
        )
        for month in sorted(small["month"].unique())
    ]
    if not found:
        return pd.DataFrame(columns=["month", *columns, "withheld_cells"])
    return pd.concat(found)


def is_protected(bounds: pd.DataFrame, *, minimum: int) -> pd.Series:
    """Return whether each range is wide enough to tell nothing of few customers.

    The orders have to be uncertain by at least `minimum`, and the net revenue by at least a
    tenth of what it could be at most.
    """
    safe = np.ones(len(bounds), dtype=bool)
    for figure in FIGURES:
        low = bounds[f"{figure}_low"].to_numpy(dtype=np.float64)
        high = bounds[f"{figure}_high"].to_numpy(dtype=np.float64)
        safe &= _is_wide(figure, low, high, minimum)
    return pd.Series(safe, index=bounds.index)


def _is_wide(figure: str, low: Floats, high: Floats, minimum: int) -> NDArray[np.bool_]:
    if figure == "orders":
        return high - low >= minimum - 1e-6
    return _width_rate(low, high) >= NARROWEST_RATE


def _width_rate(low: Floats, high: Floats) -> Floats:
    """Return the width of ranges as a share of their upper ends."""
    # A cell that can only be nothing is told as much as one whose amount is known.
    rate = np.zeros(len(low))
    open_ended = np.isposinf(high)
    some = (high > 0) & ~open_ended
    rate[some] = (high[some] - low[some]) / high[some]
    rate[open_ended] = 1.0
    return rate


def _whole(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Return the whole numbers that orders between two ends can be."""
    return np.ceil(low - 1e-4), np.floor(high + 1e-4)


def _enough(figure: str, minimum: int, *, narrowest: bool) -> Enough:
    """Return what a range has to answer: whether it is protected, and the narrowest."""

    def enough(low: Floats, high: Floats, exact: NDArray[np.bool_]) -> NDArray[np.bool_]:
        if figure == "orders":
            low, high = _whole(low, high)
        answered = _is_wide(figure, low, high, minimum)
        if narrowest:
            for width in (high - low, _width_rate(low, high)):
                answered &= width >= width[exact].min(initial=np.inf)
        return answered

    return enough


def sum_members(cells: pd.DataFrame, sums: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which of a month's cells each published sum of one table is over."""
    values = {name: cells[name].to_numpy(dtype=object) for name in CELL}
    told = {name: sums[name].to_numpy(dtype=object) for name in CELL}
    rows = np.ones((len(sums), len(cells)), dtype=bool)
    pattern = np.zeros(len(sums), dtype=int)
    other = np.ones(len(sums), dtype=bool)
    for place, name in enumerate(CELL):
        every = told[name] == ANY
        pattern += np.where(every, 0, 1 << place)
        other &= every | (told[name] == OTHER) | (told[name] == "All")
        rows &= every[:, None] | (told[name][:, None] == values[name][None, :])
    other &= np.logical_or.reduce([told[name] == OTHER for name in CELL])
    for kind in np.unique(pattern[other]):
        own = rows[(pattern == kind) & ~other].any(axis=0)
        rows[(pattern == kind) & other] = ~own
    return rows


def _month_bounds(
    cells: pd.DataFrame, told: Sequence[pd.DataFrame], minimum: int, narrowest: bool
) -> pd.DataFrame:
    members = np.vstack([sum_members(cells, rows) for rows in told])
    small = np.flatnonzero(cells["customers"].to_numpy() < minimum)
    bounds = pd.DataFrame({"month": cells["month"].iloc[small]})
    known = np.zeros(len(cells), dtype=bool)
    for figure in FIGURES:
        true = cells[figure].to_numpy(dtype=np.float64)
        totals = np.concatenate([rows[figure].to_numpy(dtype=np.float64) for rows in told])
        tolerance = TOLERANCE[figure]
        agrees = np.abs(members @ true - totals) <= max(tolerance, 1e-6)
        low, high, solved = _bounds(
            members[agrees],
            totals[agrees],
            small,
            tolerance,
            0.0 if true.min() >= 0 else -np.inf,
            _enough(figure, minimum, narrowest=narrowest),
        )
        if figure == "orders":
            low, high = _whole(low, high)
        bounds[f"{figure}_low"], bounds[f"{figure}_high"] = low, high
        known |= solved
    bounds["withheld_cells"] = int((~known).sum())
    return bounds


def _bounds(
    members: NDArray[np.bool_],
    totals: Floats,
    wanted: NDArray[np.intp],
    tolerance: float,
    floor: float,
    enough: Enough,
) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Return the bounds of the wanted cells, and which cells stand in the tables themselves."""
    value = np.full(members.shape[1], np.nan)
    alone = members.sum(axis=1) == 1
    value[members[alone].argmax(axis=1)] = totals[alone]
    known = ~np.isnan(value)
    left = totals - members[:, known] @ value[known]
    rest = members & ~known
    rest, left = rest[rest.any(axis=1)], left[rest.any(axis=1)]
    low, high = value[wanted].copy(), value[wanted].copy()
    hidden = ~known[wanted]
    positions = np.cumsum(~known) - 1
    low[hidden], high[hidden] = linear_bounds(
        rest[:, ~known],
        np.maximum(left, 0.0) if floor == 0 else left,
        positions[wanted[hidden]],
        tolerance=tolerance,
        floor=floor,
        enough=enough,
    )
    return low, high, known
