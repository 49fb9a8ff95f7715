"""What is done to a published tree between versions: its status, and its repair."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from analytics.publish.files import Files
from analytics.publish.recover import settle_tree
from analytics.publish.status import Status, stale_status
from analytics.publish.transaction import Clock, rolled_back, whole_tree
from analytics.publish.tree import read_versions, tree_source


def recover_site(
    public: Path, *, clock: Clock, files: Files | None = None, wait_seconds: float = 30.0
) -> tuple[str, ...]:
    """Make a tree whole after a publish was cut off; return what had to be done."""
    source = tree_source(public)
    if source is None:
        return ()
    with whole_tree(public, source, clock, files or Files(), wait_seconds) as tree:
        return tree.notes


def write_status(
    public: Path,
    status: Status,
    *,
    clock: Clock,
    files: Files | None = None,
    wait_seconds: float = 30.0,
) -> bool:
    """Have the root page, the history and ``status.json`` say fresh, or stale since and why.

    Returns
    -------
    bool
        False where nothing was published yet: there is no site to call stale.
    """
    return _write_status(public, lambda before: status, clock, files, wait_seconds)


def write_stale(
    public: Path,
    *,
    because: str,
    clock: Clock,
    files: Files | None = None,
    wait_seconds: float = 30.0,
) -> bool:
    """Have the site say that it is stale, since now or since it already was.

    Parameters
    ----------
    public : Path
        The published tree.
    because : str
        The reason, to read after "because" and without a full stop.
    clock : callable
        Returns the time now, with its time zone.
    files : Files, optional
        What changes the tree; the operating system's files if left out.
    wait_seconds : float
        How long to wait for another publisher, at least 0.
    """
    return _write_status(
        public,
        lambda before: stale_status(before, because=because, now=clock()),
        clock,
        files,
        wait_seconds,
    )


def _write_status(
    public: Path,
    status_after: Callable[[Status], Status],
    clock: Clock,
    files: Files | None,
    wait_seconds: float,
) -> bool:
    there = read_versions(public)
    if there is None:
        return False
    files = files or Files()
    with (
        whole_tree(public, there.source, clock, files, wait_seconds) as tree,
        rolled_back(public, tree, files),
    ):
        settle_tree(public, tree.versions, status_after(tree.status), files)
    return True
