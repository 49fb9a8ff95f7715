"""What is wrong with a source, as lines to read or as JSON; DuckDB alone finds it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.cli.project import ProjectFolder
from analytics.errors import Place, printable

if TYPE_CHECKING:
    from analytics.cleaning import Violation
    from analytics.ingest import Source
    from analytics.ingest.staged_tables import StagedInDuckDB

SHOWN_CHARACTERS = 60
_THREADS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalWarning:
    """A column of a file that looks personal and is not marked so; no value of it is told.

    Attributes
    ----------
    file, column : str
        Where it is.
    canonical : str
        The canonical column that it is mapped to; empty where it is not read.
    kind, evidence : str
        What it seems to hold, and why.
    """

    file: str
    column: str
    canonical: str
    kind: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    violations : tuple of Violation
        The first of each kind, in the order of tables, reasons, files and rows.
    warnings : tuple of PersonalWarning
        Columns that look personal.
    """

    violations: tuple[Violation, ...]
    warnings: tuple[PersonalWarning, ...]


def checked_source(project: ProjectFolder, name: str) -> Checked:
    """Return every kind of violation of a source, with its first places; publish nothing.

    Raises
    ------
    AnalyticsError
        Where a file cannot be read at all.
    """
    from analytics.cleaning.found import found_violations
    from analytics.cleaning.plan import Shape
    from analytics.engine.duckdb_session import duckdb_connection
    from analytics.ingest.staged_tables import stage_tables
    from analytics.pipeline import read_observed_source
    from analytics.settings import Layout

    source = read_observed_source(project.root, name, project.settings)
    limit = project.settings.build.memory_limit
    with tempfile.TemporaryDirectory(prefix="analytics-check-") as spill:
        folder = Path(spill)
        with duckdb_connection(
            temporary=folder, memory_limit=limit, threads=_THREADS
        ) as connection:
            staged = stage_tables(source, connection, temporary=folder, memory_limit=limit)
            shapes = {
                table: Shape(
                    kinds=rows.kinds,
                    columns=rows.columns,
                    headers=rows.headers,
                    free_orders=source.tables[table].free_orders,
                    reversal_status=back.status
                    if (back := source.tables[table].reversals)
                    else None,
                    several=rows.several,
                )
                for table, rows in staged.items()
            }
            cache = Layout(root=project.root, source=source.name).cache
            found = found_violations(shapes, connection, cache=cache)
    return Checked(violations=tuple(found), warnings=tuple(_warnings(source, staged)))


def _warnings(source: Source, staged: Mapping[str, StagedInDuckDB]) -> Iterator[PersonalWarning]:
    from analytics.privacy.personal_columns import personal_columns
    from analytics.schema import table

    for name, rows in staged.items():
        read, declared = source.tables[name], table(name)
        # What is read of a column: a hash of it is no longer what it looks like.
        mapped = {header.lower(): canonical for canonical, header in read.columns.items()}
        marked = {
            header
            for header in rows.sample
            if (canonical := mapped.get(header.lower()))
            and (declared.column(canonical).pii or canonical in read.hashed)
        }
        for each in personal_columns(rows.sample, marked=marked):
            yield PersonalWarning(
                file=rows.file,
                column=each.column,
                canonical=mapped.get(each.column.lower(), ""),
                kind=each.kind,
                evidence=each.evidence,
            )


def kinds(violations: Sequence[Violation]) -> Iterator[tuple[Violation, ...]]:
    """Yield the violations of each kind together; those of a table by falling count."""
    for _, of_table in groupby(violations, key=lambda each: each.table):
        same = [tuple(group) for _, group in groupby(of_table, key=lambda each: each.reason)]
        yield from sorted(same, key=lambda group: (-group[0].count, group[0].reason))


def report_lines(checked: Checked) -> Iterator[str]:
    """Yield a section for each table: its kinds by count, each with remedy and first places."""
    found = list(kinds(checked.violations))
    for table, of_table in groupby(found, key=lambda group: group[0].table):
        groups = list(of_table)
        rows = sum(group[0].count for group in groups)
        yield f"{table}: {rows:,} row{'s' * (rows > 1)} would be set aside"
        for group in groups:
            first = group[0]
            yield f"  {first.count:,} {first.outcome}: {printable(first.reason)}"
            yield f"    {first.remedy}"
            for each in group:
                place = Place(file=each.file, row=each.row, column=each.column or None)
                yield f"    {place}: {_shown(each.value)}"
            if first.count > len(group):
                yield f"    and {first.count - len(group):,} more"
        yield ""
    total = sum(group[0].count for group in found)
    yield f"{total:,} row(s) would be set aside" if total else "nothing is wrong with the source"
    for warning in checked.warnings:
        yield warning_line(warning)


def _shown(value: str) -> str:
    return f"'{printable(value, SHOWN_CHARACTERS)}'" if value else "no value"


def warning_line(warning: PersonalWarning) -> str:
    """Return what is said of a column that looks personal."""
    place = Place(file=warning.file, column=warning.column)
    looks = f"looks like {warning.kind} ({printable(warning.evidence)})"
    if not warning.canonical:
        return f"note: {place}: {looks}; it is not mapped, and stays out of everything"
    return (
        f"warning: {place}: {looks}, and {warning.canonical} is not marked as personal: it may "
        "be published. Map it to a column that is, hash it (hashed), or leave it out"
    )


def json_lines(checked: Checked) -> Iterator[str]:
    """Yield a JSON object for each kind of violation, then one for each warning."""
    for group in kinds(checked.violations):
        first = group[0]
        yield _json(
            {
                "violation": first.reason,
                "table": first.table,
                "outcome": first.outcome,
                "count": first.count,
                "remedy": first.remedy,
                "places": [
                    {
                        "file": each.file,
                        "row": each.row,
                        "column": each.column,
                        "value": each.value,
                    }
                    for each in group
                ],
            }
        )
    for warning in checked.warnings:
        yield _json(
            {
                "warning": "looks personal" if warning.canonical else "looks personal, not read",
                "file": warning.file,
                "column": warning.column,
                "canonical": warning.canonical or None,
                "kind": warning.kind,
                "evidence": warning.evidence,
            }
        )


def _json(content: dict[str, object]) -> str:
    # A terminal obeys no escape sequence that is written in ASCII.
    return json.dumps(content)
