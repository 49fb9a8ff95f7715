"""The privacy audit of one build: every published table, and the customer rows."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.descriptive.protection import cube_table
from analytics.errors import PrivacyError
from analytics.pipeline.published_tables import published_movers, published_sums
from analytics.privacy import PublishedTable, cell_bounds, is_protected
from analytics.privacy.generalisation import GeneralisedCustomers
from analytics.results import Kpis, MonthlyCube, MonthlyReports
from analytics.results.privacy import PrivacyAudit


def privacy_audit(
    cells: pd.DataFrame,
    *,
    cube: MonthlyCube,
    kpis: Kpis,
    reports: MonthlyReports,
    earlier: Sequence[PublishedTable],
    customers: GeneralisedCustomers | None,
) -> PrivacyAudit:
    """Return what all tables together say of the cells that are not published.

    Parameters
    ----------
    cells : DataFrame
        The mart `cube`, exact.
    cube, kpis, reports : results
        What is published.
    earlier : sequence of PublishedTable
        What the version published before tells.
    customers : GeneralisedCustomers or None
        The customer rows that are published.

    Raises
    ------
    PrivacyError
        Where the tables give a small cell away that those published before do not.
    """
    minimum = cube.minimum_cell
    tables = [cube_table(cube), published_sums(kpis.values), *published_movers(reports.movers)]
    told = cells[cells["month"].isin(cube.cells["month"])] if cube.dimensions else cells.head(0)
    bounds = cell_bounds(told, [*tables, *earlier], minimum=minimum)
    bounds["pinned"] = ~is_protected(bounds, minimum=minimum)
    before = pd.Series(False, index=bounds.index)
    if earlier and bounds["pinned"].any():
        alone = cell_bounds(told[told["month"].isin(bounds["month"])], earlier, minimum=minimum)
        before |= ~is_protected(alone, minimum=minimum)
    _refuse_pinned(told, bounds[bounds["pinned"] & ~before])
    groups = _groups(bounds)
    return PrivacyAudit(
        minimum_cell=minimum,
        withheld_cells=int(groups["withheld_cells"].sum()),
        pinned_cells=int(bounds["pinned"].sum()),
        pinned_before_cells=int((bounds["pinned"] & before).sum()),
        narrowest_orders=float(groups["orders_width"].min()),
        narrowest_net_revenue_rate=float(groups["net_revenue_width_rate"].min()),
        customer_rows=0 if customers is None else len(customers.rows),
        customer_group=0 if customers is None else customers.group,
        coarsened_rows=0 if customers is None else customers.coarsened,
        groups=groups,
        generalised=(
            pd.DataFrame(columns=["attribute", "level", "rows"])
            if customers is None
            else customers.levels
        ),
    )


def _groups(bounds: pd.DataFrame) -> pd.DataFrame:
    high = bounds["net_revenue_amount_high"].astype("float64")
    width = high - bounds["net_revenue_amount_low"].astype("float64")
    rows = bounds.assign(
        orders_width=(bounds["orders_high"] - bounds["orders_low"]).astype("float64"),
        net_revenue_width_amount=width.round(2),
        net_revenue_width_rate=(width / high.where(high > 0)).fillna(0.0).round(6),
    )
    grouped = rows.groupby("month", sort=True)
    groups = pd.DataFrame(
        {
            "withheld_cells": grouped["withheld_cells"].first().astype("int64"),
            "orders_width": grouped["orders_width"].min(),
            "net_revenue_width_amount": grouped["net_revenue_width_amount"].min(),
            "net_revenue_width_rate": grouped["net_revenue_width_rate"].min(),
            "pinned": grouped["pinned"].any().astype(bool),
        }
    ).reset_index()
    groups.insert(0, "table", "monthly cube")
    return groups


def _refuse_pinned(cells: pd.DataFrame, pinned: pd.DataFrame) -> None:
    if pinned.empty:
        return
    row = cells.loc[pinned.index[0]]
    where = ", ".join(str(row[name]) for name in ("region", "segment", "category", "sales_channel"))
    raise PrivacyError(
        f"the published tables together give away {len(pinned)} cell(s) of the monthly cube that "
        f"stand for few customers; the first is {where} of {row['month']:%B %Y}",
        remedy=(
            "Delete the version published before, or leave a dimension out of the source file."
        ),
    )
