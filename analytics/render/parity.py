"""Two rendered trees compared page by page: what a reader of either must find the same."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

from analytics.render.markup import Tag, tags

# Drawn by each renderer in its own way; no content.
_CHROME = frozenset(
    [
        "anchor",
        "anchorjs-link",
        "tabset-title",
        "callout-icon-container",
        "screen-reader-only",
        "code-copy-button",
        "quarto-title-breadcrumbs",
        "toc-actions",
        "callout-btn-toggle",
        "visually-hidden",
        "sidebar-navigation",
        "quarto-title-meta",
    ]
)
_VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
_SKIPPED = frozenset({"script", "style", "svg", "annotation", "template"})
_HEADING = re.compile(r"^h[1-6]$")
_BLOCK = frozenset(
    [
        "p",
        "div",
        "section",
        "li",
        "ul",
        "ol",
        "table",
        "tr",
        "td",
        "th",
        "dt",
        "dd",
        "dl",
        "figure",
        "figcaption",
        "pre",
        "aside",
        "details",
        "summary",
        "blockquote",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "br",
        "hr",
        "button",
        "header",
        "footer",
    ]
)
_NUMBER = re.compile(r"^(Figure|Table|Equation)\s(\d+)")
_OWN_IDS = re.compile(
    r"^(content|search|freshness|theme-switch|version-switch|search-link|title-block-header"
    r"|quarto-.*|toc-.*|callout-\d.*|cb\d+(-\d+)?|fn\d+|fnref\d+|cell-.*|footnotes|tabset-.*|TOC"
    r"|refs|references|appendix-.*|[0-9a-f]{8}|.*-caption-[0-9a-f-]{36}|quarto-.*)$"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContent:
    """What is compared of a page."""

    headings: tuple[str, ...]
    anchors: frozenset[str]
    captions: tuple[str, ...]
    numbers: tuple[str, ...]
    text: str
    links: tuple[str, ...]
    contents: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One difference; `url` is empty where the trees themselves differ."""

    url: str
    kind: str
    first: str
    second: str

    def __str__(self) -> str:
        """Return the difference in one line."""
        return f"{self.url}: {self.kind}: {self.first!r} against {self.second!r}"


def page_content(html: str, url: str) -> PageContent:
    """Return what a reader finds in the `<main>` of the page `url` of either renderer."""
    headings: list[str] = []
    anchors: set[str] = set()
    captions: list[str] = []
    links: list[str] = []
    text: list[str] = []
    for name, attributes, words in _elements(html):
        if name == "":
            text.append(words)
            continue
        identifier = attributes.get("data-anchor-id") or attributes.get("id", "")
        if identifier and not _OWN_IDS.match(identifier):
            anchors.add(identifier)
        if _HEADING.match(name):
            headings.append(f"{name} {words}")
        elif name in ("figcaption", "caption"):
            captions.append(words)
        elif name == "a" and attributes.get("href", "") and words:
            links.append(f"{words} -> {_resolved(attributes['href'], url)}")
    flat = " ".join("".join(text).split())
    numbers = tuple(
        f"{found[1]} {found[2]}" for caption in captions if (found := _NUMBER.match(caption))
    )
    return PageContent(
        headings=tuple(headings),
        anchors=frozenset(anchors),
        captions=tuple(captions),
        numbers=numbers,
        text=flat,
        links=tuple(links),
        contents=tuple(_contents(html)),
    )


def differences(first: Path, second: Path) -> tuple[Difference, ...]:
    """Return all differences between the pages of two rendered trees.

    Parameters
    ----------
    first, second : Path
        Roots of the trees; pages below `site/` are compared.
    """
    pages = [
        {path.relative_to(root).as_posix() for path in (root / "site").rglob("*.html")}
        for root in (first, second)
    ]
    found = [
        Difference(url="", kind="pages", first=url if url in pages[0] else "",
                   second=url if url in pages[1] else "")
        for url in sorted(pages[0] ^ pages[1])
    ]  # fmt: skip
    for url in sorted(pages[0] & pages[1]):
        one, other = (
            page_content((root / url).read_text("utf-8"), url) for root in (first, second)
        )
        found += _page_differences(url, one, other)
    return tuple(found)


def _contents(html: str) -> Iterator[str]:
    """Yield the anchors that the page's table of contents leads to."""
    inside = False
    for tag in tags(html, marks=False):
        if tag.name == "nav":
            classes = tag.attributes.get("class", "").split()
            inside = not tag.closes and (
                "toc" in classes or tag.attributes.get("role") == "doc-toc"
            )
        elif inside and tag.name == "a" and not tag.closes:
            yield tag.attributes.get("href", "")


def _resolved(href: str, url: str) -> str:
    parts = urlsplit(href)
    if parts.scheme or parts.netloc or not parts.path:
        return href
    path = posixpath.normpath(posixpath.join(posixpath.dirname(url), parts.path))
    return path + (f"#{parts.fragment}" if parts.fragment else "")


def _page_differences(url: str, one: PageContent, other: PageContent) -> Iterator[Difference]:
    for kind in ("headings", "numbers", "captions", "links", "contents"):
        a, b = getattr(one, kind), getattr(other, kind)
        for at in range(max(len(a), len(b))):
            pair = (a[at] if at < len(a) else "", b[at] if at < len(b) else "")
            if pair[0] != pair[1]:
                yield Difference(url=url, kind=kind, first=pair[0], second=pair[1])
                break
    only = sorted(one.anchors ^ other.anchors)
    if only:
        yield Difference(
            url=url,
            kind="anchors",
            first=" ".join(name for name in only if name in one.anchors),
            second=" ".join(name for name in only if name in other.anchors),
        )
    if one.text != other.text:
        at = next(
            (at for at, (a, b) in enumerate(zip(one.text, other.text, strict=False)) if a != b),
            min(len(one.text), len(other.text)),
        )
        around = slice(max(0, at - 20), at + 40)
        yield Difference(url=url, kind="text", first=one.text[around], second=other.text[around])


@dataclass(slots=True)
class _Open:
    name: str
    attributes: dict[str, str]
    words: list[str]
    hidden: bool


def _elements(html: str) -> Iterator[tuple[str, dict[str, str], str]]:
    """Yield the elements of `<main>` with their words as they close, and text as it comes.

    Text has the name "".
    """
    stack: list[_Open] = []
    inside = False
    at = 0
    for tag in tags(html):
        if inside:
            yield from _text(html[at : tag.start], stack)
        at = tag.end
        if tag.name == "main":
            inside = not tag.closes
            continue
        if not inside:
            continue
        if tag.name in _BLOCK:
            yield from _text(" ", stack)
        if tag.closes:
            yield from _closed(tag, stack)
        elif tag.name in _VOID or html[tag.end - 2 : tag.end] == "/>":
            if not any(element.hidden for element in stack):
                yield tag.name, tag.attributes, ""
        else:
            classes = frozenset(tag.attributes.get("class", "").split())
            hidden = tag.name in _SKIPPED or bool(classes & _CHROME)
            if tag.name in ("script", "style"):
                continue
            stack.append(_Open(tag.name, tag.attributes, [], hidden))


def _text(raw: str, stack: list[_Open]) -> Iterator[tuple[str, dict[str, str], str]]:
    if not raw or any(element.hidden for element in stack):
        return
    words = unescape(raw).replace("\u00a0", " ")
    for element in stack:
        element.words.append(words)
    yield "", {}, words


def _closed(tag: Tag, stack: list[_Open]) -> Iterator[tuple[str, dict[str, str], str]]:
    if not any(element.name == tag.name for element in stack):
        return
    while stack:
        element = stack.pop()
        if not element.hidden and not any(outer.hidden for outer in stack):
            yield element.name, element.attributes, " ".join("".join(element.words).split())
        if element.name == tag.name:
            return
