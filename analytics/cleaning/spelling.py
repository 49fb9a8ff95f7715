"""One spelling for names that differ in letter case, runs of blanks or Unicode form alone."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from analytics.engine import Engine
from analytics.schema import table

if TYPE_CHECKING:
    import ibis.expr.types as ir

Spellings = Mapping[str, Mapping[str, str]]
SPELLED = "_spelled_"


def folded(name: str) -> str:
    """Return what spellings of one name have in common."""
    plain = unicodedata.normalize("NFC", name).casefold()
    return " ".join(unicodedata.normalize("NFC", plain).split())


def chosen_spellings(counted: Iterable[tuple[str, int]]) -> dict[str, str]:
    """Return the names that are written otherwise, each with the spelling that is chosen.

    Parameters
    ----------
    counted : iterable
        Spellings with the number of rows that have them. The most frequent of a name's
        spellings is chosen, of ties the first in the alphabet.
    """
    alike: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for name, rows in counted:
        alike[folded(name)][name] += rows
    found = {}
    for spellings in alike.values():
        if len(spellings) > 1:
            best = min(spellings, key=lambda name: (-spellings[name], name))
            found.update({name: best for name in spellings if name != best})
    return found


def source_spellings(tables: Mapping[str, ir.Table], engine: Engine) -> Spellings:
    """Return what is written otherwise in a source, by category column.

    A column of the same name has the same spellings in every table: a region is one region.

    Parameters
    ----------
    tables : mapping
        Table of the source -> its rows.
    engine : Engine
        Counts the spellings, in one query.
    """
    import ibis

    parts = []
    for name, rows in tables.items():
        for column in table(name).columns:
            if column.category and column.name in rows.columns:
                values = rows.select(value=rows[column.name])
                counted = values.group_by("value").aggregate(rows=values.count())
                counted = counted.filter(counted.value.notnull())
                parts.append(counted.mutate(column=ibis.literal(column.name)))
    if not parts:
        return {}
    by_column: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for line in engine.records(ibis.union(*parts) if len(parts) > 1 else parts[0]):
        by_column[line["column"]].append((line["value"], line["rows"]))
    found = {column: chosen_spellings(counted) for column, counted in by_column.items()}
    return {column: spellings for column, spellings in found.items() if spellings}


def spelled_rows(rows: ir.Table, spellings: Spellings, engine: Engine) -> ir.Table:
    """Return rows in the chosen spellings.

    A column ``_spelled_<column>`` says of each column that is written otherwise somewhere in
    the source whether the row was.
    """
    import ibis
    import pyarrow as pa

    for column, chosen in spellings.items():
        if column not in rows.columns:
            continue
        pairs = ibis.memtable(
            pa.table({f"_from_{column}": list(chosen), f"_to_{column}": list(chosen.values())})
        )
        lookup = engine.materialised(pairs, f"spellings_of_{column}")
        joined = rows.left_join(lookup, rows[column] == lookup[f"_from_{column}"])
        changed = joined[f"_to_{column}"]
        rows = joined.mutate(
            **{column: changed.fill_null(joined[column]), SPELLED + column: changed.notnull()}
        ).drop(f"_from_{column}", f"_to_{column}")
    return rows
