"""The cleaning report: rows and amounts that came in, were set aside, were kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd

from analytics.cleaning.cleaned import Split
from analytics.cleaning.rules import QUARANTINED, REMOVED
from analytics.engine import Engine
from analytics.results import DataQuality

if TYPE_CHECKING:
    import ibis.expr.types as ir


def _counted(rows: ir.Table, engine: Engine, *, amounts: bool) -> tuple[int, Decimal]:
    total = rows.net.sum() if amounts else rows.count()
    found = engine.records(rows.aggregate(rows=rows.count(), total=total))[0]
    amount = found["total"] if amounts and found["total"] is not None else Decimal(0)
    return int(found["rows"]), amount


def data_quality(
    splits: Sequence[Split], clean: Mapping[str, ir.Table], engine: Engine
) -> DataQuality:
    """Return the cleaning report.

    Parameters
    ----------
    splits : sequence of Split
        The staged tables.
    clean : mapping
        Canonical table -> the clean table, read back from where it was written.
    engine : Engine
        What counts and sums.

    Raises
    ------
    RuntimeError
        Where rows or amounts do not add up; that is a fault of this program.
    """
    tables: list[tuple[str, str, int, int, int, int]] = []
    removals: list[tuple[str, str, str, int, float | None]] = []
    totals = {"raw": Decimal(0), "clean": Decimal(0)}
    for split in splits:
        amounts = split.name == "transactions"
        raw_rows, raw_total = _counted(split.rows, engine, amounts=amounts)
        clean_rows, clean_total = _counted(clean[split.name], engine, amounts=amounts)
        faults = split.faults
        grouped = faults.group_by(["outcome", "reason"]).aggregate(
            rows=faults.count(), amount=faults.amount.sum()
        )
        reasons = engine.records(grouped.order_by(["outcome", "reason"]))
        aside = {
            outcome: sum(line["rows"] for line in reasons if line["outcome"] == outcome)
            for outcome in (REMOVED, QUARANTINED)
        }
        if raw_rows != clean_rows + aside[REMOVED] + aside[QUARANTINED]:
            raise RuntimeError(
                f"cleaning of {split.name} lost rows: {raw_rows} came in, {clean_rows} were kept, "
                f"{aside} set aside"
            )
        if amounts:
            taken = sum((line["amount"] or Decimal(0) for line in reasons), Decimal(0))
            if raw_total - taken != clean_total:
                raise RuntimeError(
                    f"amounts of transactions do not reconcile: {raw_total} - {taken} is not "
                    f"{clean_total}"
                )
            totals = {"raw": raw_total, "clean": clean_total}
        tables.append(
            (split.name, split.file, raw_rows, aside[REMOVED], aside[QUARANTINED], clean_rows)
        )
        removals += [
            (
                split.name,
                line["outcome"],
                line["reason"],
                line["rows"],
                float(line["amount"] or 0) if amounts else None,
            )
            for line in reasons
        ]
    declared = DataQuality.FRAMES
    return DataQuality(
        raw_total_amount=float(totals["raw"]),
        clean_total_amount=float(totals["clean"]),
        tables=_frame(tables, [column.name for column in declared["tables"]]),
        removals=_frame(removals, [column.name for column in declared["removals"]]),
    )


def _frame(rows: Sequence[tuple[Any, ...]], columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame.from_records(list(rows), columns=columns)
