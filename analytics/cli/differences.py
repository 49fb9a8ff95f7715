"""What changed between two versions, as lines."""

from __future__ import annotations

from collections.abc import Iterator

from analytics.publish.differences import Difference, Differences


def difference_lines(differences: Differences) -> Iterator[str]:
    """Yield a line a changed number, and a closing count."""
    for version in differences.lacking:
        yield f"version {version} has no results to compare"
    if differences.lacking:
        return
    for row in differences.changed:
        yield f"{row.kind} {row.name}: {_value(row.old)} -> {_value(row.new)}{_change(row)}"
    yield (
        f"{len(differences.changed)} of {len(differences.rows)} numbers changed "
        f"between {differences.old} and {differences.new}"
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
