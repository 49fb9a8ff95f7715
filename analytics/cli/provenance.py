"""What a version's manifest records beside its identity: the code commit and the packages."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def code_commit(root: Path) -> str:
    """Return the commit that is checked out in `root`, or ``unknown``; git need not be there."""
    git = root / ".git"
    try:
        if git.is_file():  # a linked work tree names its folder
            git = (root / git.read_text("utf-8").partition(":")[2].strip()).resolve()
        head = (git / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref: "):
            return head
        name = head.removeprefix("ref: ")
        common = git / "commondir"
        shared = (git / common.read_text("utf-8").strip()).resolve() if common.is_file() else git
        for folder in (git, shared):
            if (folder / name).is_file():
                return (folder / name).read_text("utf-8").strip()
        packed = (shared / "packed-refs").read_text("utf-8")
    except OSError:
        return "unknown"
    for line in packed.splitlines():
        if line.endswith(f" {name}"):
            return line.split()[0]
    return "unknown"


def package_versions() -> dict[str, str]:
    """Return the installed versions of the packages that the project depends on directly."""
    try:
        requirements = requires("analytics") or []
    except PackageNotFoundError:
        return {}
    found = {}
    for requirement in requirements:
        match = _NAME.match(requirement)
        if match is None:
            continue
        try:
            found[match[0]] = version(match[0])
        except PackageNotFoundError:
            continue
    return dict(sorted(found.items()))
