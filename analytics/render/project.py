"""The Quarto project as this package reads it: `_quarto.yml` and `_variables.yml`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from analytics.errors import DocumentError, Place
from analytics.render.refusals import refusal, row_of_keys

CONFIGURATION = "_quarto.yml"
VARIABLES = "_variables.yml"

_WEBSITE_KEYS = frozenset(
    [
        "title",
        "description",
        "site-url",
        "navbar",
        "sidebar",
        "page-footer",
        "search",
        "image",
        "favicon",
    ]
)
# Left out without a trace on the page, or drawn by the template in its own way.
_WEBSITE_INERT = frozenset(
    [
        "site-path",
        "open-graph",
        "twitter-card",
        "back-to-top-navigation",
        "bread-crumbs",
        "repo-url",
        "repo-branch",
        "issue-url",
    ]
)
_NAVBAR_KEYS = frozenset(
    [
        "left",
        "right",
        "title",
        "background",
        "foreground",
        "search",
        "pinned",
        "collapse",
        "collapse-below",
        "toggle-position",
        "logo",
        "logo-alt",
    ]
)
_SIDEBAR_KEYS = frozenset(
    [
        "id",
        "title",
        "contents",
        "style",
        "background",
        "foreground",
        "search",
        "alignment",
        "pinned",
        "collapse-level",
        "border",
    ]
)
_FOOTER_KEYS = frozenset(["left", "center", "right", "background", "foreground", "border"])
# Each would change what a reader sees.
HTML_REFUSED = frozenset(
    """number-sections number-offset number-depth include-before-body template template-partials
    reference-location citation-location shift-heading-level-by title-block-banner code-tools
    code-line-numbers code-annotations comments embed-resources self-contained minimal lightbox
    fig-align fig-cap-location tbl-cap-location cap-location tbl-colwidths toc-location
    title-prefix highlight-style from reader mermaid brand respect-user-color-scheme
    link-external-newwindow suppress-bibliography""".split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationItem:
    """A link in the main navigation or a sidebar; `text` is empty where the page's title serves."""

    href: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavigationGroup:
    """Links of a sidebar under one heading, which may be empty."""

    title: str
    items: tuple[NavigationItem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sidebar:
    """The navigation of one section of the site."""

    id: str
    title: str
    groups: tuple[NavigationGroup, ...]

    @property
    def hrefs(self) -> frozenset[str]:
        """Return the targets of all its links."""
        return frozenset(item.href for group in self.groups for item in group.items)


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """What `_quarto.yml` says about the site; paths are relative to `root`, with slashes."""

    root: Path
    title: str
    description: str = ""
    site_url: str = ""
    lang: str = "en"
    image: str = ""
    favicon: str = ""
    output_dir: str = "_site"
    pages: tuple[str, ...] = ()
    resources: tuple[str, ...] = ()
    navbar: tuple[NavigationItem, ...] = ()
    sidebars: tuple[Sidebar, ...] = ()
    footer: Mapping[str, str] = field(default_factory=dict)
    search: bool = True
    format: Mapping[str, Any] = field(default_factory=dict)
    execute: Mapping[str, Any] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)


def read_project(root: Path) -> Project:
    """Return the project in the folder `root`.

    Raises
    ------
    DocumentError
        `_quarto.yml` is missing, is not YAML, or asks for something that the embedded
        renderer would leave out of the page.
    """
    configuration = _mapping_in(root / CONFIGURATION, required=True)
    try:
        return _project(root, configuration)
    except DocumentError as error:
        if error.place.row or error.place.file != CONFIGURATION:
            raise
        rows = (root / CONFIGURATION).read_text("utf-8").splitlines()
        place = Place(file=CONFIGURATION, row=row_of_keys(rows, error.message))
        raise DocumentError(error.message, place=place, remedy=error.remedy) from error


def _project(root: Path, configuration: Mapping[str, Any]) -> Project:
    variables = _mapping_in(root / VARIABLES, required=False)
    project = _section(configuration, "project")
    website = _section(configuration, "website")
    if project.get("type", "website") != "website":
        raise _refusal("project: type: must be website")
    _refuse_unknown(website, _WEBSITE_KEYS | _WEBSITE_INERT, "website")
    html = _section(_section(configuration, "format"), "html")
    _refuse_format(html)
    lang = configuration.get("lang", "en")
    return Project(
        root=root,
        title=str(website.get("title", "")),
        description=str(website.get("description", "")),
        site_url=str(website.get("site-url", "")),
        lang=str(lang),
        image=str(website.get("image", "")),
        favicon=str(website.get("favicon", "")),
        output_dir=str(project.get("output-dir", "_site")),
        pages=_pages(root, [str(item) for item in project.get("render") or ["**/*.qmd"]]),
        resources=tuple(str(item) for item in _listed(project.get("resources"))),
        navbar=_navbar(website.get("navbar")),
        sidebars=tuple(_sidebar(item) for item in _listed(website.get("sidebar"))),
        footer=_footer(website.get("page-footer")),
        search=bool(website.get("search", True)),
        format=html,
        execute=_section(configuration, "execute"),
        metadata=dict(configuration),
        variables=variables,
    )


def _mapping_in(path: Path, *, required: bool) -> dict[str, Any]:
    if not path.is_file():
        if required:
            raise DocumentError("the file is missing", place=Place(file=path.name))
        return {}
    try:
        loaded = yaml.safe_load(path.read_text("utf-8"))
    except UnicodeDecodeError as error:
        raise DocumentError("the file is not UTF-8", place=Place(file=path.name)) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = None if mark is None else mark.line + 1
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise DocumentError(
            f"not valid YAML: {problem}", place=Place(file=path.name, row=row)
        ) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise DocumentError("must hold keys and values", place=Place(file=path.name))
    return loaded


def _refusal(message: str) -> DocumentError:
    return refusal(message, Place(file=CONFIGURATION))


def _refuse_unknown(section: Mapping[str, Any], known: frozenset[str], name: str) -> None:
    for key, value in section.items():
        if key not in known and value not in (None, False):
            raise _refusal(f"{name}: {key}: is not supported")


def _refuse_format(html: Mapping[str, Any]) -> None:
    for key in sorted(HTML_REFUSED & set(html)):
        if html[key]:
            raise _refusal(f"format: html: {key}: is not supported")
    if html.get("html-math-method", "mathml") != "mathml":
        raise _refusal("format: html: html-math-method: must be mathml")


def _section(parent: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = parent.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise _refusal(f"{key}: must hold keys and values")
    return value


def _listed(value: object) -> list[Any]:
    if value is None or value is False:
        return []
    return list(value) if isinstance(value, list) else [value]


def _pages(root: Path, patterns: Sequence[str]) -> tuple[str, ...]:
    chosen: set[str] = set()
    for pattern in patterns:
        negated = pattern.startswith("!")
        found = {
            path.relative_to(root).as_posix()
            for path in root.glob(pattern.removeprefix("!"))
            if path.is_file() and path.suffix == ".qmd"
        }
        chosen = chosen - found if negated else chosen | found
    return tuple(sorted(page for page in chosen if not _is_hidden(page)))


def _is_hidden(page: str) -> bool:
    return any(part.startswith(("_", ".")) for part in page.split("/"))


def _navbar(value: object) -> tuple[NavigationItem, ...]:
    if not isinstance(value, dict):
        return ()
    _refuse_unknown(value, _NAVBAR_KEYS, "website: navbar")
    items = [*_listed(value.get("left")), *_listed(value.get("right"))]
    return tuple(_item(item, "website: navbar") for item in items)


def _item(value: object, where: str) -> NavigationItem:
    if isinstance(value, str):
        return NavigationItem(href=value)
    if not isinstance(value, dict) or "href" not in value:
        raise _refusal(f"{where}: each item needs text and href")
    _refuse_unknown(value, frozenset({"text", "href", "aria-label"}), where)
    return NavigationItem(href=str(value["href"]), text=str(value.get("text", "")))


def _sidebar(value: object) -> Sidebar:
    if not isinstance(value, dict) or not isinstance(value.get("contents"), list):
        raise _refusal("website: sidebar: each sidebar needs a list of contents")
    _refuse_unknown(value, _SIDEBAR_KEYS, "website: sidebar")
    groups: list[NavigationGroup] = []
    loose: list[NavigationItem] = []
    for entry in value["contents"]:
        if isinstance(entry, dict) and "section" in entry:
            if loose:
                groups.append(NavigationGroup(title="", items=tuple(loose)))
                loose = []
            groups.append(_group(entry))
        else:
            loose.append(_item(entry, "website: sidebar: contents"))
    if loose:
        groups.append(NavigationGroup(title="", items=tuple(loose)))
    return Sidebar(
        id=str(value.get("id", "")), title=str(value.get("title", "")), groups=tuple(groups)
    )


def _group(entry: Mapping[str, Any]) -> NavigationGroup:
    where = "website: sidebar: section"
    _refuse_unknown(entry, frozenset({"section", "contents"}), where)
    items = tuple(_item(item, where) for item in _listed(entry.get("contents")))
    return NavigationGroup(title=str(entry["section"]), items=items)


def _footer(value: object) -> dict[str, str]:
    if value is None or value is False:
        return {}
    if isinstance(value, str):
        return {"center": value}
    if not isinstance(value, dict):
        raise _refusal("website: page-footer: must be text, or left, center and right")
    _refuse_unknown(value, _FOOTER_KEYS, "website: page-footer")
    regions = {key: value[key] for key in ("left", "center", "right") if value.get(key)}
    for key, text in regions.items():
        if not isinstance(text, str):
            raise _refusal(f"website: page-footer: {key}: must be text")
    return regions
