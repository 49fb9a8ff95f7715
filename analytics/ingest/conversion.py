"""Texts of a raw file into values of a canonical column, as SQL for DuckDB.

A value that cannot be read is null, and the row says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from analytics.ingest.quoting import list_sql, text_sql
from analytics.ingest.table_declarations import word_key
from analytics.ingest.table_source import ISO_FORMATS, ZONED_FORMATS, TableSource
from analytics.schema import Column

FIRST_YEAR, LAST_YEAR = 1900, 2199
SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CHF": "Fr.", "INR": "₹"}
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
    signed : str
        SQL of whether the text has a sign or code of the currency; empty where none can.
    """

    value: str
    reason: str
    signed: str = ""


def text_of(raw: str, read: TableSource) -> str:
    """Return the SQL of a raw text without blanks around it; null where nothing is left."""
    # Trimming costs more than looking whether it is needed, and it seldom is; a look at the ends
    # of a text that is all ASCII costs the least.
    outer = text_sql(f"^[{_BLANKS}]|[{_BLANKS}]$")
    ends = " OR ".join(f"suffix({raw}, chr({code}))" for code in (32, 9, 10, 13))
    trimmed = (
        f"nullif(CASE WHEN ({raw} < '!' OR {ends} OR strlen({raw}) <> length({raw})) "
        f"AND regexp_matches({raw}, {outer}) THEN trim({raw}, {text_sql(_BLANKS)}) "
        f"ELSE {raw} END, '')"
    )
    if not read.missing:
        return trimmed
    return (
        f"CASE WHEN list_contains({list_sql(read.missing)}, {trimmed}) THEN NULL ELSE {trimmed} END"
    )


def conversion(
    column: Column, text: str, read: TableSource, *, typed: bool, currency: str, time_zone: str
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
    time_zone : str
        Of the shop; moments with a zone become local.
    """
    match column.dtype:
        case "money":
            return _amount(text, read, currency)
        case "integer":
            value = f"TRY_CAST({_number(text, read, '0*')} AS BIGINT)"
            return Conversion(value=value, reason="is not a whole number")
        case "number":
            value = f"TRY_CAST({_number(text, read, '[0-9]*', exponent=True)} AS DOUBLE)"
            return Conversion(value=value, reason="is not a number")
        case "date" | "timestamp":
            formats = read.dates.get(column.name, ())
            return moment(column.dtype, text, formats, typed=typed, time_zone=time_zone)
        case _ if column.values:
            return _status(column, text, read)
        case _:
            return Conversion(value=_text(column, text, read), reason="")


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
    """Return the SQL of a number's text as DuckDB casts it; null where it is not a number."""
    return f"CASE {_number_case(text, read, decimals, exponent=exponent)} END"


def _number_case(text: str, read: TableSource, decimals: str, *, exponent: bool = False) -> str:
    """Return the SQL of ``WHEN`` a text is a number ``THEN`` its text as DuckDB casts it.

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
    return f"WHEN regexp_full_match({text}, {text_sql(pattern)}) THEN {plain}"


def _amount(text: str, read: TableSource, currency: str) -> Conversion:
    decimals = "[0-9]*" if read.rounded else "[0-9]{0,2}0*"
    return Conversion(
        value=f"CAST({_amount_text(text, read, currency, decimals)} AS DECIMAL(18, 2))",
        reason=f"is not an amount in {currency} with at most two decimals",
        signed=" OR ".join(f"contains({text}, {text_sql(sign)})" for sign in _signs(currency)),
    )


def exact_amount(text: str, read: TableSource, currency: str) -> str:
    """Return the SQL of an amount with up to six decimals."""
    return f"TRY_CAST({_amount_text(text, read, currency, '[0-9]*')} AS DECIMAL(24, 6))"


def _signs(currency: str) -> list[str]:
    return [sign for sign in (currency, SYMBOLS.get(currency, "")) if sign]


def _amount_text(text: str, read: TableSource, currency: str, decimals: str) -> str:
    bare = text
    for sign in _signs(currency):
        bare = f"replace({bare}, {text_sql(sign)}, '')"
    bare = f"trim({bare}, {text_sql(_BLANKS)})"
    # The sign of the currency is looked for where the text is no bare number. One CASE takes
    # half as long as a coalesce of two.
    return f"CASE {_number_case(text, read, decimals)} {_number_case(bare, read, decimals)} END"


def moment(
    dtype: str, text: str, formats: tuple[str, ...], *, typed: bool, time_zone: str
) -> Conversion:
    """Return how texts of days or moments are read.

    Parameters
    ----------
    dtype : str
        date or timestamp.
    text : str
        SQL of the trimmed text.
    formats : tuple of str
        Declared formats; ISO 8601 where there are none.
    typed : bool
        Whether the format of the file knows days and moments: ISO 8601 is read besides.
    time_zone : str
        Of the shop; moments with a zone become local.
    """
    iso = (*ISO_FORMATS, *ZONED_FORMATS)
    tried = tuple(dict.fromkeys((*formats, *iso) if typed else formats or iso))
    offset = [each for each in tried if re.search("%[zZ]", each.replace("%%", ""))]
    universal = [each for each in tried if re.search("[^%]Z$", each) and each not in offset]
    local = [each for each in tried if each not in offset and each not in universal]
    zone = text_sql(time_zone)
    read = []
    if local:
        read.append(f"try_strptime({text}, {list_sql(local)})")
    if offset:
        read.append(f"timezone({zone}, try_strptime({text}, {list_sql(offset)}))")
    if universal:
        moments = f"try_strptime({text}, {list_sql(universal)})"
        read.append(f"timezone({zone}, timezone('UTC', {moments}))")
    found = read[0] if len(read) == 1 else f"coalesce({', '.join(read)})"
    kind = "DATE" if dtype == "date" else "TIMESTAMP"
    value = (
        f"CASE WHEN year({found}) BETWEEN {FIRST_YEAR} AND {LAST_YEAR} "
        f"THEN CAST({found} AS {kind}) END"
    )
    shown = " or ".join(formats) if formats else "ISO 8601 (2024-03-09)"
    return Conversion(
        value=value, reason=f"is not a date of {FIRST_YEAR} to {LAST_YEAR} written as {shown}"
    )


def word_sql(text: str) -> str:
    """Return the SQL of a text as words are compared; see `word_key`."""
    squeezed = f"regexp_replace({text}, '\\s+', ' ', 'g')"
    return (
        f"lower(CASE WHEN regexp_matches({text}, '\\s\\s|[^\\S ]') THEN {squeezed} ELSE {text} END)"
    )


def _cases(text: str, words: Mapping[str, Iterable[str]]) -> str:
    return " ".join(
        f"WHEN list_contains({list_sql(dict.fromkeys(word_key(w) for w in meant))}, "
        f"{word_sql(text)}) THEN {text_sql(value)}"
        for value, meant in words.items()
    )


def _status(column: Column, text: str, read: TableSource) -> Conversion:
    words: dict[str, tuple[str, ...]] = dict(read.statuses)
    words = words or {value: (value,) for value in column.values}
    if read.reversals is not None and read.reversals.words:
        status = read.reversals.status
        words[status] = (*words.get(status, ()), *read.reversals.words)
    return Conversion(
        value=f"CASE {_cases(text, words)} END", reason="is not among the words that statuses maps"
    )


def _text(column: Column, text: str, read: TableSource) -> str:
    words = read.words.get(column.name)
    value = text
    if words:
        meant = {value: (value, *spellings) for value, spellings in words.items()}
        value = f"CASE {_cases(text, meant)} ELSE {text} END"
    return hashed_text(value) if column.name in read.hashed else value


def hashed_text(text: str) -> str:
    """Return the SQL of what stands for a text: 16 hexadecimal digits, the same in any case."""
    return f"left(sha256(replace(lower({text}), 'ß', 'ss')), 16)"
