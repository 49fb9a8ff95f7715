"""Texts of a raw file into values of a canonical column, as SQL for DuckDB.

A value that cannot be read is null, and the row says why.
"""

from __future__ import annotations

import re
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
    # Trimming costs more than looking whether it is needed, and it seldom is.
    outer = text_sql(f"^[{_BLANKS}]|[{_BLANKS}]$")
    trimmed = (
        f"nullif(CASE WHEN regexp_matches({raw}, {outer}) THEN trim({raw}, {text_sql(_BLANKS)}) "
        f"ELSE {raw} END, '')"
    )
    if not read.missing:
        return trimmed
    return (
        f"CASE WHEN list_contains({list_sql(read.missing)}, {trimmed}) THEN NULL ELSE {trimmed} END"
    )


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
            value = f"TRY_CAST({_number(text, read, '')} AS BIGINT)"
            return Conversion(value=value, reason="is not a whole number")
        case "number":
            value = f"TRY_CAST({_number(text, read, '[0-9]*', exponent=True)} AS DOUBLE)"
            return Conversion(value=value, reason="is not a number")
        case "date" | "timestamp":
            return _moment(column, text, read, typed)
        case _ if column.values:
            return _word(column, text, read)
        case _:
            return Conversion(value=text, reason="")


def native(column: Column, value: str, kind: str) -> Conversion | None:
    """Return how a column is read whose values have its type already; None where they do not.

    Parameters
    ----------
    column : Column
        The canonical column.
    value : str
        SQL of the value in the file.
    kind : str
        DuckDB's type of it.
    """
    decimal = re.fullmatch(r"DECIMAL\((\d+),(\d)\)", kind)
    if column.dtype == "money" and decimal and int(decimal[1]) <= 18 and int(decimal[2]) <= 2:
        return Conversion(value=f"TRY_CAST({value} AS DECIMAL(18, 2))", reason="is too large")
    if column.dtype == "integer" and kind in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT"):
        return Conversion(value=f"CAST({value} AS BIGINT)", reason="")
    return None


def _number(text: str, read: TableSource, decimals: str, *, exponent: bool = False) -> str:
    """Return the SQL of a number's text as DuckDB casts it; null where it is not a number.

    Parameters
    ----------
    text : str
        SQL of the text.
    read : TableSource
        Its marks.
    decimals : str
        Pattern of what may follow the decimal mark; no mark where it is empty.
    exponent : bool
        Whether ``1.5e3`` is a number.
    """
    mark, thousands = re.escape(read.decimal_mark), re.escape(read.thousands_mark)
    grouped = f"[0-9]{{1,3}}({thousands}[0-9]{{3}})+|" if thousands else ""
    fraction = f"({mark}{decimals})?" if decimals else ""
    power = "([eE][+-]?[0-9]{1,2})?" if exponent else ""
    pattern = f"[+-]?({grouped}[0-9]{{1,15}}){fraction}{power}"
    plain = text
    if thousands:
        plain = f"replace({plain}, {text_sql(read.thousands_mark)}, '')"
    if fraction and read.decimal_mark != ".":
        plain = f"replace({plain}, {text_sql(read.decimal_mark)}, '.')"
    return f"CASE WHEN regexp_full_match({text}, {text_sql(pattern)}) THEN {plain} END"


def _amount(text: str, read: TableSource, currency: str) -> Conversion:
    bare = text
    for sign in (currency, _SYMBOLS.get(currency, "")):
        if sign:
            bare = f"replace({bare}, {text_sql(sign)}, '')"
    bare = f"trim({bare}, {text_sql(_BLANKS)})"
    decimals = "[0-9]*" if read.rounded else "[0-9]{0,2}0*"
    # The sign of the currency is looked for where the text is no bare number.
    number = f"coalesce({_number(text, read, decimals)}, {_number(bare, read, decimals)})"
    reason = f"is not an amount in {currency} with at most two decimals"
    return Conversion(value=f"CAST({number} AS DECIMAL(18, 2))", reason=reason)


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
    return Conversion(value=f"CASE {cases} END", reason="is not among the words that statuses maps")
