"""What is wrong with a source, as lines."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.cli.project import ProjectFolder
from analytics.errors import Place, printable

if TYPE_CHECKING:
    from analytics.cleaning import Violation

SHOWN_CHARACTERS = 60


def checked_source(project: ProjectFolder, name: str) -> Sequence[Violation]:
    """Return every kind of violation of a source, with its first places; publish nothing.

    Raises
    ------
    AnalyticsError
        Where a file cannot be read at all.
    """
    from analytics.cleaning import violations
    from analytics.engine import open_engine
    from analytics.ingest import ingest
    from analytics.pipeline import read_observed_source

    source = read_observed_source(project.root, name, project.settings)
    with (
        tempfile.TemporaryDirectory(prefix="analytics-check-") as spill,
        open_engine(
            memory_limit=project.settings.build.memory_limit, temporary=Path(spill)
        ) as engine,
    ):
        found: Sequence[Violation] = violations(ingest(source, engine), engine)
        return found


def violation_lines(violations: Sequence[Violation]) -> Iterator[str]:
    """Yield a line a violation, a line with its count and remedy a kind, and a closing count."""
    total = 0
    for _, same in groupby(violations, key=lambda each: (each.table, each.reason)):
        shown = list(same)
        first = shown[0]
        for each in shown:
            value = each.value[:SHOWN_CHARACTERS]
            where = Place(file=each.file, row=each.row, column=each.column or None)
            yield f"{where}: {printable(each.reason)}: {value!r} ({each.outcome})"
        if first.count > len(shown):
            yield f"  and {first.count - len(shown):,} more of this kind"
        yield f"  {first.remedy}"
        total += first.count
    yield f"{total:,} row(s) would be set aside" if total else "nothing is wrong with the source"
