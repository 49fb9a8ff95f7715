"""Orders as the shop's system exports them: with what was entered twice, taken back or wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analytics.synthetic import planted as p
from analytics.synthetic.columns import numbered, texts
from analytics.synthetic.frames import order_ids
from analytics.synthetic.planted import Mess, drawn_rows
from analytics.synthetic.raw_text import (
    amount_texts,
    cents,
    interleaved,
    messy_amounts,
    moment_texts,
    patched,
    seconds,
    spelled,
)

TABLE = "transactions"
ORDERS = {
    "transaction_id": "OrderNo",
    "customer_id": "CustomerNo",
    "ordered_at": "OrderDate",
    "sales_channel": "SalesChannel",
    "payment_method": "Payment",
    "status": "Status",
    "gross": "Gross",
    "discount": "Discount",
    "net": "Net",
    "cost_of_goods": "COGS",
    "shipping_cost": "ShippingCost",
    "payment_cost": "PaymentCost",
}
REVERSES = "Reverses"
MOMENTS = ("%d.%m.%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S")
UNDECLARED = "%m/%d/%Y %I:%M %p"
AMOUNTS = ("gross", "discount", "net", "cost_of_goods", "shipping_cost", "payment_cost")
_NEAR = 40  # rows within which a row is exported again
_LATEST_REVERSAL = 9 * 86_400
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtraOrders:
    """Orders of the raw export that cleaning sets aside, for which there are order lines.

    Attributes
    ----------
    ids : pa.Array
    like : integer array
        Row of the batch's order that each is like.
    """

    ids: pa.Array
    like: Integers


def raw_orders(orders: pd.DataFrame, mess: Mess, number: int) -> tuple[pa.Table, ExtraOrders]:
    """Return a batch of orders as texts, and the orders among them that are not the shop's own."""
    random = mess.random(TABLE, number)
    money = {name: cents(orders[name]) for name in AMOUNTS}
    moment = seconds(orders["ordered_at"])
    messy = mess.shop.messy
    other = (random.random(len(orders)) < p.OTHER_DATES) & messy
    reversed_rows = _reversed_rows(orders, moment, mess, random)
    status = orders["status"].to_numpy(dtype=object, copy=True)
    status[reversed_rows] = "completed"
    columns = {
        "transaction_id": texts(orders["transaction_id"]).cast(pa.string()),
        "customer_id": texts(orders["customer_id"]).cast(pa.string()),
        "ordered_at": moment_texts(moment, MOMENTS, other),
        **{
            name: spelled(texts(orders[name]).cast(pa.string()), mess, TABLE, name, random)
            for name in ("sales_channel", "payment_method")
        },
        "status": spelled(pa.array(status, pa.string()), mess, TABLE, "status", random),
        **messy_amounts(money, mess, TABLE, random),
    }
    base = pa.table({ORDERS[name]: values for name, values in columns.items()})
    base = base.append_column(REVERSES, pa.array([""] * len(base)))
    if not messy:
        return base, ExtraOrders(ids=pa.array([], pa.string()), like=np.empty(0, np.int64))
    extra, ids = _wrong_orders(base, money, moment, mess, random)
    extra.append(_duplicates(base, money["net"], reversed_rows, mess, random))
    extra += _reversals(base, money, moment, reversed_rows, mess, random)
    return interleaved(base, extra), ids


Extra = tuple[pa.Table, Integers]


def _new_ids(mess: Mess, count: int) -> pa.Array:
    first = mess.shop.transactions + mess.extra_orders + 1
    mess.extra_orders += count
    return order_ids(mess.shop, np.arange(first, first + count))


def _money(amounts: dict[str, Integers]) -> dict[str, pa.Array]:
    return {ORDERS[name]: amount_texts(values) for name, values in amounts.items()}


def _wrong_orders(
    base: pa.Table,
    money: dict[str, Integers],
    moment: Integers,
    mess: Mess,
    random: np.random.Generator,
) -> tuple[list[Extra], ExtraOrders]:
    """Return orders that are like others and wrong in one way each."""
    extra: list[Extra] = []
    made: list[tuple[pa.Array, Integers]] = []
    net = money["net"]

    def like(rate: float) -> tuple[Integers, pa.Table, dict[str, Integers]]:
        rows = drawn_rows(rate, len(base), random)
        ids = _new_ids(mess, len(rows))
        made.append((ids, rows))
        amounts = {name: values[rows] for name, values in money.items()}
        # Their dates and amounts are written as most are.
        plain = patched(
            base.take(pa.array(rows)),
            OrderNo=ids,
            OrderDate=moment_texts(moment[rows], MOMENTS),
            **_money(amounts),
        )
        return rows, plain, amounts

    def plant(kind: str, rows: Integers, table: pa.Table, amount: int) -> None:
        extra.append((table, rows))
        mess.planted.add_rows(TABLE, kind, len(table), amount)

    rows, table, _ = like(p.MISSING_CUSTOMERS)
    plant("missing_customer", rows, patched(table, CustomerNo=[""] * len(rows)), net[rows].sum())
    rows, table, _ = like(p.MISSING_AMOUNTS)
    plant("missing_amount", rows, patched(table, Net=[""] * len(rows)), 0)
    rows, table, _ = like(p.NEGATIVE_AMOUNTS)
    plant("negative_amount", rows, patched(table, Net=amount_texts(-net[rows])), -net[rows].sum())
    rows, table, _ = like(p.ZERO_AMOUNTS)
    plant("zero_amount", rows, patched(table, Net=["0,00"] * len(rows)), 0)
    rows, table, _ = like(p.UNDECLARED_DATES)
    odd = pd.DatetimeIndex(moment[rows].astype("datetime64[s]")).strftime(UNDECLARED)
    plant("undeclared_date", rows, patched(table, OrderDate=list(odd)), net[rows].sum())
    rows, table, amounts = like(p.CONFLICTING_IDS)
    changed = {name: amounts[name] + 1_000 for name in ("gross", "net")}
    both = 2 * net[rows].sum() + 1_000 * len(rows)
    plant("conflicting_id", rows, table, 0)
    plant("conflicting_id", rows + _NEAR, patched(table, **_money(changed)), both)
    ids = pa.concat_arrays([ids for ids, _ in made])
    return extra, ExtraOrders(ids=ids, like=np.concatenate([rows for _, rows in made]))


def _duplicates(
    base: pa.Table,
    net: Integers,
    reversed_rows: Integers,
    mess: Mess,
    random: np.random.Generator,
) -> Extra:
    rows = drawn_rows(p.EXACT_DUPLICATES, len(base), random)
    rows = np.setdiff1d(rows, reversed_rows)
    mess.planted.add_rows(TABLE, "exact_duplicate", len(rows), net[rows].sum())
    return base.take(pa.array(rows)), rows + random.integers(0, _NEAR, len(rows))


def _reversed_rows(
    orders: pd.DataFrame, moment: Integers, mess: Mess, random: np.random.Generator
) -> Integers:
    """Return the cancelled orders that are exported as completed and taken back later.

    None is in the window's last hour, so that it can be taken back within the window, and no
    other order of its customer has the same amount, which alone may say what is taken back.
    """
    cancelled = np.flatnonzero((orders["status"] == "cancelled").to_numpy())
    if not mess.shop.messy or len(cancelled) == 0:
        return np.empty(0, dtype=np.int64)
    alike = orders.duplicated(["customer_id", "net"], keep=False).to_numpy()
    end = np.datetime64(mess.shop.end, "s").astype(np.int64)
    eligible = cancelled[~alike[cancelled] & (moment[cancelled] < end - 3_600)]
    rows: Integers = eligible[drawn_rows(p.REVERSED, len(eligible), random)]
    return rows


def _reversals(
    base: pa.Table,
    money: dict[str, Integers],
    moment: Integers,
    reversed_rows: Integers,
    mess: Mess,
    random: np.random.Generator,
) -> list[Extra]:
    """Return the rows that take back orders, of this window and of the time before it."""
    end = np.datetime64(mess.shop.end, "s").astype(np.int64)

    def taking_back(rows: Integers, at: Integers, references: pa.Array) -> Extra:
        count = len(rows)
        ids = numbered("CR-", mess.reversals + 1 + np.arange(count), 7)
        mess.reversals += count
        table = patched(
            base.take(pa.array(rows)),
            OrderNo=ids,
            OrderDate=moment_texts(at, MOMENTS),
            Status=["cancelled"] * count,
            Reverses=references,
            **_money({name: -values[rows] for name, values in money.items()}),
        )
        return table, np.searchsorted(moment, at)

    longest = np.minimum(_LATEST_REVERSAL, end - 1 - moment[reversed_rows])
    later = 1 + (random.random(len(reversed_rows)) * longest).astype(np.int64)
    at = moment[reversed_rows] + np.minimum(later, longest)
    named = random.random(len(reversed_rows)) < p.REFERENCED
    own = base["OrderNo"].combine_chunks().take(pa.array(reversed_rows)).to_pylist()
    references = [name if is_named else "" for name, is_named in zip(own, named, strict=True)]
    net = money["net"]
    mess.planted.add_rows(TABLE, "reversal", len(reversed_rows), -net[reversed_rows].sum())
    mess.planted.add_cells(TABLE, "status", "reversal", len(reversed_rows))
    rows = drawn_rows(p.EARLIER_REVERSALS, len(base), random)
    mess.planted.add_rows(TABLE, "reversal_of_earlier_order", len(rows), -net[rows].sum())
    earlier = numbered("PO-", mess.reversals + 1 + np.arange(len(rows)), 7)
    return [
        taking_back(reversed_rows, at, pa.array(references, pa.string())),
        taking_back(rows, moment[rows], earlier),
    ]
