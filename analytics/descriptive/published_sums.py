"""Monthly sums with the parts of few customers merged, for each kind of figure by its own base.

A figure stands for its base: sums and rates of orders for active customers, the satisfaction
score for answers, the time to resolve for closed tickets.
"""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from analytics.descriptive.definitions import OF_THE_CUSTOMER
from analytics.privacy import Partition, partition

_KEYS = ["month", "dimension", "part"]
# Customers that are counted once: they add up over parts that share no customer, alone.
_DISTINCT = ("active_customers", "previous_customers", "retained_customers", "repeat_customers")
_OVER_TWO_MONTHS = ("previous_customers", "retained_customers")


def orders_partition(
    monthly: pd.DataFrame, *, minimum: int, whole: Collection[tuple[pd.Timestamp, str]] = ()
) -> Partition:
    """Return which parts have fewer than `minimum` active customers in which month.

    All parts are told together for the (month, dimension) of `whole`.
    """
    return partition(
        monthly,
        customers="active_customers",
        minimum=minimum,
        exclusive=OF_THE_CUSTOMER,
        whole=whole,
    )


def counted_partition(counted: pd.DataFrame, base: str, *, minimum: int) -> Partition:
    """Return which parts rest on fewer than `minimum` observations in which month.

    An observation is taken for a customer: who answered or asked twice in a month is two.
    """
    rows = counted[counted[base] > 0]
    return partition(rows, customers=base, minimum=minimum, exclusive=OF_THE_CUSTOMER)


def merged_monthly(monthly: pd.DataFrame, parts: Partition) -> pd.DataFrame:
    """Return the mart `monthly` with merged parts summed.

    Distinct customers of a merged part are null where its parts may share customers: their
    number is not known from those of the parts. What needs the month before is null where the
    part stood for other parts then.
    """
    told = parts.relabelled(monthly)
    if told is monthly:
        return _comparable(monthly, parts)
    figures = [name for name in monthly.columns if name not in _KEYS]
    groups = told.groupby(_KEYS, sort=True)
    sums = groups[figures].sum(min_count=1).reset_index()
    amounts = [name for name in figures if name.endswith("_amount")]
    sums[amounts] = sums[amounts].round(2)
    several = (groups.size() > 1).to_numpy() & ~sums["dimension"].isin(OF_THE_CUSTOMER)
    for name in _DISTINCT:
        sums[name] = sums[name].astype("float64").mask(several)
    return _comparable(sums, parts)


def _comparable(monthly: pd.DataFrame, parts: Partition) -> pd.DataFrame:
    if parts.broken.empty:
        return monthly
    rows = monthly.merge(parts.broken.assign(_broken=True), on=_KEYS, how="left")
    broken = rows.pop("_broken").notna()
    for name in _OVER_TWO_MONTHS:
        rows[name] = rows[name].astype("float64").mask(broken)
    return rows


def merged_counts(counted: pd.DataFrame, parts: Partition) -> pd.DataFrame:
    """Return sums of answers or tickets with merged parts summed; all of them are additive."""
    told = parts.relabelled(counted)
    return told if told is counted else told.groupby(_KEYS, as_index=False, sort=True).sum()
