"""The change of net revenue between two periods: where it lies and what drove it."""

from __future__ import annotations

from itertools import permutations

import pandas as pd

from analytics.calendar import Period, PeriodKind, complete_periods
from analytics.diagnostic.decomposition import lmdi_terms, shapley_terms
from analytics.diagnostic.drill_parts import (
    are_told,
    certain_changes,
    net_revenue_rows,
    parts_of_periods,
)
from analytics.results import DrillDown, Kpis, Missing, MonthlyCube, SourceFacts

FACTORS = ("customers", "orders per customer", "order value")


def drill_down(
    cube: MonthlyCube,
    quarters: pd.DataFrame,
    months: pd.DataFrame,
    *,
    facts: SourceFacts,
    kpis: Kpis | None = None,
) -> DrillDown | Missing:
    """Return the change of net revenue, split by each dimension, by pairs, and by drivers.

    Parameters
    ----------
    cube : MonthlyCube
        Net revenue by month and dimensions.
    quarters, months : DataFrame
        Totals: period (its first day), net_revenue_amount, orders, active_customers.
    facts : SourceFacts
        Its observation says which periods are complete.
    kpis : Kpis, optional
        Net revenue by month and the parts of one dimension, as published: the first level is
        made of it, for every dimension that it has. Without it that too comes from the cube,
        which tells the cells of few customers together.

    Returns
    -------
    DrillDown or Missing
        The last complete quarter against the same quarter a year before; without that against
        the quarter before; without that the last complete month, likewise. Missing where there
        are no two complete months, or one of them is not published.
    """
    compared = compared_periods(facts)
    if compared is None:
        return Missing(
            of=DrillDown.KIND,
            needs=("transactions",),
            because=(
                "A change needs two complete months to compare; "
                f"the data run from {facts.observation_start} to {facts.observation_end}."
            ),
        )
    current, base = compared
    revenue = None if kpis is None else net_revenue_rows(kpis)
    if revenue is not None and not are_told(revenue, current, base):
        return Missing(
            of=DrillDown.KIND,
            needs=("transactions",),
            because=(
                f"{current.label} or {base.label} has a month with so few customers that its "
                "figures would be figures of persons."
            ),
        )
    totals = quarters if current.kind == "quarter" else months
    now, then = _total(totals, current), _total(totals, base)
    cells = _cells(cube, current, base)
    return DrillDown(
        current_label=current.label,
        base_label=base.label,
        current_start=current.start,
        base_start=base.start,
        current_amount=now["net_revenue_amount"],
        base_amount=then["net_revenue_amount"],
        change_amount=round(now["net_revenue_amount"] - then["net_revenue_amount"], 2),
        dimensions=cube.dimensions,
        parts=_all_parts(cells, cube, revenue, current, base),
        drivers=_drivers(now, then),
    )


def compared_periods(facts: SourceFacts) -> tuple[Period, Period] | None:
    """Return the period that is looked at and the one it is compared with; None without two."""
    kinds: tuple[PeriodKind, ...] = ("quarter", "month")
    for kind in kinds:
        complete = complete_periods(facts.observation_start, facts.observation_end, kind)
        if len(complete) >= 2:
            current = complete[-1]
            before = current.year_before
            return current, before if before in complete else complete[-2]
    return None


def _total(totals: pd.DataFrame, period: Period) -> dict[str, float]:
    """Return the totals of the period; zeros where nothing was ordered in it."""
    rows = totals[totals["period"] == pd.Timestamp(period.start)]
    names = ("net_revenue_amount", "orders", "active_customers")
    return {name: float(rows[name].sum()) for name in names}


def _cells(cube: MonthlyCube, current: Period, base: Period) -> pd.DataFrame:
    """Return the dimensions' cells with their net revenue in both periods."""
    cells = cube.cells
    keys = list(cube.dimensions)
    frame = cells[keys].copy()
    for name, period in (("current_amount", current), ("base_amount", base)):
        inside = (cells["month"] >= pd.Timestamp(period.start)) & (
            cells["month"] < pd.Timestamp(period.end)
        )
        frame[name] = cells["net_revenue_amount"].where(inside, 0.0)
        frame[f"in_{name}"] = inside
    return frame[frame["in_current_amount"] | frame["in_base_amount"]]


def _all_parts(
    cells: pd.DataFrame,
    cube: MonthlyCube,
    revenue: pd.DataFrame | None,
    current: Period,
    base: Period,
) -> pd.DataFrame:
    """Return the split of the total by each dimension, then of each part by each other one."""
    whole, dimensions = cells.assign(all="all"), cube.dimensions
    if revenue is None:
        tables = [_level(whole, "all", name) for name in dimensions]
    else:
        held = [name for name in revenue["dimension"].unique() if name != "all"]
        order = [*dimensions, *sorted(set(held) - set(dimensions))]
        tables = [
            _level(
                parts_of_periods(revenue, name, current, base).assign(all="all"), "all", "part"
            ).assign(dimension=name)
            for name in order
        ]
    second = [_level(whole, outer, inner) for outer, inner in permutations(dimensions, 2)]
    if revenue is not None:
        second = [certain_changes(rows, cube, revenue, current, base) for rows in second]
    tables += second
    columns = [column.name for column in DrillDown.FRAMES["parts"]]
    if not tables:
        return pd.DataFrame({name: [] for name in columns})
    return pd.concat(tables, ignore_index=True)[columns]


def _level(cells: pd.DataFrame, outer: str, inner: str) -> pd.DataFrame:
    parts = cells.groupby([outer, inner], sort=True)[["current_amount", "base_amount"]].sum()
    parts = parts.round(2).reset_index().rename(columns={outer: "outer_part", inner: "part"})
    parts["outer_dimension"], parts["dimension"] = outer, inner
    parts["change_amount"] = (parts["current_amount"] - parts["base_amount"]).round(2)
    parts["change_rate"] = parts["change_amount"] / parts["base_amount"].where(
        parts["base_amount"] != 0
    )
    sums = parts.groupby("outer_part")[["current_amount", "change_amount"]].transform("sum")
    sums = sums.round(2)
    sums = sums.where(sums != 0)
    parts["share_rate"] = parts["current_amount"] / sums["current_amount"]
    parts["change_share_rate"] = parts["change_amount"] / sums["change_amount"]
    parts["size"] = -parts["change_amount"].abs()
    return parts.sort_values(["outer_part", "size", "part"])


def _drivers(now: dict[str, float], then: dict[str, float]) -> pd.DataFrame:
    current, base = _factors(now), _factors(then)
    negative = now["net_revenue_amount"] < 0 or then["net_revenue_amount"] < 0
    terms = shapley_terms if negative else lmdi_terms
    return pd.DataFrame(
        {
            "factor": FACTORS,
            "change_amount": terms(base, current),
            "current": current,
            "base": base,
        }
    )


def _factors(total: dict[str, float]) -> tuple[float, float, float]:
    """Return customers, orders per customer and order value; NaN where not defined."""
    customers, orders = total["active_customers"], total["orders"]
    nan = float("nan")
    return (
        customers,
        orders / customers if customers else nan,
        total["net_revenue_amount"] / orders if orders else nan,
    )
