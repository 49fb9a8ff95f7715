"""How many tasks run side by side; what they make does not depend on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_MOST: ContextVar[int] = ContextVar("most tasks", default=2)


@contextmanager
def tasks_at_most(most: int) -> Iterator[None]:
    """Let at most `most` tasks run side by side within; at least 1."""
    token = _MOST.set(max(1, most))
    try:
        yield
    finally:
        _MOST.reset(token)


def most_tasks() -> int:
    """Return how many tasks may run side by side here."""
    return _MOST.get()
