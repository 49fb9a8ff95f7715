"""The contract of a clean table, as a pandera schema made from its declaration.

A clean table may have more rows than memory. So the engine finds its *witnesses* in one scan: the
least and the greatest value of every column, a missing one if there is any, every value of a
column that may take only some, and the rows of a key that occurs twice. A check on each row holds
for all rows exactly if it holds for them, and pandera judges these few rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import ibis.expr.datatypes as dt
import pandas as pd

from analytics.cleaning.rules import maybe_repeated
from analytics.engine import Engine
from analytics.schema import Column, DType, Table, table

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pandera.pandas as pa

_TYPES: Mapping[DType, dt.DataType] = {
    "string": dt.string,
    "integer": dt.int64,
    "number": dt.float64,
    "money": dt.Decimal(18, 2),
    "boolean": dt.boolean,
    "date": dt.date,
    "timestamp": dt.timestamp,
}
KEY, OWNER = "key", "order"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A clean table in a few numbers.

    Attributes
    ----------
    rows : int
        Its rows.
    net : Decimal
        Total of its column net; zero where it has none.
    missing : mapping
        Column -> rows without a value.
    least, most : mapping
        Column -> its extreme values, of columns with a declared range.
    values : mapping
        Column -> all that it holds, of columns with declared values.
    repeated : int
        Keys that occur more than once.
    strangers : int
        Rows without their row in the table that they belong to.
    """

    rows: int
    net: Decimal
    missing: Mapping[str, int]
    least: Mapping[str, Any]
    most: Mapping[str, Any]
    values: Mapping[str, tuple[str | None, ...]]
    repeated: int
    strangers: int


def _ranged(column: Column) -> bool:
    return column.positive or column.minimum is not None or column.maximum is not None


def profile(name: str, rows: ir.Table, tables: Mapping[str, ir.Table], engine: Engine) -> Profile:
    """Return the profile of a clean table.

    Parameters
    ----------
    name : str
        Canonical table.
    rows : ibis.Table
        Its rows, read back from where they were written.
    tables : mapping
        The clean tables so far, for what the rows belong to.
    engine : Engine
        Computes it.
    """
    declared = table(name)
    held = [column for column in declared.columns if column.name in rows.columns]
    sums: dict[str, ir.Value] = {"rows": rows.count()}
    if "net" in rows.columns:
        sums["net"] = rows.net.sum()
    for column in held:
        sums[f"missing_{column.name}"] = rows[column.name].isnull().sum()
        if _ranged(column):
            sums[f"least_{column.name}"] = rows[column.name].min()
            sums[f"most_{column.name}"] = rows[column.name].max()
    found = engine.records(rows.aggregate(**sums))[0]

    def part(prefix: str) -> dict[str, Any]:
        return {n.removeprefix(prefix): v for n, v in found.items() if n.startswith(prefix)}

    values = {}
    for column in held:
        if column.values:
            distinct = rows.select(column.name).distinct().limit(len(column.values) + 2)
            values[column.name] = tuple(line[column.name] for line in engine.records(distinct))
    return Profile(
        rows=int(found["rows"]),
        net=found.get("net") or Decimal(0),
        missing={name: int(count or 0) for name, count in part("missing_").items()},
        least=part("least_"),
        most=part("most_"),
        values=values,
        repeated=_repeated(declared, rows, engine),
        strangers=_strangers(declared, rows, tables, engine),
    )


def _repeated(declared: Table, rows: ir.Table, engine: Engine) -> int:
    key = [name for name in declared.key if name in rows.columns]
    if not key:
        return 0
    suspect = maybe_repeated(rows.select(*key), key)
    counted = suspect.group_by(key).aggregate(times=suspect.count())
    repeated = counted.filter(counted.times > 1)
    return int(engine.records(repeated.aggregate(keys=repeated.count()))[0]["keys"])


def _strangers(
    declared: Table, rows: ir.Table, tables: Mapping[str, ir.Table], engine: Engine
) -> int:
    if not declared.belongs_to or declared.belongs_to not in tables:
        return 0
    owner = tables[declared.belongs_to]
    key = list(table(declared.belongs_to).key)
    lost = rows.select(*key).anti_join(owner.select(*key), key)
    return int(engine.records(lost.aggregate(rows=lost.count()))[0]["rows"])


def contract(name: str, columns: Sequence[str], *, free_orders: bool) -> pa.DataFrameSchema:
    """Return the pandera schema that the witnesses of a clean table keep.

    Parameters
    ----------
    name : str
        Canonical table.
    columns : sequence of str
        The columns that it has.
    free_orders : bool
        Whether amounts of zero are allowed.
    """
    import pandera.pandas as pa

    def checks(column: Column) -> list[pa.Check]:
        found = []
        if column.positive:
            found.append(pa.Check.ge(0) if free_orders else pa.Check.gt(0))
        if column.minimum is not None:
            found.append(pa.Check.ge(column.minimum))
        if column.maximum is not None:
            found.append(pa.Check.le(column.maximum))
        if column.values:
            found.append(pa.Check.isin(column.values))
        return found

    declared = table(name)
    schemas = {
        each: pa.Column(
            object, checks(declared.column(each)), nullable=declared.column(each).nullable
        )
        for each in columns
    }
    if any(each in columns for each in declared.key):
        schemas[KEY] = pa.Column(object, pa.Check.eq(0, error="occurs once"))
    if declared.belongs_to:
        schemas[OWNER] = pa.Column(object, pa.Check.eq(0, error="is there"))
    return pa.DataFrameSchema(schemas, name=name, strict=True)


def _witnesses(found: Profile, columns: Sequence[str], schemas: Sequence[str]) -> pd.DataFrame:
    """Return the witnesses of each column, the last of them repeated to the same length."""
    series: dict[str, list[Any]] = {}
    for name in columns:
        values: list[Any] = [found.least[name], found.most[name]] if name in found.least else []
        values += found.values.get(name, ())
        values = [value for value in values if value is not None]
        if found.missing[name] or found.rows == 0:
            values.append(None)
        series[name] = values or [""]
    series |= {KEY: [found.repeated], OWNER: [found.strangers]}
    longest = max(map(len, series.values()))
    padded = {name: (series[name] * longest)[:longest] for name in schemas}
    return pd.DataFrame(padded, dtype=object)


def check_contract(name: str, rows: ir.Table, found: Profile, *, free_orders: bool) -> None:
    """Check that a clean table keeps its contract.

    Parameters
    ----------
    name : str
        Canonical table.
    rows : ibis.Table
        Its rows.
    found : Profile
        What `profile` says of them.
    free_orders : bool
        Whether amounts of zero are allowed.

    Raises
    ------
    RuntimeError
        Naming table, column and check; a clean table that breaks its contract is a fault of
        this program.
    """
    import pandera.pandas as pa

    declared = table(name)
    for column, kind in rows.schema().items():
        wanted = _TYPES[declared.column(column).dtype]
        same = type(kind) is type(wanted) and (
            not isinstance(wanted, dt.Decimal) or kind.copy(nullable=True) == wanted
        )
        if not same:
            raise RuntimeError(f"clean table {name}, column {column}: {kind} is not {wanted}")
    if found.rows == 0:
        return
    schema = contract(name, rows.columns, free_orders=free_orders)
    try:
        schema.validate(_witnesses(found, rows.columns, list(schema.columns)))
    except pa.errors.SchemaError as error:
        # pandera names its own checks, such as not_nullable, by a text.
        check = error.check
        what = check if isinstance(check, str) else check.error or check.name
        raise RuntimeError(
            f"clean table {name}, column {error.schema.name}: {what} does not hold "
            f"({error.failure_cases['failure_case'].iloc[0]})"
        ) from None
