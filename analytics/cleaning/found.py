"""What is wrong with a source, found by DuckDB alone from the kept SQL of the rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.cleaning.plan import (
    STAGED,
    Shape,
    Step,
    compiled_steps,
    read_steps,
    steps_file,
    write_steps,
)
from analytics.cleaning.spelling import chosen_spellings
from analytics.cleaning.violation import SHOWN, Violation, remedy
from analytics.schema import table
from analytics.settings.tasks import most_tasks

if TYPE_CHECKING:
    import duckdb

# Steps that read what another one made: they come after it, in its thread.
_AFTER = {"transaction_items": "transactions"}


def found_violations(
    shapes: Mapping[str, Shape],
    connection: duckdb.DuckDBPyConnection,
    *,
    cache: Path,
    shown: int = SHOWN,
) -> list[Violation]:
    """Return the rows that cleaning would set aside, the first few of each kind.

    Parameters
    ----------
    shapes : mapping
        Table of the source -> its shape; the rows are in ``staged_<name>``.
    connection : DuckDBPyConnection
        The database that they are in.
    cache : Path
        Folder that the compiled rules are kept in.
    shown : int
        Rows of each kind; `count` says how many there are.
    """
    spellings = _spellings(shapes, connection)
    for column, chosen in spellings.items():
        names = f'"_from_{column}" VARCHAR, "_to_{column}" VARCHAR'
        connection.execute(f'CREATE TABLE "spellings_of_{column}" ({names})')
        # DuckDB loads pandas for parameters.
        pairs = ", ".join(f"({_text(old)}, {_text(new)})" for old, new in chosen.items())
        connection.execute(f'INSERT INTO "spellings_of_{column}" VALUES {pairs}')
    file = steps_file(cache, shapes, spellings)
    steps = read_steps(file)
    if steps is None:
        steps = compiled_steps(shapes, spellings)
        write_steps(file, steps)
    chains: dict[str, list[Step]] = defaultdict(list)
    for step in steps:
        chains[_AFTER.get(step.table, step.table)].append(step)

    def found(chain: list[Step]) -> dict[str, list[Violation]]:
        with connection.cursor() as own:
            own.execute("SET TimeZone = 'UTC'")
            return {step.table: _of_step(step, own, shown) for step in chain}

    together: dict[str, list[Violation]] = {}
    with ThreadPoolExecutor(most_tasks()) as pool:
        for part in pool.map(found, chains.values()):
            together |= part
    return [each for step in steps for each in together[step.table]]


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _spellings(
    shapes: Mapping[str, Shape], connection: duckdb.DuckDBPyConnection
) -> dict[str, dict[str, str]]:
    """Return what `spelling.source_spellings` does."""
    parts = [
        f'SELECT \'{column.name}\' AS "column", "{column.name}" AS value, count(*) AS rows '
        f'FROM "{STAGED}{name}" WHERE "{column.name}" IS NOT NULL GROUP BY value'
        for name, shape in shapes.items()
        for column in table(name).columns
        if column.category and column.name in shape.columns
    ]
    if not parts:
        return {}
    counted: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for column, value, rows in connection.execute(" UNION ALL ".join(parts)).fetchall():
        counted[column].append((value, rows))
    chosen = {column: chosen_spellings(pairs) for column, pairs in counted.items()}
    return {column: changed for column, changed in chosen.items() if changed}


def _of_step(step: Step, connection: duckdb.DuckDBPyConnection, shown: int) -> list[Violation]:
    for name, sql in step.made:
        connection.execute(f'CREATE TABLE "{name}" AS {sql}')
    rows = connection.execute(
        "SELECT file, row, coalesce(\"column\", ''), coalesce(value, ''), outcome, reason, times "
        "FROM (SELECT *, count(*) OVER (PARTITION BY reason) AS times, row_number() OVER "
        f"(PARTITION BY reason ORDER BY file, row) AS place FROM ({step.faults})) "
        f"WHERE place <= {int(shown)} ORDER BY reason, file, row"
    ).fetchall()
    return [
        Violation(
            table=step.table,
            file=file,
            row=row,
            column=column,
            value=value,
            outcome=outcome,
            reason=reason,
            count=times,
            remedy=remedy(reason),
        )
        for file, row, column, value, outcome, reason, times in rows
    ]
