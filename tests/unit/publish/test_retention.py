from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest

from analytics.publish.files import Files
from analytics.publish.retention import RetentionRule, retire_versions, versions_to_retire
from analytics.publish.site import publish_site
from analytics.publish.upkeep import recover_site
from analytics.publish.verify import verified_site
from analytics.publish.versions import Version, Versions, with_version

DAYS = ("2024-03-31", "2024-04-30", "2024-05-31", "2024-06-30")


@pytest.fixture
def public(tmp_path, rendered, facts, clock):
    for day in DAYS:
        publish_site(rendered(day), tmp_path / "public", facts=facts(day, day), clock=clock)
    return tmp_path / "public"


def known(*names):
    versions = Versions(source="s", title="t")
    for name in names:
        versions = with_version(
            versions,
            Version(name=name, data_to=date.fromisoformat(name[:10]), digest=name,
                    manifest_digest="m", created="2024-07-01T06:00:00Z", title="t",
                    renderer="r", pages=1),
        )  # fmt: skip
    return versions


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (RetentionRule(), ()),
        (RetentionRule(versions=2), DAYS[:2]),
        (RetentionRule(versions=2, tagged=DAYS[:1]), DAYS[1:3]),
        (RetentionRule(bytes=25), DAYS[:2]),
        (RetentionRule(versions=1, bytes=1), DAYS[:3]),
        (RetentionRule(versions=9, bytes=40), ()),
    ],
)
def test_the_oldest_go_first_and_the_latest_and_tagged_ones_never(rule, expected):
    assert versions_to_retire(known(*DAYS), dict.fromkeys(DAYS, 10), rule) == expected


def test_every_page_of_a_retired_version_is_a_tombstone_and_the_rest_is_gone(public, clock):
    before = {
        p.relative_to(public / DAYS[0]).as_posix() for p in (public / DAYS[0]).rglob("*.html")
    }
    assert retire_versions(public, RetentionRule(versions=3), clock=clock) == DAYS[:1]
    after = {p.relative_to(public / DAYS[0]).as_posix()
             for p in (public / DAYS[0]).rglob("*") if p.is_file()}  # fmt: skip
    assert after == before | {"manifest.json"}
    for path in before:
        assert "is not kept any more" in (public / DAYS[0] / path).read_text()
    assert verified_site(public) == []


def test_other_versions_stay_byte_for_byte(public, clock, snapshot):
    before = {day: snapshot(public / day) for day in DAYS[1:]}
    retire_versions(public, RetentionRule(versions=3), clock=clock)
    assert {day: snapshot(public / day) for day in DAYS[1:]} == before


def test_inputs_of_a_retired_version_make_a_new_edition(public, clock, rendered, facts):
    retire_versions(public, RetentionRule(versions=3), clock=clock)
    done = publish_site(rendered(DAYS[0]), public, facts=facts(DAYS[0], DAYS[0]), clock=clock)
    assert done.version.name == f"{DAYS[0]}-r2"


class Killed(BaseException):
    pass


class Counting(Files):
    def __init__(self, at):
        self.at, self.count = at, 0

    def __getattribute__(self, name):
        if name in ("write", "sync", "rename", "remove", "make_folder"):
            if self.count == self.at:
                raise Killed
            self.count += 1
        return super().__getattribute__(name)


def test_cut_off_anywhere_the_next_command_finishes_it(public, clock, tmp_path, snapshot):
    import shutil

    base = tmp_path / "base"
    shutil.copytree(public, base, symlinks=True)
    counter = Counting(-1)
    retire_versions(public, RetentionRule(versions=3), clock=clock, files=counter)
    whole = snapshot(public)
    untouched = snapshot(base)
    seen = set()
    for at in range(counter.count):
        shutil.rmtree(public)
        shutil.copytree(base, public, symlinks=True)
        with pytest.raises(Killed):
            retire_versions(public, RetentionRule(versions=3), clock=clock, files=Counting(at))
        for path in (public / DAYS[0]).rglob("*.html"):
            assert path.stat().st_size > 0
        recover_site(public, clock=lambda: datetime(2024, 8, 1, tzinfo=UTC))
        tree = snapshot(public)
        assert tree in (untouched, whole), at
        seen.add(tree == whole)
        assert verified_site(public) == []
    assert seen == {True, False}
    assert json.loads((public / "versions.json").read_text())["latest"] == DAYS[-1]
