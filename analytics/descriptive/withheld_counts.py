"""Which counts of customers are withheld, in all periods together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd

from analytics.descriptive.counted_tables import (
    ALL,
    CountedTable,
    Flags,
    Floats,
    counted_tables,
    ranges,
    with_companions,
)
from analytics.descriptive.protection import Protection
from analytics.privacy import OTHER

MONTHS = {"month": 1, "quarter": 3, "year": 12}
Key = tuple[str, pd.Timestamp]
Cell = tuple[str, ...]


@dataclass(slots=True, kw_only=True)
class PeriodCounts:
    """The counts of one period.

    Attributes
    ----------
    kind, start : str, Timestamp
        The period.
    rows : Index
        Its rows of the mart.
    total : float
        Active customers.
    total_hidden : bool
        Whether nothing is told of the period.
    tables : dict
        By one dimension, and by two.
    months : tuple of Timestamp
        The months in it.
    """

    kind: str
    start: pd.Timestamp
    rows: pd.Index
    total: float
    total_hidden: bool = False
    tables: dict[tuple[str, ...], CountedTable] = field(default_factory=dict)
    months: tuple[pd.Timestamp, ...] = ()

    @property
    def withheld(self) -> int:
        """How many combinations with customers are withheld."""
        own = sum(int((t.hidden & (t.active > 0)).sum()) for t in self.tables.values())
        return own + int(self.total_hidden)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtectedCounts:
    """The counts of every period, with what is withheld, and how tight the bounds are."""

    periods: dict[Key, PeriodCounts]
    narrowest: float
    pinned: int


def protected_counts(
    rows: pd.DataFrame,
    protection: Protection,
    monthly: pd.DataFrame,
    *,
    dimensions: tuple[str, ...],
    minimum: int,
) -> ProtectedCounts:
    """Return the counts of every period and which of them are withheld.

    Parameters
    ----------
    rows : DataFrame
        kind, start, the dimensions and active_customers, under at most two filters.
    protection, monthly, dimensions, minimum
        As `distinct_counts` takes them.
    """
    periods: dict[Key, PeriodCounts] = {}
    months = tuple(sorted(rows.loc[rows["kind"] == "month", "start"].unique()))
    for (name, first), own in rows.groupby(["kind", "start"], sort=True):
        kind, start = str(name), pd.Timestamp(first)  # type: ignore[arg-type]
        total = own[(own[list(dimensions)] == ALL).all(axis=1)]["active_customers"]
        span = MONTHS.get(kind)
        end = start + pd.DateOffset(months=span) if span else None
        periods[kind, start] = PeriodCounts(
            kind=kind,
            start=start,
            rows=own.index,
            total=float(total.iloc[0]),
            tables=counted_tables(own, dimensions),
            months=tuple(m for m in months if end is None or start <= m < end),
        )
    if minimum <= 1:
        return ProtectedCounts(periods=periods, narrowest=float("nan"), pinned=0)
    known = _Known.of(protection, monthly)
    narrowest, pinned = float("nan"), 0
    # Long periods first take what months withhold; what they give away comes out afterwards.
    for period in periods.values():
        _withhold(period, known, minimum)
    for period in periods.values():
        for table in period.tables.values():
            width, few = _protect(period, table, minimum)
            narrowest, pinned = np.fmin(narrowest, width), pinned + few
    _withhold_across(periods, minimum)
    return ProtectedCounts(periods=periods, narrowest=float(narrowest), pinned=pinned)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What cube and KPIs tell: merged parts, withheld months, orders of published cells."""

    merged: frozenset[tuple[pd.Timestamp, str, str]]
    withheld: frozenset[pd.Timestamp]
    cells: dict[tuple[str, ...], dict[tuple[object, ...], float]]
    orders: dict[tuple[pd.Timestamp, str, str], float]

    @classmethod
    def of(cls, protection: Protection, monthly: pd.DataFrame) -> _Known:
        merged = protection.parts.merged
        withheld = protection.parts.withheld
        cells = protection.cube.cells
        held = list(protection.cube.dimensions)
        if held:
            cells = cells[~(cells[held] == OTHER).all(axis=1)]
        keys = ["month", "dimension", "part"]
        return cls(
            merged=frozenset(merged[keys].itertuples(index=False, name=None)),
            withheld=frozenset(withheld.loc[withheld["dimension"] == "all", "month"]),
            cells={
                names: _by_key(cells.groupby(["month", *names])["orders"].sum())
                for size in (1, 2)
                for names in combinations(held, size)
            },
            orders={
                (month, dimension, part): float(orders)
                for month, dimension, part, orders in monthly[[*keys, "orders"]].itertuples(
                    index=False, name=None
                )
            },
        )

    def published(
        self, months: Sequence[pd.Timestamp], names: tuple[str, ...], keys: Sequence[Cell]
    ) -> Floats:
        """Return the orders of the published cells of each combination, over the months."""
        found = self.cells[names]
        return np.array([sum(found.get((m, *key), 0.0) for m in months) for key in keys], float)


def _by_key(sums: pd.Series) -> dict[tuple[object, ...], float]:
    return dict(zip(sums.index.tolist(), sums.tolist(), strict=True))


def _withhold(period: PeriodCounts, known: _Known, minimum: int) -> None:
    """Withhold small counts, parts that are not told by themselves, and their companions."""
    if period.total < minimum or any(month in known.withheld for month in period.months):
        period.total_hidden = True
        for table in period.tables.values():
            table.hidden[:] = True
        return
    for names, table in period.tables.items():
        hidden = table.is_small(minimum)
        if len(names) == 1:
            told = [
                any((month, names[0], part) in known.merged for month in period.months)
                for (part,) in table.keys
            ]
            hidden |= np.array(told, dtype=bool)
        else:
            for place, name in enumerate(names):
                margin = period.tables[(name,)]
                lost = {
                    key[0] for key, gone in zip(margin.keys, margin.hidden, strict=True) if gone
                }
                hidden |= np.array([key[place] in lost for key in table.keys], dtype=bool)
            published = known.published(period.months, names, table.keys)
            # More customers than orders are published tell of orders that are not.
            hidden |= table.active > published
            table.least = np.where(published > 0, float(minimum), 0.0)
            table.most = published + _most_orders_besides(period, table, known)
        table.hidden = with_companions(hidden, (table.active,), table.lines, minimum)
        # A combination without customers is told apart from a withheld one nowhere.
        if table.hidden.any():
            table.hidden |= table.active == 0


def _most_orders_besides(period: PeriodCounts, table: CountedTable, known: _Known) -> Floats:
    """Return the most orders of cells that are not published in each combination."""
    most = np.full(len(table.keys), np.inf)
    for place, name in enumerate(table.dimensions):
        keys = period.tables[(name,)].keys
        besides = -known.published(period.months, (name,), keys)
        for at, (part,) in enumerate(keys):
            places = [(month, name, part) for month in period.months]
            besides[at] += sum(known.orders.get(each, 0.0) for each in places)
            if not known.merged.isdisjoint(places):
                besides[at] = np.inf
        by_part = {part: value for (part,), value in zip(keys, besides, strict=True)}
        most = np.minimum(most, [by_part[key[place]] for key in table.keys])
    return most


def _protect(period: PeriodCounts, table: CountedTable, minimum: int) -> tuple[float, int]:
    """Withhold more of a table until each small count has a range of `minimum` at least.

    Return the width of the narrowest range, and how many ranges stay narrower with all of the
    table withheld.
    """
    small = table.is_small(minimum)
    if not small.any() or period.total_hidden:
        return float("nan"), 0
    margins = {name: period.tables[(name,)] for name in table.dimensions}
    while True:
        wanted, low, high = ranges(table, margins, period.total)
        width = np.full(len(table.keys), np.inf)
        width[wanted] = high - low
        tight = small & (width < minimum)
        told = ~table.hidden
        if not tight.any() or not told.any() or len(table.dimensions) == 1:
            return float(width[small].min()), int(tight.sum())
        for at in np.flatnonzero(tight):
            shared = [
                sum(a == b for a, b in zip(key, table.keys[at], strict=True)) for key in table.keys
            ]
            order = np.lexsort((table.active, -np.array(shared), table.hidden))
            if not table.hidden[order[0]]:
                table.hidden[order[0]] = True
        table.hidden = with_companions(table.hidden, (table.active,), table.lines, minimum)
        table.hidden |= table.active == 0


def _withhold_across(periods: dict[Key, PeriodCounts], minimum: int) -> None:
    """Withhold counts of long periods that say how many customers a small one in them has."""
    months = {key[1]: period for key, period in periods.items() if key[0] == "month"}
    for period in periods.values():
        if period.kind == "month" or period.total_hidden:
            continue
        for names, table in period.tables.items():
            hidden = table.hidden.copy()
            for at, key in enumerate(table.keys):
                if not hidden[at]:
                    parts = [_count(months[m], names, key) for m in period.months if m in months]
                    hidden[at] = _gives_away(table.active[at], parts, minimum)
            if (hidden != table.hidden).any():
                table.hidden = with_companions(hidden, (table.active,), table.lines, minimum)
                table.hidden |= table.active == 0


def _count(
    month: PeriodCounts, names: tuple[str, ...], key: tuple[str, ...]
) -> tuple[float, float, bool]:
    """Return the count of a month, the most that it can be for a reader, and if it is withheld."""
    table = month.tables.get(names)
    if table is None or key not in table.keys:
        return 0.0, 0.0, False
    at = table.keys.index(key)
    if not table.hidden[at]:
        return float(table.active[at]), float(table.active[at]), False
    most = min(table.most[at], month.total)
    for name, part in zip(names, key, strict=True):
        margin = month.tables[(name,)]
        if len(names) > 1 and not margin.hidden[margin.keys.index((part,))]:
            most = min(most, margin.active[margin.keys.index((part,))])
    return float(table.active[at]), float(most), True


def _gives_away(told: float, parts: list[tuple[float, float, bool]], minimum: int) -> bool:
    """Return whether a count over parts says too much of a small one among them."""
    most = sum(high for _, high, _ in parts)
    for active, high, hidden in parts:
        if hidden and 0 < active < minimum:
            low = max(told - (most - high), 0.0)
            if min(high, told) - low < minimum:
                return True
    return False


def retention_hidden(
    table: CountedTable, before: CountedTable | None, previous: Floats, minimum: int
) -> Flags:
    """Return of which combinations it is not told who came back.

    Those that are withheld in either period, and companions of these: the figures stand for
    the customers of the period before.
    """
    if before is None:
        return np.ones(len(table.keys), dtype=bool)
    gone = {key for key, hidden in zip(before.keys, before.hidden, strict=True) if hidden}
    hidden: Flags = table.hidden | np.array([key in gone for key in table.keys], dtype=bool)
    if not hidden.any():
        return hidden
    return with_companions(hidden, (table.active, previous), table.lines, minimum)
