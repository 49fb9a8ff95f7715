"""Cleaning and marts of a large shop: the project against hand-written SQL, as JSON.

    nox -s bench -- --scale FOLDER [--memory-limit 4GB] [--repeat N] [--compare-frames]

FOLDER is what `analytics generate --format parquet` wrote. Both run in processes of their own, in
turns, so that another load on the machine meets both; processor seconds hardly see it.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
from steps import total

SIDES = ("ours", "handwritten")
CLEANING = ("ingest", "clean")
HERE = Path(__file__).parent


def measured(side: str, folder: Path, out: Path, memory_limit: str) -> dict[str, Any]:
    """Run one side in a process of its own; return its steps and their sums."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    command = [sys.executable, str(HERE / "scale.py"), str(folder), "--side", side]
    command += ["--out", str(out), "--memory-limit", memory_limit]
    done = subprocess.run(command, cwd=HERE.parents[1], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"{side} ended with {done.returncode}")
    steps = json.loads(done.stdout.splitlines()[-1])
    marts = [name for name in steps if name not in CLEANING]
    sums = {"all": total(steps), "cleaning": total(steps, *CLEANING), "marts": total(steps, *marts)}
    return {"sums": sums, "steps": steps}


def check_alike(ours: Path, theirs: Path) -> dict[str, list[str]]:
    """Return rows and sums of every clean table; SystemExit where the sides differ."""
    found = {}
    for file in sorted((ours / "clean").glob("*.parquet")):
        both = [_summary(side / "clean" / file.name) for side in (ours, theirs)]
        if both[0] != both[1]:
            raise SystemExit(f"clean {file.stem} differs: {both[0]} and {both[1]}")
        found[file.stem] = both[0]
    return found


def _summary(file: Path) -> list[str]:
    with duckdb.connect() as connection:
        columns = connection.execute(f"DESCRIBE SELECT * FROM '{file}'").fetchall()
        sums = [
            f"sum({name})" if kind.startswith(("DECIMAL", "BIGINT")) else f"count({name})"
            for name, kind, *_ in columns
        ]
        row = connection.execute(f"SELECT count(*), {', '.join(sums)} FROM '{file}'").fetchone()
    return [str(value) for value in row or ()]


def compare_frames(ours: Path, theirs: Path) -> int:
    """Compare every mart as a frame; return how many there are."""
    import pandas as pd

    files = sorted((ours / "marts").glob("*.parquet"))
    for file in files:
        one, other = pd.read_parquet(file), pd.read_parquet(theirs / "marts" / file.name)
        pd.testing.assert_frame_equal(one, other, check_dtype=False, obj=file.stem)
    return len(files)


def main() -> None:
    """Measure, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--memory-limit", default="4GB")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--compare-frames", action="store_true")
    parser.add_argument("--side", choices=SIDES, help=argparse.SUPPRESS)
    parser.add_argument("--out", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    folder = options.folder.resolve()
    if options.side:
        module = __import__(options.side)
        print(json.dumps(module.run(folder, options.out, options.memory_limit)))
        return
    runs: dict[str, list[dict[str, Any]]] = {side: [] for side in SIDES}
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        outs = {side: Path(scratch) / side for side in SIDES}
        for _ in range(options.repeat):
            for side in SIDES:
                runs[side].append(measured(side, folder, outs[side], options.memory_limit))
        record: dict[str, Any] = {"memory_limit": options.memory_limit, "repeat": options.repeat}
        record["tables"] = check_alike(outs["ours"], outs["handwritten"])
        if options.compare_frames:
            record["equal_marts"] = compare_frames(outs["ours"], outs["handwritten"])
    record["ratio"] = {
        part: {
            unit: round(
                statistics.median(run["sums"][part][unit] for run in runs["ours"])
                / statistics.median(run["sums"][part][unit] for run in runs["handwritten"]),
                2,
            )
            for unit in ("seconds", "cpu_seconds", "peak_mib")
        }
        for part in ("all", "cleaning", "marts")
    }
    record["runs"] = runs
    print(json.dumps(record, indent=1))


if __name__ == "__main__":
    main()
