"""A frame as an HTML table that can be sorted, searched and read aloud."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from typing import Any

import pandas as pd

_STYLE = re.compile(r"<style>.*?</style>", re.DOTALL)
_FRAME = re.compile(r'<div id="[^"]*" style="[^"]*">(.*)</div>\s*$', re.DOTALL)
_INDENT = re.compile(r">\n\s*<")
_LONG = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class TableColumn:
    """A column of a table.

    Attributes
    ----------
    name : str
        Column of the frame.
    title : str
        Its heading.
    text : callable
        Takes a value, returns the text shown (escaped by the table).
    html : callable, optional
        Takes a value, returns HTML (already escaped); used instead of `text`.
    number : bool
        Whether values that are texts already are aligned as numbers.
    """

    name: str
    title: str
    text: Callable[[Any], str] = str
    html: Callable[[Any], str] | None = None
    number: bool = False


def table_html(
    frame: pd.DataFrame,
    columns: tuple[TableColumn, ...],
    *,
    id: str,
    label: str,
    sortable: bool = True,
    searchable: bool | None = None,
) -> str:
    """Return the table in a frame that scrolls where it is too wide.

    Parameters
    ----------
    frame : DataFrame
        One row a row.
    columns : tuple of TableColumn
        What is shown, in order. Numbers are aligned right and sort by value.
    id : str
        Unique on the page; letters, digits and hyphens.
    label : str
        What the table is, for those who hear it.
    sortable : bool
        Whether headings sort.
    searchable : bool, optional
        Whether rows can be searched; by default where there are more than 12.
    """
    from great_tables import GT

    shown = pd.DataFrame({column.name: frame[column.name].astype(object) for column in columns})
    table = GT(shown, id=id).cols_label({column.name: column.title for column in columns})
    for column in columns:
        table = table.fmt(_formatter(column), columns=column.name)
        number = column.number or _is_number(frame[column.name])
        table = table.cols_align("right" if number else "left", columns=column.name)
    table = table.tab_options(quarto_disable_processing=True)
    body = _STYLE.sub("", table.as_raw_html(inline_css=False))
    inner = _FRAME.search(body.strip())
    markup = _INDENT.sub("><", inner[1] if inner else body).strip()
    search = len(frame) > _LONG if searchable is None else searchable
    wishes = (" data-sortable" if sortable else "") + (" data-searchable" if search else "")
    return (
        f'<div class="table-frame"{wishes}>'
        f'<div class="table-scroll" role="region" tabindex="0" aria-label="{escape(label)}">'
        f"{markup}</div></div>"
    )


def _formatter(column: TableColumn) -> Callable[[Any], str]:
    def shown(value: Any) -> str:
        if _is_missing(value):
            return '<data value="">–</data>'
        inner = column.html(value) if column.html else escape(column.text(value))
        if isinstance(value, bool | str):
            return inner
        if isinstance(value, pd.Timestamp):
            return f'<data value="{value:%Y-%m-%d}">{inner}</data>'
        if isinstance(value, int | float):
            return f'<data value="{value:.10g}">{inner}</data>'
        return inner

    return shown


def _is_number(values: pd.Series[Any]) -> bool:
    return bool(pd.api.types.is_numeric_dtype(values)) and values.dtype != bool


def _is_missing(value: Any) -> bool:
    return value is None or value is pd.NaT or (isinstance(value, float) and value != value)
