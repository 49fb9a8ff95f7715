"""What the cells of a page read: noted while they run, and looked up before they run anew.

A page whose document, code and reads are as they were shows what it showed.
"""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path

from analytics.digests import content_digest, file_digest, value_digest
from analytics.presentation.until import known_until
from analytics.results import RESULT_TYPES, Missing, Result
from analytics.store import has_result, read_manifest, read_result

_FILE, _UNTIL = "file ", " until "
_TYPES = {kind.KIND: kind for kind in RESULT_TYPES}

_noted: set[str] = set()


def note_result(kind: str, label: str = "") -> None:
    """Note that a stored result is read, or what of it is known to the end of a period."""
    _noted.add(f"{kind}{_UNTIL}{label}" if label else kind)


def note_file(path: Path) -> None:
    """Note that a file is read, or looked for; its path is relative to the project."""
    _noted.add(f"{_FILE}{path}")


def taken() -> str:
    """Return the names of what was read since this was last asked, as a JSON list."""
    names = json.dumps(sorted(_noted))
    _noted.clear()
    return names


class Reads:
    """What is read now under the names that were noted; results are read from disk once."""

    def __init__(self, results: Path, root: Path) -> None:
        """Take the folder of stored results, and the project that files are relative to."""
        self._results = results
        self._root = root
        self._known: dict[str, Result] = {}
        self._digests: dict[str, str] = {}

    def digest(self, name: str) -> str:
        """Return the digest of what bears one of the names of `taken`; empty where it is gone."""
        if name not in self._digests:
            self._digests[name] = self._digest(name)
        return self._digests[name]

    def _digest(self, name: str) -> str:
        if name.startswith(_FILE):
            file = self._root / name.removeprefix(_FILE)
            return file_digest(file) if file.is_file() else ""
        kind, _, label = name.partition(_UNTIL)
        if kind not in _TYPES or not has_result(self._results, _TYPES[kind]):
            return ""
        if label:
            if kind not in self._known:
                self._known[kind] = read_result(self._results, _TYPES[kind])
            return _result_digest(known_until(self._known[kind], label))
        manifest = read_manifest(self._results, kind)
        # Neither what it was made from nor how, which no page tells.
        told = ("kind", "version", "scalars", "frames")
        return value_digest({key: manifest[key] for key in told})


def _result_digest(result: Result) -> str:
    if isinstance(result, Missing):
        return value_digest([result.of, result.needs, result.because])
    parts = [result.KIND]
    for field in fields(result):  # type: ignore[arg-type]
        value = getattr(result, field.name)
        shown = value.to_csv(index=False) if field.name in result.FRAMES else str(value)
        parts.append(f"{field.name} {shown}")
    return content_digest("\n".join(parts).encode())
