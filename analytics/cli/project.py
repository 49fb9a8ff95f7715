"""Which project a command is about: its folder, settings and source."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from analytics.errors import UsageError
from analytics.settings import Layout, Settings, read_settings

SETTINGS_FILE = "analytics.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectFolder:
    """A project's root and what its settings say."""

    root: Path
    settings: Settings


def read_project(start: Path | None) -> ProjectFolder:
    """Read the settings of the project in `start`, or around the working directory.

    Raises
    ------
    UsageError
        Where no `analytics.toml` is found.
    SettingsError
        Where it says something that cannot be used.
    """
    here = (start or Path.cwd()).resolve()
    candidates = [here] if start else [here, *here.parents]
    for folder in candidates:
        if (folder / SETTINGS_FILE).is_file():
            return ProjectFolder(root=folder, settings=read_settings(folder / SETTINGS_FILE))
    raise UsageError(
        f"there is no {SETTINGS_FILE} in {here}" + ("" if start else " or above it"),
        remedy="Run the command in the project's folder, or name it with --project.",
    )


def source_name(project: ProjectFolder, given: str | None) -> str:
    """Return the source that is meant: what is given, else what the settings say.

    A path in the settings holds from the project's folder, wherever the command is run.
    """
    if given is not None:
        return given
    name = project.settings.build.source
    return str(project.root / name) if name.endswith(".toml") else name


def source_layout(project: ProjectFolder, given: str | None) -> Layout:
    """Return the folders of the source that is meant, by name or by the path of its file."""
    name = source_name(project, given)
    label = Path(name).stem if name.endswith(".toml") else name
    return Layout(root=project.root, source=label)
