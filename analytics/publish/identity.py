"""What a version is made from, as digests: same identity, same version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Digests of everything that shapes a version; the code commit is not among them.

    Parameters
    ----------
    data, package, documents, settings, lock : str
        Hexadecimal SHA-256 of the inputs, the Python package, ``site/`` with ``_quarto.yml``,
        the settings and the lock file.
    renderer, renderer_version : str
        Which renderer made the pages.
    """

    data: str
    package: str
    documents: str
    settings: str
    lock: str
    renderer: str
    renderer_version: str

    @property
    def digest(self) -> str:
        """SHA-256 over all parts, each under its name."""
        return content_digest(json.dumps(asdict(self), sort_keys=True).encode())


def content_digest(content: bytes) -> str:
    """Return the hexadecimal SHA-256 of some bytes."""
    return hashlib.sha256(content).hexdigest()


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
