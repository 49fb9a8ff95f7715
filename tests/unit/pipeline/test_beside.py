"""A tier computed in a process of its own."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from analytics.ingest import read_source
from analytics.pipeline import beside
from analytics.pipeline.beside import Beside, Task, is_worthwhile
from analytics.settings import Layout, Settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def task(tmp_path):
    layout = Layout(root=tmp_path, source="cdnow")
    source = read_source("cdnow", Layout(root=ROOT, source="cdnow"))
    return Task(
        tier="predictive", layout=layout, settings=Settings(), source=source, engine="duckdb",
        earlier=None, inputs={},
    )  # fmt: skip


def test_a_tier_that_fails_beside_is_not_said_to_be_stored(task):
    # There are no clean tables.
    with Beside(task) as process:
        assert not process.succeeded()
    assert not list(task.layout.root.rglob("predictive.*"))


def test_a_process_beside_is_gone_when_its_context_is_left(task):
    with Beside(task) as process:
        child = psutil.Process(process._process.pid)
    assert not child.is_running()


def test_a_process_beside_ends_when_whoever_asked_is_gone():
    code = (
        "import sys, time; from analytics.pipeline import beside; "
        "beside._end_with(sys.stdin.buffer); time.sleep(120)"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE) as process:
        process.stdin.close()
        assert process.wait(timeout=100) == 1


@pytest.mark.parametrize(
    ("jobs", "engine", "size", "expected"),
    [(2, "duckdb", 10, True), (1, "duckdb", 10, False), (2, "spark", 10, False),
     (2, "duckdb", 11, False)],
)  # fmt: skip
def test_two_processes_share_small_tables_of_duckdb_alone(
    jobs, engine, size, expected, tmp_path, monkeypatch
):
    monkeypatch.setattr(beside, "SMALL", 11)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    layout = Layout(root=tmp_path, source="shop")
    layout.clean.mkdir(parents=True)
    (layout.clean / "transactions.parquet").write_bytes(b"x" * size)
    settings = Settings()
    settings = replace(settings, build=replace(settings.build, jobs=jobs))
    assert is_worthwhile(layout, settings, engine) is expected
