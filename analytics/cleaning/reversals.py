"""Orders that a later row reverses.

A reversal that names its order reverses that one, and so does one that has its order's own id.
Any other reverses the latest earlier order of the same customer and amount that nothing reverses
yet. The row that reverses is removed with its (negative) amount.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis

from analytics.cleaning.matching import settled
from analytics.cleaning.reasons import LOST_ORDER as LOST
from analytics.cleaning.reasons import REVERSES_ORDER as REVERSES
from analytics.cleaning.reasons import REVERSES_PART
from analytics.cleaning.rules import MONEY, REMOVED, faults_of, is_reversal, money
from analytics.engine import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

PART = "part of an order that a removed row reverses"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed:
    """What reversals do to orders.

    Attributes
    ----------
    faults : ibis.Table
        The rows that reverse, all of which are removed.
    effects : ibis.Table
        ``transaction_id``, ``_whole`` (whether all of the order is reversed) and ``_taken``
        (what is taken off its amount where a part is); kept in the engine.
    """

    faults: ir.Table
    effects: ir.Table


def reversed_orders(rows: ir.Table, headers: dict[str, str], engine: Engine) -> Reversed:
    """Return what the reversals among the rows do.

    Parameters
    ----------
    rows : ibis.Table
        The rows of staged transactions without another fault, one for each id.
    headers : mapping
        Canonical column -> column of the file, for the reader.
    engine : Engine
        Keeps the rows that are concerned, which are few.
    """
    if "_reverses" not in rows.columns:
        rows = rows.mutate(_reverses=ibis.null().cast("string"))
    reversal = is_reversal(rows)
    closers = engine.materialised(rows.filter(reversal), "reversals")
    orders = rows.filter(~reversal)
    named = closers.select(
        "_file",
        "_row",
        wanted=ibis.coalesce(closers._reverses, closers.transaction_id),
        amount=closers.net.abs(),
    )
    targets = orders.select(order="transaction_id", order_net="net")
    by_name = engine.materialised(
        named.inner_join(targets, named.wanted == targets.order), "reversals_by_name"
    )
    whole = by_name.group_by("order").aggregate(
        _amount=by_name.amount.sum().cast(MONEY), _net=by_name.order_net.max()
    )
    whole = whole.mutate(_whole=whole._amount >= whole._net)
    named_effects = engine.materialised(
        whole.select(
            transaction_id="order",
            _whole="_whole",
            _taken=whole._whole.ifelse(ibis.literal(0).cast(MONEY), whole._amount),
        ),
        "effects_by_name",
    )
    by_amount = _by_amount(orders, closers, by_name, named_effects, engine)
    found = by_amount.filter(by_amount._opens & (by_amount._left == 0))
    effects = engine.materialised(
        named_effects.union(
            found.select(
                transaction_id="transaction_id",
                _whole=ibis.literal(True),
                _taken=ibis.literal(0).cast(MONEY),
            )
        ),
        "effects",
    )
    matched = by_amount.filter(~by_amount._opens & (by_amount._left == 0))
    parts = by_name.inner_join(named_effects, by_name.order == named_effects.transaction_id)
    reasons = parts.select(
        file="_file", row="_row", reason=parts._whole.ifelse(REVERSES, REVERSES_PART)
    ).union(matched.select(file="_file", row="_row", reason=ibis.literal(REVERSES)))
    told = closers.left_join(reasons, [closers._row == reasons.row, closers._file == reasons.file])
    header = headers.get("transaction_id", "transaction_id")
    faults = faults_of(told, REMOVED, told.reason.fill_null(LOST), header, told.transaction_id)
    return Reversed(faults=faults, effects=effects)


def _by_amount(
    orders: ir.Table,
    closers: ir.Table,
    by_name: ir.Table,
    named_effects: ir.Table,
    engine: Engine,
) -> ir.Table:
    """Return orders and reversals of one customer and amount, settled."""
    nameless = closers.filter(closers._reverses.isnull())
    nameless = nameless.anti_join(by_name, ["_file", "_row"])
    columns = ["_file", "_row", "transaction_id", "customer_id", "ordered_at"]
    nameless = nameless.select(*columns, _amount=nameless.net.abs(), _opens=ibis.literal(False))
    groups = nameless.select("customer_id", "_amount").distinct()
    candidates = orders.select(*columns, _amount=orders.net, _opens=ibis.literal(True))
    candidates = candidates.semi_join(groups, ["customer_id", "_amount"])
    candidates = candidates.anti_join(named_effects, "transaction_id")
    events = nameless.union(candidates).mutate(_units=ibis.literal(1).cast("int64"))
    order = ["ordered_at", "transaction_id", "_file", "_row"]
    return engine.materialised(
        settled(engine.materialised(events, "events"), ["customer_id", "_amount"], order),
        "settled",
    )


def after_reversals(
    orders: ir.Table, columns: tuple[str, ...], reversals: Reversed, status: str
) -> ir.Table:
    """Return kept orders in the state that reversals leave them in.

    Parameters
    ----------
    orders : ibis.Table
        The kept rows.
    columns : tuple of str
        The canonical columns of the result; a status is added to rows that have none.
    reversals : Reversed
        What was found.
    status : str
        What a wholly reversed order becomes.
    """
    joined = orders.left_join(reversals.effects, "transaction_id")
    joined = joined.drop([name for name in joined.columns if name.endswith("_right")])
    given = joined.status if "status" in orders.columns else ibis.literal("completed")
    return joined.mutate(
        net=money(joined.net - joined._taken.fill_null(0)),
        status=joined._whole.fill_null(False).ifelse(status, given),
    ).select(*columns)
