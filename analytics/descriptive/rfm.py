"""RFM: scores by fifths, and groups with names that say what they mean."""

from __future__ import annotations

import pandas as pd

from analytics.privacy import OTHER, partition
from analytics.results import CustomerBase
from analytics.stats.quintiles import quintile_scores

# By r_score and f_score, in the order in which they are told.
GROUPS: dict[str, tuple[str, frozenset[tuple[int, int]]]] = {
    name: (scores, frozenset((r, f) for r in recency for f in frequency))
    for name, scores, recency, frequency in (
        ("Champions", "r 4-5, f 4-5", (4, 5), (4, 5)),
        ("Loyal", "r 3, f 4-5", (3,), (4, 5)),
        ("Promising", "r 4-5, f 2-3", (4, 5), (2, 3)),
        ("Recent", "r 4-5, f 1", (4, 5), (1,)),
        ("Needs attention", "r 3, f 1-3", (3,), (1, 2, 3)),
        ("At risk", "r 1-2, f 3-5", (1, 2), (3, 4, 5)),
        ("Dormant", "r 1-2, f 1-2", (1, 2), (1, 2)),
    )
}


def rfm_group(r_score: int, f_score: int) -> str:
    """Return the name of the group that two scores from 1 to 5 belong to."""
    return next(name for name, (_, held) in GROUPS.items() if (r_score, f_score) in held)


def rfm_tables(features: pd.DataFrame, *, minimum_cell: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the groups, and the grid of r_score and f_score.

    Parameters
    ----------
    features : DataFrame
        days_since_last_order, orders and net_revenue_amount, a row a customer.
    minimum_cell : int
        Fewest customers of a published group; smaller ones merge into ``Other``. Of a group
        with a small cell no cell of the grid is told, since its cells add up to it.
    """
    rows = pd.DataFrame(
        {
            "r_score": quintile_scores(features["days_since_last_order"], high_is_good=False),
            "f_score": quintile_scores(features["orders"], high_is_good=True),
            "days_since_last_order": features["days_since_last_order"],
            "orders": features["orders"],
            "net_revenue_amount": features["net_revenue_amount"],
        }
    )
    pairs = zip(rows["r_score"], rows["f_score"], strict=True)
    rows["group"] = [rfm_group(r, f) for r, f in pairs]
    told = _told_names(rows, minimum_cell)
    grid = _grid(rows, told, minimum_cell)
    rows["told"] = rows["group"].map(told)
    kept = rows[rows["told"].notna()]
    groups = kept.groupby("told", sort=True).agg(
        customers=("orders", "size"),
        net_revenue_amount=("net_revenue_amount", "sum"),
        days_since_last_order=("days_since_last_order", "median"),
        orders=("orders", "mean"),
    )
    order = [name for name in (*GROUPS, OTHER) if name in groups.index]
    groups = groups.loc[order].rename_axis("group").reset_index()
    total, revenue = len(rows), float(rows["net_revenue_amount"].sum())
    groups["net_revenue_amount"] = groups["net_revenue_amount"].round(2)
    groups["scores"] = [GROUPS[name][0] if name in GROUPS else "" for name in groups["group"]]
    groups["customers_rate"] = groups["customers"] / max(total, 1)
    groups["net_revenue_rate"] = groups["net_revenue_amount"] / (revenue if revenue else 1.0)
    columns = [column.name for column in CustomerBase.FRAMES["rfm_groups"]]
    return groups[columns], grid


def _told_names(rows: pd.DataFrame, minimum: int) -> dict[str, str]:
    """Return the name that each group is told under; a group that is not told has none."""
    sizes = rows.groupby("group", as_index=False, sort=True).agg(customers=("orders", "size"))
    names = {str(name): str(name) for name in sizes["group"]}
    if minimum <= 1 or sizes.empty:
        return names
    if len(rows) < minimum:
        return {}
    cells = sizes.assign(
        month=pd.Timestamp(0), dimension="rfm", part=sizes["group"],
        active_customers=sizes["customers"],
    )  # fmt: skip
    found = partition(
        cells[["month", "dimension", "part", "active_customers"]],
        customers="active_customers",
        minimum=minimum,
        exclusive=("rfm",),
    )
    return names | {str(part): OTHER for part in found.merged["part"]}


def _grid(rows: pd.DataFrame, told: dict[str, str], minimum: int) -> pd.DataFrame:
    cells = rows.groupby(["r_score", "f_score", "group"], as_index=False, sort=True).agg(
        customers=("orders", "size"), net_revenue_amount=("net_revenue_amount", "sum")
    )
    cells["customers"] = cells["customers"].astype("float64")
    cells["net_revenue_amount"] = cells["net_revenue_amount"].round(2)
    small = set(cells.loc[cells["customers"] < minimum, "group"])
    merged = {name for name in cells["group"] if told.get(name) != name}
    hidden = cells["group"].isin(small | merged)
    for name in ("customers", "net_revenue_amount"):
        cells[name] = cells[name].mask(hidden)
    return cells[[column.name for column in CustomerBase.FRAMES["rfm_grid"]]]
