import json
from dataclasses import replace

import frictionless
import pandas as pd
import pytest

from analytics.pipeline.data_package import next_data_version
from analytics.pipeline.download_files import write_parquet
from analytics.pipeline.download_tables import Download
from analytics.pipeline.downloads import Edition, write_downloads
from analytics.privacy import PUBLIC_KEY
from analytics.results.declaration import amount, text
from analytics.store import Provenance, write_result

COLUMNS = (text("part", "A name."), amount("net_revenue_amount", "Net revenue."))
FRAME = pd.DataFrame({"part": ["North", "South"], "net_revenue_amount": [1.5, float("nan")]})


def table(frame=FRAME, columns=COLUMNS, name="parts", key=("part",)):
    return Download(
        name=name, title="Parts", description="What.", frame=frame, columns=columns, key=key
    )


@pytest.fixture
def version_after(tmp_path):
    """The version of some tables that follow FRAME, published as 1.4.2."""
    fields = [
        {"name": "part", "type": "string"},
        {"name": "net_revenue_amount", "type": "number", "unit": "currency"},
    ]
    schema = {"fields": fields, "primaryKey": ["part"]}
    package = {"version": "1.4.2", "resources": [{"name": "parts", "schema": schema}]}
    (tmp_path / "datapackage.json").write_text(json.dumps(package))
    write_parquet(table(), tmp_path / "parts.parquet")

    def version(*tables):
        return next_data_version(tmp_path, {each.name: each for each in tables})

    return version


def test_unchanged_data_keep_their_version(version_after):
    assert version_after(table(FRAME.iloc[::-1])) == "1.4.2"


def test_rows_that_are_added_count_the_minor_number_on(version_after):
    more = pd.DataFrame({"part": ["East"], "net_revenue_amount": [2.0]})
    assert version_after(table(pd.concat([FRAME, more]))) == "1.5.0"


def test_a_changed_value_counts_the_patch_number_on(version_after):
    assert version_after(table(FRAME.assign(net_revenue_amount=[1.5, 0.0]))) == "1.4.3"


def test_a_row_that_went_counts_the_patch_number_on(version_after):
    assert version_after(table(FRAME.head(1))) == "1.4.3"


def test_a_new_column_counts_the_major_number_on(version_after):
    columns = (*COLUMNS, text("more", "More."))
    assert version_after(table(FRAME.assign(more="x"), columns)) == "2.0.0"


def test_a_changed_unit_counts_the_major_number_on(version_after):
    columns = (COLUMNS[0], replace(COLUMNS[1], unit="rate"))
    assert version_after(table(columns=columns)) == "2.0.0"


def test_a_table_that_went_counts_the_major_number_on_and_a_new_one_the_minor(version_after):
    assert version_after(table(name="others")) == "2.0.0"
    assert version_after(table(), table(name="others")) == "1.5.0"


def test_the_first_version_is_1_0_0(tmp_path):
    assert next_data_version(None, {"parts": table()}) == "1.0.0"
    assert next_data_version(tmp_path, {"parts": table()}) == "1.0.0"


@pytest.fixture
def package(small_results, tmp_path):
    edition = Edition(
        version="2024-06-30",
        site="Example Shop",
        permalink="https://shop.example/2024-06-30/",
        documents={"summary.md": b"# Summary\n", "summary.pdf": b"%PDF-1.7\n"},
    )
    write_downloads(small_results, tmp_path / "out", key=PUBLIC_KEY, edition=edition)
    return tmp_path / "out" / "datapackage.json"


def test_the_frictionless_tools_find_the_package_valid(package):
    report = frictionless.validate(str(package))
    assert report.valid, report.flatten(["name", "type", "note"])
    assert {task.name for task in report.tasks} >= {"customers", "kpis", "summary-pdf"}


def test_the_package_notices_a_changed_file(package):
    kpis = package.with_name("kpis.xlsx")
    kpis.write_bytes(kpis.read_bytes() + b"x")
    assert not frictionless.validate(str(package)).valid


def test_every_column_has_type_and_meaning_and_amounts_their_currency(package):
    tables = [r for r in json.loads(package.read_text())["resources"] if "schema" in r]
    fields = [field for each in tables for field in each["schema"]["fields"]]
    assert len(fields) > 20
    assert all(field["description"] and field["type"] for field in fields)
    amounts = [field for field in fields if field["name"].endswith("_amount")]
    assert amounts
    assert {field["currency"] for field in amounts} == {"USD"}


def test_rows_of_other_results_join_the_analysed_data_set(small_results, tmp_path, monkeypatch):
    from collections.abc import Mapping
    from dataclasses import dataclass
    from typing import ClassVar

    from analytics.pipeline import download_tables
    from analytics.results import RESULT_TYPES, Columns, Result
    from analytics.results.declaration import rate

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Risk(Result):
        """Whether customers leave."""

        KIND: ClassVar[str] = "predictive.risk"
        FRAMES: ClassVar[Mapping[str, Columns]] = {
            "customers": (text("customer_id", "Id."), rate("leaving_rate", "Risk."))
        }
        customers: pd.DataFrame

    rows = pd.DataFrame({"customer_id": ["000007"], "leaving_rate": [0.25]})
    write_result(small_results, Risk(customers=rows), Provenance())
    monkeypatch.setattr(download_tables, "RESULT_TYPES", (*RESULT_TYPES, Risk))
    write_downloads(small_results, tmp_path / "out", key=PUBLIC_KEY)
    frame = pd.read_csv(tmp_path / "out" / "customers.csv").set_index("orders")
    assert frame.at[1, "leaving_rate"] == 0.25
    assert pd.isna(frame.at[3, "leaving_rate"])
    assert "customer_id" not in frame
