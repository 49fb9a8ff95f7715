"""The site that follows its documents."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def watched(built_project, tmp_path_factory):
    """A copy of the built project, the address that it is served on, and the server."""
    project = tmp_path_factory.mktemp("watch") / "project"
    shutil.copytree(built_project, project, symlinks=True)
    command = [sys.executable, "-m", "analytics.cli", "--project", str(project)]
    server = subprocess.Popen(
        [*command, "serve", "--watch", "--port", "0"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    address = ""
    while not address:
        line = server.stdout.readline()
        assert line, "the server ended"
        found = re.search(r"http://[^ ]+", line)
        address = found[0] if found else ""
    yield project, address.rstrip("/")
    server.send_signal(signal.SIGINT)
    server.stdout.read()
    server.stdout.close()
    assert server.wait(timeout=30) == 0


def read(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read().decode()


def state(address, since="", page="/latest/site/methods/about.html"):
    return json.loads(read(f"{address}/-/state?since={since}&page={page}"))


def edited(project, path, change):
    document = project / path
    document.write_text(change(document.read_text("utf-8")), encoding="utf-8")


def test_a_page_shows_an_edit_within_two_seconds(watched):
    project, address = watched
    page = f"{address}/latest/site/methods/about.html"
    assert '<script defer src="/-/reload.js">' in read(page)
    taken = []
    for number in range(3):
        known = state(address)["generation"]
        began = time.monotonic()
        edited(project, "site/methods/about.qmd", lambda text, n=number: f"{text}\nEdit {n}.\n")
        assert state(address, known)["generation"] == known + 1
        taken.append(time.monotonic() - began)
        assert f"Edit {number}." in read(page)
    assert min(taken) < 2.0, taken


def test_a_page_with_cells_follows_too(watched):
    project, address = watched
    known = state(address)["generation"]
    edited(project, "site/data/index.qmd", lambda text: f"{text}\nMore about the data.\n")
    assert state(address, known)["message"] == ""
    page = read(f"{address}/latest/site/data/index.html")
    assert "More about the data." in page
    assert "customers.csv" not in page or "download" in page


def test_a_document_that_cannot_be_rendered_is_told_and_the_page_stays(watched):
    project, address = watched
    page = f"{address}/latest/site/methods/references.html"
    before = read(page)
    known = state(address)["generation"]
    path = "site/methods/references.qmd"
    text = (project / path).read_text("utf-8")
    (project / path).write_text(text + "\n{{< var no_such_variable >}}\n", encoding="utf-8")
    now = state(address, known)
    assert "references.qmd" in now["message"]
    assert read(page) == before
    (project / path).write_text(text, encoding="utf-8")
    assert state(address, now["generation"])["message"] == ""


def test_a_style_sheet_follows(watched):
    project, address = watched
    known = state(address)["generation"]
    edited(project, "site/assets/site.css", lambda text: f"{text}\n/* edited */\n")
    state(address, known)
    assert "/* edited */" in read(f"{address}/latest/site/assets/site.css")


def test_nothing_is_published(watched, built_project):
    project, _ = watched
    for name in ("versions.json", "latest/site/methods/about.html"):
        assert (project / "public" / name).read_bytes() == (
            built_project / "public" / name
        ).read_bytes()
