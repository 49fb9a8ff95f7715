"""The decline of revenue: which slice fell, by how much, and what does not explain it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.calendar import complete_periods
from analytics.diagnostic.adtributor import Part, explanatory_power, root_causes, surprise
from analytics.diagnostic.change_points import PENALTY
from analytics.diagnostic.decline_frames import (
    change_point_rows,
    decoy_rows,
    effect_rows,
    mix_rows,
    waterfall_rows,
)
from analytics.diagnostic.scan import Deviation, Scan, explaining_slice, scan
from analytics.diagnostic.slice_size import Size, slice_size
from analytics.diagnostic.slices import Floats, OrderTable, cube, members, order_table
from analytics.diagnostic.told import Flags, are_customers_told, compared_period, told_members
from analytics.results import Columns, Missing, RevenueDecline, SourceFacts

LEAST_PERIODS = 4
MOST_NAMED = 5
_SHOWN = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A slice that fell, with its size in orders and in revenue, and which orders are told."""

    deviation: Deviation
    orders: Size
    revenue: Size
    told: Flags | None


def revenue_decline(
    orders: pd.DataFrame,
    *,
    facts: SourceFacts,
    seed: int = 0,
    minimum_cell: int = 1,
    customers_every: int = 1,
) -> RevenueDecline | Missing:
    """Return the slices that fell below their expectation, and what explains the change.

    Parameters
    ----------
    orders : DataFrame
        Completed orders, one row each: ``customer_id`` (str), ``day`` (datetime64),
        ``net_revenue_amount`` (float), and those that the source has of ``region``,
        ``segment``, ``category``, ``sales_channel``, ``payment_method`` (str), and
        ``in_merged_cell`` (bool) where cells of the published cube are merged.
    facts : SourceFacts
        Its observation says which quarters are complete; orders of others are left out.
    seed : int
        Of the bootstrap.
    minimum_cell : int
        Fewest customers that a slice is told of.
    customers_every : int
        Of every how many customers the orders are.

    Returns
    -------
    RevenueDecline or Missing
        Missing with fewer than four complete quarters. Without a dimension nothing is named, and
        change points are told of the total alone.
    """
    periods = tuple(complete_periods(facts.observation_start, facts.observation_end, "quarter"))
    table = order_table(orders, periods) if len(periods) >= LEAST_PERIODS else None
    if table is None or not len(table.period):
        return Missing(
            of=RevenueDecline.KIND,
            needs=("transactions",),
            because=(
                f"Declines are looked for over at least {LEAST_PERIODS} complete quarters with "
                f"orders; there are {len(periods)} complete quarters."
            ),
        )
    first, last, passed, weights = _named(table, seed=seed, minimum=minimum_cell)
    named = [one for one in passed if one.told is not None]
    at = named[0].deviation.slice.period if named else len(periods) - 1
    base = compared_period(at)
    change = _revenue(table, at) - _revenue(table, base)
    return RevenueDecline(
        threshold=first.threshold,
        slices=len(first.deviations),
        dimensions=table.dimensions,
        current_label=periods[at].label,
        base_label=periods[base].label,
        current_start=periods[at].start,
        base_start=periods[base].start,
        total_change_amount=round(change, 2),
        penalty=PENALTY,
        customers_every=customers_every,
        withheld=len(passed) - len(named),
        declines=_frame("declines", [_decline(table, one, i) for i, one in enumerate(named, 1)]),
        candidates=_frame("candidates", _candidates(table, first, last, named, minimum_cell)),
        decoys=_frame(
            "decoys",
            [
                row
                for rank, one in enumerate(named, 1)
                for row in decoy_rows(
                    table,
                    one.deviation.slice,
                    one.orders.change_rate,
                    rank,
                    minimum=minimum_cell,
                )
            ],
        ),
        effects=_frame(
            "effects",
            [
                row
                for rank, one in enumerate(named, 1)
                if one.told is not None and are_customers_told(table, one.deviation.slice, one.told)
                for row in effect_rows(table, one.deviation.slice, one.told, rank)
            ],
        ),
        mix=_frame("mix", mix_rows(table, at, base)),
        root_causes=_frame("root_causes", _root_causes(table, at, weights) if named else []),
        waterfall=_frame(
            "waterfall",
            waterfall_rows(
                base=_revenue(table, base),
                current=_revenue(table, at),
                shortfalls=[
                    (one.deviation.slice.name, _shortfall(table, one))
                    for one in named
                    if one.deviation.slice.period == at
                ],
            ),
        ),
        change_points=_frame(
            "change_points",
            change_point_rows(orders, facts, [one.deviation.slice for one in named]),
        ),
    )


def _named(table: OrderTable, *, seed: int, minimum: int) -> tuple[Scan, Scan, list[Named], Floats]:
    """Return the first and the last scan, what was named, and the orders' weights.

    A named slice is made up for (its orders count as many as were expected) and the scan is
    made anew, so that what only contains it or overlaps with it is not named after it.
    """
    weights = np.ones(len(table.period))
    first = result = scan(table, weights)
    named: list[Named] = []
    while len(named) < MOST_NAMED:
        found = explaining_slice(result)
        if found is None or any(found.slice == one.deviation.slice for one in named):
            break
        orders = slice_size(table, found.slice, weights, seed=seed)
        revenue = slice_size(table, found.slice, weights * table.revenue, seed=seed)
        if orders.change_rate >= 0:
            break
        told = told_members(table, found.slice, minimum=minimum)
        named.append(Named(deviation=found, orders=orders, revenue=revenue, told=told))
        hit = members(table, found.slice) & (table.period == found.slice.period)
        weights = np.where(hit, weights / (1 + orders.change_rate), weights)
        result = scan(table, weights)
    return first, result, named, weights


def _revenue(table: OrderTable, period: int) -> float:
    return round(float(table.revenue[table.period == period].sum()), 2)


def _shortfall(table: OrderTable, one: Named) -> float:
    """Return the slice's net revenue less what was expected of it."""
    revenue = float(table.revenue[_told(table, one)].sum())
    return revenue - revenue / (1 + one.orders.change_rate)


def _told(table: OrderTable, one: Named) -> Flags:
    """Return which orders of the slice in its period are told."""
    held = members(table, one.deviation.slice) if one.told is None else one.told
    return np.asarray(held & (table.period == one.deviation.slice.period), dtype=np.bool_)


def _decline(table: OrderTable, one: Named, rank: int) -> dict[str, object]:
    slice_ = one.deviation.slice
    period = table.periods[slice_.period]
    hit = _told(table, one)
    observed = float(hit.sum())
    whole = float((table.period == slice_.period).sum())
    expected = one.deviation.observed / (1 + one.orders.change_rate)
    part = Part(name=slice_.name, forecast=expected, actual=one.deviation.observed)
    total = whole - one.deviation.observed + expected
    return {
        "rank": rank,
        "slice": slice_.name,
        "dimensions": " x ".join(slice_.dimensions),
        "period": period.label,
        "period_start": pd.Timestamp(period.start),
        "observed_orders": observed,
        "expected_orders": observed / (1 + one.orders.change_rate) if observed else expected,
        "z": one.deviation.z,
        "change_rate": one.orders.change_rate,
        "low": one.orders.low,
        "high": one.orders.high,
        "revenue_amount": round(float(table.revenue[hit].sum()), 2),
        "revenue_shortfall_amount": round(_shortfall(table, one), 2),
        "revenue_change_rate": one.revenue.change_rate,
        "revenue_low": one.revenue.low,
        "revenue_high": one.revenue.high,
        "explanatory_power_rate": explanatory_power(part, total, whole),
        "surprise": surprise(part, total, whole),
    }


def _candidates(
    table: OrderTable, first: Scan, last: Scan, named: Sequence[Named], minimum: int
) -> list[dict[str, object]]:
    after = {one.slice: one.z for one in last.deviations}
    chosen = {one.deviation.slice for one in named}
    rows: list[dict[str, object]] = []
    for one in first.deviations:
        held = told_members(table, one.slice, minimum=minimum)
        if held is None:
            continue
        passed = one.z <= -first.threshold
        verdict = "explained by a named slice" if passed else "within chance"
        observed = float((held & (table.period == one.slice.period)).sum())
        rows.append(
            {
                "slice": one.slice.name,
                "dimensions": " x ".join(one.slice.dimensions),
                "period": table.periods[one.slice.period].label,
                "observed_orders": observed,
                "expected_orders": (
                    observed * one.expected / one.observed if observed else one.expected
                ),
                "change_rate": one.observed / one.expected - 1,
                "z": one.z,
                "z_after": after.get(one.slice, np.nan),
                "verdict": "named" if one.slice in chosen else verdict,
            }
        )
        if len(rows) == _SHOWN:
            break
    return rows


def _root_causes(table: OrderTable, period: int, weights: Floats) -> list[dict[str, object]]:
    """Return what single dimensions say of the orders that are missing in the period."""
    dimensions = {}
    for name in table.dimensions:
        forecast = cube(table, (name,), weights)[:, period]
        actual = cube(table, (name,), np.ones_like(weights))[:, period]
        dimensions[name] = [
            Part(name=part, forecast=float(f), actual=float(a))
            for part, f, a in zip(table.parts[name], forecast, actual, strict=True)
        ]
    return [
        {
            "dimension": cause.dimension,
            "parts": ", ".join(cause.parts),
            "explanatory_power_rate": cause.explanatory_power,
            "surprise": cause.surprise,
        }
        for cause in root_causes(dimensions)
    ]


def _frame(name: str, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    columns: Columns = RevenueDecline.FRAMES[name]
    frame = pd.DataFrame(list(rows), columns=[column.name for column in columns])
    return frame.astype({column.name: column.pandas_dtype for column in columns})
