"""A change to the published tree that happens whole or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from analytics.errors import ExitCode, Place, PublishError, StorageError
from analytics.publish.files import Files
from analytics.publish.lock import publish_lock
from analytics.publish.recover import Recovered, recover_tree, settle_tree, write_marker
from analytics.publish.swap import remove_staging, staging_folder
from analytics.publish.tree import read_versions, refuse_other_source
from analytics.publish.versions import utc_text

Clock = Callable[[], datetime]


class PublishInterrupted(PublishError):
    """Ctrl-C while publishing; the site is as it was, or as it was to be."""

    exit_code = ExitCode.INTERRUPTED


@contextlib.contextmanager
def whole_tree(
    public: Path, source: str, clock: Clock, files: Files, wait_seconds: float
) -> Iterator[Recovered]:
    """Hold a tree, whole and of this source; what the disk refuses becomes a PublishError."""
    try:
        refuse_other_source(public, source)
        files.make_folder(public)
        with publish_lock(public, since=utc_text(clock()), wait_seconds=wait_seconds) as left:
            try:
                write_marker(public, source, files)
                tree = recover_tree(public, source, files)
            except BaseException:
                with contextlib.suppress(OSError):
                    remove_staging(public, files)
                raise
            yield tree if left is None else replace(tree, notes=(left, *tree.notes))
    except OSError as error:
        raise StorageError(
            f"the site could not be published: {error.strerror or error}; it is as it was",
            place=Place(file=str(public)),
            remedy="Make room on the disk or allow writing there, then try again.",
        ) from error
    except KeyboardInterrupt as error:
        raise PublishInterrupted("interrupted; the published site is as it was") from error


@contextlib.contextmanager
def rolled_back(
    public: Path, before: Recovered, files: Files, *, new: str | None = None
) -> Iterator[None]:
    """Undo what a failing publish had done, unless it failed after the commit.

    Where undoing fails too, the next publish makes the tree whole.
    """
    try:
        yield
    except BaseException as error:
        committed = False
        with contextlib.suppress(OSError, PublishError):
            committed = _is_listed(public, new)
            if committed:
                remove_staging(public, files)
            else:
                settle_tree(public, before.versions, before.status, files)
                if new is not None and (public / new).exists():
                    files.rename(public / new, staging_folder(public, "undone"))
                    remove_staging(public, files)
        if committed and isinstance(error, KeyboardInterrupt):
            raise PublishInterrupted(f"interrupted, just after {new} was published") from error
        if committed and isinstance(error, OSError):
            raise StorageError(f"{new} is published, but then: {error.strerror}") from error
        raise


def _is_listed(public: Path, name: str | None) -> bool:
    versions = read_versions(public)
    return versions is not None and name in versions.names
