"""Which date formats the values of a column are written in, and which contradict each other."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from analytics.ingest.exports import Export
from analytics.ingest.quoting import name_sql, text_sql
from analytics.ingest.table_source import ISO_FORMATS, ZONED_FORMATS

_DAYS = ("%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d-%m-%Y", "%m-%d-%Y", "%Y/%m/%d",
         "%Y%m%d", "%d.%m.%y", "%m/%d/%y", "%d/%m/%y", "%d %b %Y")  # fmt: skip
_TIMES = ("", " %H:%M:%S", " %H:%M", " %I:%M %p", "T%H:%M:%S")
FORMATS = tuple(dict.fromkeys(
    [day + time for day in _DAYS for time in _TIMES] + list(ISO_FORMATS) + list(ZONED_FORMATS)
))  # fmt: skip
_SHAPE = r"^[0-9]{1,4}[-./ ][0-9A-Za-z]{1,3}[-./ ][0-9]{2,4}|^[0-9]{8}([ T]|$)"
# Fewer values than this are as likely slips as a convention: a person decides.
_SURE_RATE = 0.005


@dataclass(frozen=True, slots=True, kw_only=True)
class DateEvidence:
    """The formats of a column's dates.

    Attributes
    ----------
    formats : tuple of (str, int)
        Formats that are needed together, with the values that each reads and none before it.
    readings : tuple of str
        Two formats or more where the first of `formats` and others read as many values as
        different days; else none.
    doubtful : tuple of (str, int)
        Formats that read further values, but only a few, or other values as other days.
    unread : int
        Values that no format reads.
    """

    formats: tuple[tuple[str, int], ...] = ()
    readings: tuple[str, ...] = ()
    doubtful: tuple[tuple[str, int], ...] = ()
    unread: int = 0


def date_evidence(
    export: Export, header: str, connection: duckdb.DuckDBPyConnection
) -> DateEvidence:
    """Return the formats in which the values of a column are; none where few are dates."""
    name = name_sql(header)
    counted = connection.execute(
        f"SELECT count(*), count(*) FILTER (WHERE regexp_matches({name}, {text_sql(_SHAPE)})) "
        f"FROM {export.sample} WHERE {name} IS NOT NULL"
    ).fetchone()
    present, shaped = counted or (0, 0)
    if not present or shaped < 0.8 * present:
        return DateEvidence()
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE written AS SELECT {name} AS v, count(*) AS n "
        f"FROM {export.sample} WHERE {name} IS NOT NULL GROUP BY 1"
    )
    tried = _fitting(FORMATS, connection)
    needed: list[tuple[str, int]] = []
    doubtful: list[tuple[str, int]] = []
    readings: tuple[str, ...] = ()
    while tried:
        counts = _counts(tried, [form for form, _ in needed + doubtful], connection)
        ranked = sorted(zip(tried, counts, strict=True), key=lambda each: -each[1])
        form, count = ranked[0]
        if not count:
            break
        if not needed:
            same = [form, *(other for other, also in ranked[1:] if also == count)]
            readings = tuple(each for at, each in enumerate(same)
                             if at == 0 or _differs(each, form, connection))  # fmt: skip
            tried = [each for each in tried if each not in readings]
            needed.append((form, count))
            continue
        tried.remove(form)
        sure = count >= max(2, _SURE_RATE * present)
        clear = sum(also == count for other, also in ranked if _differs(other, form, connection))
        against = any(_differs(form, each, connection) for each, _ in needed)
        (needed if sure and not clear and not against else doubtful).append((form, count))
    read = sum(count for _, count in needed + doubtful)
    if read < 0.8 * present:
        return DateEvidence()
    return DateEvidence(
        formats=tuple(needed),
        readings=readings if len(readings) > 1 else (),
        doubtful=tuple(doubtful),
        unread=present - read,
    )


def _read(form: str) -> str:
    return f"try_strptime(v, {text_sql(form)})"


def _plausible(form: str) -> str:
    return f"coalesce(year({_read(form)}) BETWEEN 1950 AND 2100, false)"


def _fitting(formats: tuple[str, ...], connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the formats that read any value."""
    found = connection.execute(
        f"SELECT {', '.join(f'coalesce(bool_or({_plausible(each)}), false)' for each in formats)} "
        "FROM written"
    ).fetchone()
    return [each for each, fits in zip(formats, found or (), strict=True) if fits]


def _counts(
    formats: list[str], before: list[str], connection: duckdb.DuckDBPyConnection
) -> tuple[int, ...]:
    """Return the values that each format reads and none of those before it."""
    others = " AND ".join(f"NOT {_plausible(each)}" for each in before) or "true"
    sums = ", ".join(f"coalesce(sum(n) FILTER (WHERE {_plausible(each)}), 0)" for each in formats)
    found = connection.execute(f"SELECT {sums} FROM written WHERE {others}").fetchone()
    return tuple(map(int, found or ()))


def _differs(one: str, other: str, connection: duckdb.DuckDBPyConnection) -> bool:
    """Return whether two formats read a value as two days."""
    if one == other:
        return False
    found = connection.execute(
        f"SELECT coalesce(bool_or(CAST({_read(one)} AS DATE) <> CAST({_read(other)} AS DATE)), "
        "false) FROM written"
    ).fetchone()
    return bool(found and found[0])
