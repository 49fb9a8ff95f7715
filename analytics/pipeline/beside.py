"""A tier computed in a process of its own, beside the tiers that this process computes.

    python -m analytics.pipeline.beside

is told on its standard input which tier of what, in a pickle, and ends with 0 once the tier's
results are stored. It ends early when its input is closed, as it is when whoever asked dies.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from analytics.engine import EngineKind
from analytics.import_graph import PACKAGE
from analytics.ingest import Source
from analytics.settings import Layout, Settings

# Clean tables on disk, in bytes, up to which two processes stay far below the memory limit of one.
SMALL = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A tier, and all that it is computed from."""

    tier: str
    layout: Layout
    settings: Settings
    source: Source
    engine: EngineKind
    earlier: Path | None
    inputs: Mapping[str, str]


class Beside:
    """A process that computes a tier; a context that ends it when it is left."""

    def __init__(self, task: Task) -> None:
        """Start computing."""
        path = [str(PACKAGE.parent), *filter(None, [os.environ.get("PYTHONPATH")])]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "analytics.pipeline.beside"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path)},
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=os.name != "nt",  # Ctrl-C is ours to handle
        )
        self._tell(task)

    def _tell(self, task: Task) -> None:
        stdin = self._process.stdin
        if stdin is None:
            raise TypeError("a process was started without its standard input")
        try:
            stdin.write(pickle.dumps(task))
            stdin.flush()
        except BrokenPipeError:
            return  # It ended already, and not well: `succeeded` says so.

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            self._process.stdin.close()

    def succeeded(self) -> bool:
        """Wait until it is done; return whether the tier's results are stored.

        Where they are not, the tier is to be computed again by whoever asked: the error is then
        raised where it can be told.
        """
        return self._process.wait() == 0


def is_worthwhile(layout: Layout, settings: Settings, engine: EngineKind) -> bool:
    """Return whether tasks may run side by side and two processes fit into the memory of one."""
    if settings.build.jobs < 2 or engine != "duckdb" or (os.cpu_count() or 1) < 2:
        return False
    return sum(file.stat().st_size for file in layout.clean.glob("*.parquet")) < SMALL


def _end_with(stream: BinaryIO) -> None:
    """End this process when the stream ends."""

    def watch() -> None:
        stream.read()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def main() -> None:
    """Compute what the standard input asks for."""
    from analytics.pipeline.analysis import tiers_of
    from analytics.pipeline.progress import Silence
    from analytics.pipeline.workshop import Workshop
    from analytics.store import Provenance, write_result

    task: Task = pickle.load(sys.stdin.buffer)
    _end_with(sys.stdin.buffer)
    [tier] = [each for each in tiers_of(task.source, task.earlier) if each.name == task.tier]
    with (
        Workshop(task.layout, task.settings, task.engine) as workshop,
        Silence().stage(task.tier) as stage,
    ):
        for result in tier.compute(workshop, task.layout, task.settings, stage):
            write_result(task.layout.results, result, Provenance(inputs=task.inputs))
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
