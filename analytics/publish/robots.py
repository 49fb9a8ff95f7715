"""Pages that search engines are asked to leave out."""

from __future__ import annotations

import re
from pathlib import Path

NOINDEX = '<meta name="robots" content="noindex">'
_HEAD = re.compile(r"<head(?:\s[^>]*)?>", re.IGNORECASE)


def write_noindex(rendered: Path) -> None:
    """Have every page of a rendered tree ask search engines not to list it."""
    for page in sorted(rendered.rglob("*.html")):
        content = page.read_text(encoding="utf-8")
        if NOINDEX not in content:
            page.write_text(with_noindex(content), encoding="utf-8", newline="\n")


def with_noindex(page: str) -> str:
    """Return a page that asks search engines not to list it; a part of a page stays as it is."""
    return _HEAD.sub(lambda match: f"{match[0]}\n{NOINDEX}", page, count=1)


def is_noindex(page: Path) -> bool:
    """Return whether a page asks search engines not to list it."""
    try:
        return NOINDEX in page.read_text(encoding="utf-8")
    except OSError:
        return False
