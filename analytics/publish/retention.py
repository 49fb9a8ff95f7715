"""Which versions are kept: by number, by bytes, and tagged ones for ever."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from analytics.digests import content_digest
from analytics.publish.files import Files
from analytics.publish.manifest import dumped_manifest, read_manifest
from analytics.publish.recover import settle_tree
from analytics.publish.retired import finish_retired, retired_manifest
from analytics.publish.transaction import Clock, whole_tree
from analytics.publish.tree import read_versions
from analytics.publish.versions import Versions


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionRule:
    """How much is kept; 0 is everything.

    Attributes
    ----------
    versions : int
        Number of versions, tagged ones included.
    bytes : int
        Bytes of all their files, whether or not these share space.
    tagged : tuple of str
        Names of versions that are kept for ever.
    """

    versions: int = 0
    bytes: int = 0
    tagged: tuple[str, ...] = ()


def versions_to_retire(
    versions: Versions, sizes: Mapping[str, int], rule: RetentionRule
) -> tuple[str, ...]:
    """Return the versions to retire, oldest first; the latest and tagged ones are never.

    Parameters
    ----------
    versions : Versions
        All, newest first.
    sizes : mapping of str to int
        Bytes of each version's files.
    rule : RetentionRule
        How much is kept.
    """
    kept = [entry.name for entry in versions.entries if not entry.retired]
    retired = []
    for name in reversed(kept.copy()):
        too_many = 0 < rule.versions < len(kept)
        too_large = 0 < rule.bytes < sum(sizes[each] for each in kept)
        if not (too_many or too_large):
            break
        if name != versions.latest and name not in rule.tagged:
            kept.remove(name)
            retired.append(name)
    return tuple(retired)


def retire_versions(
    public: Path,
    rule: RetentionRule,
    *,
    clock: Clock,
    files: Files | None = None,
    wait_seconds: float = 30.0,
) -> tuple[str, ...]:
    """Leave only tombstones of the versions that the rule does not keep; return their names.

    What is listed is decided first, by one rename of ``versions.json``; a publish or any other
    command that follows goes on with what was cut off.
    """
    there = read_versions(public)
    if there is None or not (rule.versions or rule.bytes):
        return ()
    files = files or Files()
    with whole_tree(public, there.source, clock, files, wait_seconds) as tree:
        manifests = {
            entry.name: read_manifest(public / entry.name)
            for entry in tree.versions.entries
            if not entry.retired
        }
        sizes = {name: sum(f.bytes for f in each.files) for name, each in manifests.items()}
        names = versions_to_retire(tree.versions, sizes, rule)
        if names:
            entries = tuple(
                replace(
                    entry,
                    retired=True,
                    manifest_digest=content_digest(
                        dumped_manifest(retired_manifest(manifests[entry.name]))
                    ),
                )
                if entry.name in names
                else entry
                for entry in tree.versions.entries
            )
            versions = replace(tree.versions, entries=entries)
            settle_tree(public, versions, tree.status, files)
            finish_retired(public, versions, files)
    return names
