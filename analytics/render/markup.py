"""The tags of an HTML page, read fast: pages with large charts have tens of thousands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

# Comments, scripts and styles are passed over whole: what looks like a tag there is none.
_TAG = re.compile(
    r"<!--.*?-->"
    r"|<(?P<raw>script|style)\b(?P<raw_attributes>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>"
    r".*?</(?P=raw)\s*>"
    r"|<(?P<close>/?)(?P<name>[a-zA-Z][^\s/>]*)(?P<attributes>(?:[^>\"']|\"[^\"]*\"|'[^']*')*)>",
    re.DOTALL | re.IGNORECASE,
)
_ATTRIBUTE = re.compile(
    r"([^\s\"'<>/=]+)(?:\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'=<>`]+)))?", re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag: lower-case name, its text after the name, whether it closes, and where it is."""

    name: str
    raw: str
    closes: bool
    start: int
    end: int

    @property
    def attributes(self) -> dict[str, str]:
        """Return its attributes, names in lower case, values unescaped."""
        return attributes(self.raw) if self.raw else {}


def tags(html: str) -> Iterator[Tag]:
    """Yield the tags of `html` in order."""
    for found in _TAG.finditer(html):
        name = found["name"] or found["raw"]
        if name is None:
            continue
        raw = found["attributes"] if found["raw"] is None else found["raw_attributes"]
        yield Tag(name.lower(), raw or "", found["close"] == "/", found.start(), found.end())


def attributes(text: str) -> dict[str, str]:
    """Return the attributes in the text between a tag's name and its end."""
    values: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        value = double or single or bare
        values.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return values
