"""What a file is by its first bytes, whatever its name says."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from analytics.errors import DataError, Place

_START = 512
_SIGNATURES = (
    (b"PK\x03\x04", "a ZIP archive or an Excel workbook"),
    (b"PK\x05\x06", "an empty ZIP archive"),
    (b"\x1f\x8b", "compressed with gzip"),
    (b"BZh91AY&SY", "compressed with bzip2"),
    (b"\xfd7zXZ\x00", "compressed with xz"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a workbook of the old kind (.xls), or encrypted"),
    (b"PAR1\x15", "a Parquet file"),
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "a text of a word processor"),
)
_PAGE = (b"<!doctype html", b"<html", b"<table", b"<?xml", b"<div", b"<head", b"<style")
_REMEDIES = {
    "compressed": "Unpack it first.",
    "archive": "Unpack it first, or save the table as CSV or .xlsx and say so with format.",
    ".xls": "Open it, and save it as .xlsx without a password.",
    "page": "Open it in a spreadsheet, and save it as .xlsx or CSV.",
}


def file_kind(path: Path) -> str:
    """Return what the first bytes of a file are known to begin; empty where they are not."""
    with path.open("rb") as stream:
        start = stream.read(_START)
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            return kind
    if start[8:12] == b"DUCK":
        return "a DuckDB database"
    text = start.removeprefix(b"\xef\xbb\xbf").replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n")
    return "a web page (HTML or XML)" if text.lower().startswith(_PAGE) else ""


def refuse_kind(path: Path, *expected: str) -> None:
    """Raise DataError where a file is known to be of another kind than those expected.

    Parameters
    ----------
    path : Path
        A file that is there.
    *expected : str
        How the names of the kinds begin that are expected.
    """
    kind = file_kind(path)
    if not kind or kind.startswith(expected):
        return
    remedy = next((said for word, said in _REMEDIES.items() if word in kind), "")
    raise DataError(
        f"the file is {kind}",
        place=Place(file=path.name),
        remedy=remedy or "Correct format in the source file, or export the table again.",
    )


def refuse_other_than_files(path: Path, folder: Path | None = None) -> None:
    """Raise DataError where there is no ordinary file with something in it.

    Parameters
    ----------
    path : Path
        Where the file should be. It is not opened: a pipe would wait for a writer.
    folder : Path, optional
        The folder that it must lie in, links followed.
    """

    def refused(message: str, remedy: str = "") -> DataError:
        there = "Put the export there, or correct file and folder in the source file."
        return DataError(message, place=Place(file=str(path)), remedy=remedy or there)

    try:
        found = path.stat()
    except FileNotFoundError:
        if path.is_symlink():
            raise refused("the file is a link to nothing") from None
        raise refused("the file does not exist") from None
    except (OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise refused(f"the file cannot be reached: {said.lower()}") from None
    if stat.S_ISDIR(found.st_mode):
        raise refused("a folder is in the file's place")
    if not stat.S_ISREG(found.st_mode):
        raise refused("a pipe, socket or device is in the file's place")
    if folder is not None and not path.resolve().is_relative_to(folder.resolve()):
        raise refused(
            "the file leads out of the source's folder",
            "Copy it into the folder, or set folder in the source file to where it lies.",
        )
    if not os.access(path, os.R_OK):
        raise refused("the file cannot be read: permission denied", "Allow it to be read.")
    if found.st_size == 0:
        raise DataError(
            "the file is empty",
            place=Place(file=path.name),
            remedy="Export it again, with its header.",
        )
