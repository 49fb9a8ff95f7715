"""Where a site is published, and where it cannot be."""

from __future__ import annotations

from pathlib import Path

from analytics.cli.project import ProjectFolder, source_layout
from analytics.errors import Place, UsageError

INPUTS = ("site", "data", "analytics", "requirements")


def public_folder(project: ProjectFolder, source: str | None, output: Path | None) -> Path:
    """Return the published tree that options and settings name."""
    wanted = output or (
        Path(project.settings.build.output) if project.settings.build.output else None
    )
    if wanted is not None:
        return wanted if output else project.root / wanted
    return source_layout(project, source).public


def refuse_output(root: Path, public: Path) -> None:
    """Raise UsageError where a site cannot be published into a folder, before any work is done.

    A site inside the documents would be part of what the next one is made from.
    """
    place = Place(file=str(public))
    for name in INPUTS:
        if public.resolve().is_relative_to((root / name).resolve()):
            raise UsageError(
                f"the folder lies in {name}/, which the site is made from",
                place=place,
                remedy="Publish into a folder of its own, such as --output public-trial.",
            )
    there = next(folder for folder in (public, *public.resolve().parents) if folder.exists())
    if not there.is_dir():
        raise UsageError(
            "a site can only be published into a folder",
            place=Place(file=str(there)),
            remedy="Name another folder with --output.",
        )
