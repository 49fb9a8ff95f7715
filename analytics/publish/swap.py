"""Changes to the published tree: prepared aside, then made by renames alone."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from analytics.digests import file_digest
from analytics.errors import PublishError
from analytics.publish.comparison_page import comparison_page, comparison_path
from analytics.publish.differences import Differences, folder_differences
from analytics.publish.feeds import ALERTS_FEED_FILE, FEED_FILE, alerts_feed, site_feed
from analytics.publish.files import Files
from analytics.publish.lineage import NOTHING_BEFORE, Lineage
from analytics.publish.manifest import MANIFEST_FILE, Manifest, file_paths, read_manifest
from analytics.publish.pages import (
    SCRIPT_FILE,
    STYLE_FILE,
    asset,
    history_page,
    root_page,
)
from analytics.publish.robots import is_noindex, with_noindex
from analytics.publish.status import STATUS_FILE, Status, dumped_status
from analytics.publish.tree import LATEST, STAGING
from analytics.publish.versions import (
    VERSIONS_FILE,
    Versions,
    dumped_versions,
    is_version_name,
    version_key,
)

HOME = "site/index.html"
FIRST_PAGE = "index.html"

_OWN_FILES = (
    STYLE_FILE,
    SCRIPT_FILE,
    "index.html",
    "versions/index.html",
    FEED_FILE,
    ALERTS_FEED_FILE,
    STATUS_FILE,
)
_NO_LINKS = {errno.EPERM, errno.EACCES, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """One rename: from where something was prepared to where readers see it."""

    source: Path
    target: Path


def staging_folder(public: Path, name: str) -> Path:
    """Return where a part of a publish is prepared; such folders never outlive a publish."""
    return public / f"{STAGING}{name}"


def copy_tree(
    source: Path, target: Path, files: Files, *, earlier: tuple[Path, Manifest] | None = None
) -> None:
    """Copy a folder of plain files, then have all of it on the disk.

    Syncing after the last copy lets the disk write everything in one go.

    Parameters
    ----------
    source, target : Path
        The folder, and what it becomes.
    files : Files
        What changes the tree.
    earlier : tuple of Path and Manifest, optional
        A version in the same tree. What it has with the same content is not copied but gets a
        second name, where the file system knows that; neither ever changes.
    """
    paths = file_paths(source)
    folders = sorted({target, *((target / path).parent for path in paths)})
    for folder in folders:
        files.make_folder(folder)
    shared = set()
    for path in paths:
        if earlier is not None and _shared(source / path, target / path, path, earlier, files):
            shared.add(path)
        else:
            files.copy(source / path, target / path)
    for path in paths:
        if path not in shared:
            files.sync(target / path)
    for folder in reversed(folders):
        files.sync(folder)


def _shared(
    source: Path, target: Path, path: str, earlier: tuple[Path, Manifest], files: Files
) -> bool:
    """Give the earlier version's file a second name if it has this content still."""
    folder, manifest = earlier
    entry = manifest.entry(path)
    # The earlier version's file is read as well: a hand-edited one is not handed on.
    if (
        entry is None
        or source.stat().st_size != entry.bytes
        or file_digest(source) != entry.sha256
        or not (folder / path).is_file()
        or file_digest(folder / path) != entry.sha256
    ):
        return False
    try:
        files.share(folder / path, target)
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in {
            *_NO_LINKS,
            errno.EXDEV,
            errno.EMLINK,
        }:
            raise
        return False
    return True


def own_contents(
    versions: Versions,
    status: Status,
    *,
    home: str,
    noindex: bool = False,
    lineage: Lineage = NOTHING_BEFORE,
    address: str = "",
) -> dict[str, bytes]:
    """Return the publisher's own files by path; ``versions.json``, the commit, comes last."""
    listed = with_noindex if noindex else str
    return {
        STYLE_FILE: asset("publisher.css"),
        SCRIPT_FILE: asset("latest.js"),
        "index.html": listed(root_page(versions, status, home=home)).encode(),
        "versions/index.html": listed(history_page(versions, status, home=home)).encode(),
        FEED_FILE: site_feed(versions, lineage, address=address),
        ALERTS_FEED_FILE: alerts_feed(versions, lineage, address=address),
        STATUS_FILE: dumped_status(status, versions),
        VERSIONS_FILE: dumped_versions(versions),
    }


def comparison_pages(
    public: Path, versions: Versions, *, home: str, noindex: bool, new: str | None
) -> dict[str, bytes]:
    """Return the pages of what changed in each version that are not there, by path, newest first.

    Versions never change, so that a page stays right for as long as it compares with the
    neighbour; where that one is new, its own page is missing, too. The files of the version
    `new` are still in its staging folder.
    """
    listed = with_noindex if noindex else str
    there = {page.stem for page in (public / "versions").glob("*.html")} - {"index"}
    # A page of a version that is not listed: the next one's was compared with it.
    unlisted = [version_key(name) for name in there - set(versions.names) if is_version_name(name)]
    oldest = versions.entries[-1].name
    pages = {}
    for entry, before in pairwise(versions.entries):
        path = comparison_path(entry.name)
        between = any(version_key(before.name) < key < version_key(entry.name) for key in unlisted)
        is_new = before.name not in there and before.name != oldest
        if entry.name in there and not between and not is_new:
            continue
        folders = {
            name: staging_folder(public, name) if name == new else public / name
            for name in (before.name, entry.name)
        }
        names = before.name, entry.name
        try:
            found = folder_differences(folders[names[0]], folders[names[1]], *names)
        except PublishError:  # results that cannot be read are no reason to publish nothing
            found = Differences(old=names[0], new=names[1], lacking=names)
        page = comparison_page(found, before, entry, title=versions.title, home=home)
        pages[path] = listed(page).encode()
    return pages


def _manifest(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder)
    except PublishError:
        return None


def _address(manifest: Manifest) -> str:
    """Return the address of the published tree with a slash at its end, or an empty text."""
    site = manifest.facts.settings.get("site")
    url = str(site.get("url") or "") if isinstance(site, Mapping) else ""
    return f"{url.rstrip('/')}/" if url else ""


def prepare_moves(
    public: Path,
    versions: Versions,
    status: Status,
    files: Files,
    *,
    new: str | None = None,
) -> list[Move]:
    """Prepare what makes the tree say what versions and status say; readers see no change yet.

    Parameters
    ----------
    public : Path
        The published tree.
    versions : Versions
        At least one.
    status : Status
        Whether the latest is fresh.
    files : Files
        What changes the tree.
    new : str, optional
        Name of a version whose files are not in their place yet, but in its staging folder.

    Returns
    -------
    list of Move
        In the order to make them. Empty if the tree says it already.
    """
    name = versions.latest
    if name is None:
        raise ValueError("a tree without a version has no pages")
    folder = staging_folder(public, name) if name == new else public / name
    home = f"{LATEST}/{HOME if (folder / HOME).is_file() else FIRST_PAGE}"
    moves = []
    if new is not None:
        moves.append(Move(source=staging_folder(public, new), target=public / new))
    if not _leads_to(public, name):
        moves.append(_prepared_latest(public, name, folder, files))
    aside = staging_folder(public, "own")
    noindex = is_noindex(folder / FIRST_PAGE)
    manifest = _manifest(folder)
    contents = {
        **comparison_pages(public, versions, home=home, noindex=noindex, new=new),
        **own_contents(
            versions,
            status,
            home=home,
            noindex=noindex,
            lineage=NOTHING_BEFORE if manifest is None else manifest.lineage,
            address="" if manifest is None else _address(manifest),
        ),
    }
    for number, (path, content) in enumerate(contents.items()):
        if not _says(public / path, content):
            files.make_folder((public / path).parent)
            files.make_folder(aside)
            files.write(aside / str(number), content)
            files.sync(aside / str(number))
            moves.append(Move(source=aside / str(number), target=public / path))
    return moves


def make_moves(public: Path, moves: list[Move], files: Files) -> None:
    """Make prepared changes visible: renames only, the commit last and by itself."""
    for move in moves:
        if move.target.name == VERSIONS_FILE:
            _sync_folders(public, files)
        _replace(public, move, files)
    if moves:
        _sync_folders(public, files)


def remove_own_files(public: Path, files: Files) -> None:
    """Take away the publisher's pages and the latest link, as before the first version."""
    for path in (VERSIONS_FILE, LATEST, *_OWN_FILES):
        if os.path.lexists(public / path):
            files.remove(public / path)
    remove_comparisons(public, Versions(source="", title=""), files)
    if (public / "versions").is_dir() and not any((public / "versions").iterdir()):
        files.remove(public / "versions")


def remove_comparisons(public: Path, versions: Versions, files: Files) -> None:
    """Remove the pages of what changed in versions that are not listed."""
    for page in sorted((public / "versions").glob("*.html")):
        if is_version_name(page.stem) and page.stem not in versions.names:
            files.remove(page)


def remove_staging(public: Path, files: Files) -> list[str]:
    """Remove what a publish that was cut off had prepared; return its names, sorted."""
    left = sorted(path.name for path in _staged(public))
    for name in left:
        files.remove(public / name)
    return left


def _staged(public: Path) -> Iterator[Path]:
    return (path for path in public.iterdir() if path.name.startswith(STAGING))


def _leads_to(public: Path, name: str) -> bool:
    latest = public / LATEST
    if latest.is_symlink():
        return os.readlink(latest) == name
    version = public / name / MANIFEST_FILE
    return version.is_file() and _says(latest / MANIFEST_FILE, version.read_bytes())


def _says(path: Path, content: bytes) -> bool:
    return path.is_file() and path.read_bytes() == content


def _prepared_latest(public: Path, name: str, folder: Path, files: Files) -> Move:
    aside = staging_folder(public, LATEST)
    try:
        files.link(aside, name)
    except (OSError, NotImplementedError) as error:
        forbidden = not isinstance(error, OSError) or error.errno in _NO_LINKS
        if not forbidden and os.name != "nt":
            raise
        copy_tree(folder, aside, files)
    return Move(source=aside, target=public / LATEST)


def _replace(public: Path, move: Move, files: Files) -> None:
    """Rename into place; a real folder that is in the way is moved aside first.

    Between those two renames the name is missing: it only happens to ``latest`` where links
    are not allowed, and where links are, the first time after it was a folder.
    """
    if move.target.is_dir() and not move.target.is_symlink():
        old = staging_folder(public, f"old-{move.target.name}")
        files.rename(move.target, old)
    files.rename(move.source, move.target)


def _sync_folders(public: Path, files: Files) -> None:
    for folder in (public / "versions", public):
        if folder.is_dir():
            files.sync(folder)
