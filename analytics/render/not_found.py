"""The page for an address that has none, shown at whatever depth it was asked for.

A plain host answers with this file under the missing address, where relative links lead
astray. A script of a few lines finds the version's folder in the address and sets the base of
all links, before the first of them is read; it is the only script inside a page, and the
policy of this page names it by its digest. Without scripts the page says what to do.
"""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from html import escape

SCRIPT = (
    '(()=>{if(document.querySelector("base"))return;'
    "const found=/^(?:.*?\\/)?(?:latest|\\d{4}-\\d\\d-\\d\\d(?:-r\\d+)?)\\//"
    ".exec(location.pathname);"
    "if(!found)return;"
    'const base=document.createElement("base");base.href=found[0];document.head.append(base);'
    "})();"
)
STYLE = (
    ":root{color-scheme:light dark}a{color:LinkText}"
    "body{background:Canvas;color:CanvasText}"
    "body{font:1rem/1.55 system-ui,sans-serif;max-width:44rem;margin:0 auto;padding:1rem}"
    "nav,.tools,footer{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:.5rem 0}"
)
WITHOUT_SCRIPTS = (
    "If the links here lead nowhere, keep only the part of the address that comes before "
    "“/site/”: that is the first page of the version."
)


def script_policy() -> str:
    """Return the source expression of a Content-Security-Policy that lets the script run."""
    return f"'sha256-{b64encode(sha256(SCRIPT.encode()).digest()).decode()}'"


def head_html() -> str:
    """Return script and style for the top of the page's head."""
    return f"<script>{SCRIPT}</script>\n<style>{STYLE}</style>"


def plain_page(*, lang: str, title: str, links: dict[str, str]) -> str:
    """Return the whole page, in the plain style that it carries itself.

    Parameters
    ----------
    lang, title : str
        Language and name of the site.
    links : dict
        Target, relative to the version's folder, to the words of the link.
    """
    items = "".join(
        f'<li><a href="{escape(target)}">{escape(words)}</a></li>\n'
        for target, words in links.items()
    )
    return (
        f'<!doctype html>\n<html lang="{escape(lang)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        f"script-src {script_policy()}; style-src 'unsafe-inline'; img-src data:\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Page not found – {escape(title)}</title>\n{head_html()}\n"
        '<link rel="icon" href="data:,">\n</head>\n<body>\n<main>\n<h1>Page not found</h1>\n'
        "<p>There is no page at this address in this version. It may have rolled off, or be in "
        f"another version.</p>\n<ul>\n{items}</ul>\n<noscript><p>{WITHOUT_SCRIPTS}</p></noscript>\n"
        "</main>\n</body>\n</html>\n"
    )
