"""The cleaning report: what came in, was set aside, was changed, was kept; and that it adds up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from analytics.cleaning.contracts import Profile
from analytics.cleaning.rules import QUARANTINED, REMOVED
from analytics.cleaning.spelling import SPELLED
from analytics.cleaning.split import Change, Split
from analytics.engine import Engine
from analytics.results import DataQuality
from analytics.schema import TABLES

SPELLING = "letter case, blanks or Unicode form made that of the most frequent spelling"
_CELLS = {
    "_trimmed": "blanks around or in runs taken off",
    "_signed": "sign of the currency taken off",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """One staged table, counted."""

    split: Split
    raw_rows: int
    raw_total: Decimal
    reasons: Sequence[Mapping[str, Any]]

    @property
    def aside(self) -> dict[str, int]:
        return {
            outcome: sum(line["rows"] for line in self.reasons if line["outcome"] == outcome)
            for outcome in (REMOVED, QUARANTINED)
        }

    @property
    def taken(self) -> Decimal:
        return sum((line["amount"] or Decimal(0) for line in self.reasons), Decimal(0))


def _account(split: Split, engine: Engine) -> _Account:
    rows, faults = split.rows, split.faults
    total = rows.net.sum() if split.has_amounts else rows.count()
    found = engine.records(rows.aggregate(rows=rows.count(), total=total))[0]
    raw = (found["total"] or Decimal(0)) if split.has_amounts else Decimal(0)
    if split.charges is not None:
        raw -= engine.records(split.charges)[0]["amount"] or Decimal(0)
    grouped = faults.group_by(["outcome", "reason"]).aggregate(
        rows=faults.count(), amount=faults.amount.sum()
    )
    reasons = engine.records(grouped)
    reasons += [
        {"outcome": REMOVED, "reason": part.reason, "rows": 0, "amount": part.amount}
        for part in split.parts
    ]
    reasons.sort(key=lambda line: (line["outcome"], line["reason"]))
    return _Account(split=split, raw_rows=int(found["rows"]), raw_total=raw, reasons=reasons)


def _check(account: _Account, profiles: Mapping[str, Profile]) -> None:
    split, aside = account.split, account.aside
    clean_rows = profiles[split.kept_as].rows
    if account.raw_rows != clean_rows + sum(aside.values()):
        raise RuntimeError(
            f"cleaning of {split.name} lost rows: {account.raw_rows} came in, {clean_rows} were "
            f"kept, {aside} set aside"
        )
    if split.has_amounts:
        clean_total = profiles["transactions"].net
        if account.raw_total - account.taken != clean_total:
            raise RuntimeError(
                f"amounts of transactions do not reconcile: {account.raw_total} - "
                f"{account.taken} is not {clean_total}"
            )


def _changes(split: Split, engine: Engine) -> list[Change]:
    """Return what was changed in kept rows."""
    sound = split.sound
    counted = [name for name in sound.columns if name.startswith(SPELLED) or name in _CELLS]
    found: list[Change] = []
    if counted:
        sums = {name: sound[name].cast("int64").sum() for name in counted}
        for name, rows in engine.records(sound.aggregate(**sums))[0].items():
            column = name.removeprefix(SPELLED) if name not in _CELLS else "any"
            found.append(
                Change(column=column, change=_CELLS.get(name, SPELLING), rows=int(rows or 0))
            )
    return [change for change in (*found, *split.changes) if change.rows]


def data_quality(
    splits: Sequence[Split], profiles: Mapping[str, Profile], engine: Engine
) -> DataQuality:
    """Return the cleaning report.

    Parameters
    ----------
    splits : sequence of Split
        The staged tables.
    profiles : mapping
        Canonical table -> profile of the clean table, as it was written.
    engine : Engine
        What counts and sums.

    Raises
    ------
    RuntimeError
        Where rows or amounts do not add up; that is a fault of this program.
    """
    accounts = [_account(split, engine) for split in splits]
    for account in accounts:
        _check(account, profiles)
    raw_total = sum((each.raw_total for each in accounts), Decimal(0))
    return DataQuality(
        raw_total_amount=float(raw_total),
        clean_total_amount=float(profiles["transactions"].net),
        tables=_frame("tables", [_counted(account, profiles) for account in accounts]),
        removals=_frame("removals", [line for each in accounts for line in _removals(each)]),
        changes=_frame(
            "changes",
            [
                (
                    split.name,
                    change.column,
                    change.change,
                    change.rows,
                    None if change.amount is None else float(change.amount),
                )
                for split in splits
                for change in _changes(split, engine)
            ],
        ),
        missing_values=_frame("missing_values", _missing_values(accounts, profiles)),
        derived=_frame(
            "derived",
            [
                (name, split.name, profiles[name].rows)
                for split in splits
                if split.orders is not None
                for name in ("transactions", split.kept_as)
            ],
        ),
    )


def _counted(account: _Account, profiles: Mapping[str, Profile]) -> tuple[Any, ...]:
    split, aside = account.split, account.aside
    kept = profiles[split.kept_as].rows
    return (split.name, split.file, account.raw_rows, aside[REMOVED], aside[QUARANTINED], kept)


def _removals(account: _Account) -> list[tuple[Any, ...]]:
    amounts = account.split.has_amounts
    return [
        (
            account.split.name,
            line["outcome"],
            line["reason"],
            line["rows"],
            float(line["amount"] or 0) if amounts else None,
        )
        for line in account.reasons
    ]


def _missing_values(
    accounts: Sequence[_Account], profiles: Mapping[str, Profile]
) -> list[tuple[Any, ...]]:
    removed: dict[str, tuple[_Account, dict[str, int]]] = {}
    for account in accounts:
        counts = {line["reason"]: line["rows"] for line in account.reasons}
        removed[account.split.kept_as] = account, counts
        if account.split.orders is not None:
            removed["transactions"] = account, counts
    found = []
    for declared in TABLES:
        profile = profiles.get(declared.name)
        if profile is None:
            continue
        account, counts = removed[declared.name]
        for name, missing in profile.missing.items():
            column = declared.column(name)
            rows, of = missing, profile.rows
            if not column.nullable:
                header = account.split.headers.get(name, name)
                rows, of = counts.get(f"{header} is missing", 0), account.raw_rows
            found.append((declared.name, name, rows, rows / of if of else 0.0, column.missing_rule))
    return found


def _frame(name: str, rows: Sequence[tuple[Any, ...]]) -> pd.DataFrame:
    columns = [column.name for column in DataQuality.FRAMES[name]]
    return pd.DataFrame.from_records(list(rows), columns=columns)
