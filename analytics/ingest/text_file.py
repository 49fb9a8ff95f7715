"""Text files: checked for their encoding, their header read, ready for DuckDB.

Rows are numbered as a spreadsheet shows them: the header is row 1.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from analytics.errors import DataError, Place

_PIECE = 1 << 22
_LONGEST_HEADER = 1 << 20
LONGEST_ROW = 1 << 23
_LINE_END = re.compile("[\r\n]")
_ESCAPED_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


def utf8_file(path: Path, encoding: str, temporary: Path, *, escaped: bool = False) -> Path:
    """Return a path of the file, or of a copy in UTF-8 where it is in another encoding.

    Parameters
    ----------
    path : Path
        The file.
    encoding : str
        Its encoding.
    temporary : Path
        Where a copy is put.
    escaped : bool
        Whether a NUL may be written as JSON does.

    Raises
    ------
    DataError
        Where the file is empty, has NUL bytes or a line of more than 8 MB, or is not in the
        encoding; with the row.
    """
    codec = codecs.lookup(encoding).name
    as_it_is = codec in ("utf-8", "ascii", "utf-8-sig")
    try:
        decoder = codecs.getincrementaldecoder("utf-8-sig" if codec == "utf-8" else codec)()
    except LookupError:  # punycode and its like are known, and read no files
        raise _not_in_encoding(path, encoding, None) from None
    copy = _fresh_path(temporary)
    # Ends of lines, digits and delimiters all have a NUL byte there.
    wide = codec.startswith(("utf-16", "utf-32"))
    rows, unended = 1, 0
    anything = False
    with path.open("rb") as stream, io.BytesIO() if as_it_is else copy.open("wb") as target:
        while True:
            piece = stream.read(_PIECE)
            if wide and piece and b"\0" not in piece:
                raise _not_in_encoding(path, encoding, rows)
            before = decoder.getstate()[0]
            try:
                text = decoder.decode(piece, final=not piece)
                if not as_it_is:
                    target.write(text.encode("utf-8"))
            except UnicodeError as error:
                start = getattr(error, "start", 0)
                row = rows + (before + piece)[:start].count(b"\n")
                raise _not_in_encoding(path, encoding, row) from None
            nul = text.find("\0")
            if nul < 0 and escaped and "\\u0000" in text:
                found = _ESCAPED_NUL.search(text)
                nul = found.start() if found else -1
            if nul >= 0:
                row = rows + text.count("\n", 0, nul)
                raise DataError(
                    "the file has a NUL byte",
                    place=Place(file=path.name, row=row),
                    remedy="It may be in UTF-16 (encoding) or cut off; export it again.",
                )
            first_end = _LINE_END.search(text)
            unended += first_end.start() if first_end else len(text)
            if unended > LONGEST_ROW:
                raise DataError(
                    "a row is longer than 8 MB",
                    place=Place(file=path.name, row=rows),
                    remedy="Look for a quote that is not closed, or correct the cell.",
                )
            if first_end:
                unended = len(text) - max(text.rfind("\n"), text.rfind("\r"))
            rows += text.count("\n")
            anything = anything or bool(text.strip())
            if not piece:
                break
    if not anything:
        raise DataError(
            "the file is empty",
            place=Place(file=path.name),
            remedy="Export it again, with its header.",
        )
    return plain_path(path, temporary) if as_it_is else copy


def plain_path(path: Path, temporary: Path) -> Path:
    """Return another path of a file, of which no character means anything to DuckDB.

    It reads ``orders[1].csv`` as a pattern and ``year=2024/`` as a column.
    """
    link = _fresh_path(temporary)
    link.unlink()
    link.symlink_to(path.resolve())
    return link


def _fresh_path(temporary: Path) -> Path:
    descriptor, name = tempfile.mkstemp(prefix="raw-", dir=temporary)
    os.close(descriptor)
    return Path(name)


def _not_in_encoding(path: Path, encoding: str, row: int | None) -> DataError:
    with path.open("rb") as stream:
        start = stream.read(2)
    if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        remedy = 'It looks like UTF-16: write encoding = "utf-16" in the source file.'
    else:
        remedy = 'Name its encoding in the source file, such as encoding = "latin-1".'
    return DataError(
        f"the file is not in {encoding}", place=Place(file=path.name, row=row), remedy=remedy
    )


def first_record(path: Path, file: str, *, delimiter: str, quote: str) -> tuple[int, list[str]]:
    """Return the header of a UTF-8 CSV file, after the number of blank lines above it.

    Parameters
    ----------
    path : Path
        The file, or its copy in UTF-8.
    file : str
        Its name, for the reader.
    delimiter, quote : str
        How it is written.

    Raises
    ------
    DataError
        Where the header does not end within a megabyte.
    """

    def refused(said: str) -> DataError:
        return DataError(
            f"the header cannot be read: {said}",
            place=Place(file=file, row=1),
            remedy="Check delimiter and quote in the source file.",
        )

    if delimiter in ("\r", "\n", quote):
        raise refused("the delimiter can be neither an end of line nor the quote")
    with path.open(encoding="utf-8-sig", newline="") as stream:
        text = stream.read(_LONGEST_HEADER)
    lines = io.StringIO(text, newline="")
    options: dict[str, Any] = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    try:
        records = csv.reader(lines, delimiter=delimiter, strict=True, **options)
        blank, header = next((n, record) for n, record in enumerate(records) if record)
    except (csv.Error, StopIteration, TypeError, ValueError) as error:
        raise refused(str(error) or "it is empty") from None
    if len(text) == _LONGEST_HEADER and not lines.read(1):
        raise refused("it does not end within a megabyte")
    return blank, header


def odd_line_end(path: Path) -> int | None:
    """Return the first row of a text that ends otherwise than the first row; None if none does."""
    first = None
    with path.open("rb") as stream:
        content = stream.read(_PIECE * 4)
    for row, found in enumerate(re.finditer(rb"\r\n|\n|\r", content), start=1):
        first = first or found[0]
        if found[0] != first:
            return row
    return None


def filled_rows(path: Path, *, delimiter: str, quote: str) -> list[int]:
    """Return the numbers of the records that are no blank lines; none where no line is blank."""
    with path.open("rb") as stream:
        before = b"\n"
        while piece := stream.read(_PIECE):
            some = before + piece
            # Three searches for bytes take a tenth of one for a pattern.
            if b"\n\n" in some or b"\n\r\n" in some or b"\r\r" in some:
                break
            before = piece[-2:]
        else:
            return []
    options: dict[str, Any] = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE}
    with path.open(encoding="utf-8-sig", newline="") as lines:
        records = csv.reader(lines, delimiter=delimiter, **options)
        try:
            return [number for number, record in enumerate(records, start=1) if record]
        except csv.Error:
            return []
