"""What a user can cause, said once: a message, the place, a remedy and an exit code."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

LONGEST_NAME, LONGEST_MESSAGE = 120, 600
# Controls, formats (which turn the direction of writing), halves of pairs, and ends of lines.
_UNSAFE = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))


def printable(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """Return a text as one line that no terminal obeys, cut to at most `longest` characters.

    What a file, a header or a cell holds may end up in a message: escape sequences, ends of
    lines and overrides of the direction of writing are shown as Python writes them.
    """
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    if cut.isascii() and cut.isprintable():
        return cut
    return "".join(
        each.encode("unicode_escape").decode("ascii")
        if unicodedata.category(each) in _UNSAFE
        else each
        for each in cut
    )


class ExitCode(IntEnum):
    """Exit codes of the command line."""

    DONE = 0
    FAULT = 1
    USAGE = 2
    ALERTS = 3
    VERIFICATION = 4
    INTERRUPTED = 130


def _shown_file(file: str) -> str:
    # The end of a long path says more than its beginning.
    longest = 2 * LONGEST_NAME
    return printable(file if len(file) <= longest else "…" + file[1 - longest :])


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a user's file something is wrong; any part may be unknown."""

    file: str | None = None
    row: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        """Return ``file, row 3, column net``, with the parts that are known."""
        parts = [
            None if self.file is None else _shown_file(self.file),
            None if self.row is None else f"row {self.row}",
            None if self.column is None else f"column {printable(self.column, LONGEST_NAME)}",
        ]
        return ", ".join(part for part in parts if part)


class AnalyticsError(Exception):
    """A fault that the command line shows as one message, without a traceback.

    Parameters
    ----------
    message : str
        What is wrong, in one sentence.
    place : Place, optional
        The file, row and column that it is wrong in.
    remedy : str, optional
        What the reader can do about it.
    """

    exit_code: ExitCode = ExitCode.USAGE

    def __init__(self, message: str, *, place: Place | None = None, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.place = place or Place()
        self.remedy = remedy

    def __str__(self) -> str:
        """Return place, message and remedy as one line each."""
        where = str(self.place)
        said = printable(self.message)
        head = f"{where}: {said}" if where else said
        steps = [printable(line, 2 * LONGEST_MESSAGE) for line in self.remedy.split("\n  ")]
        return "\n  ".join((head, *steps)) if self.remedy else head

    def within(self, file: Path | str) -> AnalyticsError:
        """Return the same error with its file named, where it names none yet."""
        place = self.place if self.place.file else replace(self.place, file=str(file))
        return type(self)(self.message, place=place, remedy=self.remedy)


class SettingsError(AnalyticsError):
    """``analytics.toml`` or a source file says something that cannot be used."""


class UsageError(AnalyticsError):
    """A command was called in a way that it does not know."""


class DataError(AnalyticsError):
    """An export cannot be read, or breaks the data contract."""


class DocumentError(AnalyticsError):
    """A document in ``site/`` uses syntax or a target that cannot be rendered."""


class RenderError(AnalyticsError):
    """A renderer is missing, too old, or failed."""


class PublishError(AnalyticsError):
    """The published tree cannot be written, or belongs to someone else."""


class StorageError(PublishError):
    """The disk refuses: it is full, read-only, or not allowed to be written."""

    exit_code = ExitCode.FAULT


class PrivacyError(AnalyticsError):
    """Something that must stay private was about to be published."""


class AlertsRaised(AnalyticsError):
    """Alerts at or above the level that was asked to fail on."""

    exit_code = ExitCode.ALERTS


class VerificationError(AnalyticsError):
    """A published file is not what its manifest says."""

    exit_code = ExitCode.VERIFICATION
