"""What changed between two versions, number by number."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import Place, PublishError

RESULTS_FILE = "site/data/downloads/results.json"

Value = float | int | str | bool | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """One number or word of a result: ``kpis``, ``net_revenue``, 4310000.0, ``USD``."""

    kind: str
    name: str
    value: Value
    unit: str


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
    """

    kind: str
    name: str
    unit: str
    old: Value
    new: Value
    change: float | None
    relative_change: float | None

    @property
    def changed(self) -> bool:
        """Whether old and new differ."""
        return self.old != self.new


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """All scalars of two versions side by side, and which version has no results to compare."""

    old: str
    new: str
    rows: tuple[Difference, ...] = ()
    lacking: tuple[str, ...] = ()

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
            Scalar(kind=entry["kind"], name=entry["name"], value=entry["value"], unit=entry["unit"])
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
    before, after = read_scalars(public / old), read_scalars(public / new)
    if before is None or after is None:
        tables = {old: before, new: after}
        lacking = tuple(name for name, table in tables.items() if table is None)
        return Differences(old=old, new=new, lacking=lacking)
    return Differences(old=old, new=new, rows=difference_rows(before, after))


def difference_rows(old: tuple[Scalar, ...], new: tuple[Scalar, ...]) -> tuple[Difference, ...]:
    """Return one row for each scalar that either side has, sorted by kind and name."""
    before = {(scalar.kind, scalar.name): scalar for scalar in old}
    after = {(scalar.kind, scalar.name): scalar for scalar in new}
    return tuple(_difference(before.get(key), after.get(key)) for key in sorted({*before, *after}))


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
    )


def _number(value: Value) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
