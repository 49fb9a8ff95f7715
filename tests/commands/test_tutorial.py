"""The tutorial's commands and edits work in their order, and print what it shows."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
import tomllib
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TUTORIAL = (ROOT / "docs" / "your-own-shop.md").read_text("utf-8")
BLOCKS = re.findall(r"(?ms)^```(\S+)(?: exit=(\d))?\n(.*?)^```$", TUTORIAL)
SOURCE = "my-shop/my-shop.toml"
PAGES = ("index", "descriptive/kpis", "predictive/clv", "prescriptive/budget", "data/quality")


def edited(text: str, edits: str) -> str:
    """Return a source file with the top-level lines of a snippet in the place of its own."""
    for line in edits.splitlines():
        key = line.partition(" = ")[0]
        text, found = re.subn(rf"(?m)^{key} = .*$", lambda _, new=line: new, text, count=1)
        assert found, line
    tomllib.loads(text)
    return text


def first_page(project: Path, command: str) -> str:
    """Return the first page of the site that a command serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "analytics.cli", *shlex.split(command)[1:], "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    try:
        assert process.stdout is not None
        address = re.search(r"http://\S+", process.stdout.readline())
        assert address
        with urllib.request.urlopen(address[0] + "latest/site/index.html") as page:
            return str(page.read().decode())
    finally:
        process.terminate()
        process.communicate(timeout=30)


@pytest.fixture(scope="module")
def practised(
    tmp_path_factory: pytest.TempPathFactory,
    project_writer: Callable[..., Path],
    analytics: Callable[..., subprocess.CompletedProcess[str]],
) -> tuple[Path, list[str]]:
    """Return the project in which the tutorial was followed, and what went otherwise."""
    project = project_writer(tmp_path_factory.mktemp("tutorial") / "project", bootstrap_draws=20)
    otherwise, printed = [], ""
    for kind, exit_code, text in BLOCKS:
        if kind == "sh":
            words = shlex.split(text)
            if words[0] == "rm":
                for name in words[1:]:
                    (project / name).unlink()
                continue
            assert words.pop(0) == "analytics"
            renderer = ["--renderer", "embedded"] if words[0] == "build" else []
            done = analytics(project, *words, *renderer)
            printed = done.stdout + done.stderr
            if done.returncode != int(exit_code or 0):
                otherwise.append(f"{text}exit code {done.returncode}\n{printed}")
        elif kind in ("output", "source"):
            whole = printed if kind == "output" else (project / SOURCE).read_text("utf-8")
            lines = text.splitlines()
            otherwise += [f"not there: {line}\n{whole}" for line in lines if line not in whole]
        elif kind == "toml":
            file = project / SOURCE
            file.write_text(edited(file.read_text("utf-8"), text), encoding="utf-8")
        elif kind == "serve" and "My shop" not in first_page(project, text):
            otherwise.append("the page that is served is another's")
    return project, otherwise


def test_every_step_does_what_the_tutorial_says(practised: tuple[Path, list[str]]) -> None:
    assert practised[1] == []
    assert [kind for kind, *_ in BLOCKS].count("sh") >= 8


def test_the_published_site_has_its_pages(practised: tuple[Path, list[str]]) -> None:
    site = practised[0] / "public-my-shop" / "latest" / "site"
    for page in PAGES:
        assert "My shop" in (site / f"{page}.html").read_text("utf-8"), page


def test_the_folders_are_where_the_tutorial_says(practised: tuple[Path, list[str]]) -> None:
    table = TUTORIAL.partition("## Where things lie")[2].partition("##")[0]
    folders = [name for name in re.findall("`([^`]+)/`", table) if name != "latest"]
    assert len(folders) == 4
    for folder in folders:
        assert (practised[0] / folder).is_dir(), folder


def test_the_project_is_installed_as_its_front_page_says() -> None:
    install = next(text for kind, _, text in BLOCKS if kind == "text")
    assert install in (ROOT / "README.md").read_text("utf-8")
