"""What the embedded renderer does not do, refused with a remedy."""

from __future__ import annotations

import re
from collections.abc import Sequence

from analytics.errors import DocumentError, Place

UNSUPPORTED = "The embedded renderer does not do this; take it out, or use --renderer quarto."
_KEY = re.compile(r"([A-Za-z][\w-]*):(?= |$)")


def refusal(message: str, place: Place) -> DocumentError:
    """Return the error for a construct that only Quarto itself would render."""
    return DocumentError(message, place=place, remedy=UNSUPPORTED)


def row_of_keys(rows: Sequence[str], message: str) -> int | None:
    """Return the row, from 1, of the YAML key that a message like `a: b: is wrong` names.

    Each key is looked for below the one before it; None where the first is not there.
    """
    found: int | None = None
    for key in _KEY.findall(message):
        start = found or 0
        written = re.compile(rf"^[\s-]*(?:.*[{{,]\s*)?[\"']?{re.escape(key)}[\"']?\s*:")
        at = next((at for at in range(start, len(rows)) if written.match(rows[at])), None)
        if at is None:
            break
        found = at + 1
    return found
