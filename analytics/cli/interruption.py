"""A polite request to end is an interruption like Ctrl-C: what was begun is undone."""

from __future__ import annotations

import signal
from types import FrameType


def heed_termination() -> None:
    """Have SIGTERM and SIGHUP interrupt as Ctrl-C does, so that nothing is left behind."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # A process that was told to survive its terminal (nohup) keeps doing so.
        if number is not None and signal.getsignal(number) == signal.SIG_DFL:
            signal.signal(number, _interrupt)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt
