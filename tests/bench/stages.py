"""Times and peak memory of every stage of the main job, as JSON in `bench/last.json`.

Run through `nox -s bench`. Each job starts in a process of its own in a new output folder; the
second run of a job finds nothing to do. `--repeat N` takes the median of N runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[2]
PACKAGES = ("duckdb", "ibis-framework", "pandas", "numpy", "scikit-learn", "xgboost-cpu")


def measured_build(output: Path, *arguments: str) -> dict[str, object]:
    """Run one build in a process of its own; return stages, seconds and peak memory."""
    command = [sys.executable, "-m", "analytics.cli", "build", "--json", "--output", str(output)]
    started = time.perf_counter()
    process = subprocess.Popen([*command, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    peak = [0]
    watch = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watch.start()
    out, _ = process.communicate()
    seconds = time.perf_counter() - started
    if process.returncode:
        raise SystemExit(f"the build ended with {process.returncode}")
    *stages, outcome = (json.loads(line) for line in out.splitlines())
    return {
        "seconds": round(seconds, 2),
        "peak_mib": round(peak[0] / 2**20),
        "stages": {stage["stage"]: stage["seconds"] for stage in stages},
        "pages": outcome["pages"],
        "outcome": outcome["outcome"],
    }


def _watch(pid: int, peak: list[int]) -> None:
    """Keep the largest sum of resident memory over the process and its children."""
    try:
        parent = psutil.Process(pid)
        while parent.is_running():
            total = 0
            for process in (parent, *parent.children(recursive=True)):
                try:
                    total += process.memory_info().rss
                except psutil.NoSuchProcess:
                    continue
            peak[0] = max(peak[0], total)
            time.sleep(0.05)
    except psutil.NoSuchProcess:
        return


def machine() -> dict[str, object]:
    """Return what a reader needs to compare figures between machines."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "system": platform.system(),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in PACKAGES},
        "load_before": round(os.getloadavg()[0], 2),
    }


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.is_file():
        for line in info.read_text("utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def main() -> None:
    """Measure, print and record."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--sources", nargs="*", default=["synthetic", "cdnow"])
    options = parser.parse_args()
    facts = machine()
    jobs: dict[str, object] = {}
    for source in options.sources:
        cold, again = [], []
        for _ in range(options.repeat):
            with tempfile.TemporaryDirectory(prefix="bench-") as folder:
                output = Path(folder) / "public"
                cold.append(measured_build(output, "--source", source, "--force"))
                again.append(measured_build(output, "--source", source))
        middle = sorted(cold, key=lambda run: run["seconds"])[len(cold) // 2]
        unchanged = statistics.median(run["seconds"] for run in again)
        jobs[source] = {
            "cold": middle,
            "unchanged_seconds": unchanged,
            "unchanged_to_cold": round(unchanged / middle["seconds"], 4),
            "pages_a_second": round(
                middle["pages"] / sum(s for n, s in middle["stages"].items() if "render" in n), 1
            ),
        }
    record = {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "repeat": options.repeat,
        "machine": facts,
        "jobs": jobs,
    }
    text = json.dumps(record, indent=1)
    folder = ROOT / "bench"
    folder.mkdir(exist_ok=True)
    (folder / "last.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
