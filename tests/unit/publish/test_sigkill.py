"""A publish that is killed for real, at random instants, while somebody reads the site."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from analytics.publish.lock import read_holder
from analytics.publish.site import publish_site
from analytics.publish.verify import verified_site, verified_version

KILLS = int(os.environ.get("ANALYTICS_KILLS", "25"))
# Publishes one day after another in one process, and says so before each.
PUBLISHER = """
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from analytics.publish.identity import Identity
from analytics.publish.manifest import ManifestFacts
from analytics.publish.site import publish_site

tree, public, first = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
for number in range(first, first + 400):
    day = date(2024, 1, 1) + timedelta(days=number)
    identity = Identity(data=str(number), package="p", documents="d", settings="s", lock="l",
                        renderer="embedded", renderer_version="1")
    facts = ManifestFacts(source="shop", site_title="Shop", title="t", data_to=day,
                          identity=identity)
    print(number, flush=True)
    publish_site(tree, public, facts=facts, clock=lambda: datetime.now(UTC))
"""


@pytest.fixture
def tree(tmp_path):
    """A tree of a few hundred files, so that a kill falls into the midst of them."""
    folder = tmp_path / "rendered"
    for number in range(150):
        page = folder / "site" / f"{number % 7}" / f"{number}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(f"<head><title>{number}</title></head>" + "x" * 3000)
    (folder / "index.html").write_text("<head></head>")
    (folder / "site" / "index.html").write_text("<head></head>home")
    return folder


class Reader(threading.Thread):
    """Reads what a visitor would, all the while, and notes what was missing."""

    def __init__(self, public: Path) -> None:
        super().__init__(daemon=True)
        self.public, self.missed, self.rounds, self.done = public, [], 0, threading.Event()

    def run(self) -> None:
        while not self.done.is_set():
            try:
                listed = json.loads((self.public / "versions.json").read_text())
                names = ["index.html", "versions/index.html", "status.json", "feed.xml",
                         "latest/site/index.html", "latest/manifest.json"]  # fmt: skip
                names += [f"{entry['name']}/manifest.json" for entry in listed["versions"]]
                for name in names:
                    (self.public / name).read_bytes()
            except (OSError, ValueError) as error:
                self.missed.append(str(error))
            self.rounds += 1


def started(tree: Path, public: Path, first: int) -> subprocess.Popen[str]:
    root = str(Path(__file__).parents[3])
    return subprocess.Popen(
        [sys.executable, "-c", PUBLISHER, str(tree), str(public), str(first)],
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": root},
    )  # fmt: skip


def test_kills_at_random_instants_leave_no_broken_tree_and_readers_miss_nothing(
    tree, tmp_path, facts
):
    public, draws = tmp_path / "public", random.Random(11)
    identity = {"source": "shop", "site_title": "Shop"}
    publish_site(
        tree, public, facts=facts("2023-12-31", "first", **identity),
        clock=lambda: datetime.now(UTC),
    )  # fmt: skip
    reader = Reader(public)
    reader.start()
    number, broken, within, verified = 0, [], 0, set()
    for _ in range(KILLS):
        process = started(tree, public, number)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(draws.uniform(0.0, 0.35))
        process.send_signal(signal.SIGKILL)
        said = process.communicate()[0].split()
        number = int(said[-1]) + 1 if said else number + 1
        within += any(path.name.startswith(".staging-") for path in public.iterdir())
        # The next command: the same version again, which recovers the tree first.
        day = date(2022, 1, 1).isoformat()
        again = facts(day, "next command", **identity)
        publish_site(tree, public, facts=again, clock=lambda: datetime.now(UTC))
        names = {path.name for path in public.glob("20*")}
        for name in sorted(names - verified):
            broken += verified_version(public, name)
        verified |= names
        assert not any(path.name.startswith(".staging-") for path in public.iterdir())
    reader.done.set()
    reader.join()
    assert broken == []
    assert verified_site(public) == []
    assert reader.missed == []
    assert reader.rounds > KILLS
    assert within > KILLS / 5, "the kills did not fall into publishes"


def test_a_lock_that_a_killed_publisher_left_never_blocks(tree, tmp_path, facts):
    public = tmp_path / "public"
    process = started(tree, public, 0)
    assert process.stdout is not None
    process.stdout.readline()
    # It is held still to look whether it holds the lock: between two versions it does not.
    while True:
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        if read_holder(public) is not None:
            break
        process.send_signal(signal.SIGCONT)
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    done = publish_site(
        tree, public, facts=facts("2024-06-30", source="shop"),
        clock=lambda: datetime.now(UTC), wait_seconds=0,
    )  # fmt: skip
    assert any("without giving way" in note for note in done.notes)


def test_a_clock_that_was_set_back_changes_neither_order_nor_latest(tree, tmp_path, facts):
    public = tmp_path / "public"
    for day, year in (("2024-05-31", 2030), ("2024-06-30", 1999)):
        publish_site(
            tree, public, facts=facts(day, day),
            clock=lambda year=year: datetime(year, 1, 1, tzinfo=UTC),
        )  # fmt: skip
    listed = json.loads((public / "versions.json").read_text())
    assert [entry["name"] for entry in listed["versions"]] == ["2024-06-30", "2024-05-31"]
    assert listed["latest"] == "2024-06-30"
    assert verified_site(public) == []


OPERATIONS = ("open", "os.", "shutil.")
_counted: list[str] = []
_counting = False


def _count(event, arguments):
    if _counting and event.startswith(OPERATIONS):
        _counted.append(event)


sys.addaudithook(_count)


def test_the_hundredth_version_takes_no_more_file_operations_than_the_second(tree, tmp_path, facts):
    """Every page changes, as every page names its version."""
    small = tmp_path / "small"
    (small / "site").mkdir(parents=True)
    for page in ("index.html", "site/index.html"):
        (small / page).write_text("<head></head>")

    def publish(public, folder, number):
        global _counting
        day = date.fromordinal(date(2024, 1, 1).toordinal() + number).isoformat()
        for page in tree.rglob("*.html") if folder is tree else ():
            page.write_text(f"<head><title>{day}</title></head>")
        _counted.clear()
        _counting = True
        try:
            publish_site(
                folder,
                public,
                facts=facts(day, day),
                clock=lambda: datetime(2024, 7, 1, tzinfo=UTC),
            )
        finally:
            _counting = False
        return len(_counted)

    def operations(earlier):
        public = tmp_path / f"public-{earlier}"
        for number in range(earlier):
            publish(public, small, number)
        return publish(public, tree, earlier)

    second, hundredth = operations(1), operations(99)
    assert second > len(list(tree.rglob("*.html")))
    assert hundredth <= 1.2 * second, (second, hundredth)


def test_the_tree_grows_only_by_what_changed(tree, tmp_path, facts):
    public = tmp_path / "public"
    for number, day in enumerate(("2024-05-31", "2024-06-30")):
        (tree / "site" / "index.html").write_text(f"<head></head>{number}")
        publish_site(tree, public, facts=facts(day, day), clock=lambda: datetime.now(UTC))
    old, new = public / "2024-05-31", public / "2024-06-30"
    shared = {
        path.relative_to(new).as_posix()
        for path in new.rglob("*")
        if path.is_file() and path.stat().st_ino == (old / path.relative_to(new)).stat().st_ino
    }
    every = {path.relative_to(new).as_posix() for path in new.rglob("*") if path.is_file()}
    assert every - shared == {"site/index.html", "manifest.json"}


def test_a_hand_edited_file_is_not_handed_on_to_the_next_version(tree, tmp_path, facts):
    public = tmp_path / "public"
    publish_site(tree, public, facts=facts("2024-05-31"), clock=lambda: datetime.now(UTC))
    edited = public / "2024-05-31" / "site" / "1" / "1.html"
    edited.write_text("edited")
    done = publish_site(
        tree, public, facts=facts("2024-06-30", "b"), clock=lambda: datetime.now(UTC)
    )
    assert (done.folder / "site/1/1.html").read_bytes() == (tree / "site/1/1.html").read_bytes()
    assert [str(finding.path) for finding in verified_site(public)] == ["site/1/1.html"]
