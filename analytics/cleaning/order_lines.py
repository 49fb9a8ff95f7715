"""Order lines into orders and their lines.

1. Faults of a line as in any table, and of lines that exports share which overlap; what is said of
   the order may stand on another of its lines.
2. *quarantined*: all lines of an order that contradict each other on the order; *removed*: those
   of an order that has no customer or no time.
3. Lines that reverse others, see `line_reversals`.
4. *removed*: the lines of an order whose amount is not positive after what is taken off it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import ibis

from analytics.cleaning.line_reversals import PART, LineReversals, line_reversals
from analytics.cleaning.reasons import CONTRADICTION
from analytics.cleaning.rules import (
    MONEY,
    QUARANTINED,
    REMOVED,
    faults_of,
    is_reversal,
    money,
    overlap_faults,
    row_faults,
    without,
)
from analytics.cleaning.split import NETTED, Change, Part, Split
from analytics.cleaning.staged import StagedRows, has_overlaps, reversal_status
from analytics.engine import Engine
from analytics.schema import table

if TYPE_CHECKING:
    import ibis.expr.types as ir

OFF_ORDER = ("order_discount", "order_refund")
NEVER = ibis.literal(False)
_PLACE = ("_new_file", "_new_row")
_LINE = ("transaction_id", "product_id", "category", "quantity", "unit_price", "discount", "net",
         "cost_of_goods")  # fmt: skip


def of_order(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of the columns that say something of the whole order."""
    return tuple(name for name in columns if name not in _LINE)


def split_order_lines(staged: StagedRows, rows: ir.Table, engine: Engine) -> Split:
    """Return staged order lines split into kept lines, orders and faults.

    Parameters
    ----------
    staged : StagedRows
        The order lines.
    rows : ibis.Table
        Their rows, in the chosen spellings.
    engine : Engine
        Keeps faults and orders, so that they are found once.
    """
    declared, headers = table("order_lines"), staged.headers
    said = of_order(staged.columns)
    free = staged.free_orders
    faults = engine.materialised(
        row_faults(rows, declared, headers, free_orders=free, elsewhere=said), "line_faults"
    )
    if has_overlaps(staged):
        again = overlap_faults(without(rows, faults), declared, headers)
        faults = engine.materialised(faults.union(again), "line_overlaps")
    understood = rows.filter(rows._reason.isnull() & rows.transaction_id.notnull())
    understood = understood.mutate(_back=is_reversal(understood))
    bad = engine.materialised(
        _order_faults(_attributes(understood, said), said, headers), "bad_orders"
    )
    faults = engine.materialised(
        faults.union(_faults_of_orders(without(rows, faults), bad)), "order_faults"
    )
    reversals = None
    if "_reversal" in rows.columns:
        reversals = line_reversals(without(rows, faults), understood, headers, engine)
        faults = engine.materialised(faults.union(reversals.faults), "reversal_faults")
    orders = engine.materialised(
        _orders(staged, rows, understood, faults, reversals, said), "orders_of_lines"
    )
    wrong = orders.filter(orders.net < 0 if free else orders.net <= 0)
    worthless = engine.materialised(
        without(rows, faults).semi_join(wrong, "transaction_id"), "worthless"
    )
    why = "is negative" if free else "is not positive"
    header = headers.get("net", "net")
    faults = faults.union(
        faults_of(worthless, REMOVED, f"{header} of the whole order {why}", header, worthless.net)
    )
    orders = orders.anti_join(wrong, "transaction_id")
    charged = [name for name in OFF_ORDER if name in staged.columns]
    charges = None
    if charged:
        each = engine.materialised(_charges(understood, staged), "charges")
        faults = _with_charges(
            engine.materialised(faults, "faults_before_charges"), each, orders, understood, charged
        )
        charges = each.aggregate(amount=each._charge.sum())
    faults = engine.materialised(faults, "order_line_faults")
    sound = without(rows, faults)
    columns = tuple(name for name in _LINE if name in staged.columns)
    kept = sound if reversals is None else netted(sound, reversals)
    parts, changes = ((), ()) if reversals is None else _effects(reversals, faults, engine)
    return Split(
        name="order_lines",
        file=staged.file,
        headers=headers,
        rows=rows,
        sound=sound,
        kept=kept.select(*columns),
        faults=faults,
        order_by=columns,
        parts=parts,
        changes=changes,
        orders=orders,
        charges=charges,
    )


def _attributes(understood: ir.Table, said: tuple[str, ...]) -> ir.Table:
    """Return the least and the greatest of what the lines say of their order."""
    bounds: dict[str, ir.Value] = {}
    for name in said:
        bounds[f"_least_{name}"] = understood[name].min()
        bounds[f"_most_{name}"] = understood[name].max()
    if "_reverses" in understood.columns:
        bounds["_named"] = (understood._reverses.notnull() & understood._back).any()
    return understood.group_by("transaction_id", "_back").aggregate(**bounds)


def _order_faults(orders: ir.Table, said: tuple[str, ...], headers: Mapping[str, str]) -> ir.Table:
    """Return the orders that cannot be used: transaction_id, _back, outcome, reason, column."""
    cases = [
        (orders[f"_least_{name}"] != orders[f"_most_{name}"], QUARANTINED, CONTRADICTION, name)
        for name in said
    ]
    declared = table("order_lines")
    cases += [
        (
            orders[f"_least_{name}"].isnull()
            # The order that a reversal names says whose it is.
            & ~(orders._named if name == "customer_id" and "_named" in orders.columns else NEVER),
            REMOVED,
            f"{headers.get(name, name)} is missing",
            name,
        )
        for name in said
        if not declared.column(name).nullable
    ]
    told = orders.select(
        "transaction_id",
        "_back",
        outcome=ibis.cases(*((case[0], case[1]) for case in cases)),
        reason=ibis.cases(*((case[0], case[2]) for case in cases)),
        column=ibis.cases(*((case[0], headers.get(case[3], case[3])) for case in cases)),
        value=ibis.cases(*((case[0], orders[f"_most_{case[3]}"].cast("string")) for case in cases)),
    )
    return told.filter(told.outcome.notnull())


def _faults_of_orders(rows: ir.Table, bad: ir.Table) -> ir.Table:
    wrong = bad.select(
        id="transaction_id",
        _bad_back="_back",
        _outcome="outcome",
        _why="reason",
        _where="column",
        _what="value",
    )
    found = rows.mutate(_back=is_reversal(rows))
    found = found.inner_join(
        wrong, [found.transaction_id == wrong.id, found._back == wrong._bad_back]
    )
    return faults_of(found, found._outcome, found._why, found._where, found._what)


def netted(lines: ir.Table, reversals: LineReversals) -> ir.Table:
    """Return lines with what reversals leave of them."""
    left = reversals.netted
    new = [name for name in left.columns if name.startswith("_new_")]
    joined = lines.left_join(
        left.select("_new_file", "_new_row", *(n for n in new if n not in _PLACE)),
        [lines._row == left._new_row, lines._file == left._new_file],
    )
    values = {
        name.removeprefix("_new_"): joined[name].fill_null(joined[name.removeprefix("_new_")])
        for name in new
        if name not in _PLACE
    }
    return joined.mutate(**values)


def _orders(
    staged: StagedRows,
    rows: ir.Table,
    understood: ir.Table,
    faults: ir.Table,
    reversals: LineReversals | None,
    said: tuple[str, ...],
) -> ir.Table:
    """Return the orders that kept lines make up."""
    lines = without(rows, faults)
    if reversals is not None:
        lines = netted(lines, reversals)
    columns = staged.columns
    sums: dict[str, ir.Value] = {"net": lines.net.sum()}
    if "quantity" in columns and "unit_price" in columns:
        sums["gross"] = _whole_sum(lines.quantity * lines.unit_price)
    if "discount" in columns:
        sums["discount"] = lines.discount.fill_null(0).sum()
    if "cost_of_goods" in columns:
        sums["cost_of_goods"] = _whole_sum(lines.cost_of_goods)
    summed = lines.group_by("transaction_id").aggregate(**sums)
    forward = understood.filter(~understood._back)
    attributes = forward.group_by("transaction_id").aggregate(
        **{name: forward[name].max() for name in said}
    )
    orders = summed.inner_join(attributes, "transaction_id")
    values: dict[str, ir.Value] = {}
    net = orders.net
    if "order_discount" in columns:
        net = net - orders.order_discount.fill_null(0)
        values["discount"] = (
            orders.discount if "discount" in columns else ibis.literal(0).cast(MONEY)
        ) + orders.order_discount.fill_null(0)
    if "order_refund" in columns:
        net = net - _refund(orders)
    orders = orders.mutate(net=net, **values)
    if reversals is not None:
        status = orders.status if "status" in said else ibis.literal("completed")
        whole = reversals.orders
        orders = orders.left_join(
            whole.select(_reversed="transaction_id"),
            orders.transaction_id == whole.transaction_id,
        )
        orders = orders.mutate(
            status=orders._reversed.notnull().ifelse(reversal_status(staged), status)
        )
    declared = table("transactions")
    return orders.select(
        **{
            column.name: money(orders[column.name])
            if column.dtype == "money"
            else orders[column.name]
            for column in declared.columns
            if column.name in orders.columns
        }
    )


def _whole_sum(values: ir.Value) -> ir.Value:
    """Return the sum, missing where a summand is: nothing stands in for what is not known."""
    return (values.isnull().sum() == 0).ifelse(values.sum(), ibis.null())


def _refund(orders: ir.Table) -> ir.Value:
    """Return what was paid back of an order that counts as completed."""
    refund = orders.order_refund.fill_null(0)
    if "status" not in orders.columns:
        return refund
    return (orders.status == "completed").fill_null(False).ifelse(refund, 0)


def _charges(understood: ir.Table, staged: StagedRows) -> ir.Table:
    """Return transaction_id and _charge of the orders that something is taken off."""
    forward = understood.filter(~understood._back)
    names = [name for name in (*OFF_ORDER, "status") if name in staged.columns]
    each = forward.group_by("transaction_id").aggregate(
        **{name: forward[name].max() for name in names}
    )
    charge = ibis.literal(0).cast(MONEY)
    if "order_discount" in names:
        charge = charge + each.order_discount.fill_null(0)
    if "order_refund" in names:
        charge = charge + _refund(each)
    each = each.select("transaction_id", _charge=charge.cast(MONEY))
    return each.filter(each._charge != 0)


def _with_charges(
    faults: ir.Table,
    charges: ir.Table,
    orders: ir.Table,
    understood: ir.Table,
    charged: list[str],
) -> ir.Table:
    """Return the faults, with what is taken off an order of which no line is kept.

    It is taken off the first of the lines that say it.
    """
    gone = charges.anti_join(orders.select("transaction_id"), "transaction_id")
    says: ir.BooleanValue = ibis.literal(False)
    for name in charged:
        says = says | (understood[name].fill_null(0) != 0)
    carriers = understood.filter(says & ~understood._back).inner_join(gone, "transaction_id")
    first = ibis.window(group_by="transaction_id", order_by=["_file", "_row"])
    carriers = carriers.mutate(_number=ibis.row_number().over(first))
    carriers = carriers.filter(carriers._number == 0)
    carriers = carriers.select(_at_file="_file", _at_row="_row", _charge="_charge")
    joined = faults.left_join(
        carriers, [faults.row == carriers._at_row, faults.file == carriers._at_file]
    )
    taken = joined.amount.fill_null(0) - joined._charge.fill_null(0)
    return joined.mutate(amount=money(taken)).select(*faults.columns)


def _effects(
    reversals: LineReversals, faults: ir.Table, engine: Engine
) -> tuple[tuple[Part, ...], tuple[Change, ...]]:
    """Return what reversals take off lines that are kept, and what they change in them."""
    left = reversals.netted
    kept = left.anti_join(faults, [left._new_row == faults.row, left._new_file == faults.file])
    counted = engine.records(kept.aggregate(rows=kept.count(), taken=kept._taken.sum()))[0]
    whole = engine.records(reversals.orders.aggregate(rows=reversals.orders.count()))[0]["rows"]
    parts: list[Part] = []
    changes: list[Change] = []
    if whole:
        changes.append(Change(column="status", change="set by a reversal", rows=int(whole)))
    if counted["rows"]:
        parts.append(Part(reason=PART, amount=counted["taken"]))
        changes.append(
            Change(column="net", change=NETTED, rows=int(counted["rows"]), amount=-counted["taken"])
        )
    return tuple(parts), tuple(changes)
