"""The spreadsheet files as LibreOffice opens them: numbers as they are, no formula, no link.

Run through `nox -s office`, which installs LibreOffice Calc where it may.
"""

from __future__ import annotations

import math
import os
import shutil
import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

from analytics.pipeline.download_files import (
    FORMULA_STARTS,
    Context,
    write_csv,
    write_workbook,
)
from analytics.pipeline.download_tables import Download
from analytics.results.declaration import amount, count, text

DOWNLOADS = "latest/site/data/downloads"
REMEDY = "apt-get install -y --no-install-recommends libreoffice-calc"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
HOSTILE = [
    '=HYPERLINK("http://evil.example";"x")', "=1+1", "+1+1", "-2+3", "@SUM(1;2)", "\t=1+1",
    "=cmd|' /C calc'!A0", "='file:///etc/passwd'#$x.A1", "=WEBSERVICE(\"http://evil.example\")",
    "plain", "00042", "1e5x", "a;b,c", 'say "x"', "two\nlines",
]  # fmt: skip
Cell = tuple[str, object]  # the kind of value that LibreOffice took it for, and the value


class Opened:
    """A workbook as LibreOffice wrote it out again: sheets of rows of cells."""

    def __init__(self, file: Path) -> None:
        self.sheets: dict[str, list[list[Cell]]] = {}
        self.formulas: list[str] = []
        self.links: list[str] = []
        for _, element in ElementTree.iterparse(file):
            formula = element.get(f"{TABLE}formula")
            # What LibreOffice makes of Excel's true and false.
            if formula and formula not in ("of:=TRUE()", "of:=FALSE()"):
                self.formulas.append(formula)
            if element.tag in (f"{TEXT}a", f"{TABLE}dde-links", f"{TABLE}table-source"):
                self.links.append(str(element.attrib))
            if element.tag == f"{TABLE}table":
                rows = [_cells(row) for row in element.iter(f"{TABLE}table-row")]
                self.sheets[element.get(f"{TABLE}name", "")] = [row for row in rows if row]


def _cells(row: ElementTree.Element) -> list[Cell]:
    cells: list[Cell] = []
    for cell in row.iter(f"{TABLE}table-cell"):
        times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        kind = cell.get(f"{OFFICE}value-type", "")
        value: object = "\n".join("".join(part.itertext()) for part in cell.iter(f"{TEXT}p"))
        if kind in ("float", "percentage", "currency"):
            value = float(cell.get(f"{OFFICE}value", "nan"))
        elif kind == "date":
            value = cell.get(f"{OFFICE}date-value")
        elif kind == "boolean":
            value = cell.get(f"{OFFICE}boolean-value") == "true"
        cells += [(kind, value)] * (times if kind or times < 1_000 else 0)
    while cells and not cells[-1][0]:
        cells.pop()
    return cells


@pytest.fixture(scope="module")
def downloads(request: pytest.FixtureRequest) -> Path:
    """Return the downloads of the tree that ANALYTICS_SITE names, else of a small project."""
    named = os.environ.get("ANALYTICS_SITE")
    tree = Path(named).resolve() if named else request.getfixturevalue("built_site")
    return Path(tree) / DOWNLOADS


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Path], Opened]:
    """Return a function that opens a file in LibreOffice, without a window."""
    program = shutil.which("soffice")
    if program is None:
        pytest.fail(f"LibreOffice is not there: {REMEDY}", pytrace=False)
    profile = tmp_path_factory.mktemp("profile")

    def convert(file: Path) -> Opened:
        target = tmp_path_factory.mktemp("opened")
        done = subprocess.run(
            [program, f"-env:UserInstallation=file://{profile}", "--headless",
             "--convert-to", "fods", "--outdir", str(target), str(file)],
            capture_output=True, text=True, check=False, timeout=180,
        )  # fmt: skip
        made = target / f"{file.stem}.fods"
        assert made.is_file(), done.stdout + done.stderr
        return Opened(made)

    return convert


def assert_rows(rows: list[list[Cell]], frame: pd.DataFrame, *, apostrophes: bool) -> None:
    """Assert that a sheet holds the rows of a frame under its columns' names."""
    assert [value for _, value in rows[0]] == list(frame.columns)
    assert len(rows) - 1 == len(frame)
    for at, name in enumerate(frame.columns):
        for row, expected in zip(rows[1:], frame[name].tolist(), strict=True):
            kind, found = row[at] if at < len(row) else ("", "")
            if expected is None or expected is pd.NaT or expected != expected:
                assert kind == "", (name, found)
            elif isinstance(expected, bool):
                assert found in (expected, str(expected), str(expected).upper()), name
            elif isinstance(expected, int | float):
                assert kind in ("float", "percentage", "currency"), (name, kind, found)
                assert math.isclose(float(str(found)), expected, rel_tol=1e-14), name
            elif isinstance(expected, str):
                marked = apostrophes and expected.startswith(FORMULA_STARTS)
                assert found in (expected, f"'{expected}") if marked else _same(found, expected)
            else:
                assert str(found)[:10] == str(expected)[:10], name


def _same(found: object, expected: str) -> bool:
    """Return whether a cell says a text: blanks aside, or as the whole number that it is."""
    if isinstance(found, float):
        return f"{found:.0f}" == expected
    return str(found).split() == expected.split()


@pytest.mark.parametrize("name", ["customers", "monthly_cube", "kpis"])
def test_workbook_of_the_site_opens_with_its_numbers(name, downloads, opened) -> None:
    book = opened(downloads / f"{name}.xlsx")
    assert (book.formulas, book.links) == ([], [])
    assert set(book.sheets) == {"Data", "About"}
    frame = pd.read_parquet(downloads / f"{name}.parquet")
    assert_rows(book.sheets["Data"], frame, apostrophes=False)


def test_every_csv_of_the_site_opens_with_its_numbers(downloads, opened) -> None:
    files = sorted(downloads.glob("*.csv"))
    assert len(files) >= 6
    for file in files:
        book = opened(file)
        assert (book.formulas, book.links) == ([], []), file.name
        [rows] = book.sheets.values()
        assert_rows(rows, pd.read_parquet(file.with_suffix(".parquet")), apostrophes=True)


@pytest.fixture
def hostile() -> Download:
    """Return texts that a spreadsheet would run, beside numbers that begin with a sign."""
    frame = pd.DataFrame(
        {
            "part": HOSTILE,
            "net_revenue_amount": [(-1) ** at * (at + 1) / 7 for at in range(len(HOSTILE))],
            "orders": range(-3, len(HOSTILE) - 3),
        }
    )
    columns = (
        text("part", "A name."),
        amount("net_revenue_amount", "Net revenue."),
        count("orders", "Orders.", "orders"),
    )
    return Download(
        name="hostile", title="Hostile", description="What.", frame=frame, columns=columns,
        key=("part",),
    )  # fmt: skip


@pytest.fixture
def context() -> Context:
    """Return where a file says that it comes from: an attack, too."""
    return Context(
        site="=1+1", source="=1+1", version="2024-06-30", data_version="1.2.3",
        data_from=date(2022, 7, 1), data_to=date(2024, 6, 30), currency="USD", time_zone="UTC",
        minimum_cell=5, permalink="https://shop.example/2024-06-30/",
    )  # fmt: skip


def test_texts_that_would_run_are_texts_in_a_workbook(hostile, tmp_path, opened, context) -> None:
    write_workbook(hostile, tmp_path / "hostile.xlsx", context)
    book = opened(tmp_path / "hostile.xlsx")
    assert (book.formulas, book.links) == ([], [])
    rows = book.sheets["Data"][1:]
    assert [kind for kind, _ in (row[0] for row in rows)] == ["string"] * len(HOSTILE)
    assert_rows(book.sheets["Data"], hostile.frame, apostrophes=False)


def test_texts_that_would_run_are_texts_in_csv(hostile, tmp_path, opened) -> None:
    write_csv(hostile, tmp_path / "hostile.csv")
    book = opened(tmp_path / "hostile.csv")
    assert (book.formulas, book.links) == ([], [])
    [rows] = book.sheets.values()
    assert [value for _, value in (row[1] for row in rows[1:])] == pytest.approx(
        hostile.frame["net_revenue_amount"].tolist(), rel=1e-14
    )
    assert [value for _, value in (row[2] for row in rows[1:])] == list(hostile.frame["orders"])


def test_the_same_texts_run_where_nothing_guards_them(tmp_path, opened) -> None:
    (tmp_path / "open.csv").write_text("text\n=1+1\n", "utf-8")
    assert opened(tmp_path / "open.csv").formulas == ["of:=1+1"]
