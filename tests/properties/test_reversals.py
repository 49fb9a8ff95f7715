"""Random order lines with reversals, against a plain cleaning that walks through them."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
from hypothesis import given, settings
from hypothesis import strategies as st

PROPERTY = settings(max_examples=8, deadline=None, derandomize=True)
LINE = st.tuples(
    st.sampled_from("abc"),
    st.integers(0, 6),
    st.sampled_from("xy"),
    st.integers(1, 4),
    st.sampled_from([False, False, True]),
    st.sampled_from(["", "off", "post", "lost", "refund", "named", "named"]),
)
LINES = st.lists(LINE, min_size=1, max_size=60)
Row = dict[str, Any]


def made_rows(drawn: list[tuple[Any, ...]]) -> list[Row]:
    """Return rows: one order a customer and day, its cancellations on the day beside it."""
    rows = [row("good", "g", 0, "z", 1, back=False)]
    for customer, day, product, quantity, back, special in drawn:
        number = f"{'C' if back else ''}{customer}{day}"
        each = row(number, customer, day, product, quantity, back=back)
        if special == "off" and not back:
            each["order_discount"] = Decimal("0.30")
        if special == "refund" and not back:
            each["order_refund"] = Decimal("0.20")
        if special == "named" and back:
            each["_reverses"] = f"{customer}{day if quantity % 2 else (day + 1) % 7}"
        if special == "post":
            each |= {"product_id": "POST", "_non_product": True}
        if special == "lost":
            each["customer_id"] = None
        rows.append(each)
    return rows


def row(number: str, customer: str, day: int, product: str, quantity: int, *, back: bool) -> Row:
    signed = -quantity if back else quantity
    return {
        "transaction_id": number,
        "customer_id": customer,
        "ordered_at": datetime(2024, 1, 1) + timedelta(days=day, hours=12 if back else 0),
        "product_id": product,
        "quantity": signed,
        "unit_price": Decimal("1.10"),
        "net": Decimal("1.10") * signed,
        "_reversal": back,
        "_non_product": False,
        "order_discount": None,
        "order_refund": None,
        "_reverses": None,
        "_file": "one.csv" if day % 2 else "two.csv",
    }


def walked(rows: list[Row]) -> tuple[dict[str, tuple[str, Decimal]], int]:
    """Return status and net of every order, and the kept lines, found by walking."""
    customers: dict[str, str] = {}
    off: dict[str, Decimal] = {}
    back: dict[str, Decimal] = {}
    for each in rows:
        number = each["transaction_id"]
        if each["customer_id"]:
            customers[number] = each["customer_id"]
        if each["order_discount"]:
            off[number] = each["order_discount"]
        if each["order_refund"]:
            back[number] = each["order_refund"]
    # Whose the lines of a cancellation are may be said by an order that one of them names.
    known = {*customers, *(r["transaction_id"] for r in rows if r["_reverses"])}
    sound = [r for r in rows if not r["_non_product"] and r["transaction_id"] in known]
    left = {n: abs(r["quantity"]) for n, r in enumerate(sound)}

    def by_name(one: Row, other: Row) -> bool:
        return bool(one["transaction_id"] == other["_reverses"])

    def by_customer(one: Row, other: Row) -> bool:
        return customers[one["transaction_id"]] == customers.get(other["transaction_id"])

    def by_size(n: int) -> tuple[Any, ...]:
        return sound[n]["transaction_id"], left[n], n

    buys = [n for n in left if not sound[n]["_reversal"]]
    backs = [n for n in left if sound[n]["_reversal"]]
    # The order that is named says which it is, whatever the times of both.
    named = [*sorted(buys, key=by_size), *(n for n in backs if sound[n]["_reverses"])]
    _walk(named, sound, left, by_name)
    others = [n for n in (*buys, *backs) if left[n] and not sound[n]["_reverses"]]
    others.sort(key=lambda n: (sound[n]["ordered_at"], by_size(n)))
    _walk(others, sound, left, by_customer)
    lines: dict[str, list[int]] = {}
    for n, each in enumerate(sound):
        if not each["_reversal"]:
            lines.setdefault(each["transaction_id"], []).append(n)
    found, kept = {}, 0
    for number, members in lines.items():
        whole = not any(left[n] for n in members)
        pieces = sum(sound[n]["quantity"] if whole else left[n] for n in members)
        kept += len(members) if whole else sum(left[n] > 0 for n in members)
        net = pieces * Decimal("1.10") - off.get(number, Decimal(0)) - back.get(number, Decimal(0))
        found[number] = ("cancelled" if whole else "completed", net)
    return found, kept


def _walk(
    moments: list[int],
    sound: list[Row],
    left: dict[int, int],
    concerns: Callable[[Row, Row], bool],
) -> None:
    """Take back what was bought last, lines of exactly the size first."""
    done: set[int] = set()
    for exact in (True, False):
        stack: list[int] = []
        for n in moments:
            if n in done:
                continue
            if not sound[n]["_reversal"]:
                stack.append(n)
                continue
            for m in reversed(stack):
                if not left[n]:
                    break
                alike = sound[m]["product_id"] == sound[n]["product_id"]
                if m in done or not alike or not concerns(sound[m], sound[n]):
                    continue
                if exact and left[m] == left[n]:
                    left[m] = left[n] = 0
                    done |= {m, n}
                elif not exact:
                    pieces = min(left[m], left[n])
                    left[m] -= pieces
                    left[n] -= pieces


@PROPERTY
@given(drawn=LINES)
def test_orders_are_those_that_a_walk_finds_and_cleaning_them_again_changes_nothing(
    cleaned_frames: Any, drawn: list[tuple[Any, ...]]
) -> None:
    rows = made_rows(drawn)
    with TemporaryDirectory() as name:
        quality = cleaned_frames(Path(name) / "clean", order_lines=rows).quality
        orders = pq.read_table(Path(name) / "clean" / "transactions.parquet").to_pylist()
        lines = pq.read_table(Path(name) / "clean" / "transaction_items.parquet")
        aside = pd.read_parquet(Path(name) / "clean" / "quarantine" / "order_lines.parquet")
        again = {"transactions": orders, "transaction_items": lines.to_pylist()}
        twice = cleaned_frames(Path(name) / "again", **again).quality
        for table in again:
            files = [Path(name) / folder / f"{table}.parquet" for folder in ("clean", "again")]
            assert files[0].read_bytes() == files[1].read_bytes()
    assert twice.removals.empty
    assert twice.changes.empty
    expected, kept = walked(rows)
    assert {o["transaction_id"]: (o["status"], o["net"]) for o in orders} == expected
    assert lines.num_rows == kept
    # Every row is kept or has one reason.
    assert not aside.duplicated(["file", "row"]).any()
    assert len(rows) == len(aside) + kept
    removed = sum((Decimal(str(a)) for a in quality.removals["amount"]), Decimal(0))
    assert Decimal(str(quality.raw_total_amount)) - removed == sum(o["net"] for o in orders)


@PROPERTY
@given(drawn=LINES, seed=st.integers(0, 2**16))
def test_neither_the_order_of_rows_nor_that_of_files_matters(
    cleaned_frames: Any, drawn: list[tuple[Any, ...]], seed: int
) -> None:
    rows, found = made_rows(drawn), []
    names = {"one.csv": "two.csv", "two.csv": "one.csv"}
    shuffled = [each | {"_file": names[each["_file"]]} for each in rows]
    random.Random(seed).shuffle(shuffled)
    for each in (rows, shuffled):
        with TemporaryDirectory() as name:
            folder = Path(name) / "clean"
            quality = cleaned_frames(folder, order_lines=each).quality
            written = [
                (folder / f"{table}.parquet").read_bytes()
                for table in ("transactions", "transaction_items")
            ]
            aside = pd.read_parquet(folder / "quarantine" / "order_lines.parquet")
        content = sorted(map(str, aside[["outcome", "reason", "value", "amount"]].values.tolist()))
        frames = [frame.to_csv() for frame in quality.frames.values()]
        found.append((written, content, frames, quality.scalars))
    assert found[0] == found[1]
