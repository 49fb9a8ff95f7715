"""SHA-256 over contents, files and folders: what stages and versions are keyed by."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path


def content_digest(content: bytes) -> str:
    """Return the hexadecimal SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


def value_digest(value: object) -> str:
    """Return the digest of a JSON-like value; dates count as their ISO text."""
    return content_digest(json.dumps(value, sort_keys=True, default=str).encode())


def file_digest(path: Path) -> str:
    """Return the hexadecimal SHA-256 of a file, read in pieces."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def tree_digest(root: Path, patterns: Iterable[str] = ("**/*",)) -> str:
    """Return one digest of the files under a folder that match any of the patterns.

    Names count as well as contents; the order of patterns, times, permissions and where the
    folder lies do not. Compiled Python files never count.

    Raises
    ------
    FileNotFoundError
        If the folder does not exist; a digest of nothing would hide a mistyped path.
    """
    if not root.is_dir():
        raise FileNotFoundError(f"no folder {root}")
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    lines = sorted(
        f"{json.dumps(path.relative_to(root).as_posix())} {file_digest(path)}\n"
        for path in found
        if "__pycache__" not in path.relative_to(root).parts
    )
    return content_digest("".join(lines).encode())
