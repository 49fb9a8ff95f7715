"""The rows that tell of a decline: decoys, effects, mix and rate, waterfall, change points."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.diagnostic.change_points import change_points
from analytics.diagnostic.decomposition import lmdi_terms, shapley_terms
from analytics.diagnostic.drill_down import FACTORS
from analytics.diagnostic.mix_and_rate import to_the_cent, volume_mix_rate
from analytics.diagnostic.slice_size import proportion
from analytics.diagnostic.slices import Floats, OrderTable, Slice, cube, members
from analytics.diagnostic.told import compared_period, known_orders, merged_groups
from analytics.results import SourceFacts

Rows = list[dict[str, object]]
_DISTANT = 0.01  # p-value below which shares are said to have moved
_MOST_OF_IT = 0.67  # of a slice's shortfall, for one part to explain it
_WEEK = np.timedelta64(7, "D")


def decoy_rows(
    table: OrderTable, slice_: Slice, change_rate: float, rank: int, *, minimum: int = 1
) -> Rows:
    """Return the other dimensions' parts within the slice, and whether they explain its fall.

    Where all parts fell in proportion their shares are what they were, and the dimension
    explains nothing. Where shares moved, it explains the fall only if one part holds two thirds
    of the shortfall and its share fell. Parts with fewer customers in the slice than `minimum`
    are told together. Orders of an unknown part are left out where they are of so few: then
    the shares are those among the known ones, and rounded, so that no total betrays how many
    were left out.
    """
    rows: Rows = []
    whole = table
    for dimension in whole.dimensions:
        if dimension in slice_.dimensions:
            continue
        table = known_orders(whole, slice_, dimension, minimum=minimum)
        digits = 3 if table is not whole else 15
        inside = members(table, slice_) & (table.period == slice_.period)
        if not inside.any():
            continue
        found = proportion(table, slice_, dimension)
        codes = [table.parts[dimension].index(part) for part in found.parts]
        counts = np.bincount(table.codes[dimension][inside], minlength=len(table.parts[dimension]))[
            codes
        ]
        total = float(counts.sum())
        before = counts / total - found.share_changes
        expected = total / (1 + change_rate) * before
        missing = counts - expected
        power = missing / missing.sum() if missing.sum() else np.full(len(codes), np.nan)
        moved = found.p_value < _DISTANT
        one_part = bool(moved and ((power >= _MOST_OF_IT) & (found.share_changes < 0)).any())
        because = "one_part" if one_part else "shares_moved" if moved else "in_proportion"
        groups = merged_groups(
            {
                part: len(np.unique(table.customer[inside & (table.codes[dimension] == code)]))
                for part, code in zip(found.parts, codes, strict=True)
            },
            minimum,
        )
        for group in sorted(set(groups.values())):
            own = np.array([groups[part] == group for part in found.parts])
            share = float(before[own].sum())
            rows.append(
                {
                    "rank": rank,
                    "dimension": dimension,
                    "part": group,
                    "share_change_rate": (
                        round(float(found.share_changes[own].sum()) / share, digits)
                        if share > 0
                        else np.nan
                    ),
                    "explanatory_power_rate": round(float(power[own].sum()), digits),
                    "p_value": found.p_value,
                    "ruled_out": not one_part,
                    "because": because,
                }
            )
    return rows


def effect_rows(table: OrderTable, slice_: Slice, held: NDArray[np.bool_], rank: int) -> Rows:
    """Return the change of the held orders over the year (or quarter) before, in both ways."""
    at = slice_.period
    base = compared_period(at)
    now, then = (_factors(table, held & (table.period == period)) for period in (at, base))
    methods = [("lmdi", lmdi_terms), ("shapley", shapley_terms)]
    if min(now[2], then[2]) < 0:
        methods = methods[1:]
    change = _amount(table, held, at) - _amount(table, held, base)
    return [
        {
            "rank": rank,
            "method": name,
            "factor": factor,
            "change_amount": term,
            "current": current,
            "base": before,
        }
        for name, terms in methods
        for factor, term, current, before in zip(
            FACTORS, to_the_cent(terms(then, now), change), now, then, strict=True
        )
    ]


def mix_rows(table: OrderTable, current: int, base: int) -> Rows:
    """Return volume, mix and rate of each part of each dimension, to the cent."""
    rows: Rows = []
    counts = np.ones(len(table.period))
    for dimension in table.dimensions:
        n = cube(table, (dimension,), counts)
        v = cube(table, (dimension,), table.revenue)
        terms = volume_mix_rate(
            n[:, base].tolist(), v[:, base].tolist(), n[:, current].tolist(), v[:, current].tolist()
        )
        for part, own, change in zip(
            table.parts[dimension], terms, v[:, current] - v[:, base], strict=True
        ):
            volume, mix, rate = to_the_cent(own, float(change))
            rows.append(
                {
                    "dimension": dimension,
                    "part": part,
                    "volume_amount": volume,
                    "mix_amount": mix,
                    "rate_amount": rate,
                    "change_amount": round(float(change), 2),
                }
            )
    return rows


def waterfall_rows(*, base: float, current: float, shortfalls: Sequence[tuple[str, float]]) -> Rows:
    """Return the steps from the compared quarter's revenue to this one's.

    First what changed beside the named slices (season, growth, everything else), then what
    each named slice is short of its expectation.
    """
    names = ["expected_change", *(name for name, _ in shortfalls)]
    short = sum(amount for _, amount in shortfalls)
    changes = [current - base - short, *(amount for _, amount in shortfalls)]
    amounts = to_the_cent(changes, current - base)
    steps = [("base", "total", base)]
    steps += [(name, "change", amount) for name, amount in zip(names, amounts, strict=True)]
    steps.append(("current", "total", current))
    return [
        {"position": position, "step": step, "kind": kind, "amount": round(amount, 2)}
        for position, (step, kind, amount) in enumerate(steps, 1)
    ]


def change_point_rows(orders: pd.DataFrame, facts: SourceFacts, slices: Sequence[Slice]) -> Rows:
    """Return the levels of weekly orders: the total less its season, slices against the total."""
    start = np.datetime64(facts.observation_start)
    weeks = int((np.datetime64(facts.observation_end) - start) / _WEEK)
    if weeks < 12 or not len(orders):
        return []
    week = ((orders["day"].to_numpy().astype("datetime64[D]") - start) / _WEEK).astype(int)
    inside = (week >= 0) & (week < weeks)
    total = np.bincount(week[inside], minlength=weeks)[:weeks].astype(float)
    series = [("all", _deseasoned(np.log(np.maximum(total, 0.5))))]
    for one in slices:
        held = inside.copy()
        for dimension, part in zip(one.dimensions, one.parts, strict=True):
            held &= (orders[dimension] == part).to_numpy(dtype=bool)
        own = np.bincount(week[held], minlength=weeks)[:weeks]
        against = np.log((own + 0.5) / (total - own + 0.5))
        series.append((one.name, against - against.mean()))
    rows: Rows = []
    for name, values in dict(series).items():
        edges = [0, *change_points(values), weeks]
        before = np.nan
        for low, high in pairwise(edges):
            level = float(values[low:high].mean())
            rows.append(
                {
                    "series": name,
                    "start": pd.Timestamp(start + low * _WEEK),
                    "end": pd.Timestamp(start + high * _WEEK),
                    "level_rate": float(np.expm1(level)),
                    "change_rate": float(np.expm1(level - before)),
                }
            )
            before = level
    return rows


def _deseasoned(logs: Floats) -> Floats:
    """Return the series less two harmonics of the year, which need a year and a half to fit."""
    if len(logs) < 78:
        return np.asarray(logs - logs.mean())
    turn = 2 * np.pi * np.arange(len(logs)) * 7 / 365.2425
    waves = [wave(k * turn) for k in (1, 2, 3) for wave in (np.cos, np.sin)]
    design = np.column_stack([np.ones_like(turn), *waves])
    return np.asarray(logs - design @ np.linalg.lstsq(design, logs, rcond=None)[0])


def _amount(table: OrderTable, held: NDArray[np.bool_], period: int) -> float:
    return float(table.revenue[held & (table.period == period)].sum())


def _factors(table: OrderTable, chosen: NDArray[np.bool_]) -> tuple[float, float, float]:
    """Return customers, orders per customer and order value; NaN where not defined."""
    orders = float(chosen.sum())
    customers = float(len(np.unique(table.customer[chosen])))
    revenue = float(table.revenue[chosen].sum())
    return (
        customers,
        orders / customers if customers else np.nan,
        revenue / orders if orders else np.nan,
    )
