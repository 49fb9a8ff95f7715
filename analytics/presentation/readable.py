"""Texts of results as pages can hold them: on one line, and in the order they are written.

A category may hold a line break, or one of the characters that turn the direction of whatever
follows them; a sentence with such a name in it would read backwards. Right-to-left scripts
need none of these and stay as they are.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, TypeVar

import pandas as pd

from analytics.results import Result

R = TypeVar("R", bound=Result)

_BREAKS = re.compile("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]+")
_TURNS = re.compile("[\\u200e\\u200f\\u061c\\u202a-\\u202e\\u2066-\\u2069]")
_EITHER = re.compile(f"{_BREAKS.pattern}|{_TURNS.pattern}")


def readable_text(text: str) -> str:
    """Return the text without characters that break lines or turn directions.

    Examples
    --------
    >>> readable_text("first\\nsecond"), readable_text("\\u202eturned")
    ('first second', 'turned')
    """
    return _TURNS.sub("", _BREAKS.sub(" ", text)) if _EITHER.search(text) else text


def readable_result(result: R) -> R:
    """Return the result with all of its texts readable; the same object where they are."""
    changed: dict[str, Any] = {
        name: readable_text(value)
        for name, value in result.scalars.items()
        if isinstance(value, str) and _EITHER.search(value)
    }
    for name, frame in result.frames.items():
        columns = {
            column: frame[column].map(readable_text, na_action="ignore")
            for column in frame.columns
            if _has_unreadable(frame[column])
        }
        if columns:
            changed[name] = frame.assign(**columns)
    return replace(result, **changed) if changed else result  # type: ignore[type-var]


def _has_unreadable(values: pd.Series[Any]) -> bool:
    if not pd.api.types.is_string_dtype(values):
        return False
    return any(_EITHER.search(value) for value in values.dropna().unique())
