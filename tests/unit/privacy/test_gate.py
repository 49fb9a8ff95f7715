from __future__ import annotations

import gzip
import json
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from analytics.privacy import Hit, scan_tree

Scan = Callable[..., list[Hit]]
ROSE = {
    "names": ["Rose Doyle"],
    "emails": ["rose.doyle@example.com"],
    "phones": ["+1 540-555-4831"],
}


@pytest.fixture
def scan(tmp_path: Path) -> Scan:
    """Return a function that scans one file of a given content."""

    def scanned(content: str | bytes, name: str = "page.html", **people: list[str]) -> list[Hit]:
        raw = content.encode() if isinstance(content, str) else content
        (tmp_path / name).write_bytes(raw)
        people = people or ROSE
        return scan_tree(
            tmp_path,
            people.get("names", []),
            people.get("emails", []),
            people.get("phones", []),
            people.get("ids", []),
        )

    return scanned


@pytest.mark.parametrize(
    "text",
    [
        "Rose Doyle",
        "<td>ROSE   doyle</td>",
        "Doyle, Rose",
        "rose-doyle",
        "Rose_Doyle.html",
        "Rose&nbsp;Doyle",
        "R&#111;se Doyle",
        '{"a": "\\u0052ose Doyle"}',
        "?q=Rose%20Doyle",
        "Rose\nDoyle",
        "(Rose Doyle's)",
    ],
)
def test_a_whole_name_is_found(scan: Scan, text: str) -> None:
    assert [hit.kind for hit in scan(f"<p>\n{text}\n</p>")][:1] == ["name"]


@pytest.mark.parametrize(
    "text",
    ["Rose", "Doyle", "Primrose Doyle", "Rose Doyles", "Rose and Doyle", "Rose</td><td>Doyle"],
)
def test_what_is_not_the_whole_name_is_not(scan: Scan, text: str) -> None:
    assert scan(text) == []


def test_a_name_of_one_word_does_not_block_that_word(scan: Scan) -> None:
    assert scan("Revenue of the North", names=["North"]) == []


def test_a_name_without_blanks_in_a_script_without_capitals_is_found(scan: Scan) -> None:
    assert [hit.kind for hit in scan("<td>山田太郎</td>", names=["山田太郎"])] == ["name"]


def test_a_name_with_accents_is_found_however_it_is_composed(scan: Scan) -> None:
    assert len(scan("Ame\u0301lie O\u2019Brien", names=["Am\u00e9lie O'Brien"])) == 1


@pytest.mark.parametrize(
    "text",
    ["rose.doyle@example.com", "mailto:ROSE.DOYLE@example.com?x", "rose.doyle&#64;example.com"],
)
def test_a_whole_address_is_found(scan: Scan, text: str) -> None:
    assert "email" in [hit.kind for hit in scan(text)]


@pytest.mark.parametrize(
    "text", ["rose.doyle@example.org", "mary-rose.doyle@example.com", "doyle@example.com"]
)
def test_another_address_is_not(scan: Scan, text: str) -> None:
    assert [hit for hit in scan(text) if hit.kind == "email"] == []


@pytest.mark.parametrize(
    "text",
    ["+1 540-555-4831", "+15405554831", "(540) 555-4831", "540.555.4831", "tel:1-540-555-4831"],
)
def test_a_number_is_found_however_it_is_grouped(scan: Scan, text: str) -> None:
    assert "phone" in [hit.kind for hit in scan(text)]


@pytest.mark.parametrize(
    "text", ["1 540-555-4832", "555-4831", "15405554831000", "540,555,4831", "0.15405554831"]
)
def test_another_number_is_not(scan: Scan, text: str) -> None:
    assert scan(text, phones=ROSE["phones"]) == []


def test_a_number_with_a_national_zero_is_found(scan: Scan) -> None:
    assert scan("030 1234567", phones=["+49 30 1234567"])


def test_a_hit_names_file_line_and_kind_and_not_the_person(scan: Scan) -> None:
    (hit,) = scan("one\ntwo\nRose Doyle", "a.txt")
    assert str(hit) == "a.txt, line 3: name r… d…"


def test_compressed_files_archives_and_tables_are_read(tmp_path: Path) -> None:
    (tmp_path / "a.pf_fragment").write_bytes(gzip.compress(b"Rose Doyle"))
    with zipfile.ZipFile(tmp_path / "b.xlsx", "w") as archive:
        archive.writestr("xl/sharedStrings.xml", "<t>Rose Doyle</t>")
    pd.DataFrame({"n": [1], "who": ["Rose Doyle"]}).to_parquet(tmp_path / "c.parquet")
    pd.DataFrame({"who": pd.Categorical(["Rose Doyle"])}).to_parquet(tmp_path / "d.parquet")
    (tmp_path / "e.json").write_text(json.dumps({"who": "Rose Doyle"}))
    (tmp_path / "f.csv").write_bytes("Rose Doyle".encode("utf-16"))
    hits = scan_tree(tmp_path, ROSE["names"], [], [])
    assert [hit.file.name[0] for hit in hits] == ["a", "b", "c", "d", "e", "f"]


def test_pictures_are_no_text(scan: Scan) -> None:
    assert scan(b"\x89PNG\r\n\0\0Rose Doyle", "a.png") == []


def test_a_damaged_archive_is_no_fault(scan: Scan) -> None:
    assert scan(b"PK\x03\x04 rubbish", "a.zip") == []
    assert scan(b"\x1f\x8b rubbish", "a.gz") == []


def test_empty_names_and_numbers_count_for_nothing(scan: Scan) -> None:
    assert scan("a , b", names=["", " "], emails=["", "@"], phones=["", "12"]) == []


def test_ten_thousand_customers_and_two_megabytes_take_seconds(tmp_path: Path) -> None:
    names = [f"Name{number % 100} Family{number}" for number in range(10_000)]
    emails = [f"name.{number}@example.com" for number in range(10_000)]
    phones = [f"+1 {200 + n % 700}-555-{n:04d}" for n in range(10_000)]
    text = " ".join(f"{n % 977} name{n % 100} 555 {n:04d}" for n in range(100_000))
    (tmp_path / "data.json").write_text(text)
    started = time.process_time()
    scan_tree(tmp_path, names, emails, phones)
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("write to jo@shop.test", "email"),
        ("call +44 20 7946 0958 today", "phone"),
        ("4111 1111 1111 1111", "card"),
        ("GB82 WEST 1234 5698 7654 32", "account"),
    ],
)
def test_what_looks_personal_is_found_whoever_it_is_of(scan: Scan, text: str, kind: str) -> None:
    assert [hit.kind for hit in scan(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "rose@example.com and git@github.com",
        "4111 1111 1111 1112",
        "GB82 WEST 1234 5698 7654 33",
        "M12.5 +10 20.25 30.5 40 50 60Z",
        "2024-05-01 12:30:00, 98,400,000 USD",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    ],
)
def test_figures_and_examples_are_not_personal(scan: Scan, text: str) -> None:
    assert scan(text) == []


@pytest.mark.parametrize(
    ("customer_id", "text"),
    [
        ("000042", "<td>000042</td>"),
        ("000042", "a,b\n17,000042,5\n"),
        ("000042", "000042,12.50"),
        ("000042", '{"who": "000042"}'),
        ("000042", "see customer_000042."),
        ("C-00042", "data-x='c-00042'"),
        ("9f86d081884c7d65", "?key=9F86D081884C7D65"),
        ("CUST42", "CUST42"),
        ("7000123456", "id 7000123456 of"),
        ("ann@shop.io", "<a href='ann@shop.io'>"),
    ],
)
def test_an_id_that_is_written_like_nothing_else_is_found_anywhere(
    scan: Scan, customer_id: str, text: str
) -> None:
    assert "id" in {hit.kind for hit in scan(text, ids=[customer_id])}


@pytest.mark.parametrize(
    ("customer_id", "text"),
    [
        ("000042", "<i style='color:#000042'>"),
        ("000042", "x=.000042*y"),
        ("000042", "x=-.000042"),
        ("000042", "0.000042"),
        ("000042", "1000042 or 0000421"),
        ("C-00042", "C 00042, C-000421"),
        ("7000123456", "revenue 7000123456.12"),
        ("42", "42 customers, customers: 42, orders=42"),
        ("7000123", "net revenue 7000123"),
        ("anna", "Anna says"),
        ("North", "region North"),
    ],
)
def test_figures_colours_and_words_are_no_ids(scan: Scan, customer_id: str, text: str) -> None:
    assert scan(text, ids=[customer_id]) == []


@pytest.mark.parametrize(
    "text",
    [
        '{"customer_id": 42}',
        '{"customerNo": "42"}',
        "<tr data-customer-id='42'>",
        "?customer=42&page=2",
        '{"client_id": [42, 43]}',
    ],
)
def test_a_common_id_is_found_where_an_id_would_stand(scan: Scan, text: str) -> None:
    assert [hit.kind for hit in scan(text, ids=["42"])] == ["id"]


def test_a_common_id_is_found_in_a_column_that_is_called_like_one(scan: Scan) -> None:
    hits = scan("orders;CustomerNo\n3;7\n4;42\n", "t.csv", ids=["42"])
    assert [(hit.kind, hit.line) for hit in hits] == [("id", 3)]


def test_numbers_of_other_columns_are_no_ids(scan: Scan) -> None:
    rows = "".join(f"{at},{at}\n" for at in range(40))
    ids = [str(at) for at in range(40)]
    assert scan(f"orders,customers\n{rows}", "t.csv", ids=ids) == []


def test_words_that_are_ids_are_found_in_a_column_of_mostly_ids(scan: Scan) -> None:
    ids = [f"{a}{b}" for a in "abcd" for b in "xyz"]
    content = "who\n" + "\n".join(ids) + "\n"
    assert [hit.kind for hit in scan(content, "t.csv", ids=ids)] == ["id"]


def test_a_word_that_is_an_id_and_a_region_blocks_no_table(scan: Scan) -> None:
    content = "region\n" + "\n".join(["North", "South"] * 20) + "\n"
    assert scan(content, "t.csv", ids=["North", "South"]) == []


def test_numbers_in_a_parquet_column_of_ids_are_found(tmp_path: Path) -> None:
    pd.DataFrame({"customer_id": [7, 42, None], "orders": [42, 1, 1]}).to_parquet(
        tmp_path / "t.parquet"
    )
    assert [hit.kind for hit in scan_tree(tmp_path, [], [], [], ["42"])] == ["id"]
    assert scan_tree(tmp_path, [], [], [], ["1"]) == []


def test_the_name_of_a_file_is_scanned(scan: Scan) -> None:
    assert [hit.kind for hit in scan("", "000042.html", ids=["000042"])] == ["id"]


def test_a_telephone_number_in_a_row_of_figures_is_found(scan: Scan) -> None:
    hits = scan("3,5405554831,8\n", "t.csv", phones=["+1 540-555-4831"])
    assert [hit.kind for hit in hits] == ["phone"]


def test_text_of_a_pdf_and_what_it_says_of_itself_is_read(scan: Scan, tmp_path: Path) -> None:
    import typst

    source = tmp_path / "source"
    source.mkdir()
    for name, text in {
        "shown": "#set page(height: 4cm)\nOf Rose\n\nDoyle #pagebreak() call +1 540-555-4831",
        "said": '#set document(author: "Rose Doyle")\nNobody here',
    }.items():
        (source / "page.typ").write_text(text, "utf-8")
        made = typst.compile(str(source / "page.typ"))
        hits = scan(made, name=f"{name}.pdf")
        assert {hit.kind for hit in hits if hit.file.suffix == ".pdf"} >= {"name"}, name
    shown = [hit for hit in scan(made, name="said.pdf") if hit.file.name == "shown.pdf"]
    assert {hit.kind for hit in shown} == {"name", "phone"}


def test_a_pdf_that_cannot_be_opened_is_read_as_it_stands(scan: Scan) -> None:
    hits = scan(b"%PDF-1.7\nrose.doyle@example.com\n", name="x.pdf")
    assert "email" in {hit.kind for hit in hits}
