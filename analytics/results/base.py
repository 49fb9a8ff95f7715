"""What every result is: a kind, a version, typed scalars and frames with declared columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, ClassVar

import pandas as pd

from analytics.schema import Column

Columns = tuple[Column, ...]


class Result:
    """Base of the frozen result types.

    A subclass is a ``@dataclass(frozen=True, slots=True, kw_only=True)``. Fields named in
    ``FRAMES`` are pandas frames with exactly the declared columns, in that order; every
    other field is a str, int, float, bool, date, None or a tuple of str.
    """

    __slots__ = ()
    KIND: ClassVar[str]
    VERSION: ClassVar[int] = 1
    FRAMES: ClassVar[Mapping[str, Columns]] = {}
    UNITS: ClassVar[Mapping[str, str]] = {}

    def __post_init__(self) -> None:
        """Check the frames against their declaration."""
        for name, columns in self.FRAMES.items():
            object.__setattr__(self, name, conformed(getattr(self, name), columns, self.KIND, name))

    @property
    def scalars(self) -> dict[str, Any]:
        """The fields that are not frames, by name."""
        names = (field.name for field in fields(self) if field.name not in self.FRAMES)  # type: ignore[arg-type]
        return {name: getattr(self, name) for name in names}

    @property
    def frames(self) -> dict[str, pd.DataFrame]:
        """The frames, by name."""
        return {name: getattr(self, name) for name in self.FRAMES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing(Result):
    """Stands for a result that this source has no data for.

    Attributes
    ----------
    of : str
        The kind that it stands for.
    needs : tuple of str
        Tables or columns (``satisfaction``, ``transactions.cost_of_goods``) to add.
    because : str
        One sentence for the reader.
    """

    KIND: ClassVar[str] = "missing"
    of: str
    needs: tuple[str, ...]
    because: str


def conformed(frame: pd.DataFrame, columns: Columns, kind: str, name: str) -> pd.DataFrame:
    """Return the frame with the declared dtypes and a plain index.

    Raises
    ------
    TypeError
        Where columns are missing, superfluous or in another order, or a value is null in a
        column that allows none.
    """
    declared = [column.name for column in columns]
    if list(frame.columns) != declared:
        raise TypeError(f"{kind}.{name} has columns {list(frame.columns)}, declared: {declared}")
    frame = frame.reset_index(drop=True)
    for column in columns:
        values = frame[column.name]
        if not column.nullable and bool(values.isna().any()):
            raise TypeError(f"{kind}.{name}.{column.name} has nulls and allows none")
        if str(values.dtype) != column.pandas_dtype:
            frame[column.name] = values.astype(column.pandas_dtype)  # type: ignore[call-overload]
    return frame
