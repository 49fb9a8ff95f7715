from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree

import feedparser
import pytest

from analytics.publish.feeds import entry_id
from analytics.publish.lineage import NOTHING_BEFORE, Told, lineage_of, tombstone
from analytics.publish.site import publish_site

ATOM = "{http://www.w3.org/2005/Atom}"
REPORTS = "site/descriptive/reports"


@pytest.fixture
def publish(tmp_path, rendered, facts):
    def run(day, *, reports=(), fired=(), hour=6, url="https://shop.example/reports", **changes):
        tree = rendered(day)
        for name in reports:
            page = tree / REPORTS / f"{name}.html"
            page.parent.mkdir(parents=True, exist_ok=True)
            page.write_text(f"<head><title>Report of {name} &amp; more</title></head>")
        rows = [f"Satisfaction,{month}-01,3.5,100,{month in fired}" for month in
                ("2024-04", "2024-05", "2024-06")]  # fmt: skip
        history = tree / "site/data/downloads/alert_history.csv"
        history.write_text("\n".join(["rule,month,value,sample,fired", *rows]) + "\n")
        publish_site(
            tree,
            tmp_path / "public",
            facts=facts(day, day, settings={"site": {"url": url}}, **changes),
            clock=lambda: datetime(2024, 7, 1, hour, tzinfo=UTC),
        )
        return tmp_path / "public"

    return run


def entries(public, file):
    return {entry.title: entry for entry in feedparser.parse(str(public / file)).entries}


def test_feeds_are_valid_atom_with_absolute_links(publish):
    public = publish("2024-06-30", reports=["2024-06"], fired=["2024-06"])
    for file in ("feed.xml", "alerts.xml"):
        parsed = feedparser.parse(str(public / file))
        assert not parsed.bozo
        assert parsed.version == "atom10"
        root = ElementTree.parse(public / file).getroot()
        ids = [node.text for node in root.iter(f"{ATOM}id")]
        assert len(ids) == len(set(ids)) == len(root.findall(f"{ATOM}entry")) + 1 > 1
        for node in (root, *root.findall(f"{ATOM}entry")):
            assert all(node.find(f"{ATOM}{name}").text for name in ("id", "title", "updated"))
        links = [node.get("href") for node in root.iter(f"{ATOM}link")]
        assert all(link.startswith("https://shop.example/reports/") for link in links)
        assert root.find(f"{ATOM}link[@rel='self']").get("href").endswith(f"/{file}")


def test_a_report_keeps_id_and_moment_when_later_versions_have_it_too(publish):
    public = publish("2024-05-31", reports=["2024-05"])
    first = entries(public, "feed.xml")["Report of 2024-05 & more"]
    publish("2024-06-30", reports=["2024-05", "2024-06"], hour=9, url="https://moved.example")
    later = entries(public, "feed.xml")
    again = later["Report of 2024-05 & more"]
    assert (again.id, again.updated) == (first.id, first.updated)
    assert later["Report of 2024-06 & more"].updated == "2024-07-01T09:00:00Z"
    assert again.link.startswith("https://moved.example/")


def test_each_version_is_an_entry(publish):
    publish("2024-05-31")
    public = publish("2024-06-30")
    titles = [title for title in entries(public, "feed.xml") if title.startswith("Version")]
    assert {title.partition(":")[0] for title in titles} == {
        "Version 2024-05-31", "Version 2024-06-30"
    }  # fmt: skip


def test_an_alert_is_an_entry_for_each_run_of_months(publish):
    public = publish("2024-06-30", fired=["2024-05", "2024-06"])
    assert list(entries(public, "alerts.xml")) == ["Satisfaction fired in 2024-05"]
    public = publish("2024-07-31", fired=["2024-04", "2024-06"])
    assert len(entries(public, "alerts.xml")) == 3


def test_ids_depend_on_names_alone():
    assert entry_id("a", "version 2024-06-30") == entry_id("a", "version 2024-06-30")
    assert entry_id("a", "version 2024-06-30") != entry_id("b", "version 2024-06-30")


def test_titles_are_text_in_feeds_whatever_they_hold(publish, facts):
    public = publish("2024-06-30", site_title="<b>&\x00 Shop", title="]]> \x0b")
    parsed = feedparser.parse(str(public / "feed.xml"))
    assert not parsed.bozo


def test_a_page_that_a_version_lacks_is_a_tombstone_that_leads_to_the_last_with_it(publish):
    public = publish("2024-05-31", reports=["2024-04"])
    publish("2024-06-30", reports=["2024-06"])
    publish("2024-07-31", reports=["2024-07"])
    for version in ("2024-06-30", "2024-07-31", "latest"):
        page = public / version / REPORTS / "2024-04.html"
        text = page.read_text()
        target = "../../../../2024-05-31/site/descriptive/reports/2024-04.html"
        assert f'data-latest="{target}"' in text
        assert (page.parent / target).resolve() == (
            public / "2024-05-31" / REPORTS / "2024-04.html"
        ).resolve()
        assert (page.parent / target).is_file()
        script = page.parent / "../../../../versions/latest.js"
        assert script.is_file()


def test_a_page_that_comes_back_is_no_tombstone_any_more(publish):
    publish("2024-05-31", reports=["2024-04"])
    publish("2024-06-30")
    public = publish("2024-07-31", reports=["2024-04"])
    assert "not in the latest" not in (public / "latest" / REPORTS / "2024-04.html").read_text()


def test_pages_outside_the_documents_have_no_tombstone(tmp_path):
    lineage = lineage_of(
        tmp_path,
        ["index.html"],
        created="2024-07-01T06:00:00Z",
        after="2024-05-31",
        before=NOTHING_BEFORE,
        earlier_pages=["pagefind/x.html", "site/a.html", "index.html"],
    )
    assert lineage.tombstones == {"site/a.html": "2024-05-31"}


def test_a_tombstone_has_no_inline_script():
    page = tombstone("site/a.html", "2024-05-31")
    assert "<script src=" in page
    assert page.count("<script") == 1
    assert "script-src 'self'" in page


def test_quarters_stand_among_the_months_of_a_feed(tmp_path):
    folder = tmp_path / REPORTS
    folder.mkdir(parents=True)
    names = ["2024-Q1", "2024-03", "2024-04", "2023-12-31"]
    for name in names:
        (folder / f"{name}.html").write_text(f"<title>{name}</title>")
    lineage = lineage_of(
        tmp_path,
        [f"{REPORTS}/{name}.html" for name in names],
        created="2024-07-01T06:00:00Z",
        after="",
        before=NOTHING_BEFORE,
        earlier_pages=[],
    )
    assert [told.name for told in lineage.reports] == [
        "2024-04", "2024-Q1", "2024-03", "2023-12-31"
    ]  # fmt: skip
    assert lineage.reports[0] == Told(
        name="2024-04", title="2024-04", path=f"{REPORTS}/2024-04.html",
        since="2024-07-01T06:00:00Z",
    )  # fmt: skip
