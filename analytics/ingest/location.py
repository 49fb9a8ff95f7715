"""Where raw files lie: in a folder, or in an installed distribution that is not imported."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from analytics.errors import DataError


def is_pattern(file: str) -> bool:
    """Return whether a name may stand for several files."""
    return any(sign in file for sign in "*?[")


def matching_files(folder: Path, file: str) -> tuple[Path, ...]:
    """Return the files of a folder that a name or a pattern means, in the order of their names.

    A name that is no pattern, or that a file has as it is, gives that one path, there or not.
    """
    named = folder / file
    if not is_pattern(file) or named.exists():
        return (named,)
    found = (path for path in folder.glob(file) if not path.is_dir())
    return tuple(sorted(found, key=lambda path: path.relative_to(folder).as_posix()))


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
