"""What a source file may declare: its name, the currency, encodings and date formats."""

from __future__ import annotations

import re
from datetime import datetime
from itertools import permutations
from pathlib import Path

from analytics.errors import Place, SettingsError

# Folders are named by it: data/results/<name>, public-<name>.
_NAME = re.compile(r"\w[\w .+-]*")
_LONGEST_NAME = 100
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
