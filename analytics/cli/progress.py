"""Progress as a person, a log or a program reads it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, TextIO

from analytics.pipeline.progress import Progress, Stage

Style = Literal["auto", "json"]


class _Stage:
    """A stage under way; remembers what it was told last."""

    def __init__(self, show: Callable[[str, int, int], None] | None = None) -> None:
        self.is_unchanged = False
        self._show = show

    def advance(self, done: int, total: int, what: str = "") -> None:
        if self._show is not None:
            self._show(what, done, total)

    def unchanged(self) -> None:
        self.is_unchanged = True


class PlainProgress:
    """One line a stage, written when it ends."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Open a stage; its line says how long it took."""
        started = time.perf_counter()
        stage = _Stage()
        yield stage
        seconds = time.perf_counter() - started
        print(stage_line(name, seconds, stage.is_unchanged), file=self._stream, flush=True)


class JsonProgress:
    """One JSON object a stage: stage, seconds, unchanged."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Open a stage; its object is written when it ends."""
        started = time.perf_counter()
        stage = _Stage()
        yield stage
        record = {
            "stage": name,
            "seconds": round(time.perf_counter() - started, 3),
            "unchanged": stage.is_unchanged,
        }
        print(json.dumps(record), file=self._stream, flush=True)


class TerminalProgress:
    """A spinner while a stage runs, a bar where it counts, a line when it ends."""

    def __init__(self) -> None:
        from rich.console import Console

        self._console = Console(stderr=True, highlight=False)

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Open a stage on the terminal."""
        from rich.progress import BarColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bars

        started = time.perf_counter()
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            TextColumn("{task.fields[what]}"),
            TimeElapsedColumn(),
        )
        with Bars(*columns, console=self._console, transient=True) as bars:
            task = bars.add_task(name, total=None, what="")
            stage = _Stage(
                lambda what, done, total: bars.update(task, completed=done, total=total, what=what)
            )
            yield stage
        seconds = time.perf_counter() - started
        self._console.print(stage_line(name, seconds, stage.is_unchanged), markup=False)


def stage_line(name: str, seconds: float, unchanged: bool) -> str:
    """Return a finished stage's line, such as ``predictive ......... 21.3 s``."""
    note = "  nothing to do" if unchanged else ""
    return f"{name + ' ':.<30} {seconds:6.1f} s{note}"


def progress_for(style: Style) -> Progress:
    """Return how progress is told: JSON on standard output, else on standard error."""
    if style == "json":
        return JsonProgress(sys.stdout)
    if sys.stderr.isatty():
        return TerminalProgress()
    return PlainProgress(sys.stderr)
