"""DuckDB in this process: in memory, bounded, spilling to disk, never on the network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb

from analytics.errors import SettingsError

if TYPE_CHECKING:
    import ibis


def _configuration(*, temporary: Path, memory_limit: str, threads: int) -> dict[str, Any]:
    return {
        "temp_directory": str(temporary / "spill"),
        "memory_limit": memory_limit,
        "threads": threads,
        # Extensions would be downloaded; what is used here is built into the wheel.
        "autoinstall_known_extensions": False,
    }


def duckdb_connection(
    *, temporary: Path, memory_limit: str, threads: int
) -> duckdb.DuckDBPyConnection:
    """Open an in-memory database; SettingsError where the memory limit cannot be read."""
    options = _configuration(temporary=temporary, memory_limit=memory_limit, threads=threads)
    try:
        connection = duckdb.connect(":memory:", config=options)
    except duckdb.Error as error:
        raise SettingsError(
            f'DuckDB does not accept the settings (memory_limit "{memory_limit}"): {error}',
            remedy='Write build.memory_limit as a number and a unit, such as "4GB".',
        ) from None
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    return connection


def duckdb_backend(*, temporary: Path, memory_limit: str, threads: int) -> ibis.BaseBackend:
    """Open an in-memory database behind Ibis."""
    import ibis

    connection = duckdb_connection(temporary=temporary, memory_limit=memory_limit, threads=threads)
    return ibis.duckdb.from_connection(connection)
