"""The tags of an HTML page, read fast: pages with large charts have tens of thousands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from typing import NamedTuple

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


# A large chart has thousands of these.
_MARKS = frozenset("path g line text rect circle tspan td tr th span use".split())  # noqa: SIM905


class Tag(NamedTuple):
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


def tags(html: str, *, marks: bool = True) -> Iterator[Tag]:
    """Yield the tags of `html` in order.

    Parameters
    ----------
    html : str
        A page.
    marks : bool
        Whether to yield the tags of a chart's or table's parts that have neither id nor label.
    """
    for found in _TAG.finditer(html):
        raw_name, raw, close, name, plain = found.groups()
        if name is None:
            if raw_name is None:
                continue
            name, plain = raw_name, raw
        elif not marks and name in _MARKS and "id=" not in plain and "label" not in plain:
            continue
        yield Tag(name.lower(), plain, close == "/", found.start(), found.end())


def attributes(text: str) -> dict[str, str]:
    """Return the attributes in the text between a tag's name and its end."""
    values: dict[str, str] = {}
    for name, double, single, bare in _ATTRIBUTE.findall(text):
        value = double or single or bare
        values.setdefault(name.lower(), unescape(value) if "&" in value else value)
    return values
