"""The search index: Pagefind over the rendered pages."""

from __future__ import annotations

import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

from analytics.errors import RenderError

FOLDER = "pagefind"


def write_search_index(site: Path) -> None:
    """Write `pagefind/` into the rendered tree `site`; equal pages give equal bytes.

    Raises
    ------
    RenderError
        Pagefind is missing, or failed.
    """
    done = subprocess.run(
        [pagefind_path(), "--site", str(site), "--output-path", str(site / FOLDER),
         "--keep-index-url", "--silent"],
        cwd=site, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise RenderError(f"the search index failed: {said}")
    # Its ready-made interfaces, 380 KB; the site has its own.
    for name in ("pagefind-ui.*", "pagefind-modular-ui.*", "pagefind-component-ui.*"):
        for file in sorted((site / FOLDER).glob(name)):
            file.unlink()


def pagefind_path() -> str:
    """Return the path of the Pagefind that its wheel brings."""
    for package, name in (("pagefind_bin", "pagefind"), ("pagefind_bin", "pagefind.exe")):
        try:
            path = Path(str(files(package) / name))
        except ModuleNotFoundError:
            continue
        if path.is_file():
            return str(path)
    found = shutil.which("pagefind")
    if found:
        return found
    raise RenderError("Pagefind is missing", remedy="Install the package pagefind[bin].")
