"""One report as a page that stands alone: its style within, no scripts, nothing to fetch."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from analytics.render.embedded import rendered_page
from analytics.render.project import read_project

_STYLE = Path("site") / "assets" / "site.css"
_MAIN = re.compile(r"<main\b[^>]*>.*?</main>", re.DOTALL)
_TITLE = re.compile(r"<title>.*?</title>", re.DOTALL)
_LANGUAGE = re.compile(r'<html lang="([^"]*)"')
# What only works within the site.
_SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
_TOOLS = re.compile(r'<div class="chart-tools" hidden>.*?</div>', re.DOTALL)
_PAGER = re.compile(r'<nav class="pager".*?</nav>', re.DOTALL)
_DOWNLOAD = re.compile(r'<p class="quiet"><a [^>]*download>.*?</p>', re.DOTALL)
_LINK = re.compile(r'<a\b([^>]*)\bhref="(?!#)[^"]*"([^>]*)>(.*?)</a>', re.DOTALL)
_CLASS = re.compile(r'class="[^"]*"')


def standalone_report(staged: Path, path: str, *, environment: Mapping[str, str]) -> str:
    """Return the page of a staged report as HTML that stands alone.

    Parameters
    ----------
    staged : Path
        A staged project with the report's document.
    path : str
        The document, relative to the project.
    environment : mapping
        Environment of the cells.
    """
    page = rendered_page(read_project(staged), path, environment=environment)
    main, title, language = _MAIN.search(page), _TITLE.search(page), _LANGUAGE.search(page)
    if main is None or title is None:
        raise TypeError("a rendered page has a title and a main part")
    body = main[0]
    for left_out in (_SCRIPT, _TOOLS, _PAGER, _DOWNLOAD):
        body = left_out.sub("", body)
    body = _LINK.sub(_without_link, body)
    style = (staged / _STYLE).read_text("utf-8").replace("</", "<\\/")
    return (
        f'<!doctype html>\n<html lang="{escape(language[1] if language else "en")}">\n<head>\n'
        '<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "style-src 'unsafe-inline'; img-src data:\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{title[0]}\n<style>{style}</style>\n</head>\n<body>\n"
        f'<div class="page">{body}</div>\n</body>\n</html>\n'
    )


def _without_link(found: re.Match[str]) -> str:
    """Return a link's content, in an element of its class: what it leads to is not here."""
    name = _CLASS.search(found[1] + found[2])
    return f"<span{' ' + name[0] if name else ''}>{found[3]}</span>"
