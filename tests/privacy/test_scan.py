"""The scan of a published tree finds what is planted, whatever it is packed in."""

from __future__ import annotations

import gzip
import io

import openpyxl
import pandas as pd
import pytest
import typst

from tests.privacy.scan import People, scanned

PEOPLE = People.of(["Rose Doyle"], ["rose.doyle@example.com"], ["+1 540-555-4831"])
SAID = "Ask Rose Doyle (rose.doyle@example.com, 540.555.4831)"


def workbook(text):
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active.append([text])
    book.save(buffer)
    return buffer.getvalue()


def parquet(text):
    return pd.DataFrame({"note": [text]}).to_parquet()


def pdf(text):
    return typst.compile(text.replace("@", "\\@").encode())


def page(text):
    return f"<p>{text.replace('Rose Doyle', 'Rose&#32;<b>Doyle</b>')}</p>".encode()


PACKED = {
    "page.html": page,
    "data.json": lambda text: text.replace("Rose", "\\u0052ose").encode(),
    "data.csv.gz": lambda text: gzip.compress(text.encode()),
    "en.pf_fragment": lambda text: gzip.compress(b"pagefind_dcd" + text.encode()),
    "en.pf_index": lambda text: gzip.compress(b"\x00\x01" + text.encode() + b"\x00"),
    "book.xlsx": workbook,
    "table.parquet": parquet,
    "summary.pdf": pdf,
}


@pytest.mark.parametrize("name", PACKED)
def test_a_name_an_address_and_a_number_are_found_in(name, tmp_path):
    (tmp_path / name).write_bytes(PACKED[name](SAID))
    report = scanned(tmp_path, PEOPLE)
    assert {(file, kind) for file, kind, _ in report.found} == {
        (name, "name"),
        (name, "address"),
        (name, "number"),
    }


def test_files_names_are_read_and_likenesses_are_no_hits(tmp_path):
    (tmp_path / "doyle-rose.txt").write_text("Rose of Doyle, 0.15405554831, xrose@example.com")
    assert [kind for _, kind, _ in scanned(tmp_path, PEOPLE).found] == ["name"]
