"""Where the results lie, and how they are read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeVar

from analytics.results import Missing, Result, SourceFacts
from analytics.store import read_result

R = TypeVar("R", bound=Result)
VARIABLE = "ANALYTICS_RESULTS"


def results_folder() -> Path:
    """Return the folder named by ANALYTICS_RESULTS, else that of the synthetic shop."""
    return Path(os.environ.get(VARIABLE) or Path("data") / "results" / "synthetic")


def stored(kind: type[R]) -> R | Missing:
    """Return the stored result of that type, or the `Missing` in its place."""
    return read_result(results_folder(), kind)


def source_facts() -> SourceFacts:
    """Return the facts of the analysed source; every source has them."""
    facts = stored(SourceFacts)
    if isinstance(facts, Missing):
        raise TypeError("the source has no facts")
    return facts
