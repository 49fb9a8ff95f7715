from __future__ import annotations

import json
import shutil

import pytest

from analytics.errors import PublishError
from analytics.publish.site import publish_site
from analytics.publish.verify import verified_site, verified_version


@pytest.fixture
def public(tmp_path, rendered, facts, clock):
    public = tmp_path / "public"
    for day, data in (("2024-05-31", "a"), ("2024-06-30", "b")):
        publish_site(rendered(data), public, facts=facts(day, data), clock=clock)
    return public


def said(findings):
    return [str(finding) for finding in findings]


def test_an_intact_version_has_no_finding(public):
    assert verified_version(public, "2024-05-31") == []
    assert verified_version(public, "latest") == []


def test_every_missing_added_and_altered_file_is_named(public):
    folder = public / "2024-05-31"
    (folder / "site" / "index.html").write_text("<h1>b</h1>")
    (folder / "404.html").write_text("shorter")
    (folder / "site" / "assets" / "site.css").unlink()
    (folder / "site" / "new.html").write_text("x")
    assert said(verified_version(public, "2024-05-31")) == [
        "2024-05-31/404.html: altered (7 bytes instead of 89)",
        "2024-05-31/site/assets/site.css: missing",
        "2024-05-31/site/index.html: altered (same length, other content)",
        "2024-05-31/site/new.html: added",
    ]


def test_other_versions_are_not_blamed(public):
    (public / "2024-05-31" / "site" / "index.html").write_text("x")
    assert verified_version(public, "2024-06-30") == []
    assert [finding.version for finding in verified_site(public)] == ["2024-05-31"]


def test_a_file_and_its_manifest_edited_together_are_noticed(public):
    path = public / "2024-05-31" / "manifest.json"
    document = json.loads(path.read_text())
    document["commit"] = "abc"
    path.write_text(json.dumps(document))
    assert said(verified_version(public, "2024-05-31")) == [
        "2024-05-31/manifest.json: altered (its SHA-256 is not the one in versions.json)"
    ]


def test_a_missing_manifest_is_named(public):
    (public / "2024-05-31" / "manifest.json").unlink()
    assert said(verified_version(public, "2024-05-31")) == ["2024-05-31/manifest.json: missing"]


def test_a_manifest_that_cannot_be_read_is_altered(public):
    (public / "2024-05-31" / "manifest.json").write_text("{")
    [finding] = verified_version(public, "2024-05-31")
    assert (finding.path, finding.kind) == ("manifest.json", "altered")


def test_a_missing_folder_is_named(public):
    shutil.rmtree(public / "2024-05-31")
    assert said(verified_site(public)) == ["2024-05-31/manifest.json: missing"]


def test_a_link_in_the_place_of_a_file_is_altered(public, tmp_path):
    page = public / "2024-05-31" / "site" / "index.html"
    page.rename(tmp_path / "moved.html")
    page.symlink_to(tmp_path / "moved.html")
    [finding] = verified_version(public, "2024-05-31")
    assert (finding.path, finding.kind) == ("site/index.html", "altered")


def test_a_version_folder_that_nobody_published_is_named(public):
    shutil.copytree(public / "2024-05-31", public / "2024-04-30")
    assert said(verified_site(public)) == ["2024-04-30: added (not in versions.json)"]


def test_a_latest_that_leads_elsewhere_is_named(public):
    (public / "latest").unlink()
    (public / "latest").symlink_to("2024-05-31")
    assert said(verified_site(public)) == [
        "latest: altered (it leads to 2024-05-31, not to 2024-06-30)"
    ]


def test_a_missing_latest_is_named(public):
    (public / "latest").unlink()
    assert said(verified_site(public)) == ["latest: missing"]


def test_a_copied_latest_is_verified_as_well(public):
    (public / "latest").unlink()
    shutil.copytree(public / "2024-06-30", public / "latest")
    assert verified_site(public) == []
    (public / "latest" / "404.html").unlink()
    assert said(verified_site(public)) == ["latest/404.html: missing"]


def test_an_unknown_version_is_refused_with_those_that_exist(public):
    with pytest.raises(PublishError, match="no version 2020-01-01") as caught:
        verified_version(public, "2020-01-01")
    assert caught.value.remedy == "There are: 2024-06-30, 2024-05-31."


def test_a_tree_with_nothing_published_is_refused(tmp_path):
    with pytest.raises(PublishError, match="nothing is published there"):
        verified_site(tmp_path)
