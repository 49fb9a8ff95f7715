"""Texts of a raw file into values of a canonical column, as SQL for DuckDB.

A value that cannot be read is null, and the row says why.
"""

from __future__ import annotations

from dataclasses import dataclass

from analytics.ingest.quoting import list_sql, text_sql
from analytics.ingest.source import ISO_FORMATS, TableSource
from analytics.schema import Column

FIRST_YEAR, LAST_YEAR = 1900, 2199
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CHF": "Fr.", "INR": "₹"}
# With the blanks of other scripts, which exports take over from web pages.
_BLANKS = " \t\r\n\u00a0\u2007\u202f\u3000\ufeff"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """How one column is read.

    Attributes
    ----------
    value : str
        SQL of the value; null where the text is missing or not understood.
    reason : str
        What is said of a text that is not understood.
    """

    value: str
    reason: str


def text_of(raw: str, read: TableSource) -> str:
    """Return the SQL of a raw text without blanks around it; null where nothing is left."""
    trimmed = f"nullif(trim({raw}, {text_sql(_BLANKS)}), '')"
    if not read.missing:
        return trimmed
    return f"CASE WHEN list_contains({list_sql(read.missing)}, {trimmed}) THEN NULL ELSE {trimmed} END"


def conversion(
    column: Column, text: str, read: TableSource, *, typed: bool, currency: str
) -> Conversion:
    """Return how the texts of a column are read.

    Parameters
    ----------
    column : Column
        The canonical column.
    text : str
        SQL of the trimmed text.
    read : TableSource
        Its conventions.
    typed : bool
        Whether the format knows days and moments.
    currency : str
        The one currency of amounts, whose code or sign may stand with a number.
    """
    match column.dtype:
        case "money":
            return _amount(text, read, currency)
        case "integer":
            digits = _plain_number(text, read)
            value = f"TRY_CAST(CASE WHEN {_matches(digits, '[+-]?[0-9]{1,18}')} THEN {digits} END AS BIGINT)"
            return Conversion(value=value, reason="is not a whole number")
        case "number":
            number = _plain_number(text, read)
            pattern = r"[+-]?[0-9]{1,18}(\.[0-9]*)?([eE][+-]?[0-9]{1,2})?"
            value = f"TRY_CAST(CASE WHEN {_matches(number, pattern)} THEN {number} END AS DOUBLE)"
            return Conversion(value=value, reason="is not a number")
        case "date" | "timestamp":
            return _moment(column, text, read, typed)
        case _ if column.values:
            return _word(column, text, read)
        case _:
            return Conversion(value=text, reason="")


def _matches(text: str, pattern: str) -> str:
    return f"regexp_full_match({text}, {text_sql(pattern)})"


def _plain_number(text: str, read: TableSource) -> str:
    plain = text
    if read.thousands_mark:
        plain = f"replace({plain}, {text_sql(read.thousands_mark)}, '')"
    if read.decimal_mark != ".":
        # A point that is not the decimal mark must not pass for one.
        plain = f"translate({plain}, {text_sql(read.decimal_mark + '.')}, '.?')"
    return plain


def _amount(text: str, read: TableSource, currency: str) -> Conversion:
    bare = text
    for sign in (currency, _SYMBOLS.get(currency, "")):
        if sign:
            bare = f"replace({bare}, {text_sql(sign)}, '')"
    number = _plain_number(f"trim({bare}, {text_sql(_BLANKS)})", read)
    # Only texts that are longer than a bare number pay for the search of a sign.
    plain = _plain_number(text, read)
    decimals = "[0-9]*" if read.rounded else "[0-9]{0,2}0*"
    pattern = rf"[+-]?[0-9]{{1,15}}(\.{decimals})?"
    value = (
        f"CAST(CASE WHEN {_matches(plain, pattern)} THEN {plain} "
        f"WHEN {_matches(number, pattern)} THEN {number} END AS DECIMAL(18, 2))"
    )
    reason = f"is not an amount in {currency} with at most two decimals"
    return Conversion(value=value, reason=reason)


def _moment(column: Column, text: str, read: TableSource, typed: bool) -> Conversion:
    declared = read.dates.get(column.name, ())
    formats = declared or ISO_FORMATS
    tried = (*declared, *ISO_FORMATS) if typed else formats
    moment = f"try_strptime({text}, {list_sql(dict.fromkeys(tried))})"
    kind = "DATE" if column.dtype == "date" else "TIMESTAMP"
    value = (
        f"CASE WHEN year({moment}) BETWEEN {FIRST_YEAR} AND {LAST_YEAR} "
        f"THEN CAST({moment} AS {kind}) END"
    )
    shown = " or ".join(declared) if declared else "ISO 8601 (2024-03-09)"
    return Conversion(
        value=value, reason=f"is not a date of {FIRST_YEAR} to {LAST_YEAR} written as {shown}"
    )


def _word(column: Column, text: str, read: TableSource) -> Conversion:
    words = read.statuses or {value: (value,) for value in column.values}
    cases = " ".join(
        f"WHEN list_contains({list_sql(w.lower() for w in meant)}, lower({text})) "
        f"THEN {text_sql(value)}"
        for value, meant in words.items()
    )
    return Conversion(
        value=f"CASE {cases} END", reason="is not among the words that statuses maps"
    )
