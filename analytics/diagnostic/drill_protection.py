"""Which parts of a table below published sums are told, so that what is not told stays unknown.

Each table hangs on sums that are published anyway: cities on their region's month, hours on the
weekday's, pairs of dimensions on both of their months, days of a part on the day and on the
part's month. Given these sums, a table says of what is not told in another no more than the sums
do (any table that has them can be joined with any other), so that each is protected by itself:
whole parts are told or not, and what is left of a sum is of two parts at least.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.privacy import OTHER

Floats = NDArray[np.float64]
# What a range must be wide, as a share of its upper end. The audit asks for a tenth; other
# tables of the same month may narrow the range, so that more is asked for here.
LEAST_RATE = 0.5
FIGURES = ("orders", "net_revenue_amount")


def told_inner(
    cells: pd.DataFrame, group: list[str], part: str, *, minimum: int, exclusive: bool
) -> pd.DataFrame:
    """Return the rows of the parts that are told within each group.

    Parameters
    ----------
    cells : DataFrame
        The columns `group`, `part` and ``customers``; a row with null customers is what the
        group has beside its parts, and is told with parts of few customers.
    group : list of str
        What a published sum is told by.
    part : str
        Column with the part.
    minimum : int
        Fewest customers that a figure may stand for; 1 tells all.
    exclusive : bool
        Whether a customer has one part only, so that customers add up.
    """
    if minimum <= 1 or cells.empty:
        return cells[cells["customers"].notna()]
    beside = cells["customers"].isna()
    size = cells["customers"].fillna(0)
    first = beside | (size < minimum) | (cells[part] == OTHER)
    keys = cells[group].assign(_last=~first, _size=size, _part=cells[part], _beside=beside)
    keys = keys.sort_values([*group, "_last", "_size", "_part"], kind="stable")
    grouped = keys.groupby(group, sort=False)
    place = grouped.cumcount()
    must = grouped["_last"].transform(lambda last: int((~last).sum()))
    known = grouped["_size"].cumsum() if exclusive else grouped["_size"].cummax()
    # Parts join, smallest first, until two are hidden that stand for enough.
    before = known.groupby([keys[name] for name in group], sort=False).shift(fill_value=0)
    hidden = (must > 0) & ((place < must.clip(lower=2)) | (before < minimum))
    told = keys.index[~hidden & ~keys["_beside"]]
    return cells.loc[cells.index.isin(told)]


def told_rows(
    cells: pd.DataFrame,
    *,
    rows: NDArray[np.object_],
    columns: NDArray[np.object_],
    merged: NDArray[np.bool_],
    minimum: int,
    exclusive: bool,
    hidden: frozenset[str] = frozenset(),
) -> frozenset[str]:
    """Return the parts in the rows of a table of two dimensions that can be told.

    The sums of rows and columns are published. A row is told in all columns or in none; of the
    cells that are not told the range follows from the sums of their block (Fréchet), and rows
    join the hidden ones, smallest first, until every cell of few customers has a wide one.

    Parameters
    ----------
    cells : DataFrame
        customers, orders and net_revenue_amount; a row a cell.
    rows, columns : array
        The part of each cell in both dimensions. Where columns are published together, their
        cells have the same one.
    merged : array of bool
        Of the cells: whether the row's part is published together with others.
    minimum : int
        Fewest customers that a figure may stand for; 1 tells all.
    exclusive : bool
        Whether a customer has one of the rows only, so that customers add up.
    hidden : set of str
        Rows that are not told in any case.
    """
    row, names = pd.factorize(rows, sort=True)
    column, labels = pd.factorize(columns)
    shape = (len(names), len(labels))
    # Cells of one column may share customers: together they stand for the largest at least.
    customers = np.zeros(shape)
    np.maximum.at(customers, (row, column), cells["customers"].to_numpy(dtype=np.float64))
    small = (customers > 0) & (customers < minimum)
    together = np.zeros(len(names), dtype=bool)
    together[row[merged]] = True
    first = small.any(axis=1) | together | np.isin(names, [OTHER, *hidden])
    if not first.any() or minimum <= 1:
        return frozenset(names) - hidden
    order = np.lexsort((names.astype(str), customers.sum(axis=1), ~first))
    figures = {}
    for name in FIGURES:
        figures[name] = np.zeros(shape)
        np.add.at(figures[name], (row, column), cells[name].to_numpy(dtype=np.float64))
    for taken in range(max(int(first.sum()), 2), len(names) + 1):
        block = order[:taken]
        left = customers[block].sum(axis=0) if exclusive else customers[block].max(axis=0)
        if ((left > 0) & (left < minimum)).any():
            continue
        if all(
            _is_wide(
                figures[name][block],
                small[block],
                ~together[block],
                least=minimum if name == "orders" else 0.0,
            )
            for name in FIGURES
        ):
            return frozenset(names[order[taken:]])
    return frozenset()


def _is_wide(
    block: Floats, small: NDArray[np.bool_], single: NDArray[np.bool_], *, least: float
) -> bool:
    """Return whether the sums of a block leave a wide range to each small cell of it.

    ``single`` tells the rows whose own sum is published; of others only a sum of several is.
    """
    if not small.any():
        return True
    if (block < 0).any():
        return len(block) > 1 and block.shape[1] > 1
    sums = block.sum(axis=1)
    down = np.where(single, sums, sums[~single].sum())[:, None]
    across, whole = block.sum(axis=0)[None, :], float(block.sum())
    high = np.minimum(down, across)
    low = np.where(single[:, None], np.maximum(0.0, down + across - whole), 0.0)
    width = (high - low)[small]
    return bool((width >= max(least, 1e-9)).all() and (width >= LEAST_RATE * high[small]).all())
