"""The project as a renderer gets it: documents copied, generated ones added, provenance in."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from hashlib import sha256
from importlib.metadata import version as installed_version
from pathlib import Path, PurePosixPath

import yaml

from analytics.errors import DocumentError, Place
from analytics.render.project import CONFIGURATION, VARIABLES

DOCUMENTS = "site"
BUNDLE = "site/assets/vega-bundle.js"
_LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "*~")


def write_staged_project(
    root: Path,
    staged: Path,
    *,
    provenance: Mapping[str, str],
    generated: Mapping[str, str],
) -> None:
    """Write into the folder `staged` all that a renderer reads.

    Parameters
    ----------
    root : Path
        The project: `_quarto.yml` and `site/`.
    staged : Path
        A folder that is not there yet, or is empty.
    provenance : mapping
        What `{{< var KEY >}}` says: `version`, `digest`, `renderer`, `data_to`; a key with
        dots makes nested values (`version.name`).
    generated : mapping
        Documents made by the project: path below `site/` to Quarto markdown.

    Raises
    ------
    DocumentError
        `_quarto.yml` or `site/` is missing, or a generated document has the name of a
        written one.
    """
    if not (root / CONFIGURATION).is_file():
        raise DocumentError("the file is missing", place=Place(file=CONFIGURATION))
    if not (root / DOCUMENTS).is_dir():
        raise DocumentError("the folder is missing", place=Place(file=DOCUMENTS))
    staged.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(root / CONFIGURATION, staged / CONFIGURATION)
    shutil.copytree(root / DOCUMENTS, staged / DOCUMENTS, ignore=_LEFT_BEHIND, dirs_exist_ok=True)
    (staged / VARIABLES).write_text(
        yaml.safe_dump(_nested(provenance), sort_keys=True, allow_unicode=True), "utf-8"
    )
    for name in sorted(generated):
        target = _generated_path(staged, name)
        if target.exists():
            raise DocumentError(
                "the document is both written and generated",
                place=Place(file=f"{DOCUMENTS}/{name}"),
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(generated[name], "utf-8", newline="\n")
    bundle = staged / BUNDLE
    bundle.parent.mkdir(parents=True, exist_ok=True)
    bundle.write_text(vega_script(root / "data" / "cache"), "utf-8", newline="\n")


def vega_script(cache_folder: Path) -> str:
    """Return Vega, Vega-Lite and Vega-Embed as one script, kept in `cache_folder`.

    Making it takes a second; it depends on the version of vl-convert and on what it is asked for.
    """
    from analytics.charts import bundle

    asked = sha256(Path(bundle.__file__).read_bytes()).hexdigest()[:12]
    cached = cache_folder / f"vega-{installed_version('vl-convert-python')}-{asked}.js"
    if cached.is_file():
        return cached.read_text("utf-8")
    script = bundle.vega_bundle()
    cache_folder.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=cache_folder, prefix=".vega-")
    with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
        file.write(script)
    os.replace(aside, cached)
    return script


def _generated_path(staged: Path, name: str) -> Path:
    parts = PurePosixPath(name).parts
    if PurePosixPath(name).is_absolute() or ".." in parts or not name.endswith(".qmd"):
        raise DocumentError(
            "a generated document must be a .qmd below site/", place=Place(file=name)
        )
    return staged.joinpath(DOCUMENTS, *parts)


def _nested(flat: Mapping[str, str]) -> dict[str, object]:
    nested: dict[str, object] = {}
    for key in sorted(flat):
        *folders, last = key.split(".")
        inner = nested
        for folder in folders:
            deeper = inner.setdefault(folder, {})
            if not isinstance(deeper, dict):
                raise ValueError(f"provenance has both {folder} and {key}")
            inner = deeper
        inner[last] = str(flat[key])
    return nested
