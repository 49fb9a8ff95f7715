"""The counts of one period by one dimension or two, and which of them are withheld."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.descriptive.definitions import OF_THE_CUSTOMER
from analytics.privacy.count_bounds import CountSystem, count_bounds

ALL = "all"
Key = tuple[str, ...]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Lines = tuple[NDArray[np.intp], ...]


@dataclass(slots=True, kw_only=True)
class CountedTable:
    """Active customers of one period, by the parts of one dimension or of two.

    Attributes
    ----------
    dimensions : tuple of str
        One or two; of two, the margins are the tables of each.
    keys : list of tuple of str
        A part of each dimension.
    active : array
        Customers; zero where a combination has none.
    hidden : array of bool
        Whether the count is withheld.
    least, most : array
        What other published tables say of each count.
    """

    dimensions: tuple[str, ...]
    keys: list[Key]
    active: Floats
    hidden: Flags
    least: Floats
    most: Floats
    lines: Lines = field(init=False)

    def __post_init__(self) -> None:
        """Find the lines: keys over which customers add up to a margin."""
        found: list[NDArray[np.intp]] = []
        for place, name in enumerate(self.dimensions):
            if name not in OF_THE_CUSTOMER:
                continue
            rest = [key[:place] + key[place + 1 :] for key in self.keys]
            found += [
                np.array([at for at, key in enumerate(rest) if key == value])
                for value in sorted(set(rest))
            ]
        self.lines = tuple(found)

    def is_small(self, minimum: int) -> Flags:
        """Return which counts are of fewer than `minimum` customers, and of one at least."""
        return (self.active > 0) & (self.active < minimum)


def with_companions(hidden: Flags, bases: tuple[Floats, ...], lines: Lines, minimum: int) -> Flags:
    """Return what is withheld, with more of each line so that no margin gives one away.

    Of a line, nothing is withheld, or two counts at least that stand together for `minimum`
    customers, by each base: what follows by subtraction is then a figure of enough customers.
    """
    hidden = hidden.copy()
    order = np.argsort(bases[0], kind="stable")
    rank = np.empty(len(order), dtype=np.intp)
    rank[order] = np.arange(len(order))
    changed = True
    while changed:
        changed = False
        for line in lines:
            held = line[bases[0][line] > 0]
            own = held[hidden[held]]
            left = held[~hidden[held]]
            left = left[np.argsort(rank[left])]
            while len(own) > 0 and len(left) and _tells(own, bases, minimum):
                hidden[left[0]] = changed = True
                own, left = np.append(own, left[0]), left[1:]
    return hidden


def _tells(own: NDArray[np.intp], bases: tuple[Floats, ...], minimum: int) -> bool:
    return len(own) < 2 or any(base[own].sum() < minimum for base in bases)


def ranges(
    table: CountedTable, margins: Mapping[str, CountedTable], total: float
) -> tuple[NDArray[np.intp], Floats, Floats]:
    """Return the places of the withheld counts, and the least and the most that each can be.

    Parameters
    ----------
    table : CountedTable
        With two dimensions, or with one.
    margins : mapping
        The table of each single dimension; a withheld margin is unknown, too.
    total : float
        Active customers of the period.
    """
    wanted = np.flatnonzero(table.hidden)
    low = np.where(table.hidden, table.least, table.active)
    high = np.where(table.hidden, np.minimum(table.most, total), table.active)
    whole = np.array([total])
    lows, highs = [low, whole], [high, whole]
    sums: list[tuple[int, NDArray[np.intp]]] = []
    unions: list[tuple[int, NDArray[np.intp]]] = []
    at_total, size = len(low), len(low) + 1
    if len(table.dimensions) == 1:
        _related(table.dimensions[0], sums, unions).append((at_total, np.arange(len(low))))
        return wanted, *count_bounds(_system(lows, highs, sums, unions), wanted)
    for place, name in enumerate(table.dimensions):
        margin = margins[name]
        other = table.dimensions[1 - place]
        lows.append(np.where(margin.hidden, margin.least, margin.active))
        highs.append(np.where(margin.hidden, np.minimum(margin.most, total), margin.active))
        for row, (part,) in enumerate(margin.keys):
            members = np.array([at for at, key in enumerate(table.keys) if key[place] == part])
            if len(members):
                _related(other, sums, unions).append((size + row, members))
        _related(name, sums, unions).append((at_total, np.arange(size, size + len(margin.keys))))
        size += len(margin.keys)
    return wanted, *count_bounds(_system(lows, highs, sums, unions), wanted)


def _related(
    over: str,
    sums: list[tuple[int, NDArray[np.intp]]],
    unions: list[tuple[int, NDArray[np.intp]]],
) -> list[tuple[int, NDArray[np.intp]]]:
    return sums if over in OF_THE_CUSTOMER else unions


def _system(
    lows: list[Floats],
    highs: list[Floats],
    sums: list[tuple[int, NDArray[np.intp]]],
    unions: list[tuple[int, NDArray[np.intp]]],
) -> CountSystem:
    return CountSystem(
        low=np.concatenate(lows),
        high=np.concatenate(highs),
        sums=tuple(sums),
        unions=tuple(unions),
    )


def counted_tables(
    rows: pd.DataFrame, dimensions: tuple[str, ...]
) -> dict[tuple[str, ...], CountedTable]:
    """Return the tables of one period by each dimension, and by each two, nothing withheld.

    Parameters
    ----------
    rows : DataFrame
        The dimensions (``all`` where a row is over it) and active_customers, of one period.
    dimensions : tuple of str
        Those that the source has.
    """
    tables: dict[tuple[str, ...], CountedTable] = {}
    told = {name: rows[name].to_numpy(dtype=object) != ALL for name in dimensions}
    named = sum((told[name].astype(int) for name in dimensions), np.zeros(len(rows), dtype=int))
    for size in (1, 2):
        for names in combinations(dimensions, size):
            here = rows[np.logical_and.reduce([told[name] for name in names]) & (named == size)]
            if size == 1:
                parts = sorted(here[names[0]])
                keys: list[Key] = [(part,) for part in parts]
            else:
                keys = [
                    (first, second)
                    for (first,) in tables[names[:1]].keys
                    for (second,) in tables[names[1:]].keys
                ]
            counts = dict(
                zip(
                    zip(*(here[name] for name in names), strict=True),
                    here["active_customers"],
                    strict=True,
                )
            )
            tables[names] = CountedTable(
                dimensions=names,
                keys=keys,
                active=np.array([float(counts.get(key, 0)) for key in keys]),
                hidden=np.zeros(len(keys), dtype=bool),
                least=np.zeros(len(keys)),
                most=np.full(len(keys), np.inf),
            )
    return tables
