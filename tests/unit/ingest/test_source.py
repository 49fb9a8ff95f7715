from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from analytics.errors import DataError, SettingsError
from analytics.ingest import Source, read_source
from analytics.ingest.location import distribution_file
from analytics.settings import Layout

ROOT = Path(__file__).parents[3]
MINIMAL = """
[tables.transactions]
file = "orders.csv"
format = "csv"
[tables.transactions.columns]
customer_id = "Who"
ordered_at = "When"
net = "Net"
"""


@pytest.mark.parametrize("name", ["synthetic", "cdnow"])
def test_the_projects_own_sources_can_be_read(name: str) -> None:
    source = read_source(name, Layout(root=ROOT, source=name))
    assert source.name == name
    assert source.currency == "USD"


def test_the_synthetic_shop_lies_in_its_raw_folder() -> None:
    layout = Layout(root=ROOT, source="synthetic")
    source = read_source("synthetic", layout)
    assert source.files["transactions"] == (layout.raw / "orders.csv",)
    assert source.synthetic
    assert source.publish_customers


def test_cdnow_is_found_without_importing_its_distribution() -> None:
    import sys

    source = read_source("cdnow", Layout(root=ROOT, source="cdnow"))
    assert source.files["transactions"][0].name == "CDNOW_master.txt"
    assert source.files["transactions"][0].is_file()
    assert "lifetimes" not in sys.modules


def test_a_distribution_that_is_not_installed_names_its_extra() -> None:
    with pytest.raises(DataError, match=r"analytics\[records\]"):
        distribution_file("no-such-distribution", "x.csv", extra="records")


def test_exports_of_a_source_given_by_path_lie_beside_it(
    source_of: Callable[..., Source], tmp_path: Path
) -> None:
    assert source_of(MINIMAL).files == {"transactions": (tmp_path / "orders.csv",)}


def test_the_digest_changes_with_a_raw_file(
    source_of: Callable[..., Source], tmp_path: Path
) -> None:
    (tmp_path / "orders.csv").write_text("a")
    before = source_of(MINIMAL).digest
    assert source_of(MINIMAL).digest == before
    (tmp_path / "orders.csv").write_text("b")
    assert source_of(MINIMAL).digest != before


def test_the_window_may_be_stated(source_of: Callable[..., Source]) -> None:
    source = source_of(MINIMAL, 'title="S"\ncurrency="EUR"\nobservation_start=2024-01-01\n')
    assert source.observation_start == date(2024, 1, 1)
    assert source.observation_end is None


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("customer_id", "customer_ids", r"customer_ids\n  Did you mean customer_id\?"),
        ("net =", "gross =", r"does not map net, which is required\n  Add net = "),
        ("tables.transactions", "tables.transaction", r"Did you mean tables\.transactions\?"),
        ('format = "csv"', 'format = "cvs"', r'format must be one of "csv"'),
        ('format = "csv"', 'format = "csv"\nformats = 1', r"Did you mean .*\.format\?"),
        ('format = "csv"', 'format = "csv"\nencoding = "utf8x"', r'encoding "utf8x" is not known'),
        ('format = "csv"', 'format = "csv"\ndelimiter = ""', r"delimiter must be one character"),
        ("net = ", 'net = "N"\n[tables.transactions.statuses]\npaid = ', r"paid must be a list"),
    ],
)
def test_what_is_wrong_with_a_source_file_is_named(
    source_of: Callable[..., Source], old: str, new: str, message: str
) -> None:
    with pytest.raises(SettingsError, match=message):
        source_of(MINIMAL.replace(old, new))


def test_an_unknown_status_is_named(source_of: Callable[..., Source]) -> None:
    with pytest.raises(SettingsError, match=r"unknown status .*\.paid\n  Known: completed"):
        source_of(MINIMAL + '[tables.transactions.statuses]\npaid = ["x"]\n')


def test_an_unknown_table_names_the_nearest(source_of: Callable[..., Source]) -> None:
    more = MINIMAL.replace("transactions", "costumers")
    with pytest.raises(SettingsError, match=r"Did you mean tables\.customers\?"):
        source_of(MINIMAL + more)


def test_formats_that_read_one_text_as_two_days_are_refused(
    source_of: Callable[..., Source],
) -> None:
    with pytest.raises(SettingsError, match="as two days"):
        source_of(MINIMAL + '[tables.transactions.dates]\nordered_at = ["%d/%m/%Y", "%m/%d/%Y"]\n')


def test_an_unknown_time_zone_is_refused(source_of: Callable[..., Source]) -> None:
    with pytest.raises(SettingsError, match="Atlantis"):
        source_of(MINIMAL, 'title="S"\ncurrency="EUR"\ntime_zone="Europe/Atlantis"\n')


def test_an_unknown_source_names_the_nearest() -> None:
    with pytest.raises(SettingsError, match="Did you mean synthetic"):
        read_source("syntetic", Layout(root=ROOT, source="syntetic"))


def test_a_source_file_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        read_source(str(tmp_path / "none.toml"), Layout(root=tmp_path, source="none"))
