"""Pieces of a page as HTML, escaped once, and what a cell returns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape
from typing import Any

from analytics.presentation.formats import listed
from analytics.results import Missing

_CELL_ENDS = re.compile(r"(?<=</t[dh]>)(?=<)")
_BACKTICKS = re.compile(r"`+")


@dataclass(frozen=True, slots=True, repr=False)
class Fragment:
    """HTML that a cell shows; its only rich form is markdown that holds it as a raw block."""

    html: str

    def _repr_markdown_(self) -> str:
        longest = max((len(run) for run in _BACKTICKS.findall(self.html)), default=0)
        fence = "`" * max(3, longest + 1)
        # A shortcode of Quarto could be spelled by data even inside a raw block.
        safe = self.html.replace("{{<", "&#123;&#123;&lt;")
        # The index of Quarto's search is the text alone: the numbers of two cells would be one.
        safe = _CELL_ENDS.sub("\n", safe)
        return f"{fence}{{=html}}\n{safe}\n{fence}"

    def __repr__(self) -> str:
        """Return a short text, for logs."""
        return f"<Fragment of {len(self.html)} characters>"

    def __add__(self, other: Fragment) -> Fragment:
        """Return both, one after the other."""
        return Fragment(f"{self.html}\n{other.html}")


def text(value: Any) -> str:
    """Return a value as text that HTML shows as it is, in elements and quoted attributes."""
    return escape(str(value), quote=True)


def paragraph(content: str, *, css: str = "") -> str:
    """Return a paragraph of already escaped content."""
    return f'<p class="{css}">{content}</p>' if css else f"<p>{content}</p>"


def long_text(value: Any) -> str:
    """Return a cell's text that keeps a readable width on a phone, where the table scrolls."""
    return f'<span class="long">{text(value)}</span>'


def link(href: str, content: str, *, css: str = "") -> str:
    """Return a link around already escaped content."""
    name = f' class="{css}"' if css else ""
    return f'<a{name} href="{text(href)}">{content}</a>'


def page_script(name: str) -> str:
    """Return what loads a page's own script, after the words and numbers that it is made with.

    Only once a page, which lies two folders below the version's.
    """
    return "".join(f'<script defer src="../assets/{file}.js"></script>' for file in ("words", name))


def note(title: str, content: str, *, kind: str = "note") -> str:
    """Return a note set apart, such as the one that a partial month gets."""
    return (
        f'<div role="note" class="callout callout-{kind}">'
        f'<p class="callout-title">{text(title)}</p>{content}</div>'
    )


def missing_note(missing: Missing, *, shows: str) -> Fragment:
    """Return what to add to the source, and what would stand here then.

    Parameters
    ----------
    missing : Missing
        What stands in the place of the result.
    shows : str
        What the page would show, to follow "Then this page shows".
    """
    needs = ", ".join(_need(name) for name in missing.needs)
    content = paragraph(text(missing.because))
    if needs:
        content += paragraph(f"To add: {needs}. Then this page shows {text(shows)}.")
    return Fragment(note("What to add", content, kind="missing"))


def absent_line(missing: Missing) -> Fragment:
    """Return one line for every further part of a page that already says what to add."""
    needs = listed([_need(name) for name in missing.needs])
    return Fragment(paragraph(f"Not in this version: it needs {needs}.", css="quiet"))


def nothing_note(title: str, because: str) -> Fragment:
    """Return that something is not there, and why."""
    return Fragment(note(title, paragraph(text(because)), kind="missing"))


def definition_list(rows: list[tuple[str, str]]) -> str:
    """Return terms with their values, both already escaped."""
    body = "".join(f"<div><dt>{term}</dt><dd>{value}</dd></div>" for term, value in rows)
    return f'<dl class="facts">{body}</dl>'


def _need(name: str) -> str:
    table, _, column = name.partition(".")
    if column:
        return f"the column <code>{text(column)}</code> of <code>{text(table)}</code>"
    return f"the table <code>{text(table)}</code>"
