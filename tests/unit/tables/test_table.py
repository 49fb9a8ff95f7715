"""Tables: the same bytes each time, safe, styled by the site alone."""

from __future__ import annotations

import pandas as pd

from analytics.tables import TableColumn, table_html

COLUMNS = (
    TableColumn(name="name", title="Name"),
    TableColumn(name="value", title="Value", text=lambda value: f"${value:,.2f}"),
)


def table(name: str = "North", rows: int = 2, **options: bool) -> str:
    frame = pd.DataFrame({"name": [name] * rows, "value": [1234.5] * rows})
    return table_html(frame, COLUMNS, id="numbers", label="Numbers", **options)


def test_same_frame_gives_the_same_bytes() -> None:
    assert table() == table()


def test_no_style_of_its_own() -> None:
    assert "<style" not in table()
    assert "style=" not in table()


def test_quarto_leaves_it_alone() -> None:
    assert 'data-quarto-disable-processing="true"' in table()


def test_numbers_sort_by_value_and_show_as_text() -> None:
    assert '<data value="1234.5">$1,234.50</data>' in table()


def test_hostile_text_is_escaped() -> None:
    assert "<script" not in table("<script>alert(1)</script>")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in table("<script>alert(1)</script>")


def test_html_of_a_column_is_kept() -> None:
    column = TableColumn(name="name", title="Name", html=lambda value: f"<b>{value}</b>")
    frame = pd.DataFrame({"name": ["x"]})
    assert "<b>x</b>" in table_html(frame, (column,), id="t", label="T")


def test_missing_value_is_a_dash() -> None:
    frame = pd.DataFrame({"name": ["x"], "value": [float("nan")]})
    assert '<data value="">–</data>' in table_html(frame, COLUMNS, id="t", label="T")


def test_long_tables_can_be_searched() -> None:
    assert "data-searchable" in table(rows=13)
    assert "data-searchable" not in table(rows=12)
    assert "data-searchable" in table(rows=2, searchable=True)
