"""One build of a source at a time; what one that was killed left behind is removed."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from analytics.errors import UsageError

LOCK_FILE = ".build.lock"
WORKPLACE = "render-"


@contextlib.contextmanager
def build_turn(cache: Path, source: str) -> Iterator[None]:
    """Hold the stored tables and results of a source alone.

    The operating system gives the lock back when its holder dies, however it dies.

    Parameters
    ----------
    cache : Path
        Folder of the source's stage records; made if it does not exist.
    source : str
        Its name, for the message.

    Raises
    ------
    UsageError
        Where another build of the source is under way.
    """
    import filelock

    cache.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(cache / LOCK_FILE, timeout=0)
    try:
        lock.acquire()
    except filelock.Timeout:
        raise UsageError(
            f"another build of {source} is under way",
            remedy="Wait until it is done, then build again.",
        ) from None
    try:
        for left in cache.glob(f"{WORKPLACE}*"):
            shutil.rmtree(left, ignore_errors=True)
        yield
    finally:
        lock.release()
