"""What lies in a published tree: its versions, its status, and whose it is."""

from __future__ import annotations

import json
from pathlib import Path

from analytics.errors import Place, PublishError
from analytics.publish.lock import HOLDER_FILE, LOCK_FILE
from analytics.publish.manifest import MANIFEST_FILE, read_manifest
from analytics.publish.status import FRESH, STATUS_FILE, Status, loaded_status
from analytics.publish.versions import (
    VERSIONS_FILE,
    Versions,
    is_version_name,
    loaded_versions,
)

LATEST = "latest"
MARKER_FILE = ".publisher.json"
STAGING = ".staging-"


def read_versions(public: Path) -> Versions | None:
    """Return what ``versions.json`` of a published tree says, or None where there is none."""
    try:
        content = (public / VERSIONS_FILE).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    try:
        return loaded_versions(content)
    except PublishError as error:
        raise error.within(public / VERSIONS_FILE) from error


def read_status(public: Path) -> Status:
    """Return what ``status.json`` says; fresh where there is none."""
    try:
        return loaded_status((public / STATUS_FILE).read_bytes())
    except FileNotFoundError:
        return FRESH


def tree_source(public: Path) -> str | None:
    """Return the source whose versions a tree holds, or None for a tree yet to be begun.

    Raises
    ------
    PublishError
        If the folder holds files but is no published tree: nothing of it is touched.
    """
    if not public.exists():
        return None
    if not public.is_dir():
        raise PublishError(
            "a site can only be published into a folder", place=Place(file=str(public))
        )
    known = read_versions(public)
    if known is not None:
        return known.source
    try:
        return str(json.loads((public / MARKER_FILE).read_bytes())["source"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    sources = {read_manifest(folder).facts.source for folder in _manifested(public)}
    if len(sources) == 1:
        return sources.pop()
    if sources:
        raise PublishError(
            f"the folder holds versions of several sources: {', '.join(sorted(sources))}",
            place=Place(file=str(public)),
            remedy="Keep the versions of one source in it.",
        )
    ours = (LOCK_FILE, HOLDER_FILE, MARKER_FILE)
    others = sorted(
        path.name
        for path in public.iterdir()
        if path.name not in ours and not path.name.startswith(STAGING)
    )
    if others:
        raise PublishError(
            f"the folder is not empty and not a published site: it holds {others[0]}",
            place=Place(file=str(public)),
            remedy="Publish into another folder, or empty this one.",
        )
    return None


def refuse_other_source(public: Path, source: str) -> None:
    """Raise PublishError if a tree holds versions of another source, or foreign files."""
    there = tree_source(public)
    if there is not None and there != source:
        raise PublishError(
            f"the tree holds versions of the source {there}, not of {source}",
            place=Place(file=str(public)),
            remedy="Publish into another folder: --output public-" + source,
        )


def _manifested(public: Path) -> list[Path]:
    return [
        path
        for path in sorted(public.iterdir())
        if is_version_name(path.name) and (path / MANIFEST_FILE).is_file()
    ]
