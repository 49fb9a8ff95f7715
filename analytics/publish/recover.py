"""A published tree made whole: what a publish that was cut off had left in it."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.errors import Place, PublishError
from analytics.publish.files import Files
from analytics.publish.manifest import MANIFEST_FILE, read_manifest, version_of
from analytics.publish.retired import finish_retired
from analytics.publish.status import Status
from analytics.publish.swap import (
    make_moves,
    prepare_moves,
    remove_comparisons,
    remove_own_files,
    remove_staging,
    staging_folder,
)
from analytics.publish.tree import (
    MARKER_FILE,
    read_status,
    read_versions,
    refuse_other_source,
)
from analytics.publish.verify import folder_findings
from analytics.publish.versions import Versions, is_version_name, version_key, with_version

SET_ASIDE = ".set-aside-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovered:
    """What a tree holds once it is whole, and what had to be done to make it so."""

    versions: Versions
    status: Status
    notes: tuple[str, ...] = ()


def write_marker(public: Path, source: str, files: Files) -> None:
    """Record whose tree it is before anything else is in it."""
    if not (public / MARKER_FILE).exists():
        aside = staging_folder(public, "marker")
        files.write(aside, (json.dumps({"schema": 1, "source": source}) + "\n").encode())
        files.sync(aside)
        files.rename(aside, public / MARKER_FILE)


def recover_tree(public: Path, source: str, files: Files) -> Recovered:
    """Make a tree whole that a publish was cut off in; the lock has to be held.

    Leftovers are removed. A complete version without an entry in ``versions.json`` is
    finished, which also makes a lost ``versions.json`` anew; one that is not what its manifest
    says is set aside, never deleted.

    Raises
    ------
    PublishError
        If the tree is another source's, or a listed version's folder is gone.
    """
    refuse_other_source(public, source)
    left = remove_staging(public, files)
    notes = [f"removed {name}, left by a publish that was cut off" for name in left]
    versions = read_versions(public) or Versions(source=source, title="")
    gone = [name for name in versions.names if not (public / name / MANIFEST_FILE).is_file()]
    if gone:
        raise PublishError(
            f"versions.json lists {', '.join(gone)}, but not all of it is there",
            place=Place(file=str(public)),
            remedy="Restore the folder with its manifest.json, or take its entry out of "
            "versions.json.",
        )
    for folder in _unlisted(public, versions):
        findings = folder_findings(folder, folder.name)
        manifest = None if findings else read_manifest(folder)
        if manifest is not None and manifest.facts.source == source:
            versions = with_version(
                replace(versions, title=versions.title or manifest.facts.site_title),
                version_of(manifest),
            )
            notes.append(f"finished {folder.name}, which a publish had left without an entry")
        else:
            aside = _free_name(public, folder.name)
            files.rename(folder, aside)
            reason = findings[0] if findings else "it is another source's"
            notes.append(f"set {folder.name} aside as {aside.name}: {reason}")
    status = read_status(public)
    settle_tree(public, versions, status, files)
    notes += [
        f"finished retiring {name}, which was cut off"
        for name in finish_retired(public, versions, files)
    ]
    return Recovered(versions=versions, status=status, notes=tuple(notes))


def settle_tree(public: Path, versions: Versions, status: Status, files: Files) -> None:
    """Make the publisher's own files say what versions and status say; nothing stays staged."""
    remove_staging(public, files)
    if versions.latest is None:
        remove_own_files(public, files)
    else:
        make_moves(public, prepare_moves(public, versions, status, files), files)
        remove_comparisons(public, versions, files)
    remove_staging(public, files)


def _unlisted(public: Path, versions: Versions) -> list[Path]:
    """Return folders named like versions that are not listed, oldest first."""
    return sorted(
        (
            path
            for path in public.iterdir()
            if is_version_name(path.name) and path.name not in versions.names
        ),
        key=lambda path: version_key(path.name),
    )


def _free_name(public: Path, name: str) -> Path:
    number = 1
    while (public / f"{SET_ASIDE}{name}-{number}").exists():
        number += 1
    return public / f"{SET_ASIDE}{name}-{number}"
