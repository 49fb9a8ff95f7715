"""What a source file may declare: its name, the currency, encodings and date formats."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import permutations
from pathlib import Path

from analytics.errors import Place, SettingsError
from analytics.ingest.quoting import text_sql

# Folders are named by it: data/results/<name>, public-<name>.
_NAME = re.compile(r"\w[\w .+-]*")
_LONGEST_NAME = 100
# What `analytics init` writes where a person must choose.
CHOOSE = "CHOOSE"
_SPECIFIERS = tuple("aAbBcdDfgGHIjmMnpSTuUVwWxXyYzZ%-")


def check_source_name(path: Path, known: Path) -> None:
    """Raise SettingsError where a source file's name names no folder of its own.

    Parameters
    ----------
    path : Path
        The source file.
    known : Path
        Folder of the project's own source files, whose names others may not take.
    """
    name = path.stem
    if not _NAME.fullmatch(name) or len(name) > _LONGEST_NAME:
        raise SettingsError(
            f'a source cannot be named "{name[:_LONGEST_NAME]}"',
            place=Place(file=path.name),
            remedy="Its results lie in folders of that name: rename the file to letters, digits, "
            "dots and dashes, such as shop.toml.",
        )
    own = known / path.name
    if own.is_file() and not own.samefile(path):
        raise SettingsError(
            f"the project has another source named {name}",
            place=Place(file=str(path)),
            remedy="Rename the file: results and published site are kept by its name.",
        )


def check_currency(code: str, file: str) -> None:
    """Raise SettingsError where a currency is not written as ISO 4217 does."""
    if code == CHOOSE:
        raise SettingsError(
            "currency is left for you to choose",
            place=Place(file=file),
            remedy="Write the three letters (ISO 4217) of the currency of all amounts, "
            "such as USD.",
        )
    if not re.fullmatch("[A-Z]{3}", code):
        raise SettingsError(
            f'currency "{code}" is not known',
            place=Place(file=file),
            remedy="Write its three letters (ISO 4217), such as USD.",
        )


def check_encoding(at: str, encoding: str, file: str) -> None:
    """Raise SettingsError where an encoding is unknown, or none of texts."""
    try:
        "".encode(encoding)
    except LookupError:  # base64 and its like are known, and encode no text
        raise SettingsError(
            f'{at} "{encoding}" is not known',
            place=Place(file=file),
            remedy='Such as "utf-8" or "latin-1".',
        ) from None


def check_date_formats(at: str, formats: tuple[str, ...], file: str) -> None:
    """Raise SettingsError where date formats are none, or can read one text as two days."""
    for text in formats:
        if text == CHOOSE:
            raise SettingsError(
                f"{at} is left for you to choose",
                place=Place(file=file),
                remedy="Write the one format of those named there that the file is written in.",
            )
        specifiers = re.findall("%(.?)", text, re.DOTALL)
        odd = [each for each in specifiers if each not in _SPECIFIERS]
        if odd or "%" not in text:
            raise SettingsError(
                f'{at}: "{text}" is no date format',
                place=Place(file=file),
                remedy="Write it as of strptime, such as %Y-%m-%d or %d.%m.%Y %H:%M.",
            )
    # 3 February in the one must not be read as 2 March by another.
    probe = datetime(2001, 2, 3, 4, 5, 6)
    for one, other in permutations(formats, 2):
        try:
            read = datetime.strptime(probe.strftime(one), other)
        except ValueError:
            continue
        if read.date() != probe.date():
            raise SettingsError(
                f'{at}: "{one}" and "{other}" can read one text as two days',
                place=Place(file=file),
                remedy="Keep the one that the file is written in.",
            )


def check_pattern(at: str, expression: str, file: str) -> None:
    """Raise SettingsError where a text is no regular expression, as DuckDB (RE2) reads them."""
    import duckdb

    try:
        with duckdb.connect(":memory:") as connection:
            # DuckDB loads pandas for a parameter.
            connection.execute(f"SELECT regexp_matches('', {text_sql(expression)})").fetchall()
    except (duckdb.Error, UnicodeError) as error:
        said = str(error).partition("Error: ")[2] or str(error)
        raise SettingsError(
            f'{at}: "{expression}" is no regular expression: {said.splitlines()[0]}',
            place=Place(file=file),
            remedy="Correct it; look-around and back references are not known.",
        ) from None
