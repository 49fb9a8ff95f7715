"""One column of a canonical table or of a result: its type, unit and meaning."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DType = Literal["string", "integer", "number", "money", "boolean", "date", "timestamp"]

PANDAS_DTYPES: dict[DType, str] = {
    "string": "str",
    "integer": "int64",
    "number": "float64",
    "money": "float64",
    "boolean": "bool",
    "date": "datetime64[us]",
    "timestamp": "datetime64[us]",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A declared column.

    Attributes
    ----------
    name : str
        Its name everywhere above `ingest`. A suffix carries the unit: ``_days``,
        ``_rate`` (0 to 1), ``_amount`` (the source's currency).
    dtype : DType
        ``money`` is DECIMAL(18, 2) in the engine and ``float64`` in pandas frames.
    unit : str
        Empty where the value has none.
    description : str
        What a reader of the data dictionary is told.
    required : bool
        Whether a source must have it for the table to be read.
    nullable : bool
        Whether a value may be missing.
    pii : bool
        Personal data: stays in ``data/`` and enters no result.
    values : tuple of str
        The values that it may take; empty for any.
    positive : bool
        Whether it must be above zero, or not below where the source keeps free orders.
    minimum, maximum : int, optional
        The smallest and the largest value that it may have.
    category : bool
        A name of a group: spellings that differ in letter case, runs of blanks or Unicode form
        are one name.
    missing : str
        What happens where a value is missing; see `missing_rule`.
    """

    name: str
    dtype: DType
    description: str
    unit: str = ""
    required: bool = False
    nullable: bool = True
    pii: bool = False
    values: tuple[str, ...] = ()
    positive: bool = False
    minimum: int | None = None
    maximum: int | None = None
    category: bool = False
    missing: str = ""

    @property
    def missing_rule(self) -> str:
        """What cleaning does where a value is missing; no value is ever made up."""
        return self.missing or ("kept as missing" if self.nullable else "row removed")

    @property
    def pandas_dtype(self) -> str:
        """The dtype that the column has in a pandas frame, nulls aside."""
        return PANDAS_DTYPES[self.dtype]
