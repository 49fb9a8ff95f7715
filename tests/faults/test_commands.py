"""Inputs that aim at memory and time, and one of each kind, as commands within limits."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cases_common import FIRST_ROW, export
from corpus import CASES
from fault_case import FaultCase
from test_messages import check_message
from valid_exports import FILES, HEADER, ROWS, source_text

ROOT = Path(__file__).parents[2]
SECONDS, MEGABYTES = 10, 1024
HEAVY = [case for case in CASES if case.heavy]
KINDS = ("a pipe", "a web page", "a column misspelt", "Net NaN", "a hostile file name")
SAMPLE = [
    next(case for case in CASES if case.format == format and case.fault == fault)
    for format, fault in zip(("csv", "excel", "jsonl", "parquet", "whitespace"), KINDS, strict=True)
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


def command(project: Path, *arguments: str) -> tuple[int, str, str]:
    """Run a command within the limits; return its code, output and message."""
    done = subprocess.run(
        [sys.executable, "-c", MEASURED, "--project", str(project), *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
    )
    message, _, used = done.stderr.rpartition("used ")
    assert "Traceback" not in done.stderr, done.stderr
    megabytes, seconds = used.split()
    assert int(megabytes) < MEGABYTES
    assert float(seconds) < SECONDS  # of work: a busy machine is no finding
    return done.returncode, done.stdout, message.rstrip("\n")


def tree(folder: Path) -> dict[str, str]:
    """Return the digest of every file of a published tree."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def project(tmp_path: Path, project_writer: Callable[[Path], Path]) -> Path:
    """A project in which something is published already."""
    written = project_writer(tmp_path / "project")
    for name in ("shop", "synthetic"):
        public = written / ("public" if name == "synthetic" else f"public-{name}")
        (public / "v1").mkdir(parents=True)
        (public / "v1" / "index.html").write_text("published before")
    return written


@pytest.mark.parametrize("case", HEAVY, ids=lambda case: ascii(case.name))
def test_what_aims_at_memory_or_time_ends_within_limits(case: FaultCase, project: Path) -> None:
    case.write(project)
    code, _, message = command(project, "check", "shop.toml")
    assert code == 2, message
    check_message(case, message)


@pytest.mark.parametrize("case", SAMPLE, ids=lambda case: ascii(case.name))
def test_nothing_is_published_of_what_cannot_be_read(case: FaultCase, project: Path) -> None:
    case.write(project)
    before = tree(project / "public-shop" / "v1")
    code, _, message = command(project, "build", "--renderer", "embedded", "--source", "shop.toml")
    assert code == 2, message
    check_message(case, message)
    assert tree(project / "public-shop" / "v1") == before
    assert not list((project / "public-shop").glob("v2*"))


@pytest.mark.parametrize("format", list(FIRST_ROW))
def test_a_row_that_is_not_understood_is_told_with_its_place(format: str, project: Path) -> None:
    """One cell of each kind is wrong: these rows would be set aside, and the others kept."""
    rows = [list(row) for row in ROWS]
    odd = {3: ("Net", "NaN"), 5: ("When", "2023-02-29"), 7: ("State", "eaten")}
    for at, (column, value) in odd.items():
        rows[at][HEADER.index(column)] = value
    (project / "raw").mkdir()
    (project / "raw" / FILES[format]).write_bytes(export(format, rows))
    (project / "shop.toml").write_text(source_text(format))
    code, output, message = command(project, "check", "shop.toml")
    assert code == 2, message
    for at, (column, value) in odd.items():
        row = at + FIRST_ROW[format]
        line = next(line for line in output.splitlines() if f"row {row}, column {column}" in line)
        assert line.startswith(FILES[format])
        assert repr(value) in line
    assert sum(line.startswith(FILES[format]) for line in output.splitlines()) == len(odd)
