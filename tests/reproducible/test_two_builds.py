"""The same inputs, built elsewhere under other circumstances: the same tree, but for the clock."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

# Zones half a day apart, so that the two builds are on different days at any time.
HERE = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "0"}
THERE = {"TZ": "Etc/GMT+12", "LC_ALL": "C.utf8", "PYTHONHASHSEED": "4321"}
# The recorded creation time, as programs and as readers have it, and the digest of the manifest
# that records it.
CREATED = re.compile(
    rb"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ|\d{1,2} [A-Z][a-z]+ 20\d\d, \d\d:\d\d UTC"
    rb'|"manifest_digest": "[0-9a-f]{64}"'
)
# Who may say when: what is about versions, not of one.
DATED = {"versions.json", "status.json", "index.html", "feed.xml", "alerts.xml"}


def contents(tree: Path) -> dict[str, bytes]:
    """Return the files below a published tree: path to content."""
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file() and not path.is_symlink() and not path.name.startswith(".publish")
    }


def is_dated(path: str) -> bool:
    folder, _, name = path.rpartition("/")
    return name == "manifest.json" or (folder in ("", "versions") and name in DATED)


@pytest.fixture(scope="module")
def trees(tmp_path_factory, project_writer, analytics):
    """The published trees of two builds of the same inputs, with 1 and with 3 tasks."""
    made = []
    for name, tasks, environment in (("here", 1, HERE), ("there at another depth/x", 3, THERE)):
        project = project_writer(tmp_path_factory.mktemp("reproducible") / name)
        settings = project / "analytics.toml"
        text = settings.read_text("utf-8")
        settings.write_text(re.sub(r"(?m)^jobs = 2$", f"jobs = {tasks}", text), "utf-8")
        done = analytics(project, "build", "--renderer", "embedded", **environment)
        assert done.returncode == 0, done.stdout + done.stderr
        made.append(contents(project / "public"))
    return made


def test_both_trees_have_the_same_files(trees):
    here, there = trees
    assert sorted(here) == sorted(there)
    assert len(here) > 300


def test_files_are_equal_but_for_the_recorded_creation_time(trees):
    here, there = trees
    differing = [
        path
        for path in here
        if here[path] != there[path]
        and not (is_dated(path) and CREATED.sub(b"", here[path]) == CREATED.sub(b"", there[path]))
    ]
    assert differing == []


def test_no_file_names_the_folder_that_it_was_made_in(trees):
    for tree in trees:
        for path, content in tree.items():
            plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
            assert b"/reproducible0/" not in plain, path
            assert b"there at another depth" not in plain, path
