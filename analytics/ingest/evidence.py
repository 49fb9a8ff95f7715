"""What the values of a column show: days, numbers, words, how many there are."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from analytics.ingest.date_evidence import DateEvidence, date_evidence
from analytics.ingest.exports import Export
from analytics.ingest.quoting import name_sql, text_sql

_BLANK = "[ \u00a0\u202f']"
_GROUPED = (
    rf"^[^0-9]{{0,4}}[0-9]{{1,3}}({_BLANK})[0-9]{{3}}(?:{_BLANK}[0-9]{{3}})*"
    r"[.,][0-9]{2}([^0-9]|$)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnEvidence:
    """What the sampled values of a column are.

    Attributes
    ----------
    present, distinct : int
        Values that are there, and different ones.
    dates : DateEvidence
        Formats of its dates.
    points, commas : int
        Numbers with a decimal point, and with a decimal comma.
    numbers, emails : int
        Numbers, whatever their marks; e-mail addresses.
    negative : int
        Numbers below zero.
    grouping : str
        The blank or apostrophe between thousands, where there is one.
    words : tuple of str
        The values, where they are at most 40.
    """

    present: int
    distinct: int
    dates: DateEvidence
    points: int
    commas: int
    numbers: int
    emails: int
    negative: int
    grouping: str
    words: tuple[str, ...]

    @property
    def ambiguous(self) -> bool:
        """Whether the values can be read as different days."""
        return bool(self.dates.readings)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats that are needed for the dates; those to choose from where it is unclear."""
        return self.dates.readings or tuple(form for form, _ in self.dates.formats)


def column_evidence(
    export: Export, header: str, connection: duckdb.DuckDBPyConnection
) -> ColumnEvidence:
    """Return what the sampled values of a column show."""
    name, bare = name_sql(header), f"regexp_replace({name_sql(header)}, '[^0-9.,+-]', '', 'g')"
    shape = "^[^0-9]{0,5}[+-]?[0-9][0-9.,' \u00a0\u202f]*[^0-9]{0,5}$"
    row = connection.execute(
        f"SELECT count({name}), count(DISTINCT {name}), "
        f"count(*) FILTER (WHERE regexp_matches({bare}, '^[+-]?[0-9,]*[.][0-9]{{1,4}}$') AND NOT "
        f"regexp_matches({bare}, '^[+-]?[0-9]{{1,3}}([.][0-9]{{3}})+$')), "
        f"count(*) FILTER (WHERE regexp_matches({bare}, '^[+-]?[0-9.]*,[0-9]{{1,4}}$') AND NOT "
        f"regexp_matches({bare}, '^[+-]?[0-9]{{1,3}}(,[0-9]{{3}})+$')), "
        f"count(*) FILTER (WHERE regexp_matches({name}, {text_sql(shape)})), "
        f"count(*) FILTER (WHERE regexp_matches({name}, '^[^@ ]+@[^@ ]+[.][^@ ]+$')), "
        f"count(*) FILTER (WHERE regexp_matches({name}, {text_sql(shape)}) AND "
        f"regexp_matches({name}, '^[^0-9]{{0,4}}-')), "
        f"max(nullif(regexp_extract({name}, {text_sql(_GROUPED)}, 1), '')) "
        f"FROM {export.sample}"
    ).fetchone()
    present, distinct, points, commas, numbers, emails, negative, grouping = row or (0,) * 8
    words: tuple[str, ...] = ()
    if 0 < distinct <= 40:
        found = connection.execute(
            f"SELECT DISTINCT {name} FROM {export.sample} WHERE {name} IS NOT NULL ORDER BY 1"
        ).fetchall()
        words = tuple(value for (value,) in found)
    return ColumnEvidence(
        present=present,
        distinct=distinct,
        dates=date_evidence(export, header, connection),
        points=points,
        commas=commas,
        numbers=numbers,
        emails=emails,
        negative=negative,
        grouping=grouping or "",
        words=words,
    )
