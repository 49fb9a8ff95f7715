"""Every file that is published, as readers' programs open it; and that it names nobody."""

import json
import re
import shutil

import duckdb
import frictionless
import openpyxl
import pandas as pd
import polars
import pytest
from pypdf import PdfReader

from analytics.privacy import scan_tree
from tests.privacy.scan import people_of, scanned

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


def test_no_file_of_the_tree_names_a_customer_compressed_files_and_print_included(
    built_project, built_site
):
    exported = built_project / "data/raw/synthetic/customers.csv"
    report = scanned(built_site, people_of(exported))
    assert {"gzip", "archive", "parquet", "pdf", "text"} <= set(report.read)
    assert report.found == []


def test_the_gate_finds_nothing_either(built_project, built_site):
    people = pd.read_csv(built_project / "data/raw/synthetic/customers.csv", dtype=str)
    found = scan_tree(
        built_site,
        names=people["FullName"].dropna().tolist(),
        emails=people["Email"].dropna().tolist(),
        phones=people["Phone"].dropna().tolist(),
        ids=people["CustomerNo"].dropna().tolist(),
    )
    assert [str(hit) for hit in found] == []


def test_verify_makes_the_version_again_byte_for_byte(built_project, analytics):
    elsewhere = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "4321"}
    done = analytics(built_project, "verify", "--rebuild", **elsewhere)
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
