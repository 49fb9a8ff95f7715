"""The monthly cube behind the dashboard, with nothing in it that stands for few customers."""

from __future__ import annotations

import pandas as pd

from analytics.privacy import merged_small_cells
from analytics.results import MonthlyCube

_DIMENSIONS = ("region", "segment", "category", "sales_channel")
_OF_THE_CUSTOMER = ("region", "segment")


def monthly_cube(
    cube: pd.DataFrame, *, dimensions: tuple[str, ...], minimum_cell: int
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
    """
    held = tuple(name for name in _DIMENSIONS if name in dimensions)
    merged = merged_small_cells(
        cube,
        held,
        by="month",
        customers="customers",
        minimum=minimum_cell,
        exclusive=[name for name in held if name in _OF_THE_CUSTOMER],
    )
    keys = ["month", *_DIMENSIONS]
    left = pd.MultiIndex.from_frame(cube[keys]).isin(pd.MultiIndex.from_frame(merged[keys]))
    columns = [column.name for column in MonthlyCube.FRAMES["cells"]]
    return MonthlyCube(
        dimensions=held,
        minimum_cell=minimum_cell,
        merged_cells=int((~left).sum()),
        cells=merged.sort_values(keys)[columns],
    )
