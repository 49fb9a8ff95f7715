"""What a table of a source file may declare."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePath

from analytics.errors import Place, SettingsError
from analytics.ingest.declarations import check_date_formats, check_encoding, check_pattern
from analytics.ingest.location import is_pattern
from analytics.ingest.table_source import DATABASES, TableSource
from analytics.schema import Table
from analytics.schema.tables import STATUSES
from analytics.settings import nearest_name

_ORDERS = ("transactions", "order_lines")
_LINES = ("transaction_items", "order_lines")


def check_table(read: TableSource, canonical: Table, file: str) -> None:
    """Raise SettingsError where a table of a source file says something that cannot be used."""
    _check_columns(read, canonical, file)
    _check_required(read, canonical, file)
    _check_format(read, canonical, file)
    _check_words(read, canonical, file)
    _check_rows(read, canonical, file)
    at = f"tables.{canonical.name}"
    for column, formats in read.dates.items():
        check_date_formats(f"{at}.dates.{column}", formats, file)
    check_date_formats(f"{at}.latest_by_formats", read.latest_by_formats, file)


def _refused(file: str, message: str, remedy: str) -> SettingsError:
    return SettingsError(message, place=Place(file=file), remedy=remedy)


def _hint(name: str, known: Iterable[str]) -> str:
    known = tuple(known)
    nearest = nearest_name(name, known)
    return f"Did you mean {nearest}?" if nearest else f"Known: {', '.join(known)}."


def _check_columns(read: TableSource, canonical: Table, file: str) -> None:
    at = f"tables.{canonical.name}"
    parts: dict[str, Iterable[str]] = {
        "columns": read.columns,
        "constants": read.constants,
        "dates": read.dates,
        "words": read.words,
        "hashed": read.hashed,
    }
    for part, keys in parts.items():
        for key in keys:
            if key not in canonical.names:
                shown = f"{at}.hashed: {key}" if part == "hashed" else f"{at}.{part}.{key}"
                raise _refused(file, f"unknown column {shown}", _hint(key, canonical.names))
    for key in read.constants:
        if key in read.columns:
            raise _refused(
                file, f"{at}: {key} is both in columns and in constants", "Keep one of them."
            )
    for part in ("dates", "words", "hashed"):
        for key in parts[part]:
            if key not in read.canonical:
                raise _refused(
                    file,
                    f"{at}.{part} speaks of {key}, which is not mapped",
                    f"Add {key} = <column of {read.file}> under columns.",
                )
    for key in read.hashed:
        column = canonical.column(key)
        if column.dtype != "string" or column.values:
            raise _refused(file, f"{at}.hashed: {key} is no text", "Only ids and texts are hashed.")


def _check_required(read: TableSource, canonical: Table, file: str) -> None:
    at = f"tables.{canonical.name}"
    for column in canonical.required:
        if column not in read.canonical:
            raise _refused(
                file,
                f"{at}.columns does not map {column}, which is required",
                f"Add {column} = <column of {read.file}>.",
            )
    if canonical.name == "order_lines" and "net" not in read.canonical and not read.computes_net:
        raise _refused(
            file,
            f"{at}.columns maps neither net nor quantity and unit_price",
            f"Add net = <column of {read.file}>, or both of the others.",
        )


def _check_format(read: TableSource, canonical: Table, file: str) -> None:
    at = f"tables.{canonical.name}"
    for name in ("delimiter", "decimal_mark"):
        if len(getattr(read, name)) != 1:
            raise _refused(file, f"{at}.{name} must be one character", 'Such as "," or ";".')
    if len(read.quote) > 1 or len(read.thousands_mark) > 1:
        raise _refused(
            file,
            f"{at}: quote and thousands_mark are one character, or empty",
            "Write the one character, or leave it out.",
        )
    if read.decimal_mark == read.thousands_mark:
        raise _refused(
            file,
            f"{at}: decimal_mark and thousands_mark are the same",
            "Write the mark of the other, or leave thousands_mark out.",
        )
    check_encoding(f"{at}.encoding", read.encoding, file)
    if not read.file.strip():
        raise _refused(file, f"{at}.file is empty", "Name the file, or a pattern of names.")
    if is_pattern(read.file):
        path = PurePath(read.file)
        if path.is_absolute() or ".." in path.parts:
            raise _refused(
                file,
                f'{at}.file "{read.file}" leads out of the folder',
                "A pattern matches files in folder and below it.",
            )
    if not all(name.strip() for name in read.sheets) or read.sheet == ():
        raise _refused(file, f"{at}.sheet names no sheet", "Name it, or leave sheet out.")
    if read.sheets and read.format != "excel":
        raise _refused(
            file,
            f"{at}.sheet is of workbooks, and format is {read.format}",
            'Write format = "excel", or leave it out.',
        )
    if read.header and read.format not in ("csv", "whitespace"):
        raise _refused(
            file,
            f"{at}.header is of text files, and format is {read.format}",
            "Leave it out: the file names its columns.",
        )
    if read.header and len({name.lower() for name in read.header}) < len(read.header):
        raise _refused(file, f"{at}.header names a column twice", "Give each column its own name.")
    if read.format in DATABASES:
        if bool(read.table) == bool(read.query.strip()):
            raise _refused(
                file,
                f"{at} needs either table or query",
                'Write table = "<name>", or query = "SELECT ...".',
            )
    elif read.table or read.query:
        raise _refused(
            file,
            f"{at}: table and query are of databases, and format is {read.format}",
            'Write format = "duckdb" or "sqlite", or leave them out.',
        )


def _check_words(read: TableSource, canonical: Table, file: str) -> None:
    at = f"tables.{canonical.name}"
    for status in read.statuses:
        if status not in STATUSES:
            known = f"Known: {', '.join(STATUSES)}."
            raise _refused(file, f"unknown status {at}.statuses.{status}", known)
    _check_once(read.statuses, f"{at}.statuses", file)
    for name, words in read.words.items():
        column = canonical.column(name)
        if column.values:
            raise _refused(
                file, f"{at}.words: {name} has words of its own", f"Write them under {at}.statuses."
            )
        if column.dtype != "string":
            raise _refused(file, f"{at}.words: {name} is no text", "Only texts have words.")
        _check_once(words, f"{at}.words.{name}", file)


def _check_once(words: dict[str, tuple[str, ...]], at: str, file: str) -> None:
    """Raise SettingsError where one spelling means two values."""
    seen: dict[str, str] = {}
    for value, spellings in words.items():
        for spelling in spellings:
            key = word_key(spelling)
            if seen.setdefault(key, value) != value:
                raise _refused(
                    file,
                    f'{at}: "{spelling}" stands for both {seen[key]} and {value}',
                    "Keep it under one of them.",
                )


def word_key(text: str) -> str:
    """Return a word as it is compared: in small letters, with single blanks."""
    return " ".join(text.lower().split())


def _check_rows(read: TableSource, canonical: Table, file: str) -> None:
    at = f"tables.{canonical.name}"
    if read.reversals is not None:
        if canonical.name not in _ORDERS:
            raise _refused(
                file,
                f"{at} has no reversals",
                "They are declared of tables.transactions or tables.order_lines.",
            )
        back = read.reversals
        if back.marker and "transaction_id" not in read.canonical:
            raise _refused(
                file,
                f"{at}.reversals.marker is looked for in transaction_id, which is not mapped",
                f"Add transaction_id = <column of {read.file}>.",
            )
        if back.words and "status" not in read.canonical:
            raise _refused(
                file,
                f"{at}.reversals.words are words of status, which is not mapped",
                f"Add status = <column of {read.file}>.",
            )
        if back.marker:
            check_pattern(f"{at}.reversals.marker", back.marker, file)
    if read.non_products:
        if canonical.name not in _LINES or "product_id" not in read.canonical:
            raise _refused(
                file,
                f"{at}.non_products are ids of product_id, which is not mapped",
                "They are declared of order lines, with product_id among their columns.",
            )
        for code in read.non_products:
            expression = product_pattern(code)
            if expression is not None:
                check_pattern(f"{at}.non_products", expression, file)
    if read.latest_by and not [key for key in canonical.key if key in read.canonical]:
        raise _refused(
            file,
            f"{at}.latest_by chooses among rows of one key, and the table has none",
            f"Map {', '.join(canonical.key)}." if canonical.key else "Leave it out.",
        )
    if read.latest_by_formats and not read.latest_by:
        raise _refused(
            file,
            f"{at}.latest_by_formats is given without latest_by",
            "Add latest_by = <column of the file>, or leave it out.",
        )


def product_pattern(code: str) -> str | None:
    """Return the regular expression of a code between slashes; None where it is none."""
    if len(code) > 2 and code.startswith("/") and code.endswith("/"):
        return code[1:-1]
    return None
