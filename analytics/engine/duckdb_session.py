"""DuckDB in this process: bounded in memory, the rest on disk, never on the network."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from analytics.errors import SettingsError

if TYPE_CHECKING:
    import ibis


# What DuckDB counts: Python, its libraries, frames, and what DuckDB takes before it counts it,
# share the memory of the process with it.
COUNTED_SHARE = 0.6


def counted_memory(memory_limit: str) -> str:
    """Return DuckDB's own limit for a limit of the process; unchanged what is no amount."""
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([KMGT]i?B)\s*", memory_limit, re.IGNORECASE)
    if match is None:
        return memory_limit
    return f"{float(match[1]) * COUNTED_SHARE:.3f}{match[2]}"


def _configuration(*, temporary: Path, memory_limit: str, threads: int) -> dict[str, Any]:
    return {
        "temp_directory": str(temporary / "spill"),
        "memory_limit": counted_memory(memory_limit),
        "threads": threads,
        # Extensions would be downloaded; what is used here is built into the wheel.
        "autoinstall_known_extensions": False,
    }


def duckdb_connection(
    *, temporary: Path, memory_limit: str, threads: int, database: str = ":memory:"
) -> duckdb.DuckDBPyConnection:
    """Open a database, in memory unless it is named.

    Raises
    ------
    SettingsError
        Where the memory limit cannot be read.
    """
    options = _configuration(temporary=temporary, memory_limit=memory_limit, threads=threads)
    try:
        connection = duckdb.connect(database, config=options)
    except duckdb.Error as error:
        raise SettingsError(
            f'DuckDB does not accept the settings (memory_limit "{memory_limit}"): {error}',
            remedy='Write build.memory_limit as a number and a unit, such as "4GB".',
        ) from None
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def duckdb_backend(*, temporary: Path, memory_limit: str, threads: int) -> ibis.BaseBackend:
    """Open a database behind Ibis, in a file: kept tables are compressed there, not held."""
    import ibis

    connection = duckdb_connection(
        temporary=temporary,
        memory_limit=memory_limit,
        threads=threads,
        database=str(temporary / "tables.duckdb"),
    )
    # Every table that is written and every frame is sorted; the order in between is nobody's.
    connection.execute("SET preserve_insertion_order = false")
    return ibis.duckdb.from_connection(connection)
