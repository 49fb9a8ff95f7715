"""A small project, built once for the whole run and shared by its workers."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

# A slow machine is no finding: examples are bounded in number, not in time.
settings.register_profile("project", deadline=None)
settings.load_profile("project")

ROOT = Path(__file__).parents[1]
COPIED = ("_quarto.yml", "site", "GLOSSARY.md", "data/sources", "requirements/site.txt")
SMALL = {"customers": 400, "transactions": 7_000, "bootstrap_draws": 20}


def write_project(folder: Path, **sizes: int) -> Path:
    """Copy what a build reads into `folder`, with a smaller synthetic shop."""
    for name in COPIED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        copy = shutil.copytree if source.is_dir() else shutil.copyfile
        copy(source, target)
    settings = (ROOT / "analytics.toml").read_text("utf-8")
    for key, value in {**SMALL, **sizes}.items():
        settings, found = re.subn(rf"(?m)^{key} = .*$", f"{key} = {value}", settings)
        assert found, key
    (folder / "analytics.toml").write_text(settings, encoding="utf-8")
    return folder


def run_analytics(
    project: Path, *arguments: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run a command in a project as its user would; the embedded renderer unless told."""
    return subprocess.run(
        [sys.executable, "-m", "analytics.cli", "--project", str(project), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        timeout=300,
    )


@pytest.fixture
def new_project(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that writes a small project into a folder of this test."""
    return lambda **sizes: write_project(tmp_path / "project", **sizes)


@pytest.fixture(scope="session")
def built_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a small project whose site is published; tests must leave it as it is."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    project = shared / "built-project"
    with FileLock(f"{project}.lock"):
        if not (project / "public" / "versions.json").is_file():
            shutil.rmtree(project, ignore_errors=True)
            write_project(project)
            done = run_analytics(project, "build", "--renderer", "embedded")
            assert done.returncode == 0, done.stderr
    return project


@pytest.fixture(scope="session")
def built_site(built_project: Path) -> Path:
    """Return the published tree of the small project."""
    return built_project / "public"


@pytest.fixture(scope="session")
def analytics() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the function that runs a command in a project."""
    return run_analytics


@pytest.fixture(scope="session")
def project_writer() -> Callable[..., Path]:
    """Return the function that writes a small project."""
    return write_project
