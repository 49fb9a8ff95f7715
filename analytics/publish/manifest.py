"""What ``manifest.json`` of a version says: what it was made from, and every file in it."""

from __future__ import annotations

import bisect
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from analytics.digests import content_digest, file_digest
from analytics.errors import Place, PublishError
from analytics.publish.identity import Identity
from analytics.publish.lineage import NOTHING_BEFORE, Lineage, Told
from analytics.publish.versions import Version, is_version_name

MANIFEST_FILE = "manifest.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ManifestFacts:
    """What a publisher is told about a rendered tree.

    Parameters
    ----------
    source : str
        Name of the source, ``synthetic``; a published tree holds versions of one source only.
    site_title : str
        Name of the shop or site, shown on the publisher's own pages.
    title : str
        One line about this version, such as its headline.
    data_to : date
        Last covered day.
    identity : Identity
        What the tree was made from.
    commit : str
        Code commit, or ``unknown``. Recorded, but no part of the identity.
    settings : mapping
        The settings, as JSON values without secrets and absolute paths.
    packages : mapping of str to str
        Installed packages and their versions.
    """

    source: str
    site_title: str
    title: str
    data_to: date
    identity: Identity
    commit: str = "unknown"
    settings: Mapping[str, object] = field(default_factory=dict)
    packages: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One file of a version: its path with ``/``, its length in bytes, its SHA-256."""

    path: str
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """Facts, name and creation time (UTC) of a version, and its files sorted by path."""

    version: str
    created: str
    facts: ManifestFacts
    files: tuple[FileEntry, ...]
    lineage: Lineage = NOTHING_BEFORE

    def entry(self, path: str) -> FileEntry | None:
        """Return what is said about a file, or None."""
        at = bisect.bisect_left(self.files, path, key=lambda entry: entry.path)
        known = at < len(self.files) and self.files[at].path == path
        return self.files[at] if known else None

    @property
    def page_paths(self) -> tuple[str, ...]:
        """Paths of all HTML pages, tombstones included."""
        return tuple(entry.path for entry in self.files if entry.path.endswith(".html"))

    @property
    def pages(self) -> int:
        """Number of HTML pages, without tombstones."""
        return len(self.page_paths) - len(self.lineage.tombstones)


def file_paths(tree: Path) -> tuple[str, ...]:
    """Return the relative paths of all files below a folder, sorted, with ``/``.

    Raises
    ------
    PublishError
        If something is neither a file nor a folder: a link could lead out of the tree.
    """
    found: list[str] = []
    pending = [tree]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                path = Path(entry.path)
                if entry.is_dir(follow_symlinks=False):
                    pending.append(path)
                elif entry.is_file(follow_symlinks=False):
                    found.append(path.relative_to(tree).as_posix())
                else:
                    raise PublishError(
                        "only files and folders can be published, not links or devices",
                        place=Place(file=path.relative_to(tree).as_posix()),
                    )
    return tuple(sorted(found))


def manifest_of(
    tree: Path,
    *,
    version: str,
    created: str,
    facts: ManifestFacts,
    lineage: Lineage = NOTHING_BEFORE,
) -> Manifest:
    """Return the manifest of the files that are in a folder now, its own manifest left out."""
    return Manifest(
        version=version,
        created=created,
        facts=facts,
        lineage=lineage,
        files=tuple(
            FileEntry(
                path=path, bytes=(tree / path).stat().st_size, sha256=file_digest(tree / path)
            )
            for path in file_paths(tree)
            if path != MANIFEST_FILE
        ),
    )


def version_of(manifest: Manifest) -> Version:
    """Return the entry of ``versions.json`` that belongs to a manifest."""
    identity = manifest.facts.identity
    return Version(
        name=manifest.version,
        data_to=manifest.facts.data_to,
        digest=identity.digest,
        manifest_digest=content_digest(dumped_manifest(manifest)),
        created=manifest.created,
        title=manifest.facts.title,
        renderer=f"{identity.renderer} {identity.renderer_version}",
        pages=manifest.pages,
    )


def dumped_manifest(manifest: Manifest) -> bytes:
    """Return the content of ``manifest.json``."""
    facts = manifest.facts
    document = {
        "schema": SCHEMA,
        "version": manifest.version,
        "created": manifest.created,
        "source": facts.source,
        "site_title": facts.site_title,
        "title": facts.title,
        "data_to": facts.data_to.isoformat(),
        "identity": {"digest": facts.identity.digest, **asdict(facts.identity)},
        "commit": facts.commit,
        "settings": dict(facts.settings),
        "packages": dict(sorted(facts.packages.items())),
        "lineage": asdict(manifest.lineage),
        "files": [asdict(entry) for entry in manifest.files],
    }
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def loaded_manifest(content: bytes) -> Manifest:
    """Return what ``manifest.json`` says.

    Raises
    ------
    PublishError
        If it is not JSON of this schema, or its identity's digest is not that of its parts.
    """
    try:
        document = json.loads(content)
        if document["schema"] != SCHEMA:
            raise ValueError(f"its schema is {document['schema']}, this program knows {SCHEMA}")
        parts = dict(document["identity"])
        digest = parts.pop("digest")
        identity = Identity(**parts)
        if identity.digest != digest:
            raise ValueError("the identity's digest is not that of its parts")
        if not is_version_name(document["version"]):
            raise ValueError(f"{document['version']!r} is not the name of a version")
        return Manifest(
            version=document["version"],
            created=document["created"],
            facts=ManifestFacts(
                source=document["source"],
                site_title=document["site_title"],
                title=document["title"],
                data_to=date.fromisoformat(document["data_to"]),
                identity=identity,
                commit=document["commit"],
                settings=document["settings"],
                packages=document["packages"],
            ),
            files=tuple(FileEntry(**entry) for entry in document["files"]),
            lineage=_loaded_lineage(document.get("lineage", {})),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise PublishError(
            f"the manifest cannot be read: {type(error).__name__}: {error}",
            place=Place(file=MANIFEST_FILE),
        ) from error


def _loaded_lineage(document: Mapping[str, Any]) -> Lineage:
    """Return the lineage; a manifest of before there was one says nothing."""
    return Lineage(
        after=document.get("after", ""),
        tombstones=dict(document.get("tombstones", {})),
        reports=tuple(Told(**told) for told in document.get("reports", ())),
        alerts=tuple(Told(**told) for told in document.get("alerts", ())),
    )


def read_manifest(folder: Path) -> Manifest:
    """Return the manifest of a version's folder.

    Raises
    ------
    PublishError
        If there is none, or it cannot be read.
    """
    path = folder / MANIFEST_FILE
    place = Place(file=f"{folder.name}/{MANIFEST_FILE}")
    try:
        return loaded_manifest(path.read_bytes())
    except OSError as error:
        raise PublishError(f"no manifest: {error.strerror}", place=place) from error
    except PublishError as error:
        raise PublishError(error.message, place=place, remedy=error.remedy) from error
