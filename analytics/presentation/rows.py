"""Rows of a result's frame, for sentences that are written one row at a time."""

from __future__ import annotations

from typing import Any

import pandas as pd


def named_rows(frame: pd.DataFrame) -> list[Any]:
    """Return the rows as tuples whose fields have the columns' names."""
    return list(frame.itertuples(index=False))


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows as mappings from column to value."""
    return [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]


def first_row(frame: pd.DataFrame) -> Any:
    """Return the first row as a tuple with named fields; IndexError where there is none."""
    return named_rows(frame.head(1))[0]


def largest_row(frame: pd.DataFrame, column: str) -> Any:
    """Return the row with the largest absolute value in a column, the first of equals."""
    place = frame[column].abs().to_numpy().argmax()
    return named_rows(frame.iloc[[int(place)]])[0]


def largest_first(frame: pd.DataFrame, column: str) -> pd.DataFrame:
    """Return the rows ordered by the absolute value in a column, equals in their order."""
    order = (-frame[column].abs()).argsort(kind="stable")
    return frame.iloc[order.to_numpy()]
