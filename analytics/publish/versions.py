"""What ``versions.json`` says: the published versions of one source, in order."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import lru_cache

from analytics.errors import Place, PublishError

VERSIONS_FILE = "versions.json"
SCHEMA = 1

_NAME = re.compile(r"(\d{4}-\d{2}-\d{2})(?:-r([1-9]\d*))?", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One published version: a folder that is never written twice.

    Parameters
    ----------
    name : str
        The last covered day, ``2024-06-30``, or ``2024-06-30-r2`` for its second edition.
    data_to : date
        The last covered day.
    digest : str
        Identity of what the version was made from (hexadecimal SHA-256).
    manifest_digest : str
        SHA-256 of the version's ``manifest.json``, so that an edited manifest is noticed.
    created : str
        UTC, ``2024-07-01T06:00:00Z``; never used for ordering, since clocks are set back.
    title : str
        One line about the version, such as its headline.
    renderer : str
        Name and version of the renderer, ``embedded 0.1.0``.
    pages : int
        Number of HTML pages, at least 0.
    retired : bool
        Whether only tombstones of its pages are left.
    """

    name: str
    data_to: date
    digest: str
    manifest_digest: str
    created: str
    title: str
    renderer: str
    pages: int
    retired: bool = False

    def __post_init__(self) -> None:
        """Refuse a name that is not the last covered day with an optional edition."""
        if version_key(self.name)[0] != self.data_to.isoformat():
            raise ValueError(f"version {self.name} does not cover data to {self.data_to}")

    @property
    def revision(self) -> int:
        """The edition of the day, from 1."""
        return version_key(self.name)[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The published versions of one source, newest first, and which of them is latest."""

    source: str
    title: str
    latest: str | None = None
    entries: tuple[Version, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a name twice, an order other than newest first, an unknown latest."""
        names = self.names
        if list(names) != sorted(set(names), key=version_key, reverse=True):
            raise ValueError("versions are not in order, or named twice")
        if (self.latest is None) != (not names) or (names and self.latest not in names):
            raise ValueError(f"the latest version, {self.latest}, is not one of the versions")

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the versions, newest first."""
        return tuple(entry.name for entry in self.entries)

    def named(self, name: str) -> Version | None:
        """Return the version of that name, ``latest`` included, or None."""
        wanted = self.latest if name == "latest" else name
        return next((entry for entry in self.entries if entry.name == wanted), None)


def is_version_name(name: str) -> bool:
    """Return whether a name is that of a version: a day with an optional edition."""
    try:
        version_key(name)
    except ValueError:
        return False
    return True


@lru_cache(maxsize=4096)
def version_key(name: str) -> tuple[str, int]:
    """Return the day and the edition of a version's name, by which versions are ordered.

    Examples
    --------
    >>> version_key("2024-06-30-r10") > version_key("2024-06-30-r9") > version_key("2024-06-30")
    True
    """
    match = _NAME.fullmatch(name)
    if match is None or match[2] == "1":
        raise ValueError(f"{name!r} is not the name of a version")
    date.fromisoformat(match[1])
    return match[1], int(match[2] or 1)


def next_version_name(versions: Versions, data_to: date) -> str:
    """Return the name that a new version of that last covered day gets.

    Editions are counted on from the highest, so that no gap is filled and no name reused.
    """
    day = data_to.isoformat()
    taken = [entry.revision for entry in versions.entries if entry.data_to == data_to]
    return f"{day}-r{max(taken) + 1}" if taken else day


def version_with_digest(versions: Versions, digest: str) -> Version | None:
    """Return the newest version made from exactly these inputs, or None."""
    kept = (entry for entry in versions.entries if not entry.retired)
    return next((entry for entry in kept if entry.digest == digest), None)


def previous_version(versions: Versions, name: str) -> Version | None:
    """Return the neighbour that comes before the named version, or None for the first."""
    older = [entry for entry in versions.entries if version_key(entry.name) < version_key(name)]
    return older[0] if older else None


def with_version(versions: Versions, version: Version) -> Versions:
    """Return the versions with one more.

    It becomes the latest unless it covers less than the latest does: a period that is
    published afterwards does not hide newer data.
    """
    entries = sorted(
        (*versions.entries, version), key=lambda entry: version_key(entry.name), reverse=True
    )
    return _led_by(replace(versions, latest=version.name, entries=tuple(entries)), versions.latest)


def with_latest(versions: Versions, name: str) -> Versions:
    """Return the versions with a known one as latest, unless it covers less than the latest.

    Inputs that return to those of an earlier edition lead readers back to it.
    """
    return _led_by(replace(versions, latest=name), versions.latest)


def _led_by(versions: Versions, before: str | None) -> Versions:
    latest, old = versions.named("latest"), versions.named(before or "")
    if latest is None or old is None or latest.data_to >= old.data_to:
        return versions
    return replace(versions, latest=before)


def utc_text(moment: datetime) -> str:
    """Return a moment as ``2024-07-01T06:00:00Z``; it has to know its time zone."""
    if moment.tzinfo is None:
        raise ValueError("a moment without a time zone cannot be recorded")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def dumped_versions(versions: Versions) -> bytes:
    """Return the content of ``versions.json``."""
    document = {
        "schema": SCHEMA,
        "source": versions.source,
        "title": versions.title,
        "latest": versions.latest,
        "versions": [
            {
                "name": entry.name,
                "data_to": entry.data_to.isoformat(),
                "digest": entry.digest,
                "manifest_digest": entry.manifest_digest,
                "created": entry.created,
                "title": entry.title,
                "renderer": entry.renderer,
                "pages": entry.pages,
                **({"retired": True} if entry.retired else {}),
            }
            for entry in versions.entries
        ],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def loaded_versions(content: bytes) -> Versions:
    """Return what ``versions.json`` says.

    Raises
    ------
    PublishError
        If it is not JSON of this schema, or contradicts itself.
    """
    try:
        document = json.loads(content)
        if document["schema"] != SCHEMA:
            raise ValueError(f"its schema is {document['schema']}, this program knows {SCHEMA}")
        return Versions(
            source=str(document["source"]),
            title=str(document["title"]),
            latest=document["latest"],
            entries=tuple(
                Version(**{**entry, "data_to": date.fromisoformat(entry["data_to"])})
                for entry in document["versions"]
            ),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublishError(
            f"the list of versions cannot be read: {type(error).__name__}: {error}",
            place=Place(file=VERSIONS_FILE),
            remedy="Restore the file, or delete it: "
            "the next publish makes it anew from the manifests.",
        ) from error
