"""Values into the texts of a raw export, a whole column at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from analytics.synthetic.planted import CURRENCY_SIGNS, SPELLED, THOUSANDS_MARKS, Mess, drawn_rows

Integers = npt.NDArray[np.int64]
_SECONDS_A_DAY = 86_400
_EPOCH = date(1970, 1, 1)
# A value that is seldom in a table keeps its spelling: the most frequent one must be the shop's.
_SELDOM = 20


def cents(amounts: pd.Series) -> Integers:
    """Return amounts in whole cents."""
    whole: Integers = np.rint(amounts.to_numpy() * 100).astype(np.int64)
    return whole


def seconds(moments: pd.Series) -> Integers:
    """Return moments in seconds since 1970; the smallest number where one is missing."""
    values: Integers = moments.to_numpy().astype("datetime64[s]").astype(np.int64)
    return values


def amount_texts(amounts: Integers, mark: str = ",") -> pa.Array:
    """Return amounts in cents as texts with two decimals behind the mark."""
    whole, part = np.divmod(np.abs(amounts), 100)
    decimals = pa.array([f"{mark}{number:02d}" for number in range(100)]).take(pa.array(part))
    texts = pc.binary_join_element_wise(pa.array(whole).cast(pa.string()), decimals, "")
    negative = amounts < 0
    if not negative.any():
        return texts
    return pc.if_else(pa.array(negative), pc.binary_join_element_wise("-", texts, ""), texts)


def marked_amount(amount: int, mark: str, thousands: str, sign: str = "") -> str:
    """Return an amount in cents with thousands marks and, where given, the currency's sign."""
    plain = f"{abs(amount) / 100:,.2f}".translate({ord(","): thousands, ord("."): mark})
    text = f"-{plain}" if amount < 0 else plain
    return sign.replace("#", text) if sign else text


def messy_amounts(
    columns: Mapping[str, Integers], mess: Mess, table: str, random: np.random.Generator
) -> dict[str, pa.Array]:
    """Return the amounts of a table as texts with decimal commas.

    Some rows have thousands marks, some the currency's sign or code besides.
    """
    texts = {name: amount_texts(values) for name, values in columns.items()}
    if not mess.shop.messy or not texts:
        return texts
    count = len(next(iter(columns.values())))
    rows = drawn_rows(CURRENCY_SIGNS + THOUSANDS_MARKS, count, random)
    share = CURRENCY_SIGNS / (CURRENCY_SIGNS + THOUSANDS_MARKS)
    signs = np.where(
        random.random(len(rows)) < share,
        np.asarray(["$ #", "$#", "# USD", "USD #"])[random.integers(0, 4, len(rows))],
        "",
    ).tolist()
    mask = np.zeros(count, dtype=np.bool_)
    mask[rows] = True
    for name, values in columns.items():
        marked = [
            marked_amount(amount, ",", ".", sign)
            for amount, sign in zip(values[rows].tolist(), signs, strict=True)
        ]
        texts[name] = pc.replace_with_mask(
            texts[name], pa.array(mask), pa.array(marked, pa.string())
        )
        mess.planted.add_cells(table, name, "currency", sum(sign != "" for sign in signs))
    return texts


@lru_cache(maxsize=8)
def _times(pattern: str) -> pa.Array:
    shown = "%H:%M:%S" if "%S" in pattern else "%H:%M"
    midnight = np.datetime64("1970-01-01T00:00:00")
    times = pd.DatetimeIndex(midnight + np.arange(_SECONDS_A_DAY))
    return pa.array([f" {text}" for text in times.strftime(shown)])


def moment_texts(
    moments: Integers, formats: Sequence[str], which: npt.NDArray[Any] | None = None
) -> pa.Array:
    """Return moments in seconds since 1970 as texts.

    Parameters
    ----------
    moments : integer array
        Seconds since 1970.
    formats : sequence of str
        As of `strptime`: a day, and behind a blank hours and minutes or seconds, or nothing.
    which : integer array, optional
        Number of each row's format; the first by default.
    """
    if len(moments) == 0:
        return pa.array([], pa.string())
    day, second = np.divmod(moments, _SECONDS_A_DAY)
    low, high = int(day.min()), int(day.max())
    span = high - low + 1
    chosen = np.zeros(len(day), dtype=np.int64) if which is None else which.astype(np.int64)
    calendar = [_EPOCH + timedelta(days=low + number) for number in range(span)]
    days = [today.strftime(form.split(" ")[0]) for form in formats for today in calendar]
    texts = pa.array(days).take(pa.array(chosen * span + day - low))
    if " " not in formats[0]:
        return texts
    return pc.binary_join_element_wise(texts, _times(formats[0]).take(pa.array(second)), "")


def spelled(
    column: pa.Array, mess: Mess, table: str, name: str, random: np.random.Generator
) -> pa.Array:
    """Return a column of words, some in other letter case or with blanks around them."""
    if not mess.shop.messy:
        return column
    encoded = column.dictionary_encode()
    codes = encoded.indices.to_numpy(zero_copy_only=False)
    often = np.bincount(codes, minlength=len(encoded.dictionary)) >= _SELDOM
    rows = drawn_rows(SPELLED, len(column), random)
    rows = rows[often[codes[rows]]]
    words = [str(word) for word in encoded.dictionary.to_pylist()]
    # By form: the word in other case, and what is put around it.
    forms = [
        [word.lower() for word in words],
        [word.upper() for word in words],
        [f" {word}" for word in words],
        [f"{word}  " for word in words],
        [f"\u00a0{word.upper()} " for word in words],
    ]
    form = random.integers(0, len(forms), len(rows))
    flat = pa.array([text for texts in forms for text in texts], column.type)
    others = flat.take(pa.array(form * len(words) + codes[rows]))
    original = column.take(pa.array(rows))
    bare = pc.utf8_trim_whitespace(others)
    mess.planted.add_cells(table, name, "letter_case", _count(pc.not_equal(bare, original)))
    mess.planted.add_cells(table, name, "trimmed", _count(pc.not_equal(bare, others)))
    mask = np.zeros(len(column), dtype=np.bool_)
    mask[rows] = True
    return pc.replace_with_mask(column, pa.array(mask), others)


def _count(condition: pa.Array) -> int:
    return int(pc.sum(condition).as_py() or 0)


def patched(rows: pa.Table, **columns: Sequence[str] | pa.Array) -> pa.Table:
    """Return rows with some columns replaced."""
    for name, values in columns.items():
        place = rows.column_names.index(name)
        kind = rows.schema.field(name).type
        values = values if isinstance(values, pa.Array) else pa.array(values, kind)
        rows = rows.set_column(place, name, values.cast(kind))
    return rows


def interleaved(base: pa.Table, extras: Sequence[tuple[pa.Table, npt.NDArray[Any]]]) -> pa.Table:
    """Return a table with other rows put in behind given places.

    Parameters
    ----------
    base : pa.Table
        The table.
    extras : sequence of (pa.Table, array)
        Rows of the same columns, and for each the row of the table that it comes after.
    """
    extras = [(rows, places) for rows, places in extras if len(rows)]
    if not extras:
        return base
    whole = pa.concat_tables([base, *(rows for rows, _ in extras)]).combine_chunks()
    keys = [np.arange(len(base), dtype=np.float64)]
    keys += [np.asarray(places, dtype=np.float64) + 0.5 for _, places in extras]
    return whole.take(pa.array(np.argsort(np.concatenate(keys), kind="stable")))
