"""The key of the pseudonyms: given by the one who publishes, never made up."""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
from collections.abc import Mapping
from pathlib import Path

from analytics.errors import Place, PrivacyError

VARIABLE = "ANALYTICS_KEY"
SHORTEST = 16
# Nobody is behind a made-up shop: its pseudonyms are the same for everyone who builds it.
PUBLIC_KEY = b"the synthetic shop has no secrets"
_MAKE = "python -c 'import secrets; print(secrets.token_hex(32))'"


def read_key(environment: Mapping[str, str], file: Path | None, synthetic: bool) -> bytes:
    """Return the key of a source's pseudonyms.

    Parameters
    ----------
    environment : mapping
        Where ``ANALYTICS_KEY`` is looked for first.
    file : Path or None
        A file with the key in it, readable by its owner alone.
    synthetic : bool
        Whether the source is made up (or public already): its key is `PUBLIC_KEY`.

    Raises
    ------
    PrivacyError
        Where there is no key, it is too short, or others may read its file.
    """
    if synthetic:
        return PUBLIC_KEY
    given = environment.get(VARIABLE, "").strip()
    if given:
        return _long_enough(given.encode(), VARIABLE)
    if file is None or not file.is_file():
        where = f" or write one into {file} and run: chmod 600 {file}" if file else ""
        raise PrivacyError(
            "customer rows are published under pseudonyms, and there is no key for them",
            remedy=f"Set {VARIABLE}{where}. This makes a key: {_MAKE}",
        )
    if os.name == "posix" and stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise PrivacyError(
            "others may read the key",
            place=Place(file=str(file)),
            remedy=f"Run: chmod 600 {file}",
        )
    return _long_enough(file.read_bytes().strip(), str(file))


def _long_enough(key: bytes, where: str) -> bytes:
    if len(key) < SHORTEST:
        raise PrivacyError(
            f"the key is shorter than {SHORTEST} characters",
            place=Place(file=where),
            remedy=f"This makes a key: {_MAKE}",
        )
    return key


def key_fingerprint(key: bytes) -> str:
    """Return what tells two keys apart and gives neither away: 16 hexadecimal digits."""
    return hmac.new(key, b"fingerprint of the key", hashlib.sha256).hexdigest()[:16]
