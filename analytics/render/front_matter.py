"""What a document's front matter says about its page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analytics.errors import DocumentError, Place
from analytics.render.documents import Document, place_of
from analytics.render.project import HTML_REFUSED, Project
from analytics.render.refusals import refusal

# Quarto would show these, or change the page by them; ignoring them would be silently wrong.
_REFUSED = HTML_REFUSED | frozenset(
    """author date abstract categories listing about include-in-header
    include-after-body css theme code-links params aliases draft filters shortcodes
    crossref page-navigation body-classes margin-header other-links format-links
    resources metadata-files website project license copyright doi citation
    appendix-style mainfont fontsize linestretch max-width backgroundcolor
    fontcolor linkcolor grid toc-expand""".split()  # noqa: SIM905
)
_HTML_KEYS = frozenset(
    [
        "toc",
        "toc-depth",
        "toc-title",
        "page-layout",
        "code-fold",
        "execute",
        "title-block-style",
        "anchor-sections",
        "html-math-method",
    ]
)
_LAYOUTS = ("article", "full")
# Cells run in Jupyter's kernel; a document of an earlier run has none left.
_ENGINES = ("jupyter", "markdown")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSettings:
    """The settings of one page.

    `lead` holds paragraphs of markdown; `sidebar` is an id, False for none, None where not said.
    """

    title: str
    title_block: bool
    lead: tuple[str, ...]
    description: str
    toc: bool
    toc_depth: int
    toc_title: str
    layout: str
    sidebar: str | bool | None
    search: bool
    image: str
    lang: str
    code_fold: object
    citations: Mapping[str, Any]


def page_settings(document: Document, project: Project) -> PageSettings:
    """Return the settings of `document`, defaults from `project`.

    Raises
    ------
    DocumentError
        It has no title, or asks for what the embedded renderer does not do.
    """
    front = document.front_matter
    for key in front:
        if key in _REFUSED:
            raise refusal(
                f"{key}: in the front matter is not supported", place_of(document, f"{key}:")
            )
    engine = str(front.get("engine", _ENGINES[0]))
    if engine not in _ENGINES:
        raise DocumentError(
            f"engine: {engine} is not supported",
            place=place_of(document, "engine:"),
            remedy=f"Known: {', '.join(_ENGINES)}.",
        )
    html = _html_format(document)

    def setting(name: str, default: object) -> Any:
        return html.get(name, front.get(name, project.format.get(name, default)))

    title = str(front.get("pagetitle") or front.get("title") or "")
    if not title:
        raise DocumentError(
            "the page has no title",
            place=Place(file=document.path, row=1),
            remedy="Add `title: …`, or `pagetitle: …` where the page brings its own h1.",
        )
    layout = str(setting("page-layout", "article"))
    if layout not in _LAYOUTS:
        raise DocumentError(
            f"page-layout: {layout} is not supported",
            place=place_of(document, "page-layout"),
            remedy=f"Known: {', '.join(_LAYOUTS)}.",
        )
    depth = setting("toc-depth", 3)
    if not isinstance(depth, int) or not 1 <= depth <= 6:
        raise DocumentError(
            f"toc-depth: {depth} cannot be used",
            place=place_of(document, "toc-depth"),
            remedy="Give a whole number from 1 to 6.",
        )
    description = " ".join(str(front.get("description", "")).split())
    subtitle = " ".join(str(front.get("subtitle", "")).split())
    return PageSettings(
        title=str(front.get("title") or title),
        title_block="title" in front and setting("title-block-style", "default") != "none",
        lead=tuple(text for text in (subtitle, description) if text),
        description=description or project.description,
        toc=bool(setting("toc", True)),
        toc_depth=depth,
        toc_title=str(setting("toc-title", "On this page")),
        layout="" if layout == "article" else layout,
        sidebar=front.get("sidebar"),
        search=front.get("search", True) is not False,
        image=str(front.get("image") or project.image),
        lang=str(front.get("lang") or project.lang),
        code_fold=project.format.get("code-fold"),
        citations=_citations(front, project),
    )


def _html_format(document: Document) -> Mapping[str, Any]:
    formats = document.front_matter.get("format")
    if formats in (None, "html"):
        return {}
    place = place_of(document, "format:")
    if not isinstance(formats, dict) or set(formats) != {"html"}:
        raise DocumentError(
            "format: must be html", place=place, remedy="The site is HTML; leave format: out."
        )
    html = formats["html"]
    if not isinstance(html, dict):
        return {}
    for key in html:
        if key not in _HTML_KEYS:
            raise refusal(f"format: html: {key}: is not supported", place_of(document, f"{key}:"))
    return html


def _citations(front: Mapping[str, Any], project: Project) -> dict[str, Any]:
    metadata = {}
    for key in ("bibliography", "csl", "nocite"):
        value = front.get(key, project.metadata.get(key))
        if value:
            metadata[key] = value
    return metadata
