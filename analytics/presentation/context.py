"""Where the results lie, and how they are read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar, cast

from analytics.presentation.readable import readable_result
from analytics.results import Missing, Result, SourceFacts
from analytics.store import read_result

R = TypeVar("R", bound=Result)
VARIABLE = "ANALYTICS_RESULTS"


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
    folder = results_folder().resolve()
    state = _state(folder / kind.KIND)
    return cast("R | Missing", _read(folder, cast("Any", kind), state))


State = tuple[tuple[str, int, int], ...]


def _state(folder: Path) -> State:
    """Name, time and size of the files of a result: what tells that it was written anew."""
    if not folder.is_dir():
        return ()
    facts = ((entry.name, entry.stat()) for entry in os.scandir(folder))
    return tuple(sorted((name, fact.st_mtime_ns, fact.st_size) for name, fact in facts))


@lru_cache(maxsize=64)
def _read(folder: Path, kind: Any, state: State) -> Result:
    return readable_result(cast("Result", read_result(folder, kind)))


def source_facts() -> SourceFacts:
    """Return the facts of the analysed source; every source has them."""
    facts = stored(SourceFacts)
    if isinstance(facts, Missing):
        raise TypeError("the source has no facts")
    return facts
