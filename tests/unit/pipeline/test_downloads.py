import hashlib
import json

import pandas as pd
import pytest

from analytics.pipeline.downloads import write_downloads
from analytics.privacy import PUBLIC_KEY, key_fingerprint, pseudonym
from analytics.store import Provenance, write_result

HOSTILE = '=HYPERLINK("http://x","y")'


@pytest.fixture
def written(small_results, audit, tmp_path):
    """Return a function that writes the downloads of a small store, and reads their index."""

    def write(key=PUBLIC_KEY, minimum=1):
        write_result(small_results, audit(minimum), Provenance())
        write_downloads(small_results, tmp_path / "out", key=key)
        return tmp_path / "out", json.loads((tmp_path / "out" / "index.json").read_text())

    return write


def test_customers_stand_under_their_pseudonyms_alone(written):
    folder, _ = written()
    frame = pd.read_csv(folder / "customers.csv", dtype=str)
    assert sorted(frame["customer"]) == sorted(
        pseudonym(id_, PUBLIC_KEY) for id_ in ("000042", "000007")
    )
    assert "customer_id" not in frame
    assert "000042" not in (folder / "customers.csv").read_text()


def test_without_a_key_no_customer_row_is_written(written):
    folder, index = written(key=None)
    assert not (folder / "customers.csv").exists()
    assert "customers" not in {entry["name"] for entry in index}


def test_text_that_a_spreadsheet_would_run_is_neutralised_and_numbers_are_not(written):
    folder, _ = written()
    frame = pd.read_csv(folder / "customers.csv", dtype=str).sort_values("orders")
    assert frame["segment"].tolist() == ["Basic", f"'{HOSTILE}"]
    assert frame["region"].tolist() == ["'-1", "North"]
    assert frame["net_revenue_amount"].tolist() == ["10.0", "-12.5"]


def test_parquet_is_exact(written):
    folder, _ = written()
    frame = pd.read_parquet(folder / "customers.parquet")
    assert set(frame["segment"]) == {HOSTILE, "Basic"}


def test_the_index_names_every_file_with_its_digest(written):
    folder, index = written()
    for entry in index:
        content = (folder / entry["file"]).read_bytes()
        assert entry["sha256"] == hashlib.sha256(content).hexdigest()
        assert entry["bytes"] == len(content)
    named = {entry["file"] for entry in index} | {"index.json"}
    assert named == {path.name for path in folder.iterdir()}


def test_results_hold_the_kpis_of_the_latest_month_with_their_unit(written):
    folder, _ = written()
    scalars = json.loads((folder / "results.json").read_text())
    found = [s for s in scalars if s["name"] == "orders in 2024-06"]
    assert [(s["kind"], s["value"], s["unit"]) for s in found] == [
        ("descriptive.kpis", 4.0, "count")
    ]
    assert all(scalar["definition"] for scalar in scalars)
    assert len({(scalar["kind"], scalar["name"]) for scalar in scalars}) == len(scalars)


def test_a_missing_result_has_no_scalars(written):
    folder, _ = written()
    kinds = {scalar["kind"] for scalar in json.loads((folder / "results.json").read_text())}
    assert "descriptive.cube" not in kinds


def test_quasi_identifiers_are_told_less_until_enough_customers_share_them(written):
    folder, index = written(minimum=2)
    frame = pd.read_csv(folder / "customers.csv", dtype=str)
    assert frame.groupby(["segment", "region", "signup_quarter"]).size().min() == 2
    entry = next(entry for entry in index if entry["file"] == "customers.csv")
    assert entry["k"] == 2
    assert entry["coarsened_rows"] == 2
    assert "signup_quarter" in entry["quasi_identifiers"]


def test_fewer_customers_than_may_share_a_group_are_not_published(written):
    folder, index = written(minimum=3)
    assert not (folder / "customers.csv").exists()
    assert "customers" not in {entry["name"] for entry in index}


def test_the_results_name_the_fingerprint_of_the_key_and_not_the_key(written):
    folder, _ = written(key=b"a key that nobody else has")
    scalars = json.loads((folder / "results.json").read_text())
    found = [s["value"] for s in scalars if s["name"] == "pseudonym_key"]
    assert found == [key_fingerprint(b"a key that nobody else has")]
    assert "nobody else" not in (folder / "results.json").read_text()
