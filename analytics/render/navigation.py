"""Which links a page's header and sidebar show, and which of them is the page itself."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from html import escape
from typing import Any

from analytics.errors import DocumentError, Place
from analytics.render.project import CONFIGURATION, NavigationItem, Project, Sidebar


def page_url(path: str) -> str:
    """Return the URL of the page of the document `path`, relative to the site's root."""
    return path.removesuffix(".qmd") + ".html" if path.endswith(".qmd") else path


def root_of(url: str) -> str:
    """Return the relative path from the page `url` to the site's root, "" or with a slash."""
    return "../" * url.count("/")


def sidebar_of(path: str, project: Project, wanted: str | bool | None) -> Sidebar | None:
    """Return the sidebar of a page, chosen as Quarto does.

    Parameters
    ----------
    path : str
        The document.
    project : Project
        Its sidebars.
    wanted : str, bool or None
        `sidebar:` of the front matter: an id, or False for none.
    """
    if wanted is False:
        return None
    if len(project.sidebars) == 1 and not project.sidebars[0].id:
        return project.sidebars[0]
    if isinstance(wanted, str):
        for sidebar in project.sidebars:
            if sidebar.id == wanted:
                return sidebar
        known = ", ".join(sidebar.id for sidebar in project.sidebars if sidebar.id)
        raise DocumentError(
            f"there is no sidebar {wanted}",
            place=Place(file=path),
            remedy=f"Known: {known or 'none'}.",
        )
    return next((sidebar for sidebar in project.sidebars if path in sidebar.hrefs), None)


def navigation_variables(
    path: str, url: str, project: Project, sidebar: Sidebar | None, titles: Mapping[str, str]
) -> dict[str, Any]:
    """Return the template's variables for navigation, text escaped.

    Parameters
    ----------
    path, url : str
        The document and its page.
    project : Project
        Main navigation and titles.
    sidebar : Sidebar or None
        The sidebar that the page shows.
    titles : mapping
        Document to title, for links that have no text of their own.

    Raises
    ------
    DocumentError
        A link leads to a document that is not there.
    """
    root = root_of(url)
    hrefs = frozenset() if sidebar is None else sidebar.hrefs

    def link(item: NavigationItem, current: str) -> dict[str, str]:
        text = item.text or titles.get(item.href, "")
        if item.href.endswith(".qmd") and item.href not in titles:
            raise DocumentError(
                f"the navigation leads to {item.href}, which is not rendered",
                place=_place_in_configuration(project, item.href),
                remedy="Correct the href, or add the document.",
            )
        is_local = "://" not in item.href
        href = root + page_url(item.href) if is_local else item.href
        return {"href": escape(href), "text": escape(text), "current": current}

    variables: dict[str, Any] = {
        "main_nav": [link(item, _current_main(item.href, path, hrefs)) for item in project.navbar]
    }
    if sidebar is not None:
        nearest = _nearest(path, hrefs)
        variables["side_title"] = escape(sidebar.title)
        variables["side"] = [
            {
                "title": escape(group.title),
                "links": [
                    link(item, _current_side(item.href, path, nearest)) for item in group.items
                ],
            }
            for group in sidebar.groups
        ]
    return variables


def _place_in_configuration(project: Project, needle: str) -> Place:
    rows = (project.root / CONFIGURATION).read_text("utf-8").splitlines()
    row = next((at for at, text in enumerate(rows, start=1) if needle in text), None)
    return Place(file=CONFIGURATION, row=row)


def _current_main(href: str, path: str, section: frozenset[str]) -> str:
    if href == path:
        return "page"
    folder = posixpath.dirname(href)
    below = "/" in folder and path.startswith(folder + "/")
    return "true" if below or href in section else ""


def _current_side(href: str, path: str, nearest: str) -> str:
    if href == path:
        return "page"
    return "true" if href == nearest else ""


def _nearest(path: str, hrefs: frozenset[str]) -> str:
    """Return the index page in the sidebar that stands for a page that is not in it."""
    if path in hrefs:
        return ""
    folder = posixpath.dirname(path)
    while folder:
        index = posixpath.join(folder, "index.qmd")
        if index in hrefs:
            return index
        folder = posixpath.dirname(folder)
    return ""
