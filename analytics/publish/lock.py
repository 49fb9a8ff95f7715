"""One publisher at a time, and whoever has to wait is told for whom."""

from __future__ import annotations

import contextlib
import json
import os
import socket
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import filelock

from analytics.errors import PublishError

LOCK_FILE = ".publish.lock"
HOLDER_FILE = ".publish.holder.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """The process that holds the lock: its id, its host, and since when (UTC)."""

    pid: int
    host: str
    since: str

    def __str__(self) -> str:
        """Return ``process 12 on shop-server since 2024-07-01T06:00:00Z``."""
        return f"process {self.pid} on {self.host} since {self.since}"


def read_holder(public: Path) -> Holder | None:
    """Return who holds or last held the lock without giving it back, or None if nobody says."""
    try:
        return Holder(**json.loads((public / HOLDER_FILE).read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def is_gone(holder: Holder) -> bool:
    """Return whether the holder was a process of this host that no longer runs."""
    if holder.host != socket.gethostname() or os.name == "nt":
        return False
    try:
        os.kill(holder.pid, 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False
    return False


@contextlib.contextmanager
def publish_lock(public: Path, *, since: str, wait_seconds: float = 30.0) -> Iterator[str | None]:
    """Hold the published tree alone; a second publisher waits, then says who is first.

    The operating system gives the lock back when its holder dies, so a lock file that was
    left behind never blocks: its text is only reported.

    Parameters
    ----------
    public : Path
        An existing folder that can be written.
    since : str
        The time now (UTC), for the message that others get.
    wait_seconds : float
        How long to wait for another publisher, at least 0.

    Yields
    ------
    str or None
        What to tell about a publisher that died holding the lock.

    Raises
    ------
    PublishError
        If another process still holds the lock after the wait.
    """
    lock = filelock.FileLock(public / LOCK_FILE, timeout=wait_seconds)
    try:
        lock.acquire()
    except filelock.Timeout as error:
        holder = read_holder(public)
        gone = holder is not None and is_gone(holder)
        raise PublishError(
            f"{public} is being published by {holder or 'another process'}"
            + (", which no longer runs" if gone else ""),
            remedy=f"Remove {public / LOCK_FILE} and try again."
            if gone
            else "Wait until it is done, then try again.",
        ) from error
    try:
        left = read_holder(public)
        holder = Holder(pid=os.getpid(), host=socket.gethostname(), since=since)
        # The text only helps others; a full disk is reported by what needs the room.
        with contextlib.suppress(OSError):
            (public / HOLDER_FILE).write_text(json.dumps(asdict(holder)) + "\n", encoding="utf-8")
        yield None if left is None else f"a publish by {left} had ended without giving way"
    finally:
        with contextlib.suppress(OSError):
            (public / HOLDER_FILE).unlink(missing_ok=True)
        lock.release()
