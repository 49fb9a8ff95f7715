"""A publish that fails or dies before, during and after every single change to the tree."""

from __future__ import annotations

import errno
import json
import os
import re
import shutil
from functools import partial

import pytest

from analytics.errors import ExitCode, PublishError
from analytics.publish.files import Files
from analytics.publish.site import publish_site
from analytics.publish.upkeep import recover_site, write_stale

KINDS = ("make_folder", "copy", "share", "write", "sync", "rename", "link", "remove")
GROWING = ("make_folder", "copy", "share", "write", "link")


class Killed(BaseException):
    """The process is gone: nothing that it still wanted to do happens."""


class Steps(Files):
    """Counts changes to the tree and fails at one of them, then once, or from there on."""

    def __init__(self, at=-1, error=None, moment="before", kinds=KINDS, lasting=False, watch=None):
        self.count = 0
        self.at, self.error, self.moment = at, error, moment
        self.kinds, self.lasting, self.watch = kinds, lasting, watch or (lambda: None)

    def step(self, kind, run, *paths):
        if kind not in self.kinds:
            return run(*paths)
        self.watch()
        number = self.count
        self.count += 1
        due = number == self.at or (self.lasting and number > self.at >= 0)
        if due and number > self.at:
            raise self.error
        if due and self.moment == "half" and kind in ("copy", "write"):
            paths[-1 if kind == "copy" else 0].write_bytes(b"<h")
        if due and self.moment != "after":
            raise self.error
        run(*paths)
        if due:
            raise self.error
        self.watch()


def _step(kind):
    def change(self, *paths):
        return self.step(kind, partial(getattr(Files, kind), self), *paths)

    return change


for _kind in KINDS:
    setattr(Steps, _kind, _step(_kind))


class CopyingSteps(Steps):
    """The same where the file system knows no links."""

    def link(self, path, target):
        raise PermissionError(errno.EPERM, "Operation not permitted")


@pytest.fixture(autouse=True)
def disk_that_need_not_be_waited_for(monkeypatch):
    """Thousands of syncs, each counted as a step, of which none can be observed here."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def scene(tmp_path, rendered, facts, clock, snapshot, links_of):
    return Scene(tmp_path, rendered, facts, clock, snapshot, links_of)


class Scene:
    """A tree with May in it, the publish of June, and what both look like when whole."""

    def __init__(self, tmp_path, rendered, facts, clock, snapshot, links_of):
        self.folder, self.facts, self.clock = tmp_path, facts, clock
        self.snapshot, self.links_of = snapshot, links_of
        self.trees = {"2024-05-31": rendered("may"), "2024-06-30": rendered("june")}
        self.contents = {name: snapshot(tree) for name, tree in self.trees.items()}
        self.public = tmp_path / "public"
        self.base = tmp_path / "base"

    def prepare(self, *names, steps=Steps):
        """Take the tree with these versions as the one that every trial starts from."""
        self.base.mkdir()
        for name in names:
            self.publish(name, public=self.base, files=steps())
        self.before = self.snapshot(self.base)
        shutil.copytree(self.base, self.public, symlinks=True)
        counter = steps()
        self.publish("2024-06-30", files=counter)
        self.after = self.snapshot(self.public)
        return counter.count

    def reset(self):
        shutil.rmtree(self.public)
        shutil.copytree(self.base, self.public, symlinks=True)

    def publish(self, name, *, files, public=None):
        publish_site(
            self.trees[name],
            public or self.public,
            facts=self.facts(name, name),
            clock=self.clock,
            files=files,
            wait_seconds=0,
        )

    def check_complete(self, *, latest=True):
        """What readers are led to is there, byte for byte; computed without the publisher."""
        may = self.snapshot(self.public / "2024-05-31")
        assert may.pop("manifest.json")
        assert may == self.contents["2024-05-31"]
        listed = json.loads((self.public / "versions.json").read_text())
        names = {entry["name"] for entry in listed["versions"]}
        assert {"2024-05-31"} <= names <= {"2024-05-31", "2024-06-30"}
        shown = [*names, listed["latest"]]
        if latest:
            manifest = json.loads((self.public / "latest" / "manifest.json").read_text())
            shown.append(manifest["version"])
            assert self.public.joinpath("latest", "site", "index.html").is_file()
        for name in shown:
            tree = self.snapshot(self.public / name)
            assert tree.pop("manifest.json")
            assert tree == self.contents[name]
        for page in ("index.html", "versions/index.html"):
            text = (self.public / page).read_text()
            links = self.links_of(text)
            assert len(links) > 5
            for link in links:
                if latest or "latest/" not in link:
                    local = link.startswith("data:")
                    assert local or (self.public / page).parent.joinpath(link).is_file(), link


@pytest.mark.parametrize("moment", ["before", "half", "after"])
def test_a_kill_at_any_step_leaves_a_complete_site_that_the_next_publish_finishes(scene, moment):
    steps = scene.prepare("2024-05-31")
    assert steps > 30
    for at in range(steps):
        scene.reset()
        with pytest.raises(Killed):
            scene.publish("2024-06-30", files=Steps(at, Killed(), moment, lasting=True))
        scene.check_complete()
        scene.publish("2024-06-30", files=Files())
        assert scene.snapshot(scene.public) == scene.after, at


@pytest.mark.parametrize("moment", ["before", "half", "after"])
def test_a_kill_at_any_step_of_the_first_publish_is_made_good_by_the_next(scene, moment):
    steps = scene.prepare()
    for at in range(steps):
        scene.reset()
        with pytest.raises(Killed):
            scene.publish("2024-06-30", files=Steps(at, Killed(), moment, lasting=True))
        scene.publish("2024-06-30", files=Files())
        assert scene.snapshot(scene.public) == scene.after, at


def test_after_a_kill_repair_alone_leaves_the_site_as_before_or_as_after(scene):
    steps = scene.prepare("2024-05-31")
    seen = set()
    for at in range(steps):
        scene.reset()
        with pytest.raises(Killed):
            scene.publish("2024-06-30", files=Steps(at, Killed(), lasting=True))
        recover_site(scene.public, clock=scene.clock)
        tree = scene.snapshot(scene.public)
        assert tree in (scene.before, scene.after), at
        seen.add(tree == scene.after)
    assert seen == {False, True}


def test_a_kill_in_the_repair_after_a_kill_is_made_good_too(scene):
    steps = scene.prepare("2024-05-31")
    for at in range(0, steps, 2):
        scene.reset()
        with pytest.raises(Killed):
            scene.publish("2024-06-30", files=Steps(at, Killed(), lasting=True))
        killed = shutil.copytree(scene.public, scene.folder / f"killed-{at}", symlinks=True)
        counter = Steps()
        recover_site(scene.public, clock=scene.clock, files=counter)
        for again in range(counter.count):
            shutil.rmtree(scene.public)
            shutil.copytree(killed, scene.public, symlinks=True)
            files = Steps(again, Killed(), "after", lasting=True)
            with pytest.raises(Killed):
                recover_site(scene.public, clock=scene.clock, files=files)
            scene.check_complete()
            scene.publish("2024-06-30", files=Files())
            assert scene.snapshot(scene.public) == scene.after, (at, again)


@pytest.mark.parametrize("moment", ["before", "half", "after"])
@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), ExitCode.FAULT),
        (KeyboardInterrupt(), ExitCode.INTERRUPTED),
    ],
)
def test_an_error_at_any_step_leaves_the_site_exactly_as_before_or_as_after(
    scene, moment, error, code
):
    steps = scene.prepare("2024-05-31")
    outcomes = []
    for at in range(steps):
        scene.reset()
        with pytest.raises(PublishError) as caught:
            scene.publish("2024-06-30", files=Steps(at, error, moment))
        assert caught.value.exit_code == code
        tree = scene.snapshot(scene.public)
        committed = re.search("(is|was) published", caught.value.message)
        assert tree == (scene.after if committed else scene.before), at
        outcomes.append(tree == scene.after)
        scene.publish("2024-06-30", files=Files())
        assert scene.snapshot(scene.public) == scene.after, at
    assert outcomes == sorted(outcomes)
    assert not outcomes[0]


def test_an_error_at_any_step_of_the_first_publish_leaves_no_site(scene):
    steps = scene.prepare()
    full = OSError(errno.ENOSPC, "No space left on device")
    for at in range(steps):
        scene.reset()
        with pytest.raises(PublishError):
            scene.publish("2024-06-30", files=Steps(at, full))
        assert scene.snapshot(scene.public) in ({}, scene.after), at


def test_a_disk_that_stays_full_leaves_the_site_as_it_was(scene):
    scene.prepare("2024-05-31")
    counter = Steps(kinds=GROWING)
    scene.reset()
    scene.publish("2024-06-30", files=counter)
    full = OSError(errno.ENOSPC, "No space left on device")
    for at in range(counter.count):
        scene.reset()
        files = Steps(at, full, "half", kinds=GROWING, lasting=True)
        with pytest.raises(PublishError, match="No space left on device"):
            scene.publish("2024-06-30", files=files)
        assert scene.snapshot(scene.public) == scene.before, at


def test_a_reader_finds_a_complete_site_between_any_two_steps(scene):
    scene.prepare("2024-05-31")
    scene.reset()
    watching = Steps(watch=scene.check_complete)
    scene.publish("2024-06-30", files=watching)
    assert watching.count > 30


class Recorded(Files):
    """Writes down every change with the names of its paths."""

    def __init__(self):
        self.log = []


def _recorded(kind):
    def change(self, *paths):
        self.log.append((kind, *(str(path) for path in paths)))
        getattr(Files, kind)(self, *paths)

    return change


for _kind in KINDS:
    setattr(Recorded, _kind, _recorded(_kind))


def test_everything_is_on_the_disk_before_it_is_shown_and_the_list_is_last(scene):
    scene.prepare("2024-05-31")
    scene.reset()
    recorded = Recorded()
    scene.publish("2024-06-30", files=recorded)
    log, public = recorded.log, str(scene.public)
    shown = log.index(("rename", f"{public}/.staging-2024-06-30", f"{public}/2024-06-30"))
    renames = [number for number, entry in enumerate(log) if entry[0] == "rename"]
    written = [
        (number, entry[-1] if entry[0] == "copy" else entry[1])
        for number, entry in enumerate(log)
        if entry[0] in ("copy", "write")
    ]
    shared = sum(entry[0] == "share" for entry in log)  # on the disk since the version before
    assert shared
    assert len(written) + shared >= len(scene.contents["2024-06-30"]) + 5
    for number, path in written:
        synced = log.index(("sync", path))
        assert number < synced < shown, path
        assert ("sync", path.rpartition("/")[0]) in log[synced:shown] or "own" in path, path
    assert renames[0] == shown
    assert log[renames[-1]][2] == f"{public}/versions.json"
    assert ("sync", public) in log[renames[-2] : renames[-1]]
    assert ("sync", public) in log[renames[-1] :]


def test_where_links_are_not_allowed_a_kill_is_made_good_as_well(scene):
    steps = scene.prepare("2024-05-31", steps=CopyingSteps)
    for at in range(steps):
        scene.reset()
        with pytest.raises(Killed):
            scene.publish("2024-06-30", files=CopyingSteps(at, Killed(), "after", lasting=True))
        scene.check_complete(latest=False)
        scene.publish("2024-06-30", files=CopyingSteps())
        assert scene.snapshot(scene.public) == scene.after, at


def test_a_kill_while_the_status_is_written_leaves_one_of_both_after_repair(scene):
    scene.prepare("2024-05-31")
    scene.reset()
    stale = partial(write_stale, scene.public, because="x", clock=scene.clock)
    counter = Steps()
    stale(files=counter)
    after = scene.snapshot(scene.public)
    for at in range(counter.count):
        scene.reset()
        with pytest.raises(Killed):
            stale(files=Steps(at, Killed(), "after", lasting=True))
        scene.check_complete()
        recover_site(scene.public, clock=scene.clock)
        assert scene.snapshot(scene.public) in (scene.before, after), at
