"""Publishing: a rendered tree becomes a version, whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Literal

from analytics.errors import Place, PublishError
from analytics.publish.files import Files
from analytics.publish.lineage import NOTHING_BEFORE, Lineage, lineage_of, tombstone
from analytics.publish.manifest import (
    MANIFEST_FILE,
    Manifest,
    ManifestFacts,
    dumped_manifest,
    file_paths,
    manifest_of,
    read_manifest,
    version_of,
)
from analytics.publish.recover import Recovered, settle_tree
from analytics.publish.status import FRESH
from analytics.publish.swap import (
    FIRST_PAGE,
    copy_tree,
    make_moves,
    prepare_moves,
    remove_staging,
    staging_folder,
)
from analytics.publish.transaction import Clock, rolled_back, whole_tree
from analytics.publish.tree import read_versions
from analytics.publish.versions import (
    Version,
    Versions,
    next_version_name,
    utc_text,
    version_with_digest,
    with_latest,
    with_version,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The name that the next version gets, or the version that already is what would be made."""

    name: str
    known: Version | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What a publish did.

    Parameters
    ----------
    outcome : {"published", "unchanged"}
        Whether there is a new version.
    version : Version
        The version with the identity that was asked for.
    latest : str
        Where ``latest`` leads now: another version if that covers newer data.
    folder, page : Path
        The version's folder, and the page to open.
    notes : tuple of str
        What had to be repaired in the tree first.
    """

    outcome: Literal["published", "unchanged"]
    version: Version
    latest: str
    folder: Path
    page: Path
    notes: tuple[str, ...] = ()


def plan_version(
    public: Path,
    *,
    source: str,
    data_to: date,
    digest: str,
    clock: Clock,
    files: Files | None = None,
    wait_seconds: float = 30.0,
) -> Plan:
    """Make the tree whole and say what the next version is called, before anything is rendered.

    Parameters
    ----------
    public : Path
        The published tree.
    source : str
        Name of the source that the tree holds versions of.
    data_to : date
        Last covered day.
    digest : str
        Digest of the identity that the version would have.
    clock : callable
        Returns the time now, with its time zone.
    files : Files, optional
        What changes the tree; the operating system's files if left out.
    wait_seconds : float
        How long to wait for another publisher, at least 0.

    Raises
    ------
    PublishError
        If the tree is another source's, locked, damaged, or cannot be written.
    """
    if not public.exists():
        return Plan(name=data_to.isoformat(), known=None)
    with whole_tree(public, source, clock, files or Files(), wait_seconds) as tree:
        return Plan(
            name=next_version_name(tree.versions, data_to),
            known=version_with_digest(tree.versions, digest),
        )


def publish_site(
    rendered: Path,
    public: Path,
    *,
    facts: ManifestFacts,
    clock: Clock,
    version: str | None = None,
    files: Files | None = None,
    wait_seconds: float = 30.0,
) -> Published:
    """Publish a rendered tree as a version; the same identity again makes no new one.

    The tree is copied aside, the publisher's own pages are prepared, and then everything is
    renamed into place, ``versions.json`` last.

    Parameters
    ----------
    rendered : Path
        Folder with ``index.html``; left as it is.
    public : Path
        The published tree, made if it does not exist.
    facts : ManifestFacts
        What the tree was made from.
    clock : callable
        Returns the time now, with its time zone. Asked once, recorded as ``created``.
    version : str, optional
        The name that was planned, and that the pages may show.
    files : Files, optional
        What changes the tree; the operating system's files if left out.
    wait_seconds : float
        How long to wait for another publisher, at least 0.

    Raises
    ------
    PublishError
        If the tree is another source's, locked, damaged, or cannot be written; the published
        site is then as it was.
    """
    files = files or Files()
    _check_rendered(rendered, public)
    with whole_tree(public, facts.source, clock, files, wait_seconds) as tree:
        known = version_with_digest(tree.versions, facts.identity.digest)
        name = next_version_name(tree.versions, facts.data_to)
        if known is None and version not in (None, name):
            raise PublishError(
                f"the version was made as {version}, but the next one is {name}: "
                "somebody published meanwhile",
                remedy="Build again.",
            )
        if known is not None:
            return _confirmed(public, tree, known, files)
        with rolled_back(public, tree, files, new=name):
            staged = staging_folder(public, name)
            latest = tree.versions.latest
            before = None if latest is None else read_manifest(public / latest)
            earlier = None if before is None else (public / before.version, before)
            copy_tree(rendered, staged, files, earlier=earlier)
            created = utc_text(clock())
            lineage = _written_lineage(staged, before, created, files)
            manifest = manifest_of(
                staged, version=name, created=created, facts=facts, lineage=lineage
            )
            files.write(staged / MANIFEST_FILE, dumped_manifest(manifest))
            files.sync(staged / MANIFEST_FILE)
            files.sync(staged)
            made = version_of(manifest)
            versions = with_version(replace(tree.versions, title=facts.site_title), made)
            make_moves(public, prepare_moves(public, versions, FRESH, files, new=name), files)
            remove_staging(public, files)
    return _published("published", public, made, versions, tree)


def confirm_version(
    public: Path,
    name: str,
    *,
    clock: Clock,
    files: Files | None = None,
    wait_seconds: float = 30.0,
) -> Published:
    """Publish nothing new: say that a version is what the inputs of now make, hence fresh.

    What ``publish_site`` does for a known identity, for a caller that need not render first.

    Raises
    ------
    PublishError
        If there is no version of that name, or the tree cannot be written.
    """
    there = read_versions(public)
    known = None if there is None else there.named(name)
    if there is None or known is None:
        raise PublishError(f"there is no version {name}", place=Place(file=str(public)))
    files = files or Files()
    with whole_tree(public, there.source, clock, files, wait_seconds) as tree:
        return _confirmed(public, tree, known, files)


def _confirmed(public: Path, tree: Recovered, known: Version, files: Files) -> Published:
    versions = with_latest(tree.versions, known.name)
    with rolled_back(public, tree, files):
        settle_tree(public, versions, FRESH, files)
    return _published("unchanged", public, known, versions, tree)


def _written_lineage(staged: Path, earlier: Manifest | None, created: str, files: Files) -> Lineage:
    """Return what a staged version takes over, with tombstones for the pages that went."""
    lineage = lineage_of(
        staged,
        [path for path in file_paths(staged) if path.endswith(".html")],
        created=created,
        after=earlier.version if earlier else "",
        before=earlier.lineage if earlier else NOTHING_BEFORE,
        earlier_pages=earlier.page_paths if earlier else (),
    )
    for path, version in lineage.tombstones.items():
        files.make_folder((staged / path).parent)
        files.write(staged / path, tombstone(path, version).encode())
        files.sync(staged / path)
        files.sync((staged / path).parent)
    return lineage


def _published(
    outcome: Literal["published", "unchanged"],
    public: Path,
    version: Version,
    versions: Versions,
    tree: Recovered,
) -> Published:
    return Published(
        outcome=outcome,
        version=version,
        latest=versions.latest or version.name,
        folder=public / version.name,
        page=public / FIRST_PAGE,
        notes=tree.notes,
    )


def _check_rendered(rendered: Path, public: Path) -> None:
    place = Place(file=str(rendered))
    if not (rendered / FIRST_PAGE).is_file():
        raise PublishError("there is no rendered site: index.html is missing", place=place)
    if (rendered / MANIFEST_FILE).exists():
        raise PublishError(
            "manifest.json is the publisher's own and cannot be rendered", place=place
        )
    if public.resolve().is_relative_to(rendered.resolve()):
        raise PublishError("a site cannot be published into its own rendered tree", place=place)
