"""Customers counted once under every filter of the dashboard: counts that do not add up.

A customer is in one region and one segment but may buy in several categories and channels. So
counts add up over regions and segments, and only the four combinations of (one category or all)
x (one sales channel or all) have to be counted customer by customer.
"""

from __future__ import annotations

from itertools import product
from typing import Literal

import ibis
import ibis.expr.types as ir
import pandas as pd

from analytics.marts.cube import CUBE_DIMENSIONS
from analytics.marts.dimensions import ALL

Kind = Literal["month", "quarter", "year", "window"]
KINDS: tuple[Kind, ...] = ("month", "quarter", "year", "window")
COUNTS = ("active_customers", "new_customers", "retained_customers", "previous_customers")
MONTHS: dict[Kind, int] = {"month": 1, "quarter": 3, "year": 12}
_CUSTOMERS = ("region", "segment")
_ORDERS = ("category", "sales_channel")
# Which of category and sales channel are split: the others count as one.
SPLITS: tuple[tuple[str, ...], ...] = ((), ("category",), ("sales_channel",), _ORDERS)


def active_cells(orders: ir.Table, dimensions: tuple[str, ...]) -> ir.Table:
    """Return the cells in which each customer was active: what every count is made from.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    dimensions : tuple of str
        Those that the source has; the others are `ALL` throughout: no filter can be set on
        them. (The cube has cells, not filters: there they have the one part `cube.ABSENT`.)

    Returns
    -------
    ibis.Table
        customer_id, month (months since year 0), region, segment, category, sales_channel,
        new (1 where the customer's first completed order is in the cell, else 0).
    """
    done = orders.filter(orders.completed)
    rows = done.select(
        "customer_id",
        "month",
        new=(done.number == 1).cast("int64"),
        **{
            name: done[name] if name in dimensions else ibis.literal(ALL)
            for name in CUBE_DIMENSIONS
        },
    )
    return rows.group_by(["customer_id", "month", *CUBE_DIMENSIONS]).aggregate(new=rows.new.max())


def distinct_counts(cells: ir.Table, kind: Kind, split: tuple[str, ...]) -> ir.Table:
    """Return the customers of each period, region and segment, by the parts of `split`.

    Parameters
    ----------
    cells : ibis.Table
        What `active_cells` computes.
    kind : str
        Kind of the period.
    split : tuple of str
        One of `SPLITS`.

    Returns
    -------
    ibis.Table
        period (a month's, quarter's or year's number since year 0; 0 for the window), the four
        dimensions (`ALL` for what is not split) and `COUNTS`. A period in which nobody was
        active but somebody was in the one before has a row.
    """
    step = MONTHS.get(kind)
    period = ibis.literal(0).cast("int64") if step is None else (cells.month // step).cast("int64")
    named = cells.mutate(
        period=period,
        **{name: cells[name] if name in split else ibis.literal(ALL) for name in _ORDERS},
    )
    keys = ["period", "customer_id", *CUBE_DIMENSIONS]
    active = named.group_by(keys).aggregate(new=named.new.max())
    flagged = active.select(
        *keys, "new", active=ibis.literal(1).cast("int64"), before=ibis.literal(0).cast("int64")
    )
    if step is not None:
        later = active.select(
            period=active.period + 1,
            customer_id=active.customer_id,
            **{name: active[name] for name in CUBE_DIMENSIONS},
            new=ibis.literal(0).cast("int64"),
            active=ibis.literal(0).cast("int64"),
            before=ibis.literal(1).cast("int64"),
        )
        both = flagged.union(later)
        # Grouping both spills where a join of two large sides would not.
        flagged = both.group_by(keys).aggregate(
            new=both.new.max(), active=both.active.max(), before=both.before.max()
        )
    return flagged.group_by(["period", *CUBE_DIMENSIONS]).aggregate(
        active_customers=flagged.active.sum(),
        new_customers=flagged.new.sum(),
        retained_customers=(flagged.active * flagged.before).sum(),
        previous_customers=flagged.before.sum(),
    )


def rolled_up(frame: pd.DataFrame) -> pd.DataFrame:
    """Return counts of one split with sums over region, over segment and over both beside them.

    Parameters
    ----------
    frame : DataFrame
        What `distinct_counts` computes.
    """
    keys = ["period", *CUBE_DIMENSIONS]
    parts = []
    for chosen in product((False, True), repeat=len(_CUSTOMERS)):
        named = frame.copy()
        for name, is_all in zip(_CUSTOMERS, chosen, strict=True):
            if is_all:
                named[name] = ALL
        parts.append(named.groupby(keys, as_index=False)[list(COUNTS)].sum())
    # A dimension that the source lacks is `ALL` already.
    return pd.concat(parts, ignore_index=True).drop_duplicates(keys)
