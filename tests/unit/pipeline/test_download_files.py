import zipfile
from datetime import date

import openpyxl
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook

from analytics.pipeline.download_files import Context, write_workbook
from analytics.pipeline.download_tables import Download
from analytics.results.declaration import amount, count, day, flag, text

RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", '=HYPERLINK("https://x.example")']
COLUMNS = (
    text("part", "A name."),
    amount("net_revenue_amount", "Net revenue."),
    count("orders", "Orders.", "orders"),
    flag("complete", "Whether it is whole."),
    day("month", "First day of the month."),
)


@pytest.fixture
def context():
    return Context(
        site="Example Shop",
        source="Synthetic shop",
        version="2024-06-30-r2",
        data_version="1.2.3",
        data_from=date(2022, 7, 1),
        data_to=date(2024, 6, 30),
        currency="USD",
        time_zone="UTC",
        minimum_cell=5,
        permalink="https://shop.example/2024-06-30-r2/",
    )


@pytest.fixture
def table():
    frame = pd.DataFrame(
        {
            "part": [*RISKY, "North"],
            "net_revenue_amount": [-12.5, 0.1 + 0.2, 1e15, float("nan"), 1.0, 2.0, 3.0, 4.0],
            "orders": pd.array([-3, 0, 7, None, 1, 2, 3, 4], dtype="Int64"),
            "complete": [True, False] * 4,
            "month": pd.date_range("2023-11-01", periods=8, freq="MS"),
        }
    )
    return Download(
        name="parts",
        title="Parts",
        description="What.",
        frame=frame,
        columns=COLUMNS,
        key=("part",),
    )


@pytest.fixture
def book(table, context, tmp_path):
    write_workbook(table, tmp_path / "parts.xlsx", context)
    return tmp_path / "parts.xlsx"


def test_no_cell_of_a_workbook_is_a_formula_or_a_link(book):
    sheet = openpyxl.load_workbook(book)["Data"]
    kinds = {cell.data_type for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds
    assert not any(cell.hyperlink for row in sheet.iter_rows() for cell in row)
    with zipfile.ZipFile(book) as archive:
        assert all(b"<f>" not in archive.read(name) for name in archive.namelist())


def test_text_is_exact_and_stays_text_when_a_cell_is_edited(book):
    sheet = openpyxl.load_workbook(book)["Data"]
    cells = [row[0] for row in sheet.iter_rows(min_row=2)]
    assert [cell.value.replace("_x000D_", "\r") for cell in cells] == [*RISKY, "North"]
    assert [cell.quotePrefix for cell in cells] == [True] * len(RISKY) + [False]


def test_numbers_of_a_workbook_are_untouched(book, table):
    rows = CalamineWorkbook.from_path(str(book)).get_sheet_by_name("Data").to_python()
    assert rows[0] == list(table.frame.columns)
    amounts = [row[1] for row in rows[1:]]
    assert amounts == [-12.5, 0.1 + 0.2, 1e15, "", 1.0, 2.0, 3.0, 4.0]
    assert [row[2] for row in rows[1:]] == [-3, 0, 7, "", 1, 2, 3, 4]
    assert [row[3] for row in rows[1:]] == [True, False] * 4
    assert [row[4] for row in rows[1:3]] == [date(2023, 11, 1), date(2023, 12, 1)]


def test_the_second_sheet_says_where_the_table_comes_from_and_what_its_columns_mean(book):
    sheet = openpyxl.load_workbook(book)["About"]
    told = {row[0]: (row[1], row[2]) for row in sheet.iter_rows(values_only=True) if row[0]}
    assert told["Version"] == (None, "2024-06-30-r2")
    assert told["Data version"] == (None, "1.2.3")
    assert told["Permalink"] == (None, "https://shop.example/2024-06-30-r2/")
    assert "fewer than 5 customers" in told["Filters"][1]
    assert told["net_revenue_amount"] == ("USD", "Net revenue.")
    assert {column.name for column in COLUMNS} <= told.keys()


def test_the_same_table_makes_the_same_workbook(table, context, tmp_path, book):
    write_workbook(table, tmp_path / "again.xlsx", context)
    assert (tmp_path / "again.xlsx").read_bytes() == book.read_bytes()
