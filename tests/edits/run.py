"""After random edits an incremental build gives the tree that a clean build gives.

    nox -s edits -- [--edits 50] [--every 10] [--seed 1] [--folder FOLDER]

A small shop is built after each edit; after every tenth, a copy of its inputs alone is built too,
beside the versions that were published before, and every file of the two new versions compared.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT), str(ROOT / "tests")]

from conftest import write_project  # noqa: E402
from edits import RAW, SOURCE, Edits, Shop  # noqa: E402

INPUTS = ("analytics", "site", "_quarto.yml", "GLOSSARY.md", "analytics.toml", "requirements",
          "data/raw", "data/sources", "data/private/pseudonym.key")  # fmt: skip
FIRST_END = date(2024, 1, 31)
OWN_TIMES = ("manifest.json",)


def new_project(folder: Path) -> Shop:
    """Write a project with its own package and a shop whose last months come later."""
    write_project(folder)
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "analytics", folder / "analytics", ignore=ignored)
    raw = folder / RAW
    small = ("--customers", "400", "--transactions", "7000", "--out", str(raw))
    run(folder, "generate", *small)
    (raw / "truth.json").unlink()
    text = (folder / "data" / "sources" / "synthetic.toml").read_text(encoding="utf-8")
    text = text.replace("data/raw/synthetic", RAW.as_posix()).replace("synthetic = true\n", "")
    (folder / "data" / "sources" / f"{SOURCE}.toml").write_text(text, encoding="utf-8")
    settings = folder / "analytics.toml"
    text = re.sub(r'(?m)^source = "synthetic"', f'source = "{SOURCE}"',
                  settings.read_text(encoding="utf-8"))  # fmt: skip
    settings.write_text(text, encoding="utf-8")
    key = folder / "data" / "private" / "pseudonym.key"
    key.parent.mkdir(parents=True, exist_ok=True)
    key.write_text("5e" * 32 + "\n", encoding="utf-8")
    key.chmod(0o600)
    lines = (raw / "orders.csv").read_text(encoding="utf-8").splitlines()
    shop = Shop(lines=lines, until=FIRST_END)
    shop.write(folder)
    return shop


def run(folder: Path, *arguments: str) -> str:
    """Run a command of the project's own package; SystemExit where it fails."""
    done = subprocess.run(
        [sys.executable, "-m", "analytics.cli", "--project", str(folder), *arguments],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(f"{arguments[0]} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def build(folder: Path, public: Path) -> dict[str, object]:
    """Build into a tree; return the outcome with the seconds of the stages that ran."""
    out = run(folder, "build", "--renderer", "embedded", "--output", str(public), "--json")
    *stages, outcome = (json.loads(line) for line in out.splitlines())
    ran = {each["stage"]: each["seconds"] for each in stages if not each["unchanged"]}
    return {**outcome, "ran": ran}


def clean_tree(project: Path, before: Path, folder: Path) -> Path:
    """Build a project of the same inputs and nothing else, after the versions in `before`."""
    clean = folder / "clean"
    shutil.rmtree(clean, ignore_errors=True)
    for name in INPUTS:
        source, target = project / name, clean / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy2(source, target)
    public = clean / "public"
    linked(before, public)
    build(clean, public)
    return public


def linked(source: Path, target: Path) -> None:
    """Copy a published tree by links to its files, which are never written twice."""
    shutil.rmtree(target, ignore_errors=True)
    if source.is_dir():
        shutil.copytree(source, target, symlinks=True, copy_function=os.link)


def differences(one: Path, other: Path) -> list[str]:
    """Return the files that are not the same in two versions, but for the time of their making."""
    names = {path.relative_to(tree).as_posix() for tree in (one, other) for path in files(tree)}
    return sorted(name for name in names if content(one / name) != content(other / name))


def files(tree: Path) -> list[Path]:
    """Return the files of a tree."""
    return [path for path in tree.rglob("*") if path.is_file()]


def content(file: Path) -> bytes:
    """Return a file's bytes, times left out of a manifest; nothing where it is missing."""
    if not file.is_file():
        return b""
    written = file.read_bytes()
    if file.name not in OWN_TIMES:
        return written
    return re.sub(rb"\d{4}-\d\d-\d\dT[\d:.]+Z?", b"TIME", written)


def main() -> None:
    """Edit, build, compare, print; end with 1 where a tree differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edits", type=int, default=50)
    parser.add_argument("--every", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="where to work; kept afterwards")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="edits-") as scratch:
        folder = (options.folder or Path(scratch)).resolve()
        shutil.rmtree(folder, ignore_errors=True)
        project, public, before = (folder / name for name in ("project", "public", "before"))
        edits = Edits(project, new_project(project), options.seed)
        build(project, public)
        for count in range(1, options.edits + 1):
            compared = count % options.every == 0
            if compared:
                linked(public, before)
            what, started = edits.make(), time.perf_counter()
            made = build(project, public)
            seconds = time.perf_counter() - started
            ran = ", ".join(f"{name} {taken}" for name, taken in dict(made["ran"]).items())
            print(f"{count}: {what}: {made['outcome']} in {seconds:.1f} s ({ran})", flush=True)
            if compared and made["outcome"] == "published":
                version = str(made["version"])
                tree = clean_tree(project, before, folder)
                found = differences(public / version, tree / version)
                if found:
                    shown = "\n  ".join(found[:20])
                    raise SystemExit(f"{len(found)} files differ after edit {count}:\n  {shown}")
                print(
                    f"   the same as a clean build: {len(files(tree / version))} files", flush=True
                )


if __name__ == "__main__":
    main()
