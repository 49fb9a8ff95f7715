"""A cluster of two workers gives the frames that DuckDB gives."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pandas as pd

from analytics.ingest import Source
from tests.spark.cluster import WORKERS, standalone_cluster
from tests.spark.test_equal_marts import MARTS, assert_equal

SCRIPT = Path(__file__).with_name("engine_frames.py")


def frames(source: Source, out: Path, *options: str) -> dict[str, object]:
    """Compute in a process of its own: a process has one Spark session."""
    command = [sys.executable, str(SCRIPT), str(source.file), str(out), *options]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    said: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
    return said


def test_a_standalone_cluster_of_two_workers_gives_the_frames_of_duckdb(
    synthetic: Source, tmp_path: Path
) -> None:
    with standalone_cluster(tmp_path / "cluster") as master:
        options = ("--engine", "spark", "--master", master, "--memory-limit", "1GB")
        said = frames(synthetic, tmp_path / "spark", *options)
    # The driver, and an executor on each worker.
    assert said["machines"] == 1 + WORKERS
    frames(synthetic, tmp_path / "duckdb")
    names = sorted(file.name for file in (tmp_path / "duckdb").glob("*.parquet"))
    assert {f"{name}.parquet" for name in MARTS} < set(names)
    for name in names:
        one, other = (pd.read_parquet(tmp_path / side / name) for side in ("duckdb", "spark"))
        if name.startswith("quality_"):
            pd.testing.assert_frame_equal(one, other)
        else:
            assert_equal(one, other)
