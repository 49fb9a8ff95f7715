"""Inputs that aim at memory and time, and some of each kind, as commands within limits."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from cases_common import FIRST_ROW, export
from corpus import CASES
from fault_case import FaultCase
from test_messages import check_message
from valid_exports import FILES, HEADER, ROWS, source_text

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 10, 1024
# A busy machine is no finding: the work is judged by the process's own time, and only a command
# that never ends is stopped by the clock.
PATIENCE = 180
HEAVY = [case for case in CASES if case.heavy]
# One of each format and of each sort of fault: the place, the kind, the header, the values, the
# name, the structure.
PUBLISHED = (
    ("csv", "a pipe"),
    ("csv", "a quote not closed"),
    ("whitespace", "a hostile file name"),
    ("jsonl", "a column misspelt"),
    ("parquet", "Net NaN"),
    ("excel", "entities that grow"),
    ("sqlite", "a statement that drops"),
    ("duckdb", "no such table"),
    ("toml", "a key misspelt"),
)
SAMPLE = [
    next(case for case in CASES if (case.format, case.fault) == wanted) for wanted in PUBLISHED
]
# The peak of this process alone: getrusage counts what its parent had before it.
MEASURED = """
import re, sys, time
from analytics.cli import main
sys.argv[0] = "analytics"
try:
    main()
finally:
    used = re.search(r"VmHWM:\\s+(\\d+)", open("/proc/self/status").read())
    print(f"used {int(used[1]) // 1024} {time.process_time():.1f}", file=sys.stderr)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How a command ended, and what it used."""

    code: int
    output: str
    message: str
    megabytes: int
    seconds: float


def command(project: Path, *arguments: str) -> Ended:
    """Run a command; it must neither show a traceback nor leave the limits."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "--project", str(project), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        stdin=subprocess.DEVNULL,
        timeout=PATIENCE,
    )
    assert "Traceback" not in done.stderr, done.stderr
    message, _, used = done.stderr.rpartition("used ")
    megabytes, seconds = used.split()
    ended = Ended(
        code=done.returncode,
        output=done.stdout,
        message=message.rstrip("\n"),
        megabytes=int(megabytes),
        seconds=float(seconds),
    )
    assert ended.megabytes < MEGABYTES, ended
    assert ended.seconds < SECONDS, ended
    return ended


def checked(case: FaultCase, folder: Path) -> Ended:
    """Write a case into a folder and run `analytics check` on it."""
    folder.mkdir()
    shutil.copyfile(ROOT / "analytics.toml", folder / "analytics.toml")
    case.write(folder)
    ended = command(folder, "check", "shop.toml")
    shutil.rmtree(folder / "raw")
    return ended


# The publisher's own pages, which say since when the site is stale, and why.
NOTICES = ("status.json", "index.html", "versions/index.html")


def tree(folder: Path) -> dict[str, str]:
    """Return the digest of every file of a published tree but those that say it is stale."""
    return {
        name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for name in [path.relative_to(folder).as_posix()]
        if name not in NOTICES
    }


@pytest.fixture(scope="module")
def checks(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Ended]]]:
    """Run the heavy cases that were chosen, two commands at a time: most of each is its start."""
    folder = tmp_path_factory.mktemp("heavy")
    chosen = [
        item.callspec.params["case"]
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.function is test_what_aims_at_memory_or_time_ends_within_limits
    ]
    with ThreadPoolExecutor(2) as pool:
        yield {
            case.name: pool.submit(checked, case, folder / str(number))
            for number, case in enumerate(chosen)
        }


@pytest.mark.parametrize("case", HEAVY, ids=lambda case: ascii(case.name))
def test_what_aims_at_memory_or_time_ends_within_limits(
    case: FaultCase, checks: dict[str, Future[Ended]]
) -> None:
    ended = checks[case.name].result()
    assert ended.code == 2, ended
    check_message(case, ended.message)


@pytest.fixture(scope="module")
def published_project(built_project: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a site that was really built, published in the place of the shop's own."""
    project = tmp_path_factory.mktemp("published") / "project"
    project.mkdir()
    for name in ("analytics.toml", "_quarto.yml", "GLOSSARY.md"):
        shutil.copyfile(built_project / name, project / name)
    for name in ("site", "data/sources", "requirements"):
        shutil.copytree(built_project / name, project / name)
    shutil.copytree(built_project / "public", project / "public-shop", symlinks=True)
    return project


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: ascii(case.name))
def test_nothing_is_published_of_what_cannot_be_read(
    case: FaultCase, published_project: Path
) -> None:
    shutil.rmtree(published_project / "raw", ignore_errors=True)
    case.write(published_project)
    before = tree(published_project / "public-shop")
    assert any(name.endswith("manifest.json") for name in before)
    ended = command(published_project, "build", "--renderer", "embedded", "--source", "shop.toml")
    assert ended.code == 2, ended
    errors = ended.message[ended.message.index("error: ") :]
    check_message(case, errors)
    assert tree(published_project / "public-shop") == before


@pytest.mark.parametrize("format", list(FIRST_ROW))
def test_a_row_that_is_not_understood_is_told_with_its_place(format: str, tmp_path: Path) -> None:
    """One cell of each kind is wrong: these rows would be set aside, and the others kept."""
    rows = [list(row) for row in ROWS]
    odd = {3: ("Net", "NaN"), 5: ("When", "2023-02-29"), 7: ("State", "eaten")}
    for at, (column, value) in odd.items():
        rows[at][HEADER.index(column)] = value
    (tmp_path / "raw").mkdir()
    shutil.copyfile(ROOT / "analytics.toml", tmp_path / "analytics.toml")
    (tmp_path / "raw" / FILES[format]).write_bytes(export(format, rows))
    (tmp_path / "shop.toml").write_text(source_text(format))
    ended = command(tmp_path, "check", "shop.toml")
    assert ended.code == 2, ended
    lines = ended.output.splitlines()
    for at, (column, value) in odd.items():
        row = at + FIRST_ROW[format]
        line = next(line for line in lines if f"row {row}, column {column}" in line)
        assert line.strip().startswith(FILES[format])
        assert repr(value) in line
    assert sum(line.strip().startswith(f"{FILES[format]}, row") for line in lines) == len(odd)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("x" * 300, "there is no source"),
        ("x" * 300 + ".toml", "the file cannot be read: File name too long"),
        ("folder.toml", "no ordinary file"),
        ("pipe.toml", "no ordinary file"),
        ("loop.toml", "the file cannot be read: Too many levels of symbolic links"),
        ("gone.toml", "does not exist"),
        ("a\x1b[2J\x00b"[:5] + ".toml", "does not exist"),
    ],
    ids=["a long name", "a long path", "a folder", "a pipe", "a loop", "a link", "a hostile name"],
)
def test_a_source_that_is_no_file_is_refused(name: str, says: str, tmp_path: Path) -> None:
    shutil.copyfile(ROOT / "analytics.toml", tmp_path / "analytics.toml")
    (tmp_path / "folder.toml").mkdir()
    os.mkfifo(tmp_path / "pipe.toml")
    (tmp_path / "loop.toml").symlink_to("loop.toml")
    (tmp_path / "gone.toml").symlink_to("nowhere")
    ended = command(tmp_path, "build", "--source", name)
    assert ended.code == 2, ended
    lines = ended.message.splitlines()
    assert lines[0].startswith("error: ")
    assert says in lines[0]
    assert len(lines) == 2  # what is wrong, and a remedy
    assert lines[1].startswith("  ")
    assert all(line.isprintable() for line in lines)
    assert not list(tmp_path.glob("public*"))
