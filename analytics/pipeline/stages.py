"""Which stages are up to date: each is keyed by the digest of all that it reads."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path

from analytics.digests import content_digest, file_digest, value_digest
from analytics.settings import Settings


def settings_digest(settings: Settings, *sections: str) -> str:
    """Return the digest of the named sections of the settings."""
    values = asdict(settings)
    return value_digest({section: values[section] for section in sections})


def lock_digest(root: Path) -> str:
    """Return the digest of the lock that the site is made under."""
    lock = root / "requirements" / "site.txt"
    return file_digest(lock) if lock.is_file() else content_digest(b"no lock")


class StageRecords:
    """The keys under which each stage was last finished, kept in one JSON file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "stages.json"

    def is_current(self, stage: str, key: str, outputs: Iterable[Path]) -> bool:
        """Return whether the stage was finished under this key and its outputs are there."""
        return self._read().get(stage) == key and all(path.exists() for path in outputs)

    def kept(self, stage: str) -> str:
        """Return the key that is kept for a stage, or an empty text."""
        return self._read().get(stage, "")

    def forget(self, stage: str) -> None:
        """Drop a stage's key, before its outputs are touched."""
        keys = self._read()
        if keys.pop(stage, None) is not None:
            self._write(keys)

    def record(self, stage: str, key: str) -> None:
        """Keep a stage's key, after its outputs are whole."""
        self._write({**self._read(), stage: key})

    def _read(self) -> dict[str, str]:
        try:
            keys = json.loads(self._file.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return keys if isinstance(keys, dict) else {}

    def _write(self, keys: Mapping[str, str]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        aside = self._file.with_name(f".stages.{os.getpid()}.json")
        aside.write_text(json.dumps(keys, indent=1, sort_keys=True), encoding="utf-8")
        aside.replace(self._file)
