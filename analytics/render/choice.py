"""Which renderer makes the site, and where Quarto is; never found by trying a download."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from analytics.errors import RenderError, UsageError
from analytics.render.rendering import Renderer

OLDEST = (1, 9)
CHOICES = ("auto", "quarto", "embedded")
_VERSION = re.compile(r"^(\d+)\.(\d+)")
_INSTALL = (
    "Install Quarto 1.9 or later from quarto.org, or the extra `quarto` of this package, "
    "or use --renderer embedded."
)


def chosen_renderer(choice: str, environment: Mapping[str, str]) -> Renderer:
    """Return the renderer that `choice` names.

    Parameters
    ----------
    choice : str
        `quarto`, `embedded`, or `auto`: Quarto where it is found, else embedded.
    environment : mapping
        Where `QUARTO_PATH` and `PATH` are looked up.

    Raises
    ------
    UsageError
        `choice` is none of these.
    RenderError
        Quarto is asked for and not found, or found and older than 1.9. The latter holds for
        `auto` too: nobody should publish by another renderer than they think.
    """
    from analytics.render.embedded import EmbeddedRenderer
    from analytics.render.quarto import QuartoRenderer

    if choice not in CHOICES:
        raise UsageError(f"there is no renderer {choice}", remedy=f"Known: {', '.join(CHOICES)}.")
    if choice == "embedded":
        return EmbeddedRenderer()
    binary = quarto_path(environment)
    if binary is None:
        if choice == "auto":
            return EmbeddedRenderer()
        raise RenderError("Quarto was not found", remedy=_INSTALL)
    return QuartoRenderer(binary=binary, version=quarto_version(binary))


def quarto_path(environment: Mapping[str, str]) -> Path | None:
    """Return where Quarto is: `QUARTO_PATH`, then `PATH`, then the package `quarto-cli`.

    Raises
    ------
    RenderError
        `QUARTO_PATH` names nothing that can be run.
    """
    named = environment.get("QUARTO_PATH", "")
    if named:
        found = shutil.which(named) or shutil.which("quarto", path=str(Path(named) / "bin"))
        if found is None:
            raise RenderError(f"QUARTO_PATH names {named}, which cannot be run", remedy=_INSTALL)
        return Path(found).absolute()
    packaged = _packaged_path()
    on_path = shutil.which("quarto", path=environment.get("PATH", ""))
    # The package's own launcher would download what is missing: its binary is used instead.
    if on_path is not None and not _is_package_launcher(Path(on_path)):
        return Path(on_path).absolute()
    return packaged


def quarto_version(binary: Path) -> str:
    """Return the version of the Quarto `binary`.

    Raises
    ------
    RenderError
        It cannot be run, or is older than 1.9.
    """
    try:
        done = subprocess.run(
            [str(binary), "--version"], capture_output=True, text=True, check=False, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RenderError(f"{binary} cannot be run: {error}", remedy=_INSTALL) from error
    lines = done.stdout.strip().splitlines()
    version = lines[-1].strip() if lines else ""
    found = _VERSION.match(version)
    if done.returncode or not found:
        raise RenderError(f"{binary} does not say which version of Quarto it is", remedy=_INSTALL)
    if (int(found[1]), int(found[2])) < OLDEST:
        raise RenderError(
            f"Quarto {version} ({binary}) is too old; 1.9 is the oldest that works",
            remedy=_INSTALL,
        )
    return version


def _packaged_path() -> Path | None:
    try:
        package = distribution("quarto-cli")
    except PackageNotFoundError:
        return None
    folder = Path(str(package.locate_file("quarto_cli")))
    for pattern in ("**/bin/quarto", "**/bin/quarto.exe", "**/bin/quarto.cmd"):
        for path in sorted(folder.glob(pattern)):
            if path.is_file():
                return path
    return None


def _is_package_launcher(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return False
    return head.startswith(b"#!") and b"quarto_cli" in head
