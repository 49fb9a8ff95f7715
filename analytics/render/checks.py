"""What must hold of a rendered site before anyone sees it."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from analytics.render.markup import Tag, tags

# The publisher's own files beside the version's folder, and in it.
BESIDE = frozenset({"", "versions/", "versions/index.html", "status.json", "versions.json",
                    "feed.xml", "alerts.xml", "index.html"})  # fmt: skip
WITHIN = frozenset({"manifest.json"})
_LOADED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "video": "src",
           "audio": "src", "embed": "src", "object": "data"}  # fmt: skip
_NUMBERED = re.compile(r"\?@(?:fig|tbl|eq|sec)-[\w-]+|\?\?fig")


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """What is wrong with a page; `needle` is what to look for in its source."""

    url: str
    message: str
    needle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageFacts:
    """What the checks need to know of one page."""

    url: str
    ids: frozenset[str]
    links: tuple[str, ...]
    loads: tuple[str, ...]
    defects: tuple[Defect, ...]


def page_facts(url: str, html: str) -> PageFacts:
    """Return the anchors, links and loaded files of a page, and what is wrong with it alone."""
    ids: set[str] = set()
    links: list[str] = []
    loads: list[str] = []
    defects: list[Defect] = []
    headings = 0
    figures: list[_OpenFigure] = []
    redirects = False
    for tag in tags(html, marks=False):
        name = tag.name
        values = tag.attributes
        if tag.closes:
            if name == "figure" and figures:
                defects += figures.pop().defects(url)
            continue
        if (identifier := values.get("id")) is not None:
            if identifier in ids:
                defects.append(
                    Defect(url=url, message=f"the id {identifier} is there twice",
                           needle=identifier)
                )  # fmt: skip
            ids.add(identifier)
        if name in ("a", "area"):
            if "href" in values:
                links.append(values["href"])
        elif name == "link":
            if values.get("rel") != "canonical" and "href" in values:
                loads.append(values["href"])
        elif name in _LOADED and _LOADED[name] in values:
            loads.append(values[_LOADED[name]])
        elif name == "h1":
            headings += 1
        elif name == "meta" and values.get("http-equiv", "").lower() == "refresh":
            redirects = True
        if name == "figure":
            figures.append(_OpenFigure(values))
        elif figures and _describes(tag):
            for figure in figures:
                figure.described = True
        if _lacks_description(tag):
            what = values.get("src") or values.get("class") or name
            defects.append(
                Defect(url=url, message=f"the image {what} has no alt text", needle=what)
            )
    defects += [
        Defect(url=url, message=f"the cross-reference {found} leads nowhere", needle=found[1:])
        for found in _NUMBERED.findall(html)
    ]
    if headings != 1 and not redirects:
        defects.append(
            Defect(url=url, message=f"the page has {headings} headings of level 1, not one")
        )
    return PageFacts(
        url=url, ids=frozenset(ids), links=tuple(links), loads=tuple(loads), defects=tuple(defects)
    )


def site_defects(
    root: Path, pages: Mapping[str, PageFacts], *, later: Collection[str] = ()
) -> list[Defect]:
    """Return what is wrong with the rendered tree in `root`, pages and links in order.

    Parameters
    ----------
    root : Path
        The rendered tree.
    pages : mapping
        URL to facts, all pages.
    later : collection of str
        URLs relative to the root that the publisher adds afterwards (downloads); one that
        ends in a slash stands for all below it.
    """
    expected = WITHIN | frozenset(later)
    folders = tuple(item for item in expected if item.endswith("/"))
    defects: list[Defect] = []
    for url in sorted(pages):
        facts = pages[url]
        defects += facts.defects
        for target in dict.fromkeys(facts.loads):
            if urlsplit(target).scheme not in ("", "data") or target.startswith("//"):
                defects.append(
                    Defect(url=url, message=f"the page loads {target} from another host",
                           needle=target)
                )  # fmt: skip
        for target in dict.fromkeys((*facts.links, *facts.loads)):
            message = _link_fault(target, facts, root, pages, expected, folders)
            if message:
                needle = target.replace(".html", ".qmd") if ".html" in target else target
                defects.append(Defect(url=url, message=message, needle=needle))
    return defects


def local_files(facts: PageFacts) -> Iterator[str]:
    """Yield the files of the site, relative to its root, that a page links to or loads."""
    for target in dict.fromkeys((*facts.links, *facts.loads)):
        parts = urlsplit(target)
        if parts.scheme or parts.netloc or not parts.path or parts.path.startswith("/"):
            continue
        path = posixpath.normpath(posixpath.join(posixpath.dirname(facts.url), unquote(parts.path)))
        if not path.startswith(".."):
            yield path


@dataclass(slots=True)
class _OpenFigure:
    attributes: Mapping[str, str]
    described: bool = False

    def defects(self, url: str) -> list[Defect]:
        if self.described or self.attributes.get("aria-label"):
            return []
        name = self.attributes.get("id", "")
        return [
            Defect(url=url, message=f"the figure {name} has no alt text".replace("  ", " "),
                   needle=name)
        ]  # fmt: skip


def _describes(tag: Tag) -> bool:
    values = tag.attributes
    if tag.name in ("table", "canvas", "pre", "math"):
        return True
    return bool(values.get("alt") or values.get("aria-label") or values.get("aria-labelledby"))


def _lacks_description(tag: Tag) -> bool:
    values = tag.attributes
    if tag.name in ("img", "area"):
        return "alt" not in values
    if tag.name == "svg" and values.get("role") == "img":
        return not (values.get("aria-label") or values.get("aria-labelledby"))
    return False


def _link_fault(
    target: str,
    facts: PageFacts,
    root: Path,
    pages: Mapping[str, PageFacts],
    expected: frozenset[str],
    folders: tuple[str, ...],
) -> str:
    parts = urlsplit(target)
    if parts.scheme or parts.netloc:
        scheme = parts.scheme.lower()
        return (
            ""
            if scheme in ("http", "https", "mailto", "tel", "data", "")
            else (f"the link {target} has a scheme that is not allowed")
        )
    if parts.path.startswith("/"):
        return f"the link {target} begins at the host's root, where the site may not be"
    if not parts.path:
        known = not parts.fragment or unquote(parts.fragment) in facts.ids
        return "" if known or parts.fragment == "top" else f"the anchor {target} is not there"
    here = posixpath.dirname(facts.url)
    path = posixpath.normpath(posixpath.join(here, unquote(parts.path)))
    path += "/" if parts.path.endswith("/") and path != ".." else ""
    if path.startswith(".."):
        return (
            ""
            if path.removeprefix("..").removeprefix("/") in BESIDE
            else (f"the link {target} leaves the site")
        )
    if path in expected or path.startswith(folders):
        return ""
    page = path
    if path in (".", "./"):
        page = "index.html"
    elif path.endswith("/") or (path not in pages and (root / path).is_dir()):
        page = path.rstrip("/") + "/index.html"
    if page not in pages and not (root / page).is_file():
        return f"the link {target} leads nowhere"
    fragment = unquote(parts.fragment)
    if fragment and page in pages and fragment not in pages[page].ids:
        return f"the anchor of {target} is not there"
    return ""
