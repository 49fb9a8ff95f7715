"""Customers counted once under every filter of the dashboard: counts that do not add up.

A customer is in one region and one segment but may buy in several categories and channels. So
counts add up over regions and segments, and only the four combinations of (one category or all)
x (one sales channel or all) have to be counted customer by customer.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import Literal

import ibis.expr.types as ir
import pandas as pd

from analytics.marts.active_months import ActiveMonths, period_counts
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


def new_customers(orders: ir.Table) -> ir.Table:
    """Return month (since year 0), `CUBE_DIMENSIONS` and new_customers, which add up.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart; a customer's first completed order makes the customer new.
    """
    first = orders.filter(orders.number == 1)
    return first.group_by(["month", *CUBE_DIMENSIONS]).aggregate(new_customers=first.count())


def distinct_counts(
    months: ActiveMonths, new: pd.DataFrame, kind: Kind, split: tuple[str, ...], held: Sequence[str]
) -> pd.DataFrame:
    """Return the customers of each period, region and segment, by the parts of `split`.

    Parameters
    ----------
    months : ActiveMonths
        Of the shop.
    new : DataFrame
        What `new_customers` computes.
    kind : str
        Kind of the period.
    split : tuple of str
        One of `SPLITS`.
    held : sequence of str
        The dimensions that the source has; the others are `ALL` throughout: no filter can be
        set on them. (The cube has cells, not filters: there they have the one part
        `cube.ABSENT`.)

    Returns
    -------
    DataFrame
        period (a month's, quarter's or year's number since year 0; 0 for the window), the four
        dimensions (`ALL` for what is not split) and `COUNTS`. A period in which nobody was
        active but somebody was in the one before has a row.
    """
    of_customer = [name for name in _CUSTOMERS if name in held]
    parts = [*of_customer, *split]
    keys = ["period", *parts]
    step = MONTHS.get(kind)
    if step is None:
        active = months.customers(split, of_customer).rename(
            columns={"customers": "active_customers"}
        )
        frame = active[active["active_customers"] > 0]
        frame = frame.assign(period=0, retained_customers=0, previous_customers=0)
    else:
        patterns = months.patterns(split, of_customer)
        active = period_counts(patterns, parts, months=step, origin=months.origin)
        before = active[[*keys, "active_customers"]]
        before = before.assign(period=before["period"] + 1)
        before = before.rename(columns={"active_customers": "previous_customers"})
        # An outer merge of two frames without rows fails in pandas 3 where keys are texts.
        both = pd.concat([active, before], ignore_index=True)
        frame = both.groupby(keys, as_index=False).sum()
    period = 0 if step is None else new["month"] // step
    first = new.assign(period=period).groupby(keys, as_index=False)["new_customers"].sum()
    frame = frame.merge(first, "left", keys)
    figures = {name: frame[name].fillna(0).astype("int64") for name in COUNTS}
    absent = {name: ALL for name in CUBE_DIMENSIONS if name not in parts}
    return frame.assign(**absent, **figures)[["period", *CUBE_DIMENSIONS, *COUNTS]]


def rolled_up(frame: pd.DataFrame) -> pd.DataFrame:
    """Return counts of one split with sums over region, over segment and over both beside them.

    Parameters
    ----------
    frame : DataFrame
        What `distinct_counts` returns.
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
