"""The dimensions that figures are split by, and the attributes behind them."""

from __future__ import annotations

from collections.abc import Mapping

import ibis.expr.types as ir

UNKNOWN = "Unknown"
ALL = "all"
CUSTOMER_DIMENSIONS = ("region", "segment", "acquisition_channel")
_TABLE_OF = {
    "region": "customers",
    "segment": "customers",
    "category": "transaction_items",
    "sales_channel": "transactions",
    "acquisition_channel": "customers",
    "payment_method": "transactions",
}
DIMENSIONS = tuple(_TABLE_OF)


def source_dimensions(columns: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Return those of the dimensions that a source has a column for."""
    return tuple(
        name for name, table in _TABLE_OF.items() if name in columns.get(table, frozenset())
    )


def with_attributes(
    rows: ir.Table, tables: Mapping[str, ir.Table], names: tuple[str, ...] = CUSTOMER_DIMENSIONS
) -> ir.Table:
    """Return rows with attributes of their customer, `UNKNOWN` where these are missing.

    Parameters
    ----------
    rows : ibis.Table
        With a column ``customer_id``.
    tables : mapping
        The clean tables; without customers every attribute is unknown.
    names : tuple of str
        The attributes.
    """
    import ibis

    held: list[str] = []
    if "customers" in tables:
        customers = tables["customers"]
        held = [name for name in names if name in customers.columns]
        rows = rows.left_join(customers.select("customer_id", *held), "customer_id")
        rows = rows.drop([name for name in rows.columns if name.endswith("_right")])
    return rows.mutate(
        **{
            name: rows[name].fill_null(UNKNOWN) if name in held else ibis.literal(UNKNOWN)
            for name in names
        }
    )
