"""Atom feeds: versions and reports; alerts.

References
----------
RFC 4287, The Atom Syndication Format.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from analytics.publish.lineage import FEED_ENTRIES, Lineage
from analytics.publish.versions import Version, Versions

FEED_FILE = "feed.xml"
ALERTS_FEED_FILE = "alerts.xml"
# Ids are made from names alone: they stay when the site moves to another address.
_NAMES = uuid.uuid5(uuid.NAMESPACE_URL, "https://www.rfc-editor.org/rfc/rfc4287#analytics")


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedEntry:
    """One entry: what its id is made from, title, path below the tree, moment (UTC), summary."""

    name: str
    title: str
    path: str
    updated: str
    summary: str = ""


def entry_id(source: str, name: str) -> str:
    """Return the id of an entry or feed: the same for the same source and name, for ever."""
    return f"urn:uuid:{uuid.uuid5(_NAMES, f'{source}/{name}')}"


def site_feed(versions: Versions, lineage: Lineage, *, address: str) -> bytes:
    """Return the feed of versions and reports.

    Parameters
    ----------
    versions : Versions
        At least one.
    lineage : Lineage
        Of the latest.
    address : str
        Address of the published tree with a slash at its end; empty where it is not known.
    """
    entries = [_version_entry(entry) for entry in versions.entries[:FEED_ENTRIES]]
    entries += [
        FeedEntry(
            name=f"report {told.name}",
            title=told.title,
            path=f"latest/{told.path}",
            updated=told.since,
            summary=f"Report of {told.name}.",
        )
        for told in lineage.reports
    ]
    return _feed(versions, "Versions and reports", FEED_FILE, entries, address=address)


def alerts_feed(versions: Versions, lineage: Lineage, *, address: str) -> bytes:
    """Return the feed of alerts; see `site_feed`."""
    entries = [
        FeedEntry(
            name=f"alert {told.name}",
            title=told.title,
            path=f"latest/{told.path}",
            updated=told.since,
            summary="What the rule watches, its threshold and its history are on the page.",
        )
        for told in lineage.alerts
    ]
    return _feed(versions, "Alerts", ALERTS_FEED_FILE, entries, address=address)


def _version_entry(version: Version) -> FeedEntry:
    return FeedEntry(
        name=f"version {version.name}",
        title=f"Version {version.name}: {version.title}",
        path=f"{version.name}/index.html",
        updated=version.created,
        summary=f"Data to {version.data_to.isoformat()}.",
    )


def _feed(
    versions: Versions, title: str, file: str, entries: Iterable[FeedEntry], *, address: str
) -> bytes:
    newest = sorted(entries, key=lambda entry: (entry.updated, entry.name), reverse=True)
    # Clocks are set back: the feed is as new as its newest entry.
    latest = versions.named("latest")
    updated = newest[0].updated if newest else (latest.created if latest else "")
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
        f"<id>{entry_id(versions.source, file)}</id>",
        f"<title>{_text(f'{versions.title}: {title}')}</title>",
        f"<updated>{updated}</updated>",
        f"<author><name>{_text(versions.title) or 'Site'}</name></author>",
        f'<link rel="self" type="application/atom+xml" href={quoteattr(address + file)}/>',
        f'<link rel="alternate" type="text/html" href={quoteattr(address + "index.html")}/>',
    ]
    for entry in newest:
        lines += [
            "<entry>",
            f"<id>{entry_id(versions.source, entry.name)}</id>",
            f"<title>{_text(entry.title)}</title>",
            f"<updated>{entry.updated}</updated>",
            f'<link rel="alternate" type="text/html" href={quoteattr(address + entry.path)}/>',
            f"<summary>{_text(entry.summary)}</summary>",
            "</entry>",
        ]
    return ("\n".join([*lines, "</feed>"]) + "\n").encode()


def _text(words: str) -> str:
    """Return text for XML, without the characters that XML has no way to write."""
    return escape("".join(mark for mark in words if mark.isprintable() or mark in "\t\n"))
