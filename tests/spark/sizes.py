"""A shop of a million orders gives equal results whatever computes it, in however little memory.

    nox -s sizes [-- --orders 1000000] [--folder FOLDER]

DuckDB with 512 MB, DuckDB with 8 GB and Spark clean the same exports and compute the same marts,
each in a process of its own. What is there in the folder already is not computed again.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

ROOT = Path(__file__).parents[2]
SCRIPT = Path(__file__).with_name("engine_frames.py")
SIDES = {
    "duckdb-8gb": ("--engine", "duckdb", "--memory-limit", "8GB"),
    "duckdb-512mb": ("--engine", "duckdb", "--memory-limit", "512MB"),
    "spark": ("--engine", "spark", "--memory-limit", "4GB"),
}
_DONE = "done.json"


def computed(source: Path, out: Path, options: tuple[str, ...]) -> dict[str, object]:
    """Compute a side's frames unless they are there; return what it took."""
    file = out / _DONE
    if not file.is_file():
        command = [sys.executable, str(SCRIPT), str(source), str(out), *options]
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{out.name} ended with {done.returncode}")
        file.write_text(done.stdout.splitlines()[-1], encoding="utf-8")
    said: dict[str, object] = json.loads(file.read_text(encoding="utf-8"))
    return said


def compare(one: Path, other: Path) -> int:
    """Compare every frame; return how many there are. Ratios may differ in their last bit."""
    names = sorted(file.name for file in one.glob("*.parquet"))
    if names != sorted(file.name for file in other.glob("*.parquet")):
        raise SystemExit(f"{one.name} and {other.name} have other frames")
    for name in names:
        frames = [pd.read_parquet(side / name) for side in (one, other)]
        pd.testing.assert_frame_equal(*frames, rtol=1e-14, atol=0, obj=name)
    return len(names)


def main() -> None:
    """Generate, compute, compare, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to work; kept afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sizes-") as scratch:
        folder = (options.folder or Path(scratch)).resolve()
        source = folder / "shop" / "shop.toml"
        if not source.is_file():
            command = [sys.executable, "-m", "analytics.cli", "generate", "--format", "parquet"]
            command += ["--customers", str(options.orders // 18), "--out", str(source.parent)]
            command += ["--transactions", str(options.orders)]
            subprocess.run(command, cwd=ROOT, check=True)
        first, *others = SIDES
        for side, arguments in SIDES.items():
            print(side, json.dumps(computed(source, folder / side, arguments)), flush=True)
        for side in others:
            same = compare(folder / first, folder / side)
            print(f"{first} and {side}: {same} frames are equal", flush=True)


if __name__ == "__main__":
    main()
