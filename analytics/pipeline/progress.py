"""What the pipeline tells about its progress; how it is shown is the command line's."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol


class Stage(Protocol):
    """A stage under way."""

    def advance(self, done: int, total: int, what: str = "") -> None:
        """Tell that `done` of `total` are finished."""
        ...

    def unchanged(self) -> None:
        """Tell that there was nothing to do."""
        ...


class Progress(Protocol):
    """Receives the stages in their order."""

    def stage(self, name: str) -> AbstractContextManager[Stage]:
        """Open a stage; its time is taken until the context is left."""
        ...


class _SilentStage:
    def advance(self, done: int, total: int, what: str = "") -> None:
        pass

    def unchanged(self) -> None:
        pass


class Silence:
    """Progress that nobody sees."""

    @contextmanager
    def stage(self, name: str) -> Iterator[Stage]:
        """Open a stage that tells nothing."""
        yield _SilentStage()
