from pathlib import Path

import pytest

from analytics.errors import SettingsError
from analytics.ingest import read_source
from analytics.settings import Layout

SOURCE = """
title = "{title}"
currency = "{currency}"
[tables.transactions]
file = "orders.csv"
format = "csv"
encoding = "{encoding}"
[tables.transactions.columns]
customer_id = "Who"
ordered_at = "When"
net = "Net"
[tables.transactions.dates]
ordered_at = ["{date}"]
"""
GOOD = {"title": "Shop", "currency": "EUR", "encoding": "utf-8", "date": "%Y-%m-%d"}


def source_file(folder: Path, name: str = "shop.toml", **declared: str) -> str:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(SOURCE.format(**{**GOOD, **declared}), encoding="utf-8")
    return str(file)


def layout(folder: Path) -> Layout:
    return Layout(root=folder, source="shop")


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("title", "  "),
        ("currency", "DOLLAR"),
        ("currency", ""),
        ("currency", "usd"),
        ("encoding", "utf-99"),
        ("encoding", "base64"),
        ("date", "%Q"),
        ("date", "100%"),
        ("date", "YYYY-MM-DD"),
    ],
)
def test_what_cannot_be_declared_is_named(tmp_path: Path, key: str, value: str) -> None:
    file = source_file(tmp_path, **{key: value})
    with pytest.raises(SettingsError, match=key) as fault:
        read_source(file, layout(tmp_path))
    assert str(fault.value).startswith("shop.toml: ")


@pytest.mark.parametrize("date", ["%d.%m.%Y %H:%M:%S.%f", "%-d %B %y", "%Y%%%m%%%d"])
def test_date_formats_are_those_of_strptime(tmp_path: Path, date: str) -> None:
    source = read_source(source_file(tmp_path, date=date), layout(tmp_path))
    assert source.tables["transactions"].dates["ordered_at"] == (date,)


@pytest.mark.parametrize("name", ["...toml", "-shop.toml", "a'b.toml", "x" * 101 + ".toml"])
def test_a_name_that_names_no_folder_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(SettingsError, match="cannot be named"):
        read_source(source_file(tmp_path, name), layout(tmp_path))


def test_another_source_of_the_same_name_is_refused(tmp_path: Path) -> None:
    source_file(tmp_path / "data" / "sources")
    file = source_file(tmp_path / "elsewhere")
    with pytest.raises(SettingsError, match="another source named shop"):
        read_source(file, layout(tmp_path))


def test_a_source_of_the_project_may_be_given_by_its_path(tmp_path: Path) -> None:
    file = source_file(tmp_path / "data" / "sources")
    assert read_source(file, layout(tmp_path)).name == "shop"


def test_a_byte_order_mark_before_a_source_file_does_not_matter(tmp_path: Path) -> None:
    file = Path(source_file(tmp_path))
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read_source(str(file), layout(tmp_path)).title == "Shop"
