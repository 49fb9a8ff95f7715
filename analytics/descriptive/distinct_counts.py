"""Customers counted once, by period and filter, with nothing in it that tells of few."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.calendar import PeriodKind, complete_periods
from analytics.descriptive.counted_tables import ALL
from analytics.descriptive.cube import CUBE_DIMENSIONS
from analytics.descriptive.protection import Protection
from analytics.descriptive.withheld_counts import (
    MONTHS,
    PeriodCounts,
    protected_counts,
    retention_hidden,
)
from analytics.results import DistinctCounts, SourceFacts

MOST_FILTERS = 2
_WINDOW = "window"
_FIGURES = ["new_customers", "previous_customers", "retained_customers"]
_NOBODY = (0, 0, 0)


def distinct_counts(
    counted: pd.DataFrame,
    protection: Protection,
    monthly: pd.DataFrame,
    *,
    dimensions: tuple[str, ...],
    minimum_cell: int,
    facts: SourceFacts,
) -> DistinctCounts:
    """Return active, new, previous and retained customers by period and up to two filters.

    A combination is withheld where fewer than `minimum_cell` customers are in it, where one of
    its parts is not told by itself in a month of the period, where its count would say how many
    orders are in cells that are not published, and where it would give one of these away:
    counts add up over regions and segments, and elsewhere a count is at least each of its
    parts' and at most their sum. What is told of months, quarters and years is compared, too.

    Parameters
    ----------
    counted : DataFrame
        The mart `distinct_counts`, exact.
    protection : Protection
        What cube and parts are published.
    monthly : DataFrame
        The mart `monthly`, exact.
    dimensions : tuple of str
        Those that the source has.
    minimum_cell : int
        Fewest customers of a published combination; 1 withholds nothing.
    facts : SourceFacts
        Its observation says which periods are complete.
    """
    held = tuple(name for name in CUBE_DIMENSIONS if name in dimensions)
    named = (counted[list(held)] != ALL).sum(axis=1)
    rows = counted[(named <= MOST_FILTERS) & (counted["active_customers"] > 0)]
    found = protected_counts(rows, protection, monthly, dimensions=held, minimum=minimum_cell)
    complete = _complete(facts)
    frames = [
        _told(period, found.periods, rows, complete, minimum_cell)
        for period in found.periods.values()
    ]
    counts = pd.concat([frame for frame in frames if len(frame)], ignore_index=True)
    counts["kind"] = counts["kind"].replace(_WINDOW, ALL)
    keys = ["kind", "start", *CUBE_DIMENSIONS]
    columns = [column.name for column in DistinctCounts.FRAMES["counts"]]
    return DistinctCounts(
        minimum_cell=minimum_cell,
        most_filters=MOST_FILTERS,
        withheld_combinations=sum(period.withheld for period in found.periods.values()),
        narrowest_range=found.narrowest,
        pinned_combinations=found.pinned,
        counts=counts.sort_values(keys)[columns],
    )


def _complete(facts: SourceFacts) -> frozenset[tuple[str, pd.Timestamp]]:
    first, last = facts.observation_start, facts.observation_end
    kinds: tuple[PeriodKind, ...] = ("month", "quarter", "year")
    return frozenset(
        [
            (_WINDOW, pd.Timestamp(first)),
            *(
                (kind, pd.Timestamp(period.start))
                for kind in kinds
                for period in complete_periods(first, last, kind)
            ),
        ]
    )


def _told(
    period: PeriodCounts,
    periods: dict[tuple[str, pd.Timestamp], PeriodCounts],
    rows: pd.DataFrame,
    complete: frozenset[tuple[str, pd.Timestamp]],
    minimum: int,
) -> pd.DataFrame:
    own = rows.loc[period.rows, [*CUBE_DIMENSIONS, *_FIGURES]]
    figures = {tuple(row[:4]): row[4:] for row in own.itertuples(index=False, name=None)}
    whole = (period.kind, period.start) in complete
    before = None
    if period.kind in MONTHS:
        earlier = period.start - pd.DateOffset(months=MONTHS[period.kind])
        before = periods.get((period.kind, earlier))
    comparable = whole and before is not None and (period.kind, before.start) in complete
    places = [(ALL,) * len(CUBE_DIMENSIONS)]
    active, hidden = [np.array([period.total])], [np.array([period.total_hidden])]
    untold = [hidden[0] | (not comparable or before is None or before.total_hidden)]
    for table in period.tables.values():
        own_places = [_placed(table.dimensions, key) for key in table.keys]
        previous = np.array([figures.get(each, _NOBODY)[1] for each in own_places], dtype=float)
        then = before.tables[table.dimensions] if before is not None and comparable else None
        places += own_places
        active.append(table.active)
        hidden.append(table.hidden)
        untold.append(retention_hidden(table, then, previous, minimum))
    exact = np.array([figures.get(each, _NOBODY) for each in places], dtype=np.float64)
    frame = pd.DataFrame(places, columns=list(CUBE_DIMENSIONS), dtype="str")
    counts, withheld = np.concatenate(active), np.concatenate(hidden)
    no_return = withheld | np.concatenate(untold)
    frame = frame.assign(
        kind=period.kind,
        start=period.start,
        complete=whole,
        active_customers=np.where(withheld, np.nan, counts),
        new_customers=np.where(withheld, np.nan, exact[:, 0]),
        previous_customers=np.where(no_return, np.nan, exact[:, 1]),
        retained_customers=np.where(no_return, np.nan, exact[:, 2]),
        withheld=withheld,
    )
    told: pd.DataFrame = frame[(counts > 0) | withheld]
    return told


def _placed(names: tuple[str, ...], key: tuple[str, ...]) -> tuple[str, ...]:
    named = dict(zip(names, key, strict=True))
    return tuple(named.get(name, ALL) for name in CUBE_DIMENSIONS)
