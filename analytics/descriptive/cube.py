"""The monthly cube behind the dashboard, with nothing in it that stands for few customers."""

from __future__ import annotations

import pandas as pd

from analytics.privacy import OTHER, Partition, merged_small_cells
from analytics.results import MonthlyCube

CUBE_DIMENSIONS = ("region", "segment", "category", "sales_channel")
_OF_THE_CUSTOMER = ("region", "segment")


def monthly_cube(
    cube: pd.DataFrame,
    *,
    dimensions: tuple[str, ...],
    minimum_cell: int,
    parts: Partition | None = None,
    also: pd.Series | None = None,
) -> MonthlyCube:
    """Return orders by month and the dimensions that the source has; small cells merged.

    Parameters
    ----------
    cube : DataFrame
        month, region, segment, category, sales_channel, net_revenue_amount,
        contribution_margin_amount, orders, customers (distinct). A dimension that the source
        lacks is ``All``.
    dimensions : tuple of str
        Dimensions that the source has; those that the cube does not hold are left out.
    minimum_cell : int
        Fewest customers of a published cell. Smaller ones merge, per month, into ``Other``,
        so that every month's total holds.
    parts : Partition, optional
        Of the totals by one dimension that are published besides. Further cells merge until
        none can be found by subtracting the published cells from these. Months that it
        withholds are left out.
    also : Series of bool, optional
        True for further cells to merge, by the index of `cube`.
    """
    held = tuple(name for name in CUBE_DIMENSIONS if name in dimensions)
    labelled = cube if also is None else cube.assign(_also=also.reindex(cube.index))
    if parts is not None:
        withheld = parts.withheld.loc[parts.withheld["dimension"] == "all", "month"]
        labelled = labelled[~labelled["month"].isin(withheld)]
        for name in held:
            labelled = labelled.assign(**{f"_{name}": _published_total(labelled, name, parts)})
    merged = merged_small_cells(
        labelled,
        held,
        by="month",
        customers="customers",
        minimum=minimum_cell,
        exclusive=[name for name in held if name in _OF_THE_CUSTOMER],
        totals=[f"_{name}" for name in held] if parts is not None else [],
        also="" if also is None else "_also",
    )
    keys = ["month", *CUBE_DIMENSIONS]
    left = pd.MultiIndex.from_frame(cube[keys]).isin(pd.MultiIndex.from_frame(merged[keys]))
    columns = [column.name for column in MonthlyCube.FRAMES["cells"]]
    return MonthlyCube(
        dimensions=held,
        minimum_cell=minimum_cell,
        merged_cells=int((~left).sum()),
        cells=merged.sort_values(keys)[columns],
    )


def _published_total(cells: pd.DataFrame, dimension: str, parts: Partition) -> pd.Series:
    """Return the part under which each cell is counted in the totals by one dimension."""
    merged = parts.merged[parts.merged["dimension"] == dimension]
    index = pd.MultiIndex.from_arrays([cells["month"], cells[dimension]])
    together = index.isin(pd.MultiIndex.from_frame(merged[["month", "part"]]))
    return cells[dimension].mask(together, OTHER)
