"""What changed between two versions, number by number."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.errors import Place, PublishError
from analytics.publish.causes import KPI, NEW_PERIOD, RESTATED, SAME, Inputs, changed_inputs
from analytics.publish.row_changes import (
    RestatedValue,
    RowChanges,
    restated_values,
    row_changes,
)

RESULTS_FILE = "site/data/downloads/results.json"
KPIS = "descriptive.kpis"

Value = float | int | str | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One number or word of a result: ``kpis``, ``net_revenue``, 4310000.0, ``USD``."""

    kind: str
    name: str
    value: Value
    unit: str
    definition: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One scalar in an old and a new version.

    Parameters
    ----------
    kind, name, unit : str
        Which scalar; the unit is that of the newer version that has it.
    old, new : float, int, str, bool or None
        None where a version does not have it.
    change : float or None
        ``new - old``, in the unit; None unless both are numbers of the same unit.
    relative_change : float or None
        ``change / abs(old)``; None also where old is 0.
    cause : str
        Why it differs, as far as can be told; empty where it does not.
    definition : str
        What it is, as the newer version says.
    """

    kind: str
    name: str
    unit: str
    old: Value
    new: Value
    change: float | None
    relative_change: float | None
    cause: str = ""
    definition: str = ""

    @property
    def changed(self) -> bool:
        """Whether old and new differ."""
        return self.old != self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """All scalars of two versions side by side, and which version has no results to compare.

    ``inputs`` says what differs in what they were made from, ``tables`` which rows of the
    published tables were added, changed and removed.
    """

    old: str
    new: str
    rows: tuple[Difference, ...] = ()
    lacking: tuple[str, ...] = ()
    inputs: Inputs = SAME
    tables: tuple[RowChanges, ...] = ()

    @property
    def changed(self) -> tuple[Difference, ...]:
        """The rows whose values differ."""
        return tuple(row for row in self.rows if row.changed)


def read_scalars(folder: Path) -> tuple[Scalar, ...] | None:
    """Return the scalars of a version's ``results.json``, or None where it has none.

    Raises
    ------
    PublishError
        If the file is not a list of objects with kind, name, value and unit, each named once.
    """
    try:
        content = (folder / RESULTS_FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        scalars = tuple(
            Scalar(
                kind=entry["kind"],
                name=entry["name"],
                value=entry["value"],
                unit=entry["unit"],
                definition=str(entry.get("definition", "")),
            )
            for entry in json.loads(content)
        )
        if len({(scalar.kind, scalar.name) for scalar in scalars}) < len(scalars):
            raise ValueError("a result is named twice")
    except (ValueError, KeyError, TypeError) as error:
        raise PublishError(
            f"the results cannot be compared: {type(error).__name__}: {error}",
            place=Place(file=f"{folder.name}/{RESULTS_FILE}"),
        ) from error
    return scalars


def version_differences(public: Path, old: str, new: str) -> Differences:
    """Return how the results of two versions differ, sorted by kind and name.

    A version without results is named in ``lacking``, and there are no rows then.

    Raises
    ------
    PublishError
        If a version is not there, or its results cannot be read.
    """
    for name in (old, new):
        if not (public / name).is_dir():
            raise PublishError(f"there is no version {name}", place=Place(file=str(public)))
    return folder_differences(public / old, public / new, old, new)


def folder_differences(then: Path, now: Path, old: str, new: str) -> Differences:
    """Return how the results in the folders of two versions differ; see `version_differences`."""
    before, after = read_scalars(then), read_scalars(now)
    if before is None or after is None:
        tables = {old: before, new: after}
        lacking = tuple(name for name, table in tables.items() if table is None)
        return Differences(old=old, new=new, lacking=lacking)
    inputs = changed_inputs(then, now)
    restated = restated_values(then, now)
    rows = difference_rows(before, after, periods=True)
    return Differences(
        old=old,
        new=new,
        rows=(*_with_causes(rows, inputs, restated), *_restated_rows(restated, rows, inputs)),
        inputs=inputs,
        tables=row_changes(then, now),
    )


def difference_rows(
    old: tuple[Scalar, ...], new: tuple[Scalar, ...], *, periods: bool = False
) -> tuple[Difference, ...]:
    """Return one row for each scalar that either side has, sorted by kind and name.

    Parameters
    ----------
    old, new : tuple of Scalar
        Both sides.
    periods : bool
        Whether a KPI is held against the same KPI of the other side's last month, and the row
        named ``net_revenue, 2024-05 to 2024-06``; else against the same month alone.
    """
    before, after = _named(old, periods), _named(new, periods)
    rows = []
    for key in sorted({*before, *after}):
        row = _difference(before.get(key), after.get(key))
        rows.append(replace(row, name=_period_name(before.get(key), after.get(key))))
    return tuple(rows)


def _named(scalars: tuple[Scalar, ...], periods: bool) -> dict[tuple[str, str], Scalar]:
    """Return the scalars by kind and name, that of a KPI without its month."""
    named = {}
    for scalar in scalars:
        match = KPI.fullmatch(scalar.name) if periods and scalar.kind == KPIS else None
        named[scalar.kind, match["kpi"] if match else scalar.name] = scalar
    return named


def _period_name(old: Scalar | None, new: Scalar | None) -> str:
    names = [scalar.name for scalar in (old, new) if scalar is not None]
    if len(set(names)) == 1:
        return names[0]
    return f"{names[0].replace(' in ', ', ')} to {names[1].rpartition(' ')[2]}"


def _with_causes(
    rows: tuple[Difference, ...], inputs: Inputs, restated: tuple[RestatedValue, ...]
) -> tuple[Difference, ...]:
    """Return the rows with why each differs."""
    months = {(value.kpi, value.month) for value in restated}
    told = []
    for row in rows:
        known = bool(restated)
        if row.kind == KPIS and ", " in row.name:  # of two months: was the older one restated?
            kpi, _, span = row.name.partition(", ")
            known = (kpi, span.partition(" ")[0]) in months
        cause = ", ".join(inputs.causes(restated=known)) if row.changed else ""
        told.append(replace(row, cause=cause))
    return tuple(told)


def _restated_rows(
    restated: tuple[RestatedValue, ...], rows: tuple[Difference, ...], inputs: Inputs
) -> tuple[Difference, ...]:
    """Return a row for each KPI that differs in a month that both versions cover whole."""
    units = {row.name.partition(" in ")[0].partition(", ")[0]: row.unit for row in rows}
    have = {row.name for row in rows}
    cause = ", ".join(each for each in inputs.causes(restated=True) if each != NEW_PERIOD)
    found = []
    for value in restated:
        name = f"{value.kpi} in {value.month}"
        if name in have:
            continue
        unit = units.get(value.kpi, "")
        old = Scalar(kind=KPIS, name=name, value=value.old, unit=unit)
        new = Scalar(kind=KPIS, name=name, value=value.new, unit=unit)
        found.append(replace(_difference(old, new), cause=cause or RESTATED))
    return tuple(found)


def _difference(old: Scalar | None, new: Scalar | None) -> Difference:
    either = new or old
    if either is None:
        raise ValueError("a difference needs a scalar on one side")
    change = relative = None
    if old is not None and new is not None and old.unit == new.unit:
        before, after = _number(old.value), _number(new.value)
        if before is not None and after is not None:
            change = after - before
            relative = change / abs(before) if before else None
    return Difference(
        kind=either.kind,
        name=either.name,
        unit=either.unit,
        old=None if old is None else old.value,
        new=None if new is None else new.value,
        change=change,
        relative_change=relative,
        definition=either.definition,
    )


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
