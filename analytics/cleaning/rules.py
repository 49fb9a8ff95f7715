"""The rules of cleaning, as Ibis expressions over a staged table.

A row has at most one fault, the first that applies:

1. *quarantined*: a cell is not understood.
2. *removed*: a value that every row must have is missing.
3. *removed*: a price, quantity, amount or score is out of its range.
4. among rows with the same key: *removed* as an exact duplicate, all but the first, where all
   rows are alike; else all of them are *quarantined*, since none is to be trusted more.
5. *removed*: an order line whose order is not among the clean orders.

No rule depends on the order of the rows, but for the number of the row that is kept of several
that are exactly alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from analytics.schema import Table

REMOVED, QUARANTINED = "removed", "quarantined"
CONFLICT = "rows of one key contradict each other"
DUPLICATE = "exact duplicate of another row"
ORPHAN = "its order is not among the clean orders"
FAULT_COLUMNS = ("row", "outcome", "reason", "column", "value", "raw", "amount")
_POSITIVE = {
    "transactions": ("net",),
    "transaction_items": ("quantity", "unit_price", "net"),
}
_NOT_NEGATIVE = {"marketing_spend": ("spend", "impressions", "clicks", "attributed_orders")}


def _fault(
    rows: ir.Table,
    outcome: ir.StringValue,
    reason: ir.StringValue,
    column: ir.StringValue,
    value: ir.StringValue,
) -> ir.Table:
    amount = rows.net if "net" in rows.columns else ibis.null()
    return rows.select(
        row=rows._row,
        outcome=outcome.cast("string"),
        reason=reason.cast("string"),
        column=column.cast("string"),
        value=value.cast("string"),
        raw=rows._raw,
        amount=amount.cast(dt.Decimal(18, 2)),
    )


def row_faults(
    rows: ir.Table, table: Table, headers: Mapping[str, str], *, free_orders: bool
) -> ir.Table:
    """Return the faults that a row has by itself, rules 1 to 3.

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

    Returns
    -------
    ibis.Table
        `FAULT_COLUMNS`.
    """
    cases = [
        (
            rows._reason.notnull(),
            ibis.literal(QUARANTINED),
            rows._column + " " + rows._reason,
            rows._column,
            rows._value,
        )
    ]

    def removed(condition: ir.BooleanValue, name: str, why: str) -> None:
        header = headers.get(name, name)
        cases.append(
            (
                condition,
                ibis.literal(REMOVED),
                ibis.literal(f"{header} {why}"),
                ibis.literal(header),
                rows[name].cast("string"),
            )
        )

    for column in table.columns:
        if column.name in rows.columns and not column.nullable:
            removed(rows[column.name].isnull(), column.name, "is missing")
    for name in _POSITIVE.get(table.name, ()):
        if name in rows.columns and free_orders:
            removed(rows[name] < 0, name, "is negative")
        elif name in rows.columns:
            removed(rows[name] <= 0, name, "is not positive")
    for name in _NOT_NEGATIVE.get(table.name, ()):
        if name in rows.columns:
            removed(rows[name] < 0, name, "is negative")
    if table.name == "satisfaction":
        removed((rows.score < 1) | (rows.score > 5), "score", "is not from 1 to 5")

    def chosen(part: int) -> ir.Value:
        return ibis.cases(*((case[0], case[part].cast("string")) for case in cases))

    found = rows.mutate(_outcome=chosen(1), _why=chosen(2), _where=chosen(3), _what=chosen(4))
    found = found.filter(found._outcome.notnull())
    return _fault(found, found._outcome, found._why, found._where, found._what)


def key_faults(rows: ir.Table, table: Table, headers: Mapping[str, str]) -> ir.Table | None:
    """Return the faults of rows that share a key, rule 4; None where the table has no key.

    Parameters
    ----------
    rows : ibis.Table
        The rows of a staged table without a fault by themselves.
    table : Table
        Its declaration.
    headers : mapping
        Canonical column -> column of the file, for the reader.
    """
    key = [name for name in table.key if name in rows.columns]
    if not key:
        return None
    # A key may have a missing part, and nulls never join.
    keyed = rows.mutate(
        _key=ibis.literal("\x1f").join(
            [rows[name].cast("string").fill_null("\x1e") for name in key]
        )
    )
    repeated = keyed.group_by("_key").having(keyed.count() > 1).aggregate(_times=keyed.count())
    shared = keyed.semi_join(repeated, "_key")
    content: Sequence[str] = [name for name in table.names if name in rows.columns]
    shared = shared.mutate(_first=shared._row.min().over(ibis.window(group_by=list(content))))
    shared = shared.mutate(
        _versions=(shared._row == shared._first)
        .cast("int64")
        .sum()
        .over(ibis.window(group_by="_key"))
    )
    conflicting = shared._versions > 1
    found = shared.filter(conflicting | (shared._row != shared._first))
    return _fault(
        found,
        ibis.cases((found._versions > 1, QUARANTINED), else_=REMOVED),
        ibis.cases((found._versions > 1, CONFLICT), else_=DUPLICATE),
        ibis.literal(headers.get(key[0], key[0])),
        found[key[0]].cast("string"),
    )


def orphan_faults(rows: ir.Table, orders: ir.Table, headers: Mapping[str, str]) -> ir.Table:
    """Return the faults of order lines without their order, rule 5.

    Parameters
    ----------
    rows : ibis.Table
        The rows of staged order lines without another fault.
    orders : ibis.Table
        The clean orders.
    headers : mapping
        Canonical column -> column of the file, for the reader.
    """
    found = rows.anti_join(orders, "transaction_id")
    header = headers.get("transaction_id", "transaction_id")
    return _fault(
        found,
        ibis.literal(REMOVED),
        ibis.literal(ORPHAN),
        ibis.literal(header),
        found.transaction_id,
    )
