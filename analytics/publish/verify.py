"""Whether the published files are what their manifests say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analytics.digests import content_digest, file_digest
from analytics.errors import Place, PublishError
from analytics.publish.manifest import MANIFEST_FILE, Manifest, file_paths, read_manifest
from analytics.publish.tree import LATEST, read_versions
from analytics.publish.versions import Version, Versions, is_version_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing in a version's folder that is not as it was published."""

    version: str
    path: str
    kind: Literal["missing", "added", "altered"]
    detail: str = ""

    def __str__(self) -> str:
        """Return ``2024-06-30/site/index.html: altered (…)``."""
        where = f"{self.version}/{self.path}" if self.path else self.version
        return f"{where}: {self.kind}" + (f" ({self.detail})" if self.detail else "")


def verified_version(public: Path, name: str) -> list[Finding]:
    """Return every missing, added or altered file of a version, by path; empty if it is intact.

    Raises
    ------
    PublishError
        If nothing is published, or no version of that name (or ``latest``).
    """
    versions = _versions(public)
    version = versions.named(name)
    if version is None:
        raise PublishError(
            f"there is no version {name}",
            place=Place(file=str(public)),
            remedy=f"There are: {', '.join(versions.names)}.",
        )
    return _version_findings(public, version)


def verified_site(public: Path) -> list[Finding]:
    """Return what is wrong with any version, newest first, with ``latest``, or is unlisted."""
    versions = _versions(public)
    found = [finding for entry in versions.entries for finding in _version_findings(public, entry)]
    unlisted = sorted(
        path.name
        for path in public.iterdir()
        if is_version_name(path.name) and path.name not in versions.names
    )
    found += [
        Finding(version=name, path="", kind="added", detail="not in versions.json")
        for name in unlisted
    ]
    return found + _latest_findings(public, versions)


def folder_findings(folder: Path, name: str) -> list[Finding]:
    """Return every file of a folder that differs from the manifest in it, by path.

    Parameters
    ----------
    folder : Path
        A version's folder.
    name : str
        The version that the manifest has to be of.
    """
    label = folder.name
    if not (folder / MANIFEST_FILE).is_file():
        return [Finding(version=label, path=MANIFEST_FILE, kind="missing")]
    try:
        manifest = read_manifest(folder)
        there = file_paths(folder)
    except PublishError as error:
        path = (error.place.file or MANIFEST_FILE).removeprefix(f"{label}/")
        return [Finding(version=label, path=path, kind="altered", detail=error.message)]
    if manifest.version != name:
        detail = f"it is the manifest of {manifest.version}"
        return [Finding(version=label, path=MANIFEST_FILE, kind="altered", detail=detail)]
    return sorted(_file_findings(folder, manifest, set(there)), key=lambda finding: finding.path)


def _file_findings(folder: Path, manifest: Manifest, there: set[str]) -> list[Finding]:
    label = folder.name
    listed = {entry.path for entry in manifest.files} | {MANIFEST_FILE}
    found = [Finding(version=label, path=path, kind="added") for path in there - listed]
    for entry in manifest.files:
        path = folder / entry.path
        if entry.path not in there:
            found.append(Finding(version=label, path=entry.path, kind="missing"))
        elif (size := path.stat().st_size) != entry.bytes:
            detail = f"{size} bytes instead of {entry.bytes}"
            found.append(Finding(version=label, path=entry.path, kind="altered", detail=detail))
        elif file_digest(path) != entry.sha256:
            detail = "same length, other content"
            found.append(Finding(version=label, path=entry.path, kind="altered", detail=detail))
    return found


def _version_findings(public: Path, version: Version) -> list[Finding]:
    folder = public / version.name
    found = folder_findings(folder, version.name)
    if any(finding.path == MANIFEST_FILE for finding in found):
        return found
    if content_digest((folder / MANIFEST_FILE).read_bytes()) != version.manifest_digest:
        detail = "its SHA-256 is not the one in versions.json"
        found.append(
            Finding(version=version.name, path=MANIFEST_FILE, kind="altered", detail=detail)
        )
    return sorted(found, key=lambda finding: finding.path)


def _latest_findings(public: Path, versions: Versions) -> list[Finding]:
    latest = public / LATEST
    if versions.latest is None:
        return []
    if not latest.is_dir():
        return [Finding(version=LATEST, path="", kind="missing")]
    if not latest.is_symlink():
        return folder_findings(latest, versions.latest)
    if latest.resolve() != (public / versions.latest).resolve():
        detail = f"it leads to {latest.readlink()}, not to {versions.latest}"
        return [Finding(version=LATEST, path="", kind="altered", detail=detail)]
    return []


def _versions(public: Path) -> Versions:
    versions = read_versions(public)
    if versions is None:
        raise PublishError("nothing is published there", place=Place(file=str(public)))
    return versions
