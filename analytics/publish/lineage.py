"""What a version takes over from the one before it: pages that went, and what feeds tell."""

from __future__ import annotations

import csv
import html
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

# Entries that a feed holds at most; what is older is in the pages.
FEED_ENTRIES = 60
# Of these, daily reports at most; they would crowd out those of months and quarters.
FEED_DAYS = 14
ALERT_HISTORY = Path("site/data/downloads/alert_history.csv")
_REPORT = re.compile(
    r"site/descriptive/reports/(?:\w+/)?(\d{4}(?:-\d{2}(?:-\d{2})?|-Q[1-4]))\.html"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A report or an alert: since when it is published, what it is called, where it lies.

    Attributes
    ----------
    name : str
        Its name within its kind, which never changes: ``2024-06``, ``Satisfaction 2024-06``.
    title : str
        In words.
    path : str
        Of its page in the version.
    since : str
        When the first version that has it was published (UTC).
    """

    name: str
    title: str
    path: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Lineage:
    """What the manifest of a version says about those before it.

    Attributes
    ----------
    after : str
        The version that was latest when this one was made; empty for the first.
    tombstones : mapping of str to str
        Pages of earlier versions that this one does not have, and the last version with each.
    reports, alerts : tuple of Told
        Newest first.
    """

    after: str = ""
    tombstones: Mapping[str, str] = field(default_factory=dict)
    reports: tuple[Told, ...] = ()
    alerts: tuple[Told, ...] = ()


NOTHING_BEFORE = Lineage()


def lineage_of(
    staged: Path,
    pages: Iterable[str],
    *,
    created: str,
    after: str,
    before: Lineage,
    earlier_pages: Iterable[str],
) -> Lineage:
    """Return the lineage of a version whose files lie in a folder.

    Parameters
    ----------
    staged : Path
        The version's files, without tombstones.
    pages : iterable of str
        Paths of its pages.
    created : str
        When it is published (UTC).
    after : str
        The version that is latest until then; empty for the first.
    before : Lineage
        That of this one before.
    earlier_pages : iterable of str
        Paths of its pages, tombstones included.
    """
    here = set(pages)
    gone = {
        path: before.tombstones.get(path, after)
        for path in sorted(earlier_pages)
        if path not in here and path.startswith("site/")
    }
    reports = {told.name: told for told in before.reports}
    alerts = {told.name: told for told in before.alerts}
    return Lineage(
        after=after,
        tombstones=gone,
        reports=_kept(reports, _reports(staged, here, created)),
        alerts=_kept(alerts, _alerts(staged, created)),
    )


def tombstone(path: str, version: str) -> str:
    """Return the page in the place of one that this version does not have.

    It leads to the last version with it; query and fragment go along where scripts run.
    """
    up = "../" * len(PurePosixPath(path).parts)
    target = html.escape(f"{up}{version}/{path}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; '
        "script-src 'self'; style-src 'unsafe-inline'; img-src data:\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>This page is in version {version}</title>\n"
        '<link rel="icon" href="data:,">\n'
        f'<script src="{up}versions/latest.js" data-latest="{target}"></script>\n'
        f'<noscript><meta http-equiv="refresh" content="0; url={target}"></noscript>\n'
        f'<link rel="canonical" href="{target}">\n'
        "<style>:root { color-scheme: light dark; font-family: system-ui, sans-serif; } "
        "body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }</style>\n"
        "</head>\n<body>\n<main>\n<h1>This page is not in the latest version</h1>\n"
        f'<p>The last version with it is <a href="{target}">{version}</a>. '
        f'<a href="{up}latest/index.html">Latest version</a> · '
        f'<a href="{up}versions/index.html">All versions</a></p>\n'
        "</main>\n</body>\n</html>\n"
    )


def _kept(known: Mapping[str, Told], found: Iterable[Told]) -> tuple[Told, ...]:
    """Return what was told and what is found, each since it was first told, newest first."""
    merged = dict(known)
    for told in found:
        first = known.get(told.name)
        since = told.since if first is None else first.since
        merged[told.name] = Told(name=told.name, title=told.title, path=told.path, since=since)
    newest = sorted(merged.values(), key=lambda told: (_period(told.name), told.name), reverse=True)
    days = [told for told in newest if _DAY.search(told.name)][:FEED_DAYS]
    others = [told for told in newest if not _DAY.search(told.name)][:FEED_ENTRIES]
    return tuple(told for told in newest if told in days or told in others)


def _period(name: str) -> str:
    """Return the period at the end of a name, quarters in their place among months."""
    period = name.rpartition(" ")[2]
    year, _, quarter = period.partition("-Q")
    return f"{year}-{int(quarter) * 3:02}-99" if quarter else period


def _reports(staged: Path, pages: Iterable[str], created: str) -> Iterable[Told]:
    matches = sorted((match[1], path) for path in pages if (match := _REPORT.fullmatch(path)))
    for period, path in sorted(matches, key=lambda each: _period(each[0])):
        found = _TITLE.search((staged / path).read_text(encoding="utf-8"))
        title = html.unescape(" ".join(found[1].split())) if found else f"Report {period}"
        yield Told(name=period, title=title, path=path, since=created)


def _alerts(staged: Path, created: str) -> Iterable[Told]:
    """Yield the runs of months in which a rule fired, each by its first month."""
    try:
        with (staged / ALERT_HISTORY).open(encoding="utf-8", newline="") as stream:
            rows = sorted(csv.DictReader(stream), key=lambda row: (row["rule"], row["month"]))
    except (OSError, KeyError):
        return
    last = ("", False)
    for row in rows:
        fired = row["fired"] == "True"
        if fired and last != (row["rule"], True):
            rule = row["rule"].removeprefix("'")
            yield Told(
                name=f"{rule} {row['month'][:7]}",
                title=f"{rule} fired in {row['month'][:7]}",
                path="site/descriptive/alerts.html",
                since=created,
            )
        last = (row["rule"], fired)
