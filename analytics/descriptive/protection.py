"""Which cells and parts are merged, so that no small cell follows from all tables together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from analytics.descriptive.cube import CUBE_DIMENSIONS, monthly_cube
from analytics.descriptive.published_sums import merged_monthly, orders_partition
from analytics.errors import PrivacyError
from analytics.privacy import CELL, Partition, PublishedTable, cell_bounds, is_protected
from analytics.results import MonthlyCube

# Rounds of merging one more cell for each that is not protected.
_ROUNDS = 200
_FIGURES = ["orders", "net_revenue_amount"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """The cube and the parts that can be published beside each other."""

    cube: MonthlyCube
    parts: Partition


def protected_tables(
    monthly: pd.DataFrame,
    cube: pd.DataFrame,
    *,
    dimensions: tuple[str, ...],
    minimum_cell: int,
    earlier: Sequence[PublishedTable] = (),
) -> Protection:
    """Return the cube and the partition of the totals by one dimension.

    Small cells are merged; then what the tables together say of each is bounded by linear
    programming, and where that is too much, another cell joins the merged ones: the smallest
    of those that share most totals with it. Where a month has no further cell, a dimension is
    told in one part in that month, the sales channel first.

    Parameters
    ----------
    monthly, cube : DataFrame
        The marts of that name, exact.
    dimensions : tuple of str
        Dimensions that the source has.
    minimum_cell : int
        Fewest customers of a published cell; 1 merges nothing.
    earlier : sequence of PublishedTable
        What a version published before tells. Cells that it gives away by itself are past
        help, and left as they are.

    Raises
    ------
    PrivacyError
        Where a cell cannot be protected by merging.
    """
    whole: set[tuple[pd.Timestamp, str]] = set()
    also = pd.Series(False, index=cube.index)
    held = tuple(name for name in CUBE_DIMENSIONS if name in dimensions)
    open_months = list(cube["month"].unique()) if held else []
    lost = cube.index[:0]
    if earlier:
        alone = cell_bounds(cube, earlier, minimum=minimum_cell, narrowest=False)
        lost = alone.index[~is_protected(alone, minimum=minimum_cell)]
    for _ in range(_ROUNDS):
        if not open_months:
            parts = orders_partition(monthly, minimum=minimum_cell, whole=whole)
            merged = monthly_cube(
                cube, dimensions=dimensions, minimum_cell=minimum_cell, parts=parts, also=also
            )
            return Protection(cube=merged, parts=parts)
        cells = cube[cube["month"].isin(open_months)]
        sums = monthly[monthly["month"].isin(open_months)]
        parts = orders_partition(sums, minimum=minimum_cell, whole=whole)
        merged = monthly_cube(
            cells, dimensions=dimensions, minimum_cell=minimum_cell, parts=parts, also=also
        )
        tables = [cube_table(merged), sums_table(merged_monthly(sums, parts))]
        told = cells[cells["month"].isin(merged.cells["month"])]
        bounds = cell_bounds(told, [*tables, *earlier], minimum=minimum_cell, narrowest=False)
        pinned = bounds[~is_protected(bounds, minimum=minimum_cell) & ~bounds.index.isin(lost)]
        published = _published(cells, merged)
        for cell in pinned.index:
            joined = _next_cell(cells, published & ~also[cells.index], cell, held)
            if joined is not None:
                also[joined] = True
                continue
            month = cube.loc[cell, "month"]
            wider = [name for name in reversed(held) if (month, name) not in whole]
            if not wider:
                raise _not_protected(cube, cell, held)
            whole.add((month, wider[0]))
        open_months = sorted(pinned["month"].unique())
    raise _not_protected(cube, pinned.index[0], held)


def cube_table(cube: MonthlyCube) -> PublishedTable:
    """Return the published cube as the audit reads it."""
    return PublishedTable(name="monthly cube", sums=cube.cells[["month", *CELL, *_FIGURES]])


def sums_table(sums: pd.DataFrame) -> PublishedTable:
    """Return published sums (month, dimension, part) as the audit reads them."""
    rows = sums[sums["dimension"].isin((*CELL, "all"))]
    places = {name: rows["part"].where(rows["dimension"] == name, "all") for name in CELL}
    return PublishedTable(
        name="KPIs by one dimension", sums=rows.assign(**places)[["month", *CELL, *_FIGURES]]
    )


def _published(cube: pd.DataFrame, merged: MonthlyCube) -> pd.Series:
    keys = ["month", *CELL]
    left = pd.MultiIndex.from_frame(cube[keys]).isin(pd.MultiIndex.from_frame(merged.cells[keys]))
    return pd.Series(left, index=cube.index)


def _next_cell(
    cube: pd.DataFrame, published: pd.Series, cell: int, held: tuple[str, ...]
) -> int | None:
    """Return the published cell to merge next, to protect `cell`."""
    row = cube.loc[cell]
    rest = cube[published & (cube["month"] == row["month"])]
    if rest.empty:
        return None
    shared = sum((rest[name] == row[name]).astype(int) for name in held)
    order = rest.assign(_shared=-shared).sort_values(["_shared", "customers", *held])
    return int(order.index[0])


def _not_protected(cube: pd.DataFrame, cell: int, held: tuple[str, ...]) -> PrivacyError:
    row = cube.loc[cell]
    where = ", ".join(str(row[name]) for name in held)
    return PrivacyError(
        f"the monthly cube and the KPIs by one dimension together give away the cell {where} "
        f"of {row['month']:%B %Y}, which stands for few customers",
        remedy="Leave a dimension out of the source file, or map its rare values to one.",
    )
