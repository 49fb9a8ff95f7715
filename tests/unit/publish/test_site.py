from __future__ import annotations

import json
import shutil
from datetime import UTC, date, datetime

import pytest

from analytics.errors import PublishError
from analytics.publish.files import Files
from analytics.publish.recover import recover_tree
from analytics.publish.site import confirm_version, plan_version, publish_site
from analytics.publish.status import Status
from analytics.publish.tree import read_versions
from analytics.publish.upkeep import recover_site, write_stale, write_status
from analytics.publish.verify import verified_site


@pytest.fixture
def public(tmp_path):
    return tmp_path / "public"


@pytest.fixture
def publish(public, rendered, facts, clock):
    def run(data_to="2024-06-30", data="a", files=None, version=None, when=clock, **changes):
        return publish_site(
            rendered(data),
            public,
            facts=facts(data_to, data, **changes),
            clock=when,
            version=version,
            files=files,
            wait_seconds=0,
        )

    return run


def test_first_publish_makes_the_whole_tree(publish, public, rendered, snapshot):
    done = publish()
    assert done.outcome == "published"
    assert done.page == public / "index.html"
    assert set(snapshot(public)) == {
        "versions.json",
        "status.json",
        "feed.xml",
        "alerts.xml",
        "index.html",
        "latest",
        "versions/index.html",
        "versions/publisher.css",
        "versions/latest.js",
        "2024-06-30/manifest.json",
        *(f"2024-06-30/{path}" for path in snapshot(rendered("a"))),
    }


def test_a_version_holds_the_rendered_bytes(publish, public, rendered, snapshot):
    publish()
    published = snapshot(public / "2024-06-30")
    del published["manifest.json"]
    assert published == snapshot(rendered("a"))


def test_the_rendered_tree_is_left_as_it_was(publish, rendered, snapshot):
    before = snapshot(rendered("a"))
    publish()
    assert snapshot(rendered("a")) == before


def test_published_files_are_what_the_manifest_says(publish, public):
    publish()
    assert verified_site(public) == []


def test_latest_is_a_link_that_can_be_moved_with_the_tree(publish, public, tmp_path):
    publish()
    public.rename(tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere" / "latest" / "site" / "index.html").read_text() == "<h1>a</h1>"


def test_the_same_identity_again_changes_no_byte(publish, public, snapshot):
    publish()
    before = snapshot(public)
    times = {public / path: (public / path).lstat().st_mtime_ns for path in before}
    again = publish(when=lambda: datetime(2025, 1, 1, tzinfo=UTC), commit="other")
    assert again.outcome == "unchanged"
    assert again.version.name == "2024-06-30"
    assert snapshot(public) == before
    assert {path: path.lstat().st_mtime_ns for path in times} == times


def test_other_data_for_the_same_day_makes_an_edition(publish, public, snapshot):
    publish()
    before = snapshot(public / "2024-06-30")
    assert publish(data="b").version.name == "2024-06-30-r2"
    assert snapshot(public / "2024-06-30") == before
    assert (public / "latest").readlink().name == "2024-06-30-r2"


def test_inputs_that_return_lead_latest_back(publish, public):
    publish(data="a")
    publish(data="b")
    done = publish(data="a")
    assert (done.outcome, done.version.name, done.latest) == (
        "unchanged", "2024-06-30", "2024-06-30",
    )  # fmt: skip
    assert (public / "latest").readlink().name == "2024-06-30"
    assert read_versions(public).names == ("2024-06-30-r2", "2024-06-30")


def test_an_older_period_published_later_does_not_hide_the_newer(publish, public):
    publish("2024-06-30", "a")
    done = publish("2024-05-31", "b")
    assert (done.version.name, done.latest) == ("2024-05-31", "2024-06-30")
    assert (public / "latest").readlink().name == "2024-06-30"
    assert verified_site(public) == []


def test_a_clock_set_back_does_not_disturb_the_order(publish, public):
    publish("2024-05-31", "a")
    publish("2024-06-30", "b", when=lambda: datetime(1999, 1, 1, tzinfo=UTC))
    assert read_versions(public).names == ("2024-06-30", "2024-05-31")
    assert read_versions(public).latest == "2024-06-30"


def test_created_is_the_only_trace_of_the_clock(publish, public, tmp_path, snapshot):
    publish()
    first = snapshot(public)
    shutil.rmtree(public)
    publish(when=lambda: datetime(2031, 2, 3, 4, 5, 6, tzinfo=UTC))
    second = snapshot(public)
    changed = {path for path in first if first[path] != second[path]}
    assert changed == {
        "versions.json", "index.html", "versions/index.html", "2024-06-30/manifest.json",
        "feed.xml", "alerts.xml",
    }  # fmt: skip
    manifests = [json.loads(tree["2024-06-30/manifest.json"]) for tree in (first, second)]
    assert [manifest.pop("created") for manifest in manifests] == [
        "2024-07-01T06:00:00Z", "2031-02-03T04:05:06Z",
    ]  # fmt: skip
    assert manifests[0] == manifests[1]


def test_another_source_is_refused_and_nothing_touched(publish, public, snapshot):
    publish()
    before = snapshot(public)
    with pytest.raises(PublishError, match="source synthetic, not of cdnow") as caught:
        publish(data="b", source="cdnow")
    assert "public-cdnow" in caught.value.remedy
    assert snapshot(public) == before


def test_another_source_is_refused_after_the_list_was_lost(publish, public):
    publish()
    (public / "versions.json").unlink()
    (public / ".publisher.json").unlink()
    with pytest.raises(PublishError, match="source synthetic, not of cdnow"):
        publish(data="b", source="cdnow")


def test_a_folder_of_something_else_is_refused_and_left_alone(publish, public):
    public.mkdir()
    (public / "thesis.txt").write_text("years of work")
    with pytest.raises(PublishError, match=r"not a published site: it holds thesis\.txt"):
        publish()
    assert [path.name for path in public.iterdir()] == ["thesis.txt"]


def test_a_file_in_the_place_of_the_tree_is_refused(publish, public):
    public.write_text("x")
    with pytest.raises(PublishError, match="only be published into a folder"):
        publish()


def test_files_of_others_beside_the_versions_stay(publish, public):
    publish()
    (public / "CNAME").write_text("shop.example")
    publish(data="b")
    assert (public / "CNAME").read_text() == "shop.example"


def test_a_rendered_tree_without_a_first_page_is_refused(public, tmp_path, facts, clock):
    (tmp_path / "empty").mkdir()
    with pytest.raises(PublishError, match=r"index\.html is missing"):
        publish_site(tmp_path / "empty", public, facts=facts(), clock=clock)
    assert not public.exists()


def test_a_tree_cannot_be_published_into_itself(rendered, facts, clock):
    tree = rendered()
    with pytest.raises(PublishError, match="its own rendered tree"):
        publish_site(tree, tree / "public", facts=facts(), clock=clock)


def test_a_rendered_link_publishes_nothing(publish, public, rendered, snapshot):
    publish()
    before = snapshot(public)
    (rendered("b") / "site" / "secret.html").symlink_to("/etc/hostname")
    with pytest.raises(PublishError, match="links"):
        publish(data="b")
    assert snapshot(public) == before


def plan(public, clock, data_to, digest="x"):
    return plan_version(
        public, source="synthetic", data_to=date.fromisoformat(data_to), digest=digest, clock=clock
    )


def test_a_plan_names_the_first_version_without_making_a_tree(public, clock):
    assert plan(public, clock, "2024-06-30").name == "2024-06-30"
    assert not public.exists()


def test_a_plan_names_the_next_edition(publish, public, clock):
    publish()
    assert plan(public, clock, "2024-06-30").name == "2024-06-30-r2"
    assert plan(public, clock, "2024-06-30").known is None


def test_a_plan_knows_the_version_of_the_same_inputs(publish, public, clock, facts):
    made = publish().version
    assert plan(public, clock, "2024-06-30", facts().identity.digest).known == made


def test_a_planned_name_that_was_taken_meanwhile_is_refused(publish, public, snapshot):
    publish()
    before = snapshot(public)
    with pytest.raises(PublishError, match="the next one is 2024-06-30-r2"):
        publish(data="b", version="2024-06-30")
    assert snapshot(public) == before


def test_a_planned_name_is_used(publish):
    assert publish(version="2024-06-30").version.name == "2024-06-30"


def test_confirming_a_version_makes_a_stale_site_fresh(publish, public, clock, snapshot):
    publish()
    before = snapshot(public)
    write_stale(public, because="x", clock=clock)
    assert confirm_version(public, "2024-06-30", clock=clock).outcome == "unchanged"
    assert snapshot(public) == before


def test_a_version_that_is_not_there_is_not_confirmed(publish, public, clock):
    with pytest.raises(PublishError, match="no version 2024-06-30"):
        confirm_version(public, "2024-06-30", clock=clock)
    assert not public.exists()


def test_a_stale_site_says_since_when_and_why_on_both_pages(publish, public, clock):
    publish()
    assert write_stale(public, because="3 orders lack a <date>", clock=clock)
    status = json.loads((public / "status.json").read_text())
    assert status == {
        "schema": 1,
        "state": "stale",
        "since": "2024-07-01T06:00:00Z",
        "because": "3 orders lack a <date>",
        "latest": "2024-06-30",
        "data_to": "2024-06-30",
    }
    for page in ("index.html", "versions/index.html"):
        text = (public / page).read_text()
        assert "Stale since 1 July 2024, 06:00 UTC" in text
        assert "because 3 orders lack a &lt;date&gt;." in text


def test_a_site_stays_stale_since_the_first_failure(publish, public, clock):
    publish()
    write_stale(public, because="first", clock=clock)
    write_stale(public, because="second", clock=lambda: datetime(2024, 7, 9, tzinfo=UTC))
    status = json.loads((public / "status.json").read_text())
    assert (status["since"], status["because"]) == ("2024-07-01T06:00:00Z", "second")


def test_versions_are_untouched_by_a_stale_status(publish, public, clock, snapshot):
    publish()
    before = snapshot(public)
    write_stale(public, because="x", clock=clock)
    after = snapshot(public)
    assert {path for path in before if before[path] != after[path]} == {
        "index.html", "versions/index.html", "status.json",
    }  # fmt: skip


def test_a_new_version_makes_the_site_fresh(publish, public, clock):
    publish()
    write_stale(public, because="x", clock=clock)
    publish(data="b")
    assert json.loads((public / "status.json").read_text())["state"] == "fresh"
    assert "Stale" not in (public / "index.html").read_text()


def test_a_status_can_be_written_as_it_is(publish, public, clock):
    publish()
    status = Status(state="stale", since="2024-07-02T00:00:00Z", because="y")
    assert write_status(public, status, clock=clock)
    assert json.loads((public / "status.json").read_text())["because"] == "y"


def test_without_a_version_there_is_nothing_to_call_stale(public, clock):
    assert not write_stale(public, because="x", clock=clock)
    assert not public.exists()


def test_a_lost_list_is_made_anew_from_the_manifests(publish, public, snapshot, clock):
    publish("2024-05-31", "a")
    publish("2024-06-30", "b")
    before = snapshot(public)
    (public / "versions.json").unlink()
    notes = recover_site(public, clock=clock)
    assert [note.split(",")[0] for note in notes] == ["finished 2024-05-31", "finished 2024-06-30"]
    assert snapshot(public) == before


def test_damaged_pages_and_a_wrong_link_are_repaired(publish, public, snapshot, clock):
    publish("2024-05-31", "a")
    publish("2024-06-30", "b")
    before = snapshot(public)
    (public / "index.html").write_text("x")
    shutil.rmtree(public / "versions")
    (public / "latest").unlink()
    (public / "latest").symlink_to("2024-05-31")
    recover_site(public, clock=clock)
    assert snapshot(public) == before


def test_a_whole_tree_needs_no_repair(publish, public, clock):
    publish()
    assert recover_site(public, clock=clock) == ()


def test_leftovers_of_a_publish_are_removed_and_told(publish, public, snapshot, clock):
    publish()
    before = snapshot(public)
    (public / ".staging-2024-07-31" / "site").mkdir(parents=True)
    (public / ".staging-2024-07-31" / "site" / "index.html").write_text("half")
    notes = recover_site(public, clock=clock)
    assert notes == ("removed .staging-2024-07-31, left by a publish that was cut off",)
    assert snapshot(public) == before


def test_a_tree_that_became_another_source_s_meanwhile_is_not_touched(publish, public, snapshot):
    publish()
    before = snapshot(public)
    with pytest.raises(PublishError, match="source synthetic, not of cdnow"):
        recover_tree(public, "cdnow", Files())
    assert snapshot(public) == before


def test_a_damaged_list_is_refused(publish, public, snapshot):
    publish()
    (public / "versions.json").write_text("{")
    before = snapshot(public)
    with pytest.raises(PublishError, match="list of versions cannot be read"):
        publish(data="b")
    assert snapshot(public) == before


def test_a_listed_version_that_is_gone_is_refused(publish, public):
    publish("2024-05-31", "a")
    publish("2024-06-30", "b")
    shutil.rmtree(public / "2024-05-31")
    with pytest.raises(PublishError, match="lists 2024-05-31, but"):
        publish("2024-07-31", "c")


def test_an_edited_unlisted_version_is_set_aside_not_deleted(publish, public):
    publish("2024-05-31", "a")
    shutil.copytree(public / "2024-05-31", public / "2024-04-30")
    done = publish("2024-06-30", "b")
    assert not (public / "2024-04-30").exists()
    assert (public / ".set-aside-2024-04-30-1" / "site" / "index.html").is_file()
    assert "it is the manifest of 2024-05-31" in done.notes[0]


class WithoutLinks(Files):
    def link(self, path, target):
        raise PermissionError(1, "Operation not permitted")


def test_where_links_are_not_allowed_latest_is_copied_out(publish, public, snapshot):
    publish("2024-05-31", "a", files=WithoutLinks())
    assert snapshot(public / "latest") == snapshot(public / "2024-05-31")
    publish("2024-06-30", "b", files=WithoutLinks())
    assert not (public / "latest").is_symlink()
    assert snapshot(public / "latest") == snapshot(public / "2024-06-30")
    assert verified_site(public) == []


def test_a_copied_latest_becomes_a_link_again(publish, public):
    publish("2024-05-31", "a", files=WithoutLinks())
    publish("2024-06-30", "b")
    assert (public / "latest").readlink().name == "2024-06-30"
    assert [path.name for path in public.glob(".staging*")] == []


class Failing(Files):
    def __init__(self, error):
        self.error = error

    def copy(self, source, target):
        raise self.error


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device"), "No space left on device; it is as it was"),
        (OSError(30, "Read-only file system"), "Read-only file system; it is as it was"),
        (KeyboardInterrupt(), "interrupted; the published site is as it was"),
    ],
)
def test_what_the_disk_or_the_user_stops_is_one_clear_error(publish, public, snapshot, error, said):
    publish("2024-05-31", "a")
    before = snapshot(public)
    with pytest.raises(PublishError, match=said):
        publish("2024-06-30", "b", files=Failing(error))
    assert snapshot(public) == before
