"""What is wrong with a source, as lines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.cli.project import ProjectFolder

if TYPE_CHECKING:
    from analytics.cleaning import Violation


def checked_source(project: ProjectFolder, name: str) -> Sequence[Violation]:
    """Return every kind of violation of a source, with its first places; nothing is written."""
    from analytics.cleaning import check_source
    from analytics.engine import open_engine
    from analytics.pipeline import read_observed_source

    source = read_observed_source(project.root, name, project.settings)
    with (
        tempfile.TemporaryDirectory(prefix="analytics-check-") as spill,
        open_engine(
            kind="duckdb",
            memory_limit=project.settings.build.memory_limit,
            master=project.settings.spark.master,
            temporary=Path(spill),
        ) as engine,
    ):
        return check_source(source, engine)


def violation_lines(violations: Sequence[Violation]) -> Iterator[str]:
    """Yield a line a violation and a closing count."""
    for violation in violations:
        yield str(violation)
    yield f"{len(violations)} violation(s)" if violations else "nothing is wrong with the source"
