"""Whether a Parquet file may hold texts too long to be read; most files need no closer look."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def may_be_too_long(
    texts: list[str], file: str, connection: duckdb.DuckDBPyConnection, *, cell: int, whole: int
) -> bool:
    """Return whether a text is so long that all could be too many, or has a NUL.

    It ends with the first of them, and takes no more than one look at every text.

    Parameters
    ----------
    texts : list of str
        SQL of the columns of text.
    file : str
        SQL of the file's path.
    connection : DuckDBPyConnection
        What reads it.
    cell, whole : int
        Bytes that one text and that all of them may have.
    """
    counted = connection.execute(
        "SELECT sum(rows) FROM (SELECT DISTINCT row_group_id, row_group_num_rows AS rows "
        f"FROM parquet_metadata({file}))"
    ).fetchone()
    rows = int(counted[0] or 0) if counted else 0
    longest = min(cell, whole // max(rows * len(texts), 1))
    long = " OR ".join(f"strlen({name}) > {longest}" for name in texts)
    nul = " OR ".join(f"contains({name}, chr(0))" for name in texts)
    found = connection.execute(
        f"SELECT 1 FROM read_parquet({file}) WHERE {long} OR {nul} LIMIT 1"
    ).fetchone()
    return found is not None
