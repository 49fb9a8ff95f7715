"""Text files without a header: the source file names their columns."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from analytics.ingest.signature import refuse_kind, refuse_other_than_files
from analytics.ingest.table_source import TableSource


def headed_file(path: Path, read: TableSource, *, temporary: Path, folder: Path | None) -> Path:
    """Return a copy of a text file, of the same name, with the declared header as its first row.

    Raises
    ------
    DataError
        Where the file is missing, no ordinary file, no text, or out of the folder.
    """
    refuse_other_than_files(path, folder)
    refuse_kind(path, "none")
    copy = Path(tempfile.mkdtemp(prefix="raw-", dir=temporary)) / path.name
    mark, quote = (" ", "") if read.format == "whitespace" else (read.delimiter, read.quote)
    names = (
        quote + name.replace(quote, quote * 2) + quote if quote else name for name in read.header
    )
    # Encodings with a mark of byte order write it once, at the beginning.
    with path.open("rb") as source, copy.open("wb") as target:
        target.write((mark.join(names) + _line_end(path)).encode(read.encoding))
        shutil.copyfileobj(source, target, 1 << 20)
    return copy


def _line_end(path: Path) -> str:
    with path.open("rb") as stream:
        return "\r\n" if b"\r\n" in stream.read(1 << 16) else "\n"
