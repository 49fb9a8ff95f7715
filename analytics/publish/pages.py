"""The publisher's own pages as HTML: the root page and the history of versions."""

from __future__ import annotations

import html
from dataclasses import dataclass
from datetime import date, datetime
from importlib import resources

from analytics.publish.status import Status
from analytics.publish.versions import Version, Versions

STYLE_FILE = "versions/publisher.css"
SCRIPT_FILE = "versions/latest.js"

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    "img-src data:; connect-src 'self'"
)

_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The frame of a page: where it lies below the published tree, and what it is called."""

    path: str
    title: str
    site_title: str
    head: str = ""

    @property
    def up(self) -> str:
        """How the page's links lead to the root of the tree, whatever its address is."""
        return "../" * self.path.count("/")


def asset(name: str) -> bytes:
    """Return one of the files that the publisher's pages link to."""
    return (resources.files("analytics.publish") / "assets" / name).read_bytes()


def day_text(day: date) -> str:
    """Return a day as ``30 June 2024``, whatever the locale is."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def moment_text(moment: str) -> str:
    """Return a recorded moment as ``1 July 2024, 06:00 UTC``."""
    when = datetime.fromisoformat(moment)
    return f"{day_text(when.date())}, {when:%H:%M} UTC"


def root_page(versions: Versions, status: Status, *, home: str) -> str:
    """Return the root page: it leads straight to the latest version.

    With JavaScript it goes on with query and fragment; without, by a refresh. While the site
    is stale the refresh is left out, so that the reason can be read; the version's own pages
    show it to everyone else.

    Parameters
    ----------
    versions : Versions
        At least one.
    status : Status
        Shown where it is stale.
    home : str
        Path of the latest version's first page below the published tree, with ``/``.
    """
    latest = _latest(versions)
    target = html.escape(home)
    refresh = f'<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript>\n'
    page = Page(
        path="index.html",
        title=versions.title,
        site_title=versions.title,
        head=f'<script src="{SCRIPT_FILE}" data-latest="{target}"></script>\n'
        + (refresh if status.state == "fresh" else "")
        + f'<link rel="canonical" href="{target}">\n',
    )
    body = (
        f'<p class="fresh">Data to {day_text(latest.data_to)} · '
        f"published {moment_text(latest.created)}</p>\n"
        f"<h1>{html.escape(latest.title)}</h1>\n"
        f"{stale_notice(status)}"
        f'<p class="ways"><a class="go" href="{target}">Open the latest version</a> '
        f'<a href="versions/index.html">All versions</a></p>\n'
    )
    return framed(page, body, home=home)


def history_page(versions: Versions, status: Status, *, home: str) -> str:
    """Return the list of all versions, newest first."""
    page = Page(
        path="versions/index.html",
        title=f"Versions · {versions.title}",
        site_title=versions.title,
    )
    count = len(versions.entries)
    body = (
        f'<p class="fresh">{count} version{"" if count == 1 else "s"} · '
        f"data to {day_text(_latest(versions).data_to)}</p>\n"
        "<h1>Versions</h1>\n"
        f"{stale_notice(status)}"
        '<p class="lead">Every version stays as it was published. A new one is made when the '
        "data, the settings or the method change; a second edition of the same day means that "
        "something other than the period changed.</p>\n"
        '<ol class="history">\n'
        + "".join(
            _history_item(entry, before, latest=versions.latest)
            for entry, before in zip(versions.entries, (*versions.entries[1:], None), strict=True)
        )
        + "</ol>\n"
    )
    return framed(page, body, home=home)


def stale_notice(status: Status) -> str:
    """Return why the newest data is not shown, or nothing while the site is fresh."""
    if status.state == "fresh":
        return ""
    return (
        f'<p class="notice" role="status"><strong>Stale since {moment_text(status.since or "")}'
        f"</strong> because {html.escape(status.because or '')}. "
        "The last version that passed its tests stays up.</p>\n"
    )


def framed(page: Page, body: str, *, home: str) -> str:
    """Return a whole page of the publisher around its content (HTML)."""
    here = page.path == "versions/index.html"
    current = ' aria-current="page"' if here else ""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{CONTENT_SECURITY_POLICY}">\n'
        f"{page.head}"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{html.escape(page.title)}</title>\n"
        '<link rel="icon" href="data:,">\n'
        f'<link rel="stylesheet" href="{page.up}{STYLE_FILE}">\n'
        f'<link rel="alternate" type="application/atom+xml" title="Versions and reports" '
        f'href="{page.up}feed.xml">\n'
        f'<link rel="alternate" type="application/atom+xml" title="Alerts" '
        f'href="{page.up}alerts.xml">\n'
        "</head>\n<body>\n"
        f'<header class="bar"><a class="brand" href="{page.up}{html.escape(home)}">'
        f"{html.escape(page.site_title)}</a>"
        f'<nav aria-label="Site"><a href="{page.up}{html.escape(home)}">Latest</a>'
        f'<a href="{page.up}versions/index.html"{current}>Versions</a></nav></header>\n'
        f"<main>\n{body}</main>\n"
        f'<footer><a href="{page.up}versions.json">versions.json</a> lists the versions for '
        f'programs, <a href="{page.up}feed.xml">feed.xml</a> tells of new ones and of reports, '
        f'<a href="{page.up}alerts.xml">alerts.xml</a> of alerts; '
        "each version's manifest.json has the SHA-256 of every file.</footer>\n"
        "</body>\n</html>\n"
    )


def _history_item(entry: Version, before: Version | None, *, latest: str | None) -> str:
    name = html.escape(entry.name)
    tag = '<span class="tag">latest</span>' if entry.name == latest else ""
    edition = f"<li>edition {entry.revision} of this day</li>" if entry.revision > 1 else ""
    changes = (
        f'<li><a href="{name}.html" aria-label="What changed in version {name}">'
        f"what changed since {before.name}</a></li>"
        if before is not None
        else ""
    )
    edition += "<li>not kept any more</li>" if entry.retired else ""
    pages = f"{entry.pages} page{'' if entry.pages == 1 else 's'}"
    return (
        f'<li id="v{name}"><div><a class="day" href="../{name}/index.html">'
        f"{day_text(entry.data_to)}</a>{tag}</div>\n"
        f'<div><p class="what">{html.escape(entry.title)}</p>\n<ul class="facts">{changes}{edition}'
        f"<li>version {name}</li><li>published {moment_text(entry.created)}</li>"
        f"<li>{pages}</li><li>renderer {html.escape(entry.renderer)}</li>"
        f"<li>identity <code>{html.escape(entry.digest[:12])}</code></li>"
        f'<li><a href="../{name}/manifest.json" aria-label="Manifest of version {name}">manifest'
        "</a></li></ul></div></li>\n"
    )


def _latest(versions: Versions) -> Version:
    latest = versions.named("latest")
    if latest is None:
        raise ValueError("there is no page before there is a version")
    return latest
