"""The months that each customer was active in, as bits: what customers are counted once from.

Customers of a month, of a quarter or of two months in a row do not add up over months. So the
months of a customer are kept as the bits of one number for every block of five years, and
customers with the same bits are counted together: one pass over the orders serves every kind of
period, and what is left is small.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from analytics.engine import Engine
from analytics.marts.dimensions import CUSTOMER_DIMENSIONS

# Months, quarters and years all begin with a block, and its bits fit into 64.
BLOCK = 60
_FINEST = ("category", "sales_channel")
_MASKS = ("months", "again")


@ibis.udf.agg.builtin  # type: ignore[untyped-decorator]
def bit_or(bits: dt.int64) -> dt.int64:
    """Return the bits that any of the numbers has; Ibis has no rule for it on Spark."""


def active_months(orders: ir.Table, parts: Sequence[str], origin: int) -> ir.Table:
    """Return the months in which each customer was active in each part.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    parts : sequence of str
        Its columns that a customer may be active in several of.
    origin : int
        Month (since year 0) that begins the first block, a January.

    Returns
    -------
    ibis.Table
        customer_id, the parts, block, months (bit n: active in the block's month n), again (as
        months, of those by whose end the customer has two completed orders or more) and the
        dimensions of the customer.
    """
    done = orders.filter(orders.completed)
    place = done.month - origin
    # A power of two is exact as a double; engines shift numbers of different sizes.
    bit = (ibis.literal(2.0) ** (place % BLOCK)).cast("int64")
    rows = done.select(
        "customer_id",
        *parts,
        *CUSTOMER_DIMENSIONS,
        block=(place // BLOCK).cast("int64"),
        months=bit,
        again=done.repeat.ifelse(bit, ibis.literal(0, "int64")),
    )
    return _together(rows, parts)


def _together(rows: ir.Table, parts: Sequence[str]) -> ir.Table:
    found: Mapping[str, ir.Value] = {
        **{name: bit_or(rows[name]) for name in _MASKS},
        # The same in all rows of a customer.
        **{name: rows[name].arbitrary() for name in CUSTOMER_DIMENSIONS},
    }
    return rows.group_by(["customer_id", *parts, "block"]).aggregate(**found)


class ActiveMonths:
    """The active months of a shop, by parts, each computed once.

    Parameters
    ----------
    orders : ibis.Table
        The orders mart.
    engine : Engine
    first, last : date
        First and last day of the observation.
    """

    def __init__(self, orders: ir.Table, engine: Engine, first: date, last: date) -> None:
        self._orders = orders
        self._engine = engine
        self.origin = first.year * 12
        self._blocks = (last.year * 12 + last.month - 1 - self.origin) // BLOCK + 1
        self._kept: dict[tuple[str, ...], ir.Table] = {}

    def by(self, parts: tuple[str, ...]) -> ir.Table:
        """Return `active_months` by some of category, sales_channel, or by payment_method."""
        if parts not in self._kept:
            if parts == _FINEST or not set(parts) <= set(_FINEST):
                rows = active_months(self._orders, parts, self.origin)
            else:
                rows = _together(self.by(_FINEST), parts)
            self._kept[parts] = self._engine.materialised(rows, "_".join(("months", *parts)))
        return self._kept[parts]

    def patterns(
        self, parts: tuple[str, ...], customer_parts: Sequence[str], *, again: bool = False
    ) -> pd.DataFrame:
        """Return how many customers have the same months.

        Returns
        -------
        DataFrame
            The parts, block, months, before (the months of the block before), again where it is
            asked for, and customers.
        """
        rows = self.by(parts)
        rows = rows.mutate(before=ibis.literal(0, "int64"))
        if self._blocks > 1:
            keys = ["customer_id", *parts, "block"]
            earlier = self.by(parts)
            earlier = earlier.select(
                "customer_id", *parts, block=earlier.block + 1, _earlier=earlier.months
            )
            joined = rows.left_join(earlier, keys)
            joined = joined.drop([name for name in joined.columns if name.endswith("_right")])
            rows = joined.mutate(before=joined._earlier.fill_null(0))
        kept = ["block", "months", "before", *(["again"] if again else [])]
        counted = rows.group_by([*customer_parts, *parts, *kept])
        return self._engine.frame(counted.aggregate(customers=rows.count()))

    def customers(self, parts: tuple[str, ...], customer_parts: Sequence[str]) -> pd.DataFrame:
        """Return the parts and customers: how many were active at all."""
        rows = self.by(parts)
        if self._blocks > 1:
            rows = rows.select("customer_id", *parts, *customer_parts).distinct()
        counted = rows.group_by([*customer_parts, *parts]) if (*customer_parts, *parts) else rows
        return self._engine.frame(counted.aggregate(customers=rows.count()))


def period_counts(
    patterns: pd.DataFrame, parts: Sequence[str], *, months: int, origin: int
) -> pd.DataFrame:
    """Return the customers of every period.

    Parameters
    ----------
    patterns : DataFrame
        What `ActiveMonths.patterns` returns.
    parts : sequence of str
        Its columns that customers are counted by.
    months : int
        Months of a period: 1, 3 or 12.
    origin : int
        As of `ActiveMonths`.

    Returns
    -------
    DataFrame
        period (number since year 0), the parts, active_customers, retained_customers (active in
        the period before, too) and, where the patterns have again, repeat_customers. Periods
        that somebody was active in.
    """
    grouped = patterns.groupby(["block", *parts], sort=True)
    code = grouped.ngroup().to_numpy()
    cells = patterns.assign(_code=code).drop_duplicates("_code").sort_values("_code")
    cells = cells[["block", *parts]].reset_index(drop=True)
    weights = patterns["customers"].to_numpy("float64")
    active, before = patterns["months"].to_numpy(), patterns["before"].to_numpy()
    first = (1 << months) - 1
    last = first << (BLOCK - months)
    found = []

    def counted(chosen: np.ndarray) -> np.ndarray:
        sums = np.bincount(code[chosen], weights[chosen], minlength=len(cells))
        return sums.astype("int64")

    places = [n for n in range(BLOCK // months) if (active & (first << (n * months))).any()]
    for place in places or [0]:
        bits = first << (place * months)
        now = (active & bits) != 0
        then = ((active & (bits >> months)) if place else (before & last)) != 0
        figures = {"active_customers": counted(now), "retained_customers": counted(now & then)}
        if "again" in patterns:
            figures["repeat_customers"] = counted((patterns["again"].to_numpy() & bits) != 0)
        period = (origin + BLOCK * cells["block"]) // months + place
        whole = pd.DataFrame({"period": period, **cells.drop(columns="block"), **figures})
        found.append(whole[whole["active_customers"] > 0])
    return pd.concat(found, ignore_index=True)
