"""A version that is not kept any more: a tombstone for each of its pages, and nothing else."""

from __future__ import annotations

import html
from dataclasses import replace
from pathlib import Path, PurePosixPath

from analytics.digests import content_digest
from analytics.publish.files import Files
from analytics.publish.manifest import (
    MANIFEST_FILE,
    FileEntry,
    Manifest,
    dumped_manifest,
    file_paths,
    read_manifest,
)
from analytics.publish.versions import Versions

ASIDE = ".retiring"


def retired_page(path: str, version: str) -> bytes:
    """Return the page in the place of one of a version that is not kept any more."""
    up = "../" * len(PurePosixPath(path).parts)
    same = html.escape(f"{up}latest/{path}")
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>Version {version} is not kept any more</title>\n"
        '<link rel="icon" href="data:,">\n'
        "<style>:root { color-scheme: light dark; font-family: system-ui, sans-serif; } "
        "body { max-width: 40rem; margin: 3rem auto; padding: 0 1rem; }</style>\n"
        f"</head>\n<body>\n<main>\n<h1>Version {version} is not kept any more</h1>\n"
        f'<p><a href="{same}">The same page in the latest version</a> · '
        f'<a href="{up}versions/index.html">All versions</a></p>\n'
        "</main>\n</body>\n</html>\n"
    ).encode()


def retired_manifest(manifest: Manifest) -> Manifest:
    """Return the manifest that a version has once only its tombstones are left."""
    entries = []
    for path in manifest.page_paths:
        content = retired_page(path, manifest.version)
        entries.append(FileEntry(path=path, bytes=len(content), sha256=content_digest(content)))
    return replace(manifest, files=tuple(entries))


def finish_retired(public: Path, versions: Versions, files: Files) -> list[str]:
    """Leave only tombstones of the versions that are listed as retired; return whose were made.

    Each page is replaced by one rename, and the manifest last: cut off anywhere, it goes on
    from there the next time.
    """
    made = []
    for entry in versions.entries:
        folder = public / entry.name
        if not entry.retired:
            continue
        content = (folder / MANIFEST_FILE).read_bytes()
        if content_digest(content) == entry.manifest_digest:
            continue
        manifest = retired_manifest(read_manifest(folder))
        pages = {path: retired_page(path, entry.name) for path in manifest.page_paths}
        for path, page in {**pages, MANIFEST_FILE: dumped_manifest(manifest)}.items():
            if path == MANIFEST_FILE:
                _remove_others(folder, {*pages, MANIFEST_FILE}, files)
            aside = folder / ASIDE
            files.write(aside, page)
            files.sync(aside)
            files.make_folder((folder / path).parent)
            files.rename(aside, folder / path)
        files.sync(folder)
        made.append(entry.name)
    return made


def _remove_others(folder: Path, kept: set[str], files: Files) -> None:
    for path in file_paths(folder):
        if path not in kept:
            files.remove(folder / path)
    for place in sorted((p for p in folder.rglob("*") if p.is_dir()), reverse=True):
        if not any(place.iterdir()):
            files.remove(place)
