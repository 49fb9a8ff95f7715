"""What the values of a column show: days, numbers, words, how many there are."""

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


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEvidence:
    """What the sampled values of a column are.

    Attributes
    ----------
    present, distinct : int
        Values that are there, and different ones.
    formats : tuple of str
        Date formats that read all values, or nearly all where none reads all.
    dated : int
        Values that the first of them reads.
    points, commas : int
        Numbers with a decimal point, and with a decimal comma.
    numbers, emails : int
        Numbers, whatever their marks; e-mail addresses.
    words : tuple of str
        The values, where they are at most 40.
    """

    present: int
    distinct: int
    formats: tuple[str, ...]
    dated: int
    points: int
    commas: int
    numbers: int
    emails: int
    words: tuple[str, ...]

    @property
    def ambiguous(self) -> bool:
        """Whether the values can be read as different days."""
        return len(self.formats) > 1


def column_evidence(
    export: Export, header: str, connection: duckdb.DuckDBPyConnection
) -> ColumnEvidence:
    """Return what the sampled values of a column show."""
    name, bare = name_sql(header), f"regexp_replace({name_sql(header)}, '[^0-9.,+-]', '', 'g')"
    shape = r"^[^0-9]{0,5}[+-]?[0-9][0-9.,' ]*[^0-9]{0,5}$"
    row = connection.execute(
        f"SELECT count({name}), count(DISTINCT {name}), "
        f"count(*) FILTER (WHERE regexp_matches({bare}, '^[+-]?[0-9,]*[.][0-9]{{1,4}}$') AND NOT "
        f"regexp_matches({bare}, '^[+-]?[0-9]{{1,3}}([.][0-9]{{3}})+$')), "
        f"count(*) FILTER (WHERE regexp_matches({bare}, '^[+-]?[0-9.]*,[0-9]{{1,4}}$') AND NOT "
        f"regexp_matches({bare}, '^[+-]?[0-9]{{1,3}}(,[0-9]{{3}})+$')), "
        f"count(*) FILTER (WHERE regexp_matches({name}, {text_sql(shape)})), "
        f"count(*) FILTER (WHERE regexp_matches({name}, '^[^@ ]+@[^@ ]+[.][^@ ]+$')) "
        f"FROM {export.sample}"
    ).fetchone()
    present, distinct, points, commas, numbers, emails = row or (0,) * 6
    formats, dated = _formats(export, name, present, connection)
    words: tuple[str, ...] = ()
    if 0 < distinct <= 40:
        found = connection.execute(
            f"SELECT DISTINCT {name} FROM {export.sample} WHERE {name} IS NOT NULL ORDER BY 1"
        ).fetchall()
        words = tuple(value for (value,) in found)
    return ColumnEvidence(
        present=present,
        distinct=distinct,
        formats=formats,
        dated=dated,
        points=points,
        commas=commas,
        numbers=numbers,
        emails=emails,
        words=words,
    )


def _formats(
    export: Export, name: str, present: int, connection: duckdb.DuckDBPyConnection
) -> tuple[tuple[str, ...], int]:
    """Return the formats that read the most values, if most, one for each reading of the days."""
    if not present:
        return (), 0
    head = connection.execute(
        f"SELECT {name} FROM {export.sample} WHERE {name} IS NOT NULL LIMIT 50"
    ).fetchall()
    tried = []
    for form in FORMATS:
        hit = connection.execute(
            "SELECT count(*) FROM (SELECT unnest($1) AS v) WHERE try_strptime(v, $2) IS NOT NULL",
            [[value for (value,) in head], form],
        ).fetchone()
        if hit and hit[0] >= len(head) / 4:
            tried.append(form)
    if not tried:
        return (), 0
    reads = [f"try_strptime({name}, {text_sql(form)})" for form in tried]
    plausible = [f"count(*) FILTER (WHERE year({read}) BETWEEN 1950 AND 2100)" for read in reads]
    counts = connection.execute(f"SELECT {', '.join(plausible)} FROM {export.sample}").fetchone()
    most = max(counts or (0,))
    if not counts or most < 0.8 * present:
        return (), 0
    best = [form for form, count in zip(tried, counts, strict=True) if count == most]
    kept: list[str] = []
    for form in best:
        new = f"try_strptime({name}, {text_sql(form)})"
        same = [
            connection.execute(
                f"SELECT count(*) FROM {export.sample} WHERE CAST({new} AS DATE) <> "
                f"CAST(try_strptime({name}, {text_sql(old)}) AS DATE)"
            ).fetchone()
            for old in kept
        ]
        if all(each and each[0] for each in same):
            kept.append(form)
    return tuple(kept), most
