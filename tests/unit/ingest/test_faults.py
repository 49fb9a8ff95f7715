"""A file that cannot be read is one clear message with its place and a remedy."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analytics.engine import Engine
from analytics.errors import DataError, ExitCode
from analytics.ingest import Source, ingest

Orders = Callable[..., pd.DataFrame]
HEADER = "No,Who,When,Net\n"
ROW = "1,a,2024-01-01,1\n"


def fault(staged_orders: Orders, content: bytes | str, **options: str) -> str:
    with pytest.raises(DataError) as caught:
        staged_orders(content, **options)
    assert caught.value.exit_code is ExitCode.USAGE
    assert caught.value.place.file
    assert caught.value.remedy
    return str(caught.value)


def test_a_missing_file(source_of: Callable[..., Source], engine: Engine) -> None:
    text = '[tables.transactions]\nfile="o.csv"\nformat="csv"\n[tables.transactions.columns]\n'
    source = source_of(text + 'customer_id="a"\nordered_at="b"\nnet="c"\n')
    with pytest.raises(DataError, match="does not exist"):
        ingest(source, engine)


@pytest.mark.parametrize("content", ["", "\n", " \n\n"])
def test_an_empty_file(staged_orders: Orders, content: str) -> None:
    assert "the file is empty" in fault(staged_orders, content)


def test_a_header_without_rows(staged_orders: Orders) -> None:
    assert "a header and no rows" in fault(staged_orders, HEADER)


def test_a_missing_column_names_the_nearest(staged_orders: Orders) -> None:
    message = fault(staged_orders, "No,Who,When,Nett\n1,a,2024-01-01,1\n")
    assert "no column Net (for net)" in message
    assert "Did you mean Nett?" in message


def test_a_column_that_the_header_names_twice(staged_orders: Orders) -> None:
    message = fault(staged_orders, "No,Who,When,Net,net\n1,a,2024-01-01,1,2\n")
    assert "row 1, column Net" in message
    assert "more than once" in message


def test_a_key_that_a_json_object_has_twice(staged_orders: Orders) -> None:
    text = '{"No": 1, "Who": "a", "When": "2024-01-01", "Net": 1, "Net": 2}\n'
    assert "more than once" in fault(staged_orders, text, file="o.jsonl", format="jsonl")


def test_a_file_in_another_encoding_names_the_row(staged_orders: Orders) -> None:
    content = HEADER.encode() + ROW.encode() + "2,Åsa,2024-01-01,1\n".encode("latin-1")
    message = fault(staged_orders, content)
    assert "row 3: the file is not in utf-8" in message
    assert "encoding" in message


def test_a_file_in_utf_16_is_recognised(staged_orders: Orders) -> None:
    assert 'encoding = "utf-16"' in fault(staged_orders, (HEADER + ROW).encode("utf-16"))


def test_a_cut_off_character_at_the_end(staged_orders: Orders) -> None:
    content = (HEADER + ROW + "2,Å").encode()[:-1]
    assert "row 3" in fault(staged_orders, content)


def test_a_nul_byte_names_the_row(staged_orders: Orders) -> None:
    assert "row 3: the file has a NUL byte" in fault(staged_orders, HEADER + ROW + "2,a\0,x,1\n")


@pytest.mark.parametrize("row", ["2,b,2024-01-02\n", "2,b,2024-01-02,2,3\n"])
def test_a_row_with_too_few_or_too_many_values(staged_orders: Orders, row: str) -> None:
    assert "row 3" in fault(staged_orders, HEADER + ROW + row + ROW)


def test_a_quote_that_is_not_closed(staged_orders: Orders) -> None:
    fault(staged_orders, HEADER + ROW + '2,"b,2024-01-02,2\n')


def test_a_line_that_is_not_json(staged_orders: Orders) -> None:
    text = '{"No": 1, "Who": "a", "When": "2024-01-01", "Net": 1}\n{"No": 2,\n'
    assert "row 2" in fault(staged_orders, text, file="o.jsonl", format="jsonl")


def test_a_line_far_down_that_is_not_json(staged_orders: Orders) -> None:
    good = '{"No": 1, "Who": "a", "When": "2024-01-01", "Net": 1}\n'
    message = fault(staged_orders, good * 1500 + "{]\n", file="o.jsonl", format="jsonl")
    assert "row 1501" in message


def test_a_line_that_is_no_object(staged_orders: Orders) -> None:
    assert "no object" in fault(staged_orders, "[1, 2]\n", file="o.jsonl", format="jsonl")


@pytest.mark.parametrize(("file", "format"), [("o.parquet", "parquet"), ("o.xlsx", "excel")])
@pytest.mark.parametrize("content", [b"PAR1", b"PK\x03\x04rubbish", b"No,Who\n1,2\n"])
def test_a_file_that_is_not_of_its_format(
    staged_orders: Orders, file: str, format: str, content: bytes
) -> None:
    fault(staged_orders, content, file=file, format=format)


def test_an_archive_that_is_no_workbook(staged_orders: Orders) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "not an Excel workbook" in fault(
        staged_orders, stream.getvalue(), file="o.xlsx", format="excel"
    )


def test_a_sheet_that_the_workbook_does_not_have(staged_orders: Orders) -> None:
    from openpyxl import Workbook

    stream = io.BytesIO()
    Workbook().save(stream)
    message = fault(
        staged_orders, stream.getvalue(), file="o.xlsx", format="excel", options='sheet = "Shet"'
    )
    assert "Did you mean Sheet?" in message


def test_an_empty_sheet(staged_orders: Orders) -> None:
    from openpyxl import Workbook

    stream = io.BytesIO()
    Workbook().save(stream)
    message = fault(staged_orders, stream.getvalue(), file="o.xlsx", format="excel")
    assert "the sheet is empty" in message


def test_a_row_of_blanks_separated_text_with_another_number_of_values(
    staged_orders: Orders,
) -> None:
    text = "No Who When Net\n1 a 2024-01-01 1\n2 b c 2024-01-02 2\n"
    message = fault(staged_orders, text, file="o.txt", format="whitespace")
    assert "row 3: the row has 5 values, and the header names 4 columns" in message


def test_a_file_of_which_no_row_can_be_read(staged_orders: Orders) -> None:
    message = fault(staged_orders, HEADER + "1,a,03/04/2024,1\n2,b,04/05/2024,2\n")
    assert 'row 2, column When: no row can be read; the first has "03/04/2024"' in message


def test_a_cell_of_ten_megabytes(staged_orders: Orders) -> None:
    error = fault(staged_orders, HEADER + ROW + "2," + "x" * 10_000_000 + ",2024-01-01,1\n")
    assert "row 3" in str(error)
    assert "a row is longer than 8 MB" in str(error)


def test_a_folder_in_place_of_a_file(
    tmp_path: Path, orders_source: Callable[..., Source], engine: Engine
) -> None:
    source = orders_source(HEADER + ROW)
    (tmp_path / "orders.csv").unlink()
    (tmp_path / "orders.csv").mkdir()
    with pytest.raises(DataError, match="a folder is in the file's place"):
        ingest(source, engine)
