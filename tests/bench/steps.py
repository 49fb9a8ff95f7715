"""Wall and processor seconds and the highest memory of named steps."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psutil


class Steps:
    """Measures steps of this process and the processes that it starts."""

    def __init__(self) -> None:
        self.taken: dict[str, dict[str, float]] = {}
        self._peak = 0
        self._process = psutil.Process()
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            self._peak = max(self._peak, resident(self._process))
            time.sleep(0.02)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Measure what is done inside."""
        self._peak = 0
        wall, cpu = time.perf_counter(), time.process_time()
        yield
        self.taken[name] = {
            "seconds": round(time.perf_counter() - wall, 2),
            "cpu_seconds": round(time.process_time() - cpu, 2),
            "peak_mib": round(self._peak / 2**20),
        }


def resident(parent: psutil.Process) -> int:
    """Return the resident memory of a process and of those that it started, in bytes."""
    total = 0
    try:
        for process in (parent, *parent.children(recursive=True)):
            try:
                total += process.memory_info().rss
            except psutil.NoSuchProcess:
                continue
    except psutil.NoSuchProcess:
        return total
    return total


def total(taken: dict[str, dict[str, Any]], *names: str) -> dict[str, float]:
    """Return the sums of the named steps, of all where none is named; the highest of the peaks."""
    chosen = [each for name, each in taken.items() if not names or name in names]
    return {
        "seconds": round(sum(each["seconds"] for each in chosen), 2),
        "cpu_seconds": round(sum(each["cpu_seconds"] for each in chosen), 2),
        "peak_mib": max((each["peak_mib"] for each in chosen), default=0),
    }
