"""What changed between two versions, as lines."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.publish.differences import Difference, Differences
from analytics.publish.row_changes import RowChanges


def difference_lines(differences: Differences) -> Iterator[str]:
    """Yield a line a changed number, and a closing count."""
    for version in differences.lacking:
        yield f"version {version} has no results to compare"
    if differences.lacking:
        return
    for row in differences.changed:
        cause = f" [{row.cause}]" if row.cause else ""
        yield f"{row.kind} {row.name}: {_value(row.old)} -> {_value(row.new)}{_change(row)}{cause}"
    for table in differences.tables:
        yield f"table {table.table}: {table_line(table)}"
    yield (
        f"{len(differences.changed)} of {len(differences.rows)} numbers changed "
        f"between {differences.old} and {differences.new}"
    )


def table_line(table: RowChanges) -> str:
    """Return what happened to the rows of a table, in words."""
    if table.old_rows is None or table.new_rows is None:
        return "new" if table.old_rows is None else "gone"
    columns = f"; columns {', '.join(table.columns)}" if table.columns else ""
    return (
        f"{table.added:,} rows added, {table.changed:,} changed, {table.removed:,} removed"
        f" of {table.old_rows:,}{columns}"
    )


def _value(value: object) -> str:
    if value is None:
        return "none"
    return f"{value:,.6g}" if isinstance(value, float) else str(value)


def _change(row: Difference) -> str:
    if row.change is None:
        return ""
    relative = "" if row.relative_change is None else f", {row.relative_change:+.1%}"
    return f" ({row.change:+,.6g}{relative})"
