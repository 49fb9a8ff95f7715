"""New data, brought by the command that the settings name."""

from __future__ import annotations

import os
import subprocess

from analytics.cli.project import ProjectFolder, source_layout
from analytics.errors import DataError, UsageError


def fetch_data(project: ProjectFolder, source: str | None) -> str:
    """Run the command of ``build.fetch`` and return what was done.

    It runs in the project's folder by the system's shell, with ``ANALYTICS_RAW`` naming the
    folder that it is to fill. Whatever secrets it needs come from the environment.

    Raises
    ------
    UsageError
        Where no command is set.
    DataError
        Where it fails.
    """
    command = project.settings.build.fetch
    if not command:
        raise UsageError(
            "no command is set that fetches data",
            remedy='Write fetch = "..." below [build] in analytics.toml.',
        )
    raw = source_layout(project, source).raw
    raw.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        command,
        shell=True,  # the settings are the project's own code
        cwd=project.root,
        env={**os.environ, "ANALYTICS_RAW": str(raw)},
        check=False,
    )
    if done.returncode:
        raise DataError(
            f"the command that fetches data ended with {done.returncode}",
            remedy="Run it by hand and see why; nothing was built.",
        )
    return f"fetched into {raw}"
