"""Every file that is published, as readers' programs open it; and that it names nobody."""

import gzip
import json
import re
import shutil
import zipfile
from pathlib import Path

import duckdb
import frictionless
import openpyxl
import pandas as pd
import polars
import pytest
from pypdf import PdfReader

from analytics.privacy import scan_tree

DOWNLOADS = "latest/site/data/downloads"


@pytest.fixture(scope="module")
def downloads(built_site):
    return built_site / DOWNLOADS


def test_the_package_of_the_site_is_valid(downloads):
    report = frictionless.validate(str(downloads / "datapackage.json"))
    assert report.valid, report.flatten(["name", "type", "note"])
    assert len(report.tasks) > 15


def test_parquet_reads_alike_in_duckdb_pandas_and_polars(downloads):
    files = sorted(downloads.glob("*.parquet"))
    assert len(files) >= 6
    for file in files:
        frame = pd.read_parquet(file)
        other = polars.read_parquet(file)
        [(rows,)] = duckdb.sql(f"select count(*) from '{file}'").fetchall()
        assert rows == len(frame) == len(other)
        assert list(frame.columns) == other.columns
        assert duckdb.sql(f"select * from '{file}'").columns == other.columns
        for name in frame.select_dtypes("number"):
            total = float(frame[name].sum())
            assert float(other[name].fill_nan(None).sum() or 0) == pytest.approx(total, rel=1e-9)


def test_csv_and_workbook_hold_the_rows_of_the_parquet_file(downloads):
    for name in ("customers", "monthly_cube", "kpis"):
        exact = pd.read_parquet(downloads / f"{name}.parquet")
        text = pd.read_csv(downloads / f"{name}.csv", keep_default_na=False, na_values=[""])
        book = openpyxl.load_workbook(downloads / f"{name}.xlsx", read_only=True)
        rows = list(book["Data"].iter_rows(values_only=True))
        assert len(text) == len(rows) - 1 == len(exact)
        assert list(rows[0]) == list(text.columns) == list(exact.columns)
        for column in exact.select_dtypes("number"):
            numbers = [row[rows[0].index(column)] for row in rows[1:]]
            expected = [None if pd.isna(value) else value for value in exact[column]]
            assert numbers == expected
            assert [None if pd.isna(value) else value for value in text[column]] == expected


def test_the_summary_has_two_pages_that_say_what_the_site_says(built_site, downloads):
    reader = PdfReader(downloads / "summary.pdf")
    assert len(reader.pages) == 2
    said = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    home = (built_site / "latest/site/index.html").read_text("utf-8")
    headline = re.sub(r"<[^>]+>", "", re.search(r"<h1[^>]*>(.*?)</h1>", home)[1])
    compact = re.sub(r"\W", "", headline)
    assert compact in re.sub(r"\W", "", said)
    assert compact in re.sub(r"\W", "", (downloads / "summary.md").read_text("utf-8"))
    assert [page.images for page in reader.pages if page.images] == [], "charts are vectors"


def test_every_scalar_has_unit_and_definition(downloads):
    scalars = json.loads((downloads / "results.json").read_text("utf-8"))
    assert len(scalars) > 100
    assert all(scalar["definition"] and "unit" in scalar for scalar in scalars)


def extracted(tree: Path, target: Path) -> None:
    """Copy a published tree with the text of what is compressed or drawn beside it."""
    for path in sorted(tree.rglob("*")):
        if not path.is_file():
            continue
        copy = target / path.relative_to(tree)
        copy.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_bytes()
        if path.suffix == ".pdf":
            pages = PdfReader(path).pages
            copy.with_suffix(".pdf.txt").write_text(" \n".join(p.extract_text() for p in pages))
        elif zipfile.is_zipfile(path):
            with zipfile.ZipFile(path) as archive:
                text = b"\n".join(archive.read(name) for name in archive.namelist())
            copy.with_name(f"{copy.name}.txt").write_bytes(text)
        elif path.suffix == ".parquet":
            pd.read_parquet(path).to_csv(copy.with_suffix(".parquet.csv"), index=False)
        elif content[:2] == b"\x1f\x8b":
            copy.with_name(f"{copy.name}.txt").write_bytes(gzip.decompress(content))
        else:
            copy.write_bytes(content)


def test_no_file_of_the_tree_names_a_customer_compressed_files_and_print_included(
    built_project, built_site, tmp_path
):
    people = pd.read_csv(built_project / "data/raw/synthetic/customers.csv", dtype=str)
    extracted(built_site, tmp_path / "text")
    assert len(list((tmp_path / "text").rglob("*.pdf.txt"))) >= 1
    found = scan_tree(
        tmp_path / "text",
        names=people["FullName"].dropna().tolist(),
        emails=people["Email"].dropna().tolist(),
        phones=people["Phone"].dropna().tolist(),
        ids=people["CustomerNo"].dropna().tolist(),
    )
    assert [str(hit) for hit in found] == []


def test_the_scan_finds_a_name_that_is_put_into_a_workbook(built_project, tmp_path):
    people = pd.read_csv(built_project / "data/raw/synthetic/customers.csv", dtype=str)
    name = next(name for name in people["FullName"].dropna() if len(name.split()) == 2)
    book = openpyxl.Workbook()
    book.active.append([f"call {name} today"])
    (tmp_path / "tree").mkdir()
    book.save(tmp_path / "tree" / "x.xlsx")
    extracted(tmp_path / "tree", tmp_path / "text")
    assert scan_tree(tmp_path / "text", names=[name], emails=[], phones=[], ids=[])


def test_verify_makes_the_version_again_byte_for_byte(built_project, analytics):
    done = analytics(built_project, "verify", "--rebuild")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "byte for byte" in done.stdout


def test_verify_names_the_digest_of_an_input_that_is_gone(built_project, tmp_path, analytics):
    project = tmp_path / "project"
    shutil.copytree(built_project, project, symlinks=True)
    page = project / "site/methods/about.qmd"
    page.write_text(page.read_text() + "\nedited\n")
    manifest = json.loads((project / "public/latest/manifest.json").read_text())
    done = analytics(project, "verify", "--rebuild")
    assert done.returncode == 4
    assert manifest["identity"]["documents"] in done.stderr
