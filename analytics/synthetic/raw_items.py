"""Order lines as the warehouse exports them: with postage, gift wrap, vouchers and odd lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.synthetic import planted as p
from analytics.synthetic.columns import texts
from analytics.synthetic.planted import Mess, drawn_rows
from analytics.synthetic.raw_orders import ExtraOrders
from analytics.synthetic.raw_text import cents, interleaved, patched, spelled

TABLE = "transaction_items"
ITEMS = {
    "transaction_id": "order_no",
    "product_id": "sku",
    "category": "category",
    "quantity": "qty",
    "unit_price": "unit_price",
    "discount": "discount",
    "net": "net",
    "cost_of_goods": "cogs",
}
# Code, price in cents, and share of the lines that are none of a product.
NON_PRODUCTS = (
    ("POSTAGE", 590, 0.6),
    ("GIFTWRAP", 350, 0.25),
    ("VOUCHER-10", -1_000, 0.1),
    ("VOUCHER-25", -2_500, 0.05),
)
_MONEY = pa.decimal128(18, 2)
Integers = npt.NDArray[np.int64]


def decimals(amounts: Integers) -> pa.Array:
    """Return amounts in cents as decimals with two places."""
    whole = pa.array(amounts).cast(pa.decimal128(19, 0))
    return pc.multiply(whole, pa.scalar(Decimal("0.01"))).cast(_MONEY)


def raw_items(items: pd.DataFrame, extra: ExtraOrders, mess: Mess, number: int) -> pa.Table:
    """Return a batch of order lines, and lines of the orders that are not the shop's own."""
    random = mess.random(TABLE, number)
    money = {name: cents(items[name]) for name in ("unit_price", "discount", "net")}
    money["cost_of_goods"] = cents(items["cost_of_goods"])
    category = texts(items["category"]).cast(pa.string())
    base = pa.table(
        {
            "order_no": texts(items["transaction_id"]).cast(pa.string()),
            "sku": texts(items["product_id"]).cast(pa.string()),
            "category": spelled(category, mess, TABLE, "category", random),
            "qty": pa.array(items["quantity"].to_numpy(), pa.int64()),
            **{ITEMS[name]: decimals(values) for name, values in money.items()},
        }
    )
    if not mess.shop.messy:
        return base
    net = money["net"]
    parts: list[tuple[pa.Table, npt.NDArray[Any]]] = []

    rows = drawn_rows(p.NON_PRODUCTS, len(base), random)
    kinds = random.choice(len(NON_PRODUCTS), len(rows), p=[share for _, _, share in NON_PRODUCTS])
    price = np.asarray([cost for _, cost, _ in NON_PRODUCTS])[kinds]
    mess.planted.add_rows(TABLE, "non_product", len(rows), price.sum())
    nothing = decimals(np.zeros(len(rows), dtype=np.int64))
    services = patched(
        base.take(pa.array(rows)),
        sku=[NON_PRODUCTS[kind][0] for kind in kinds],
        category=pa.nulls(len(rows), pa.string()),
        qty=pa.array(np.ones(len(rows), dtype=np.int64)),
        unit_price=decimals(price),
        discount=nothing,
        net=decimals(price),
        cogs=nothing,
    )
    parts.append((services, rows))

    rows = drawn_rows(p.ZERO_AMOUNTS, len(base), random)
    mess.planted.add_rows(TABLE, "zero_price", len(rows))
    nothing = decimals(np.zeros(len(rows), dtype=np.int64))
    samples = patched(
        base.take(pa.array(rows)), unit_price=nothing, discount=nothing, net=nothing, cogs=nothing
    )
    parts.append((samples, rows))

    rows = drawn_rows(p.NEGATIVE_AMOUNTS, len(base), random)
    mess.planted.add_rows(TABLE, "negative_quantity", len(rows), -net[rows].sum())
    quantity = items["quantity"].to_numpy()[rows]
    back = patched(base.take(pa.array(rows)), qty=pa.array(-quantity), net=decimals(-net[rows]))
    parts.append((back, rows))

    # The first line of the order that each is like.
    order = base["order_no"].to_numpy()
    first = np.flatnonzero(np.concatenate([[True], order[1:] != order[:-1]]))
    rows = first[extra.like] if len(extra.like) else np.empty(0, dtype=np.int64)
    mess.planted.add_rows(TABLE, "line_without_order", len(rows), net[rows].sum())
    orphans = patched(base.take(pa.array(rows)), order_no=extra.ids)
    parts.append((orphans, rows))
    return interleaved(base, parts)
