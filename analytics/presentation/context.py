"""Where the results lie, and how they are read: whatever a cell reads, it reads here."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

from analytics.presentation.readable import readable_result
from analytics.presentation.reads import note_file, note_result
from analytics.presentation.until import known_until
from analytics.results import Missing, Result, SourceFacts
from analytics.store import read_result

R = TypeVar("R", bound=Result)
Shown = TypeVar("Shown")
VARIABLE = "ANALYTICS_RESULTS"

# Label of the period whose report is told; empty outside of reports.
_told = ContextVar("told", default="")


def results_folder() -> Path:
    """Return the folder named by ANALYTICS_RESULTS, else that of the synthetic shop."""
    return Path(os.environ.get(VARIABLE) or Path("data") / "results" / "synthetic")


@contextmanager
def results_at(folder: Path) -> Iterator[None]:
    """Have the modules of the pages read the results in a folder."""
    before = os.environ.get(VARIABLE)
    os.environ[VARIABLE] = str(folder)
    try:
        yield
    finally:
        if before is None:
            del os.environ[VARIABLE]
        else:
            os.environ[VARIABLE] = before


def stored(kind: type[R]) -> R | Missing:
    """Return the stored result of that type, or the `Missing` in its place.

    A result is read once for all cells of a build, and again when its files change; whoever
    gets it must leave its frames as they are.
    """
    folder, label = results_folder().resolve(), _told.get()
    state = _state(folder / kind.KIND)
    note_result(kind.KIND, label)
    return cast("R | Missing", _read(folder, cast("Any", kind), state, label))


def report_cell(cell: Callable[[str], Shown]) -> Callable[[str], Shown]:
    """Return a cell that is given what is known at the end of the period that it is called with."""

    @wraps(cell)
    def called(label: str) -> Shown:
        token = _told.set(label)
        try:
            return cell(label)
        finally:
            _told.reset(token)

    return called


def project_text(name: str, *, variable: str) -> str | None:
    """Return the text of a file of the project, or None where it is not there.

    Parameters
    ----------
    name : str
        Its path in the project.
    variable : str
        Environment variable that may name another file.
    """
    path = Path(os.environ.get(variable) or name)
    note_file(path)
    return path.read_text("utf-8") if path.is_file() else None


State = tuple[tuple[str, int, int], ...]


def _state(folder: Path) -> State:
    """Name, time and size of the files of a result: what tells that it was written anew."""
    if not folder.is_dir():
        return ()
    facts = ((entry.name, entry.stat()) for entry in os.scandir(folder))
    return tuple(sorted((name, fact.st_mtime_ns, fact.st_size) for name, fact in facts))


@lru_cache(maxsize=64)
def _read(folder: Path, kind: Any, state: State, label: str) -> Result:
    if label:
        return known_until(_read(folder, kind, state, ""), label)
    return readable_result(cast("Result", read_result(folder, kind)))


def source_facts() -> SourceFacts:
    """Return the facts of the analysed source; every source has them."""
    facts = stored(SourceFacts)
    if isinstance(facts, Missing):
        raise TypeError("the source has no facts")
    return facts
