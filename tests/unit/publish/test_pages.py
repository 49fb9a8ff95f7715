from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

import pytest

from analytics.publish.pages import asset, day_text, history_page, moment_text, root_page
from analytics.publish.status import (
    FRESH,
    Status,
    dumped_status,
    loaded_status,
    stale_status,
)
from analytics.publish.versions import Version, Versions, with_version

HOME = "latest/site/index.html"
STALE = Status(state="stale", since="2024-07-02T06:30:00Z", because="orders end early")


def history(*names, title="Headline", site_title="Example Shop"):
    versions = Versions(source="synthetic", title=site_title)
    for name in names:
        entry = Version(
            name=name,
            data_to=date.fromisoformat(name[:10]),
            digest="0123456789abcdef",
            manifest_digest="m",
            created="2024-07-01T06:00:00Z",
            title=title,
            renderer="embedded 0.1.0",
            pages=1,
        )
        versions = with_version(versions, entry)
    return versions


def both_pages(versions, status=FRESH):
    return [page(versions, status, home=HOME) for page in (root_page, history_page)]


def test_titles_are_escaped_on_both_pages():
    text = '<script>alert(1)</script> & "more"'
    for page in both_pages(history("2024-06-30", title=text, site_title=text)):
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &quot;more&quot;" in page


def test_the_reason_of_staleness_is_escaped():
    status = Status(state="stale", since="2024-07-02T06:30:00Z", because="<b>x</b>")
    for page in both_pages(history("2024-06-30"), status):
        assert "&lt;b&gt;x&lt;/b&gt;" in page
        assert "<b>" not in page


def test_links_stay_below_the_tree_under_any_address(links_of):
    for page, up in zip(both_pages(history("2024-05-31", "2024-06-30")), ("", "../"), strict=True):
        links = links_of(page)
        assert f"{up}{HOME}" in links
        for link in links:
            assert not link.startswith(("/", "http")), link
            assert link == "data:," or link.count("../") <= up.count("../"), link


def test_without_javascript_the_root_page_refreshes_to_the_latest():
    page = root_page(history("2024-06-30"), FRESH, home=HOME)
    refresh = f'<noscript><meta http-equiv="refresh" content="0; url={HOME}"></noscript>'
    assert refresh in page
    assert f'<a class="go" href="{HOME}">' in page


def test_a_stale_root_page_stays_to_be_read_and_says_why():
    page = root_page(history("2024-06-30"), STALE, home=HOME)
    assert "refresh" not in page
    assert "Stale since 2 July 2024, 06:30 UTC</strong> because orders end early." in page


def test_with_javascript_query_and_fragment_are_kept():
    assert b"dataset.latest" in asset("latest.js")
    assert b"location.search + location.hash" in asset("latest.js")
    assert f'data-latest="{HOME}"' in root_page(history("2024-06-30"), FRESH, home=HOME)


def test_the_policy_comes_before_anything_it_governs():
    for page in both_pages(history("2024-06-30")):
        head = page[: page.index("</head>")]
        policy = head.index("Content-Security-Policy")
        assert "default-src 'none'; script-src 'self';" in head
        assert all(policy < found.start() for found in re.finditer("<script|<link", head))


class Structure(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.inline, self.ids = [], [], []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        self.inline += [name for name in values if name.startswith("on") or name == "style"]
        self.ids += [values["id"]] if "id" in values else []
        if tag not in ("meta", "link"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("script", "style"):
            self.inline.append(data)


def test_pages_are_well_formed_and_hold_no_inline_code():
    for page in both_pages(history("2024-05-31", "2024-06-30", "2024-06-30-r2"), STALE):
        structure = Structure()
        structure.feed(page)
        structure.close()
        assert structure.open == []
        assert structure.inline == []
        assert len(structure.ids) == len(set(structure.ids))


def test_history_lists_every_version_newest_first_and_tags_one():
    page = history_page(history("2024-05-31", "2024-06-30", "2024-06-30-r2"), FRESH, home=HOME)
    days = re.findall(r'class="day" href="\.\./([^/]+)/index\.html"', page)
    assert days == ["2024-06-30-r2", "2024-06-30", "2024-05-31"]
    assert page.count('class="tag"') == 1
    assert "edition 2 of this day" in page


def test_there_is_no_page_before_there_is_a_version():
    with pytest.raises(ValueError, match="before there is a version"):
        root_page(Versions(source="s", title="t"), FRESH, home=HOME)


def test_days_and_moments_are_written_out():
    assert day_text(date(2024, 2, 1)) == "1 February 2024"
    assert moment_text("2024-12-31T23:05:00Z") == "31 December 2024, 23:05 UTC"


def test_a_status_survives_a_round_trip():
    versions = history("2024-06-30")
    assert loaded_status(dumped_status(STALE, versions)) == STALE
    assert loaded_status(dumped_status(FRESH, versions)) == FRESH


@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b'{"state": "stale"}'])
def test_a_damaged_status_counts_as_fresh(content):
    assert loaded_status(content) == FRESH


def test_staleness_begins_with_the_first_failure(clock):
    first = stale_status(FRESH, because="a", now=clock())
    assert first == Status(state="stale", since="2024-07-01T06:00:00Z", because="a")
    later = stale_status(STALE, because="b", now=clock())
    assert later == Status(state="stale", since=STALE.since, because="b")


def test_a_stale_status_needs_a_reason():
    with pytest.raises(ValueError, match="since when and why"):
        Status(state="stale", since="2024-07-01T06:00:00Z")
