"""The texts in an emitted file, whatever they are packed in."""

from __future__ import annotations

import gzip
import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_PROBE = 8192


def emitted_texts(path: Path) -> Iterator[str]:
    """Yield the text of a file, and the same without escapes where that is another.

    The kind of a file is told by its first bytes, since a name can say anything.
    """
    yield from _texts(path.read_bytes())


def _texts(content: bytes) -> Iterator[str]:
    if content.startswith(b"\x1f\x8b"):
        try:
            yield from _texts(gzip.decompress(content))
        except (OSError, EOFError, zlib.error):
            yield from _written(content.decode("utf-8", "replace"))
    elif content.startswith(b"PK\x03\x04"):
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for name in archive.namelist():
                    yield from _texts(archive.read(name))
        except (zipfile.BadZipFile, zlib.error, NotImplementedError):
            return
    elif content.startswith(b"PAR1"):
        yield from _columns(content)
    elif content.startswith((b"\xff\xfe", b"\xfe\xff")):
        yield from _written(content.decode("utf-16", "replace"))
    elif content.startswith(b"%PDF"):
        yield from _pages(content)
    elif b"\0" in content[:_PROBE]:
        return
    else:
        yield from _written(content.decode("utf-8", "replace"))


def _written(text: str) -> Iterator[str]:
    yield text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text) if "\\u" in text else text
    if "&" in plain:
        plain = html.unescape(plain)
    if "%" in plain:
        plain = unquote(plain, errors="replace")
    if plain != text:
        yield plain


def _pages(content: bytes) -> Iterator[str]:
    """Yield what a PDF shows, a text a page, and what it says of itself."""
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        reader = PdfReader(io.BytesIO(content))
        yield "\n".join(str(value) for value in (reader.metadata or {}).values())
        for page in reader.pages:
            yield page.extract_text()
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        # Broken or locked: whatever stands in it openly.
        yield from _written(content.decode("latin-1"))


def _columns(content: bytes) -> Iterator[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(pa.BufferReader(content))
    for column in table.columns:
        values = column.combine_chunks()
        if pa.types.is_dictionary(values.type):
            values = values.dictionary
        if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
            yield "\n".join(value or "" for value in values.to_pylist())
