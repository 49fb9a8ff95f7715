"""An open engine: reads and writes Parquet, keeps tables, hands back pandas frames."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    import duckdb
    import ibis
    import ibis.expr.types as ir
    import pandas as pd
    import pyarrow as pa

EngineKind = Literal["duckdb", "spark"]
_NAMES = count(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """An Ibis connection and a folder for what it has to put down.

    Attributes
    ----------
    kind : str
        ``duckdb`` or ``spark``.
    connection : ibis.BaseBackend
        What expressions are run on.
    temporary : Path
        A folder of this engine's own, gone when the engine is closed.
    memory_limit : str
        Memory of the process, such as ``4GB``; DuckDB spills at its share of it.
    threads : int
        Threads of a DuckDB connection. Results do not depend on it.
    """

    kind: EngineKind
    connection: ibis.BaseBackend
    temporary: Path
    memory_limit: str
    threads: int

    def read_parquet(self, path: Path) -> ir.Table:
        """Return the table in a Parquet file, or in a folder of Parquet files."""
        if self.kind == "duckdb" and path.is_dir():
            return self.connection.read_parquet(
                path / "*.parquet", table_name=self._name(path.stem)
            )
        return self.connection.read_parquet(path, table_name=self._name(path.stem))

    def write_parquet(self, table: ir.Table, path: Path, *, order_by: Sequence[str]) -> None:
        """Write a table, sorted: one file from DuckDB, a folder of files from Spark."""
        ordered = table.order_by(list(order_by))
        if self.kind == "duckdb":
            self.connection.to_parquet(ordered, path, compression="zstd")
        else:
            self.connection.to_parquet(ordered, path)

    def materialised(self, table: ir.Table, name: str) -> ir.Table:
        """Return the same table, computed once and kept until the engine is closed."""
        if self.kind == "duckdb":
            return self.connection.create_table(self._name(name), table)
        path = self.temporary / f"{self._name(name)}.parquet"
        self.connection.to_parquet(table, path)
        return self.read_parquet(path)

    def frame(self, table: ir.Table, *, order_by: Sequence[str] = ()) -> pd.DataFrame:
        """Return a table as a pandas frame.

        Parameters
        ----------
        table : ibis.Table
            What to compute.
        order_by : sequence of str
            Columns to sort by; all of them, in order, where none are given.

        Returns
        -------
        DataFrame
            Text as ``str``, whole numbers as ``int64`` (``float64`` where some are null),
            amounts and numbers as ``float64``, days and moments as ``datetime64[us]``.
        """
        names = list(order_by) or list(table.columns)
        from analytics.engine.frames import pandas_frame

        return pandas_frame(self._arrow(table.order_by(names)))

    def records(self, table: ir.Table) -> list[dict[str, Any]]:
        """Return a small table as a list of rows, decimals kept exact."""
        found: list[dict[str, Any]] = self._arrow(table).to_pylist()
        return found

    def _arrow(self, table: ir.Table) -> pa.Table:
        if self.kind == "duckdb":
            return self.connection.to_pyarrow(table)
        from analytics.engine.spark_session import spark_arrow

        return spark_arrow(self.connection, table)

    def _name(self, stem: str) -> str:
        return f"{stem.replace('-', '_')}_{next(_NAMES)}"


@contextmanager
def open_engine(
    *,
    kind: EngineKind = "duckdb",
    memory_limit: str = "4GB",
    master: str = "local[2]",
    temporary: Path,
    threads: int = 2,
) -> Iterator[Engine]:
    """Open an engine, and close it with all that it kept.

    Parameters
    ----------
    kind : str
        ``duckdb`` (in this process, spilling to disk) or ``spark``.
    memory_limit : str
        Memory of this process, of which DuckDB takes its share; memory of the Spark driver.
    master : str
        Master of the Spark session, such as ``local[2]``.
    temporary : Path
        Folder to spill into; made where it does not exist.
    threads : int
        Threads of DuckDB.

    Raises
    ------
    SettingsError
        Where the memory limit cannot be read, or Spark or Java is not installed.
    """
    temporary.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="engine-", dir=temporary) as own:
        folder = Path(own).resolve()
        options: dict[str, Any] = {
            "temporary": folder,
            "memory_limit": memory_limit,
            "threads": threads,
        }
        if kind == "duckdb":
            from analytics.engine.duckdb_session import duckdb_backend

            backend = duckdb_backend(**options)
        else:
            from analytics.engine.spark_session import spark_backend

            backend = spark_backend(temporary=folder, memory_limit=memory_limit, master=master)
        try:
            yield Engine(kind=kind, connection=backend, **options)
        finally:
            backend.disconnect()


@contextmanager
def raw_reader(engine: Engine) -> Iterator[duckdb.DuckDBPyConnection]:
    """Open a DuckDB connection that reads raw files, whatever engine the tables are for."""
    from analytics.engine.duckdb_session import duckdb_connection

    connection = duckdb_connection(
        temporary=engine.temporary, memory_limit=engine.memory_limit, threads=engine.threads
    )
    try:
        yield connection
    finally:
        connection.close()
