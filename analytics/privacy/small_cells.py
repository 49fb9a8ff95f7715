"""Cells that stand for few customers: merged with others, so that totals hold."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from math import fsum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

OTHER = "Other"
# Amounts have two decimals; more would be the error of the machine's numbers.
_PLACES = 6


def merged_small_cells(
    frame: pd.DataFrame,
    dimensions: Sequence[str],
    *,
    by: str | Sequence[str],
    customers: str,
    minimum: int,
    exclusive: Sequence[str] = (),
    totals: Sequence[str] = (),
    also: str = "",
) -> pd.DataFrame:
    """Return the cells of a table with the small ones merged into `OTHER`.

    Within each group of `by`, the cells with fewer than `minimum` customers become one. Where
    that would be a single cell, or might still stand for fewer than `minimum` customers, the
    next smallest cells join them: a single cell could be found by subtraction. The same holds
    for what is left of every published total when the published cells are taken from it.

    Parameters
    ----------
    frame : DataFrame
        A row a cell: the columns `by`, `dimensions` and `customers`, and additive figures.
        Columns of text that are neither keep their value where it is the same in all cells.
    dimensions : sequence of str
        What tells the cells of a group apart. Where there are none, nothing can be merged.
    by : str or sequence of str
        The groups, such as the month. A group that has fewer than `minimum` customers in all
        becomes one cell; whether it may be shown is not decided here.
    customers : str
        Column with the distinct customers of the cell. They do not add up over cells, since
        one customer may be in several: a merged cell is taken to stand for no more than the
        largest of its cells, and its count says that.
    minimum : int
        Fewest customers of a cell.
    exclusive : sequence of str
        Dimensions of which a customer has only one value, such as the region: over these the
        customers do add up.
    totals : sequence of str
        Columns of text that say, each for itself, in which published total a cell is counted.
    also : str
        Column that is true for cells which are merged besides.

    Returns
    -------
    DataFrame
        The same columns, sorted by `by` and `dimensions`. Sums of figures with at most six
        decimals are the same as before.
    """
    import numpy as np
    import pandas as pd

    groups = [by] if isinstance(by, str) else list(by)
    names = list(dimensions)
    cells = frame.sort_values([*groups, *names], ignore_index=True)
    if not names or cells.empty:
        return cells
    kept: list[pd.DataFrame] = []
    merged: list[dict[Hashable, object]] = []
    for _, group in cells.groupby(groups, sort=True):
        # A genuine cell called Other would be taken for the merged one, and joins it.
        genuine = (group[names] == OTHER).all(axis=1)
        small = group[customers] < minimum
        if also:
            small |= group[also]
        ordered = group.assign(_last=~(genuine | small))
        ordered = ordered.sort_values(["_last", customers, *names], kind="stable")
        taken = 0
        if small.any():
            first = int((~ordered["_last"]).sum())
            who = _groups(ordered, list(exclusive))
            counts = ordered[customers].to_numpy(dtype=np.int64)
            taken = _taken(who, counts, first, minimum)
            joined = _joined(ordered, taken, list(totals), who, counts, minimum)
            ordered = pd.concat([ordered[joined], ordered[~joined]])
            taken = int(joined.sum())
        ordered = ordered.drop(columns="_last")
        kept.append(ordered.iloc[taken:])
        if taken:
            merged.append(_merged(ordered.iloc[:taken], groups, names, customers, list(exclusive)))
    whole = pd.concat(kept)
    if merged:
        other = pd.DataFrame(merged, columns=cells.columns).astype(cells.dtypes.to_dict())
        whole = pd.concat([whole, other])
    return whole.sort_values([*groups, *names], ignore_index=True)


def _known_customers(groups: NDArray[np.intp], counts: NDArray[np.int64]) -> int:
    """Return the fewest customers that cells together can stand for.

    Customers of one group may be the same; those of two groups are not.
    """
    import numpy as np

    largest = np.zeros(int(groups.max(initial=-1)) + 1, dtype=np.int64)
    np.maximum.at(largest, groups, counts)
    return int(largest.sum())


def _groups(cells: pd.DataFrame, exclusive: list[str]) -> NDArray[np.intp]:
    """Return a number for each cell: the same where all exclusive dimensions are."""
    import numpy as np
    import pandas as pd

    codes = np.zeros(len(cells), dtype=np.intp)
    for name in exclusive:
        found, values = pd.factorize(cells[name])
        codes = codes * len(values) + found
    return codes


def _taken(groups: NDArray[np.intp], counts: NDArray[np.int64], first: int, minimum: int) -> int:
    """Return how many of the ordered cells are merged, the `first` of them at least."""
    taken = max(first, 2)
    while taken < len(counts) and _known_customers(groups[:taken], counts[:taken]) < minimum:
        taken += 1
    return min(taken, len(counts))


def _joined(
    ordered: pd.DataFrame,
    taken: int,
    totals: list[str],
    groups: NDArray[np.intp],
    counts: NDArray[np.int64],
    minimum: int,
) -> NDArray[np.bool_]:
    """Return which of the ordered cells are merged, so that no total gives one of them away."""
    import numpy as np
    import pandas as pd

    joined = np.arange(len(ordered)) < taken
    lines = []
    for name in totals:
        codes, labels = pd.factorize(ordered[name], sort=True)
        lines += [np.flatnonzero(codes == code) for code in range(len(labels))]
    changed = True
    while changed:
        changed = False
        for line in lines:
            hidden = line[joined[line]]
            while 0 < len(hidden) < len(line) and (
                len(hidden) == 1 or _known_customers(groups[hidden], counts[hidden]) < minimum
            ):
                # the cells stand smallest first
                joined[line[~joined[line]][0]] = True
                hidden = line[joined[line]]
                changed = True
    return joined


def _merged(
    cells: pd.DataFrame,
    groups: list[str],
    names: list[str],
    customers: str,
    exclusive: list[str],
) -> dict[Hashable, object]:
    import numpy as np
    import pandas as pd

    row: dict[Hashable, object] = {}
    for name in cells.columns:
        column = cells[name]
        if name in names:
            row[name] = OTHER
        elif name == customers:
            counts = column.to_numpy(dtype=np.int64)
            row[name] = _known_customers(_groups(cells, exclusive), counts)
        elif name in groups or not pd.api.types.is_numeric_dtype(column):
            row[name] = column.iloc[0]
        elif pd.api.types.is_float_dtype(column):
            known = column.dropna()
            row[name] = round(fsum(known), _PLACES) if len(known) else float("nan")
        else:
            row[name] = int(column.sum())
    return row
