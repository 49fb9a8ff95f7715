"""What is wrong with a source, on any engine."""

from __future__ import annotations

from analytics.cleaning.cleaned import spellings_of, split, staged_in_order
from analytics.cleaning.staged import StagedSource
from analytics.cleaning.violation import SHOWN, Violation, remedy
from analytics.engine import Engine

_SHOWN_COLUMNS = ("file", "row", "column", "value", "outcome", "reason", "count")


def violations(staged: StagedSource, engine: Engine, *, shown: int = SHOWN) -> list[Violation]:
    """Return the rows that cleaning would set aside, the first few of each kind.

    Parameters
    ----------
    staged : StagedSource
        What `ingest` returned.
    engine : Engine
        What they are staged for.
    shown : int
        Rows of each kind; `count` says how many there are.
    """
    found: list[Violation] = []
    orders = None
    spellings = spellings_of(staged, engine)
    for name, rows in staged_in_order(staged):
        part = split(name, rows, orders, engine, spellings)
        if name == "transactions":
            orders = part.sound
        faults = engine.frame(part.faults.drop("raw", "amount"), order_by=["reason", "file", "row"])
        faults["value"] = faults["value"].fillna("")
        faults["count"] = faults.groupby("reason")["row"].transform("size")
        firsts = faults[faults.groupby("reason").cumcount() < shown]
        found += [
            Violation(
                table=name,
                remedy=remedy(line["reason"]),
                **{name: line[name] for name in _SHOWN_COLUMNS},
            )
            for line in firsts.to_dict("records")
        ]
    return found
