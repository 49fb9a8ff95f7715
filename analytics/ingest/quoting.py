"""Names and texts as SQL writes them."""

from __future__ import annotations

from collections.abc import Iterable


def name_sql(name: str) -> str:
    """Return a column's name as SQL."""
    return '"' + name.replace('"', '""') + '"'


def text_sql(value: str) -> str:
    """Return a text as SQL."""
    return "'" + value.replace("'", "''") + "'"


def list_sql(values: Iterable[str]) -> str:
    """Return a list of texts as SQL."""
    return "[" + ", ".join(text_sql(value) for value in values) + "]"
