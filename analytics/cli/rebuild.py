"""A published version made again from the inputs that its manifest records."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import Any

from analytics.cli.project import SETTINGS_FILE, ProjectFolder
from analytics.digests import tree_digest, value_digest
from analytics.errors import AnalyticsError, Place, VerificationError
from analytics.import_graph import PACKAGE
from analytics.pipeline.stages import lock_digest
from analytics.publish.differences import RESULTS_FILE, difference_rows, read_scalars
from analytics.publish.manifest import Manifest, read_manifest
from analytics.publish.tree import MARKER_FILE, read_versions
from analytics.publish.verify import Finding
from analytics.publish.versions import VERSIONS_FILE, Versions, dumped_versions, version_key
from analytics.settings.shaping import shaping_settings

_DOCUMENTS = ("_quarto.yml", "site", "GLOSSARY.md")
_DOCUMENT_PATTERNS = ("_quarto.yml", "site/**/*", "GLOSSARY.md")
_LOCK = "requirements/site.txt"


def rebuilt_findings(project: ProjectFolder, public: Path, name: str) -> list[Finding]:
    """Make a version again in a folder of its own, and return every file that differs.

    Code, documents and lock come from the project's folder where they are those of the version,
    else from the commit that its manifest names.

    Parameters
    ----------
    project : ProjectFolder
        Where the inputs lie.
    public : Path
        The published tree.
    name : str
        The version, or ``latest``.

    Raises
    ------
    VerificationError
        If an input is gone; the message names its digest.
    """
    versions = read_versions(public)
    entry = None if versions is None else versions.named(name)
    if versions is None or entry is None:
        raise VerificationError(f"there is no version {name}", place=Place(file=str(public)))
    manifest = read_manifest(public / entry.name)
    cache = project.root / "data" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".rebuild-", dir=cache) as workplace:
        root = Path(workplace) / "project"
        root.mkdir()
        code = _staged_inputs(project, manifest, root)
        again = _seeded_tree(public, versions, manifest, Path(workplace) / "public")
        _build(root, code, again, manifest)
        made = read_manifest(again / manifest.version)
        _refuse_other_inputs(manifest, made)
        return list(
            _differences(public / manifest.version, again / manifest.version, manifest, made)
        )


def _staged_inputs(project: ProjectFolder, manifest: Manifest, root: Path) -> Path:
    """Lay out a project of the recorded inputs; return the folder with the package."""
    identity, commit = manifest.facts.identity, manifest.facts.commit
    documents = tree_digest(project.root, _DOCUMENT_PATTERNS) == identity.documents
    package = tree_digest(PACKAGE) == identity.package
    lock = lock_digest(project.root) == identity.lock
    archive = root.parent / "commit"
    if not (documents and package and lock):
        _unpack_commit(project.root, commit, archive)
    place = project.root if documents else archive
    for part in _DOCUMENTS:
        _copy(place / part, root / part)
    if tree_digest(root, _DOCUMENT_PATTERNS) != identity.documents:
        raise _gone("documents", identity.documents, commit)
    if (project.root if lock else archive).joinpath(_LOCK).is_file():
        _copy((project.root if lock else archive) / _LOCK, root / _LOCK)
    if lock_digest(root) != identity.lock:
        raise _gone("lock", identity.lock, commit)
    code = PACKAGE.parent if package else archive
    if not package and (
        not (archive / "analytics").is_dir()
        or tree_digest(archive / "analytics") != identity.package
    ):
        raise _gone("package", identity.package, commit)
    _write_settings(project, manifest, root / SETTINGS_FILE)
    data = project.root / "data"
    _copy(data / "sources", root / "data" / "sources")
    described = str(_build_settings(manifest).get("source", ""))
    if described.endswith(".toml") and (project.root / described).is_file():
        _copy(project.root / described, root / described)
    for part in ("raw", "private"):
        if (data / part).is_dir():
            _copy(data / part, root / "data" / part)
    return code


def _write_settings(project: ProjectFolder, manifest: Manifest, file: Path) -> None:
    if value_digest(shaping_settings(project.settings)) == manifest.facts.identity.settings:
        shutil.copyfile(project.root / SETTINGS_FILE, file)
    else:
        file.write_text(settings_toml(manifest.facts.settings), encoding="utf-8")


def settings_toml(settings: Mapping[str, Any]) -> str:
    """Return recorded settings as a settings file."""
    lines: list[str] = []
    for section, content in settings.items():
        for table in content if isinstance(content, list) else [content]:
            lines.append(f"[[{section}]]" if isinstance(content, list) else f"[{section}]")
            lines += [
                f"{key} = {_toml_value(value)}" for key, value in table.items() if value is not None
            ]
            lines.append("")
    return "\n".join(lines)


def _toml_value(value: Any) -> str:
    if isinstance(value, str):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError:
            return json.dumps(value, ensure_ascii=True)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml_value, value))}]"
    if isinstance(value, Mapping):
        pairs = (f"{json.dumps(key)} = {_toml_value(item)}" for key, item in value.items())
        return "{" + ", ".join(pairs) + "}"
    return json.dumps(value)


def _unpack_commit(root: Path, commit: str, target: Path) -> None:
    """Bring code, documents and lock of a commit into a folder; nothing where git has it not."""
    target.mkdir()
    parts = ("analytics", *_DOCUMENTS, _LOCK)
    packed = subprocess.run(
        ["git", "-C", str(root), "archive", commit, "--", *parts], capture_output=True, check=False
    )
    if packed.returncode == 0:
        subprocess.run(["tar", "-x", "-C", str(target)], input=packed.stdout, check=True)


def _seeded_tree(public: Path, versions: Versions, manifest: Manifest, target: Path) -> Path:
    """Return a tree as it was before the version: with the one that it was made after."""
    target.mkdir()
    after = manifest.lineage.after
    marker = json.dumps({"schema": 1, "source": versions.source}) + "\n"
    (target / MARKER_FILE).write_text(marker, encoding="utf-8")
    if not after:
        return target
    if versions.named(after) is None:
        raise VerificationError(
            f"version {after}, which {manifest.version} was made after, is gone: "
            "what was known then is not known now",
            place=Place(file=str(public)),
        )
    key = version_key(manifest.version)
    kept = tuple(
        entry
        for entry in versions.entries
        if entry.name == after
        or (version_key(entry.name)[0] == key[0] and version_key(entry.name) < key)
    )
    for entry in kept:
        (target / entry.name).symlink_to((public / entry.name).resolve(), target_is_directory=True)
    before = replace(versions, latest=after, entries=kept)
    (target / VERSIONS_FILE).write_bytes(dumped_versions(before))
    return target


def _build(root: Path, code: Path, public: Path, manifest: Manifest) -> None:
    facts = manifest.facts
    name = str(_build_settings(manifest).get("source", ""))
    source = name if Path(name).stem == facts.source and name.endswith(".toml") else facts.source
    command = [sys.executable, "-m", "analytics.cli", "--project", str(root), "build"]
    command += ["--source", str(root / source) if source.endswith(".toml") else source]
    command += ["--renderer", facts.identity.renderer, "--output", str(public)]
    environment = {**os.environ, "PYTHONPATH": str(code)}
    done = subprocess.run(
        command, cwd=root, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise VerificationError(
            f"version {manifest.version} cannot be made again: {done.stderr.strip()[-600:]}",
            remedy=f"Its data have the digest {facts.identity.data}.",
        )


def _refuse_other_inputs(manifest: Manifest, made: Manifest) -> None:
    then, now = asdict(manifest.facts.identity), asdict(made.facts.identity)
    other = [
        f"{name} {then[name]} (there is {now[name]})" for name in then if then[name] != now[name]
    ]
    if other:
        raise VerificationError(
            f"inputs of version {manifest.version} are gone: {'; '.join(other)}",
            remedy="Restore them, then verify again.",
        )


def _differences(old: Path, new: Path, manifest: Manifest, made: Manifest) -> Iterator[Finding]:
    then = {entry.path: entry.sha256 for entry in manifest.files}
    now = {entry.path: entry.sha256 for entry in made.files}
    for path in sorted(then.keys() | now.keys()):
        if then.get(path) == now.get(path):
            continue
        kind = "missing" if path not in now else "added" if path not in then else "altered"
        detail = "made again, it differs"
        if path == RESULTS_FILE and kind == "altered":
            detail += f" by at most {largest_difference(old, new):.3g} of a number"
        yield Finding(version=manifest.version, path=path, kind=kind, detail=detail)  # type: ignore[arg-type]


def largest_difference(old: Path, new: Path) -> float:
    """Return the largest relative difference between the numbers of two versions' folders."""
    try:
        rows = difference_rows(read_scalars(old) or (), read_scalars(new) or ())
    except AnalyticsError:
        return float("nan")
    return max((abs(row.relative_change or 0.0) for row in rows), default=0.0)


def _build_settings(manifest: Manifest) -> Mapping[str, Any]:
    build = manifest.facts.settings.get("build")
    return build if isinstance(build, Mapping) else {}


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, symlinks=False, dirs_exist_ok=True)
    elif source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)


def _gone(what: str, digest: str, commit: str) -> VerificationError:
    return VerificationError(
        f"the {what} of the version are gone: digest {digest}, neither in the project's folder "
        f"nor in commit {commit}",
        remedy="Check out the commit that it was made from, then verify again.",
    )
