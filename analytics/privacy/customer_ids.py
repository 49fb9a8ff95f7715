"""Which customer ids can be told from other text, and where the others would stand.

An id is *distinctive* where hardly anything else is written like it:

- letters and digits, five characters or more (``C-00042``, the hash of an e-mail address), or
  an e-mail address;
- digits alone that start with a zero, five or more (``000042``);
- digits alone, nine or more.

A distinctive id is looked for everywhere. Any other (``42``, ``7000123``, ``anna``) may be a
figure or a word of the site, and is looked for only where a customer's id would stand: in
columns of tables and attributes that are called like one, and, unless it is a number, in
columns most of whose values are ids.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

_SHORTEST = 5
_LONG_NUMBER = 9
# Of the values of a column, so many have to be ids, and so many different ones.
_MOSTLY = 0.9
_DIFFERENT = 10
_PEOPLE = "customer|client|user|buyer|member|patron|kunde|kunden|cliente"
_NAME = re.compile(rf"(?:^|_)(?:{_PEOPLE})(?:_?(?:id|no|nr|num|number|key|code|ref))?$")
_ATTRIBUTE = re.compile(
    rf"(?i)(?<![a-z0-9])(?:{_PEOPLE})(?:[_-]?(?:id|no|nr|num|number|key|code|ref))?"
    r"""["']?\s*[=:]\s*\[?\s*["']?([^\s"'<>,;&\]}]+)"""
)


def is_distinctive(customer_id: str) -> bool:
    """Return whether hardly anything but this id is written like it."""
    text = customer_id.strip()
    digits = sum(map(str.isdigit, text))
    if any(map(str.isalpha, text)):
        return len(text) >= _SHORTEST and (digits > 0 or "@" in text)
    if text.isdigit() and text.startswith("0"):
        return len(text) >= _SHORTEST
    return digits >= _LONG_NUMBER


def is_named_like_an_id(column: str) -> bool:
    """Return whether a column is called as one with the ids of customers would be."""
    name = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+", "_", column).strip("_").casefold()
    return _NAME.search(name) is not None


def ids_of_attributes(text: str, ids: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield where in a text an attribute, key or parameter called like an id has one of `ids`."""
    for match in _ATTRIBUTE.finditer(text):
        if match[1].casefold() in ids:
            yield match.start(1), match[1]


def ids_of_columns(path: Path, ids: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield in which row of a CSV or Parquet file one of `ids` stands in a column of ids.

    Rows of a CSV count as lines, the header included; those of Parquet from one. Of a column,
    the first is enough.
    """
    import pandas as pd

    if path.suffix == ".parquet":
        frame, first = pd.read_parquet(path), 1
    elif path.suffix in {".csv", ".tsv"}:
        frame = pd.read_csv(path, dtype=str, sep=None, engine="python", on_bad_lines="skip")
        first = 2
    else:
        return
    words = frozenset(each for each in ids if not each.isdigit())
    for name in frame.columns:
        values = frame[name].dropna()
        if is_named_like_an_id(str(name)):
            known = ids
        elif words and pd.api.types.is_string_dtype(values):
            known = words
            told = values.astype(str).str.strip().str.casefold()
            if told[told.isin(words)].nunique() < _DIFFERENT or told.isin(words).mean() < _MOSTLY:
                continue
        else:
            continue
        # A number with nulls beside it is read as 42.0.
        told = values.astype(str).str.strip().str.casefold().str.replace(r"\.0$", "", regex=True)
        found = told[told.isin(known)]
        if len(found):
            yield first + int(found.index[0]), str(found.iloc[0])
