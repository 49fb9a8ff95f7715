"""Order lines that a later line reverses.

A reversal concerns lines of the same product and unit price: of the order that it names (or
whose id it has), else of the same customer. It takes back the latest earlier line of exactly its
quantity that nothing reverses yet; what finds none takes back the latest pieces that were bought
before and are not taken back yet, so that a line may be left with fewer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from analytics.cleaning.matching import settled
from analytics.cleaning.reasons import EXCESS, REVERSED
from analytics.cleaning.reasons import LOST_LINE as LOST
from analytics.cleaning.reasons import REVERSES_LINE as REVERSES
from analytics.cleaning.rules import MONEY, REMOVED, faults_of, is_reversal, money
from analytics.engine import Engine

if TYPE_CHECKING:
    import ibis.expr.types as ir

PART = "part of an order line that a removed row reverses"
_SHRINK = ("net", "discount", "cost_of_goods")
_CENT = ibis.literal("0.01").cast(dt.Decimal(3, 2))
_BEGINNING = ibis.timestamp("1900-01-01")
_ORDER = ("transaction_id", "category", "quantity", "net", "discount", "cost_of_goods")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineReversals:
    """What reversals do to order lines.

    Attributes
    ----------
    faults : ibis.Table
        The lines that reverse, and those that are wholly reversed while others of their order
        are not: all of them are removed.
    orders : ibis.Table
        ``transaction_id`` of the orders of which every line is reversed; they are kept.
    netted : ibis.Table
        The lines of which a part is reversed: ``_new_file``, ``_new_row``, ``_new_<column>``
        and ``_taken``, the amount taken off. These tables are kept in the engine.
    """

    faults: ir.Table
    orders: ir.Table
    netted: ir.Table


def line_reversals(
    lines: ir.Table, understood: ir.Table, headers: Mapping[str, str], engine: Engine
) -> LineReversals:
    """Return what the reversals among the lines do.

    Parameters
    ----------
    lines : ibis.Table
        The rows of staged order lines without another fault.
    understood : ibis.Table
        All rows whose cells are understood, with ``_back`` (whether they reverse): what they
        say of their orders counts for every line.
    headers : mapping
        Canonical column -> column of the file, for the reader.
    engine : Engine
        Keeps the rows that are concerned, which are few.
    """
    lines = lines.mutate(_back=is_reversal(lines), **_kind(lines))
    closers = engine.materialised(lines.filter(lines._back), "reversing_lines")
    bought = lines.filter(~lines._back)
    kinds = closers.select("_product", "_price").distinct()
    openers = engine.materialised(bought.semi_join(kinds, ["_product", "_price"]), "bought_lines")
    purchases, backs = (
        engine.materialised(_events(rows, understood), name)
        for rows, name in ((openers, "purchases"), (closers, "backs"))
    )
    orders = purchases.select(_named="transaction_id").distinct()
    backs = backs.left_join(orders, backs._wanted == orders._named)
    named = backs.filter(backs._reverses.notnull() | backs._named.notnull())
    # The order that is named says which it is, whatever the times of both.
    first = _taken_back(
        purchases.mutate(_owner=purchases.transaction_id, _at=_BEGINNING),
        named.mutate(_owner=named._wanted, _at=_BEGINNING),
        engine,
    )
    left = first.select(_was_file="_file", _was_row="_row", _still="_left")
    rest = purchases.left_join(
        left, [purchases._row == left._was_row, purchases._file == left._was_file]
    )
    rest = rest.mutate(_size=rest._still.fill_null(rest._size), _owner=rest.customer_id)
    others = backs.filter(backs._reverses.isnull() & backs._named.isnull())
    second = _taken_back(
        rest.filter(rest._size > 0), others.mutate(_owner=others.customer_id), engine
    )
    both = first.union(second)
    found = both.group_by("_file", "_row").aggregate(_left=both._left.min())
    return _outcome(
        bought, openers, closers, engine.materialised(found, "taken_back"), headers, engine
    )


def _kind(lines: ir.Table) -> dict[str, ir.Value]:
    """Return product, price and size of each line, which a reversal has in common with it."""
    held = lines.columns
    none = ibis.literal("\x1e")
    product = lines.product_id.fill_null("\x1e") if "product_id" in held else none
    cents = (lines.net.abs() * 100).cast("int64")
    units = cents
    if "quantity" in held:
        units = lines.quantity.abs().cast("int64").fill_null(0)
    price = lines.unit_price.abs() if "unit_price" in held else ibis.literal(0).cast(MONEY)
    return {
        "_product": product,
        "_price": price.cast(MONEY).fill_null(-1).cast(MONEY),
        "_size": units,
    }


def _events(rows: ir.Table, understood: ir.Table) -> ir.Table:
    """Return rows as events: when they were, whose they are, and what orders ties."""
    said = understood.semi_join(rows.select("transaction_id").distinct(), "transaction_id")
    orders = said.group_by("transaction_id", "_back").aggregate(
        customer_id=said.customer_id.max(), _at=said.ordered_at.max()
    )
    kept = [name for name in _ORDER if name in rows.columns]
    reverses = rows._reverses if "_reverses" in rows.columns else ibis.null().cast("string")
    events = rows.select(
        "_file", "_row", "_product", "_price", "_size", "_back", *kept, _reverses=reverses
    )
    events = events.mutate(_wanted=ibis.coalesce(events._reverses, events.transaction_id))
    joined = events.inner_join(orders, ["transaction_id", "_back"])
    return joined.mutate(_at=joined._at.cast("timestamp"))


def _taken_back(purchases: ir.Table, backs: ir.Table, engine: Engine) -> ir.Table:
    """Return ``_file``, ``_row`` and ``_left`` of every reversal and of what it concerns."""
    ties = [name for name in _ORDER if name in purchases.columns]
    columns = ["_file", "_row", "_owner", "_product", "_price", "_size", "_at", *ties]
    kind = ["_owner", "_product", "_price"]
    concerned = purchases.semi_join(backs, kind)
    events = concerned.select(*columns, _opens=ibis.literal(True)).union(
        backs.select(*columns, _opens=ibis.literal(False))
    )
    order = ["_at", *ties, "_file", "_row"]
    one = ibis.literal(1).cast("int64")
    exact = engine.materialised(
        settled(events.mutate(_units=one), [*kind, "_size"], order), "taken_back_exactly"
    )
    open_still = exact.filter(exact._left == 1).drop("_left")
    unmatched = open_still.filter(~open_still._opens)
    pieces = open_still.semi_join(unmatched, kind).mutate(_units=open_still._size)
    partly = settled(pieces, kind, order)
    places = ["_file", "_row", "_left"]
    whole = exact.filter(exact._left == 0).select(*places)
    return engine.materialised(whole.union(partly.select(*places)), "taken_back_in_parts")


def _outcome(
    bought: ir.Table,
    openers: ir.Table,
    closers: ir.Table,
    found: ir.Table,
    headers: Mapping[str, str],
    engine: Engine,
) -> LineReversals:
    state = found.select(_at_file="_file", _at_row="_row", _left="_left")

    def told(rows: ir.Table) -> ir.Table:
        return rows.inner_join(state, [rows._row == state._at_row, rows._file == state._at_file])

    after, backs = told(openers), told(closers)
    gone = engine.materialised(
        after.filter((after._left == 0) & (after._size > 0)), "lines_taken_back"
    )
    taken = gone.group_by("transaction_id").aggregate(_taken=gone.count())
    lines = bought.semi_join(taken, "transaction_id")
    lines = lines.group_by("transaction_id").aggregate(_lines=lines.count())
    both = lines.inner_join(taken, "transaction_id")
    whole = engine.materialised(
        both.filter(both._lines == both._taken).select("transaction_id"), "orders_taken_back"
    )
    header = headers.get("transaction_id", "transaction_id")
    reason = ibis.cases(
        (backs._left == 0, REVERSES), (backs._left == backs._size, LOST), else_=EXCESS
    )
    removed = gone.anti_join(whole, "transaction_id")
    faults = faults_of(backs, REMOVED, reason, header, backs.transaction_id).union(
        faults_of(removed, REMOVED, REVERSED, header, removed.transaction_id)
    )
    netted = after.filter((after._left > 0) & (after._left < after._size))
    return LineReversals(
        faults=faults,
        orders=whole,
        netted=engine.materialised(_shrunk(netted), "lines_netted"),
    )


def _shrunk(lines: ir.Table) -> ir.Table:
    """Return what is left of lines of which a part is taken back; amounts rounded to the cent."""
    values: dict[str, ir.Value] = {"_new_file": lines._file, "_new_row": lines._row}
    if "quantity" in lines.columns:
        values["_new_quantity"] = lines._left
    for name in _SHRINK:
        if name in lines.columns:
            cents = (lines[name] * 100).cast("int64")
            rounded = (2 * cents * lines._left + lines._size) // (2 * lines._size)
            values[f"_new_{name}"] = money(rounded.cast("int64") * _CENT)
    taken = lines.net - values["_new_net"]
    return lines.select(**values, _taken=money(taken))
