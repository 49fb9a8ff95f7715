"""The rules of cleaning that look at a row, at its key and at its order, as Ibis expressions.

A row has at most one fault, the first that applies:

1. *quarantined*: a cell is not understood.
2. *removed*: the line is no product.
3. *removed*: a value that every row must have is missing.
4. *removed*: a price, quantity, amount or score is out of its range.
5. among rows with the same key: *removed* where the source names a column that says which row is
   the latest, and it is not; *removed* as an exact duplicate, all but the first, where all rows
   are alike; else all of them are *quarantined*, since none is to be trusted more. Of a table
   without a key rows may be alike; *removed* are those that another file, or another sheet of a
   workbook, has as often: exports of two periods often overlap.
6. *removed*: a row that reverses another (see `reversals` and `order_lines`).
7. *removed*: an order line whose order is not among the clean orders.

No rule depends on the order of the rows, but for the place of the row that is kept of several
that are exactly alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from analytics.cleaning.reasons import (
    CONFLICT,
    DUPLICATE,
    NO_PRODUCT,
    ORPHAN,
    OVERLAP,
    SUPERSEDED,
)
from analytics.schema import Column, Table

REMOVED, QUARANTINED = "removed", "quarantined"
FAULT_COLUMNS = ("file", "row", "outcome", "reason", "column", "value", "raw", "amount")
MONEY = dt.Decimal(18, 2)
MARKS = ("_reversal", "_reverses")
Text: TypeAlias = "ir.StringValue | str"


def money(value: ir.Value) -> ir.DecimalValue:
    """Return an amount in the type of amounts, whatever an engine makes of a sum of two."""
    # Ibis leaves out a cast to the type that it takes a value to have already.
    exact: ir.DecimalValue = value.cast(dt.Decimal(38, 2)).cast(MONEY)
    return exact


def faults_of(
    rows: ir.Table, outcome: Text, reason: Text, column: Text, value: ir.Value | None
) -> ir.Table:
    """Return rows as faults.

    Parameters
    ----------
    rows : ibis.Table
        Staged rows.
    outcome, reason, column : ibis string or str
        What becomes of the row, why, and the column of the file that it is about.
    value : ibis value or None
        What stands there.

    Returns
    -------
    ibis.Table
        `FAULT_COLUMNS`.
    """

    def text(value: Text) -> ir.StringValue:
        return (ibis.literal(value) if isinstance(value, str) else value).cast("string")

    amount = rows.net if "net" in rows.columns else ibis.null()
    return rows.select(
        file=rows._file,
        row=rows._row,
        outcome=text(outcome),
        reason=text(reason),
        column=text(column),
        value=(ibis.null() if value is None else value).cast("string"),
        raw=rows._raw,
        amount=money(amount),
    )


def without(rows: ir.Table, faults: ir.Table) -> ir.Table:
    """Return the rows that have none of the faults."""
    return rows.anti_join(faults, [rows._row == faults.row, rows._file == faults.file])


def is_reversal(rows: ir.Table) -> ir.BooleanValue:
    """Return whether each row reverses another."""
    if "_reversal" in rows.columns:
        reversal: ir.BooleanValue = rows._reversal.fill_null(False)
        return reversal
    return ibis.literal(False)


def _ranges(
    rows: ir.Table, column: Column, *, free_orders: bool
) -> list[tuple[ir.BooleanValue, str]]:
    value = rows[column.name]
    if column.minimum is not None and column.maximum is not None:
        outside = (value < column.minimum) | (value > column.maximum)
        return [(outside, f"is not from {column.minimum} to {column.maximum}")]
    if column.minimum is not None:
        why = "is negative" if column.minimum == 0 else f"is below {column.minimum}"
        return [(value < column.minimum, why)]
    if column.positive:
        # A reversal has the opposite sign; that it is none of nothing is asked of it, too.
        size = (
            is_reversal(rows).ifelse(value.abs(), value) if "_reversal" in rows.columns else value
        )
        if free_orders:
            return [(size < 0, "is negative")]
        return [(size <= 0, "is not positive")]
    return []


def row_faults(
    rows: ir.Table,
    table: Table,
    headers: Mapping[str, str],
    *,
    free_orders: bool,
    elsewhere: Sequence[str] = (),
) -> ir.Table:
    """Return the faults that a row has by itself, rules 1 to 4.

    Parameters
    ----------
    rows : ibis.Table
        A staged table.
    table : Table
        Its declaration.
    headers : mapping
        Canonical column -> column of the file, for the reader.
    free_orders : bool
        Whether amounts of zero are kept.
    elsewhere : sequence of str
        Columns that may be missing in a row, as another one of the same order says them.

    Returns
    -------
    ibis.Table
        `FAULT_COLUMNS`.
    """
    cases: list[tuple[ir.BooleanValue, Text, Text, Text, ir.Value]] = [
        (
            rows._reason.notnull(),
            QUARANTINED,
            rows._column + " " + rows._reason,
            rows._column,
            rows._value,
        )
    ]

    def removed(condition: ir.BooleanValue, name: str, why: str) -> None:
        header = headers.get(name, name)
        cases.append((condition, REMOVED, f"{header} {why}", header, rows[name]))

    if "_non_product" in rows.columns:
        removed(rows._non_product.fill_null(False), "product_id", NO_PRODUCT)
    held = [column for column in table.columns if column.name in rows.columns]
    for column in held:
        if not column.nullable and column.name not in elsewhere:
            missing = rows[column.name].isnull()
            if column.name == "customer_id" and "_reverses" in rows.columns:
                # The order that a reversal names says whose it is.
                missing = missing & ~(is_reversal(rows) & rows._reverses.notnull())
            removed(missing, column.name, "is missing")
    for column in held:
        for condition, why in _ranges(rows, column, free_orders=free_orders):
            removed(condition, column.name, why)

    def chosen(part: int) -> ir.Value:
        def text(value: ir.Value | str) -> ir.Value:
            return ibis.literal(value) if isinstance(value, str) else value.cast("string")

        return ibis.cases(*((case[0], text(case[part])) for case in cases))

    bad = cases[0][0]
    for case in cases[1:]:
        bad = bad | case[0].fill_null(False)
    found = rows.filter(bad)
    found = found.mutate(_why=chosen(2), _where=chosen(3), _what=chosen(4), _outcome=chosen(1))
    return faults_of(found, found._outcome, found._why, found._where, found._what)


def maybe_repeated(rows: ir.Table, key: Sequence[str]) -> ir.Table:
    """Return the rows whose key occurs more than once, and perhaps a few others.

    Hashes stand for a key of one column: a table of them is a fraction of one of texts.
    """
    first = rows[key[0]].hash() if len(key) == 1 else rows[key[0]]
    names = ["_hash", *key[1:]]
    hashed = rows.mutate(_hash=first)
    counted = hashed.select(*names)
    repeated = counted.group_by(names).aggregate(_times=counted.count())
    repeated = repeated.filter(repeated._times > 1).select(*names)
    return hashed.semi_join(repeated, names).drop("_hash")


def key_faults(rows: ir.Table, table: Table, headers: Mapping[str, str]) -> ir.Table | None:
    """Return the faults of rows that share a key, rule 5; None where the table has no key.

    Parameters
    ----------
    rows : ibis.Table
        The rows of a staged table without a fault by themselves.
    table : Table
        Its declaration.
    headers : mapping
        Canonical column -> column of the file, for the reader.
    """
    names = [name for name in table.key if name in rows.columns]
    if not names:
        return None
    # A key may have a missing part, and nulls never join. A reversal may have its order's id.
    parts: dict[str, ir.Value] = {
        f"_key{number}": (
            rows[name].cast("string").fill_null("\x1e")
            if table.column(name).nullable
            else rows[name]
        )
        for number, name in enumerate(names)
    }
    if "_reversal" in rows.columns:
        parts["_key_reversal"] = is_reversal(rows)
    keyed, key = rows.mutate(**parts), list(parts)
    shared = maybe_repeated(keyed, key)
    older: ir.BooleanValue = ibis.literal(False)
    if "_moment" in rows.columns:
        shared = shared.mutate(_latest=shared._moment.max().over(ibis.window(group_by=key)))
        shared = shared.mutate(
            _older=(shared._latest.notnull() & (shared._moment.isnull()))
            | (shared._moment < shared._latest).fill_null(False)
        )
        older, key = shared._older, [*key, "_older"]
    content = [name for name in (*table.names, *MARKS) if name in rows.columns]
    if "_moment" in rows.columns:
        content.append("_older")
    alike = ibis.window(group_by=content, order_by=["_file", "_row"])
    shared = shared.mutate(_first=ibis.row_number().over(alike) == 0)
    shared = shared.mutate(
        _versions=shared._first.cast("int64").sum().over(ibis.window(group_by=key))
    )
    if "_moment" in rows.columns:
        older = shared._older
    conflicting = shared._versions > 1
    found = shared.filter(older | conflicting | ~shared._first)
    older = found._older if "_moment" in rows.columns else ibis.literal(False)
    contradicts = ~older & (found._versions > 1)
    return faults_of(
        found,
        contradicts.ifelse(QUARANTINED, REMOVED),
        ibis.cases((older, SUPERSEDED), (contradicts, CONFLICT), else_=DUPLICATE),
        headers.get(names[0], names[0]),
        found[names[0]],
    )


def overlap_faults(rows: ir.Table, table: Table, headers: Mapping[str, str]) -> ir.Table:
    """Return the faults of rows that a file before has, too, rule 5 of a table without a key.

    A file that has a row twice has it twice in the data; two files that have it twice as well.

    Parameters
    ----------
    rows : ibis.Table
        The rows of a staged table without a fault by themselves.
    table : Table
        Its declaration.
    headers : mapping
        Canonical column -> column of the file, for the reader.
    """
    content = [name for name in (*table.names, *MARKS) if name in rows.columns]
    texts = [rows[name].cast("string").fill_null("\x1e") for name in content]
    hashed = rows.mutate(_hash=ibis.literal("\x1f").join(texts).hash())
    files = hashed.group_by("_hash").aggregate(_one=hashed._file.min(), _other=hashed._file.max())
    shared = hashed.semi_join(files.filter(files._one != files._other), "_hash").drop("_hash")
    inside = ibis.window(group_by=[*content, "_file"], order_by="_row")
    shared = shared.mutate(_nth=ibis.row_number().over(inside))
    among = ibis.window(group_by=[*content, "_nth"], order_by="_file")
    shared = shared.mutate(_first=ibis.row_number().over(among) == 0)
    found = shared.filter(~shared._first)
    name = table.required[0]
    return faults_of(found, REMOVED, OVERLAP, headers.get(name, name), found[name])


def orphan_faults(rows: ir.Table, orders: ir.Table, headers: Mapping[str, str]) -> ir.Table:
    """Return the faults of order lines without their order, rule 7.

    Parameters
    ----------
    rows : ibis.Table
        The rows of staged order lines without another fault.
    orders : ibis.Table
        The clean orders.
    headers : mapping
        Canonical column -> column of the file, for the reader.
    """
    found = rows.anti_join(orders.select("transaction_id"), "transaction_id")
    header = headers.get("transaction_id", "transaction_id")
    return faults_of(found, REMOVED, ORPHAN, header, found.transaction_id)
