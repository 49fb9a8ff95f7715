"""What reverses what: a reversal takes back what was bought last before it and still stands.

Purchases and reversals of one kind are opening and closing parentheses, each worth some units.
The depth of the nesting after an event is the sum of what was opened and closed, held at zero
where more is closed than was open; what of a purchase still stands is what the lowest later depth
leaves of it. So a match takes sums and minima over ordered rows, and no search.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir

# An event is one row: `_opens` (whether it is a purchase), `_units`, and what orders it.
PLACE = ("_file", "_row")


def settled(events: ir.Table, group: Sequence[str], order: Sequence[str]) -> ir.Table:
    """Return purchases and reversals with what is left of them.

    Parameters
    ----------
    events : ibis.Table
        ``_opens``, ``_units`` (not negative), and the columns that are named next.
    group : sequence of str
        Columns that a purchase and its reversal have in common; none of them null.
    order : sequence of str
        Columns in the order of time; at the same moment purchases come before reversals.

    Returns
    -------
    ibis.Table
        The events with ``_left``: units of a purchase that nothing reverses, or units of a
        reversal that nothing was bought for before.
    """
    signed = events._opens.ifelse(events._units, -events._units)
    events = events.mutate(_signed=signed.cast("int64"), _last=(~events._opens).cast("int64"))
    first, *rest = order
    ordered = [first, "_last", *rest]
    until = ibis.window(group_by=list(group), order_by=ordered, preceding=None, following=0)
    since = ibis.window(group_by=list(group), order_by=ordered, preceding=0, following=None)
    before = ibis.window(group_by=list(group), order_by=ordered)
    summed = events.mutate(_sum=events._signed.sum().over(until).cast("int64"))
    floored = summed.mutate(_floor=ibis.least(summed._sum.min().over(until), 0))
    deep = floored.mutate(
        _depth=floored._sum - floored._floor,
        _lacking=floored._floor.lag(1).over(before).fill_null(0) - floored._floor,
    )
    lowest = deep.mutate(_lowest=deep._depth.min().over(since))
    standing = lowest._lowest - (lowest._depth - lowest._units)
    left = lowest._opens.ifelse(ibis.greatest(standing, 0), lowest._lacking)
    return lowest.mutate(_left=ibis.least(left, lowest._units).cast("int64")).drop(
        "_signed", "_last", "_sum", "_floor", "_depth", "_lacking", "_lowest"
    )
