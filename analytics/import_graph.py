"""Which modules of the package a module imports, whole chains of them: what its work depends on.

Read off the sources, imports inside functions and for type checkers included: a module too many
makes something anew that would have stayed the same, one too few would keep what is stale.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from analytics.digests import content_digest, file_digest

NAME = "analytics"
PACKAGE = Path(__file__).parent


@cache
def modules_digest(*modules: str) -> str:
    """Return the digest of some modules and of all of the package that they import.

    Files beside a module that are not Python (tables of colours, presets) count with it.

    Parameters
    ----------
    *modules : str
        Full names, such as ``analytics.presentation.kpis``.

    Raises
    ------
    ModuleNotFoundError
        Where there is no such module.
    """
    files = {file for module in imported_modules(*modules) for file in _files(module)}
    lines = sorted(f"{file.relative_to(PACKAGE).as_posix()} {_digest(file)}\n" for file in files)
    return content_digest("".join(lines).encode())


def imported_modules(*modules: str) -> frozenset[str]:
    """Return the modules and all modules of the package that they import, directly or not."""
    found: set[str] = set()
    waiting = [
        each for module in modules for name in _whole(module) for each in _with_parents(name)
    ]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += _imports(module)
    return frozenset(found)


def module_file(module: str) -> Path | None:
    """Return the source of a module of the package, or None where there is none."""
    path = PACKAGE.joinpath(*module.split(".")[1:])
    for file in (path / "__init__.py", path.with_suffix(".py")):
        if file.is_file():
            return file
    return None


def _source(module: str) -> Path:
    file = module_file(module)
    if file is None:
        raise ModuleNotFoundError(f"there is no module {module}", name=module)
    return file


@cache
def _imports(module: str) -> tuple[str, ...]:
    file = _source(module)
    package = module if file.name == "__init__.py" else module.rpartition(".")[0]
    late = {id(node) for node in _late_imports(module)}
    found: set[str] = set()
    for node in _tree(file):
        if id(node) not in late:
            for name in _named(node, package):
                found.update(_with_parents(name))
    return tuple(sorted(found))


def _named(node: ast.AST, package: str) -> Iterator[str]:
    """Yield the modules of the package that a statement may import."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            if _is_ours(alias.name):
                yield from _whole(alias.name)
    elif isinstance(node, ast.ImportFrom):
        base = _base(node, package)
        if not _is_ours(base):
            return
        yield base
        homes = _late_homes(base)
        for alias in node.names:
            name = f"{base}.{alias.name}"
            if module_file(name) is not None:
                yield from _whole(name)
            elif alias.name == "*":
                yield from _whole(base)
            elif alias.name in homes:
                yield homes[alias.name]


def _base(node: ast.ImportFrom, package: str) -> str:
    if not node.level:
        return node.module or ""
    parents = package.split(".")
    return ".".join([*parents[: len(parents) - node.level + 1], *filter(None, [node.module])])


def _whole(module: str) -> Iterator[str]:
    """Yield a module and, as any of its names may be asked for, what it imports late."""
    yield module
    yield from _late_homes(module).values()


@cache
def _late_homes(module: str) -> dict[str, str]:
    """Return the names that a package imports when they are asked for, with their modules."""
    return {
        alias.asname or alias.name: str(node.module)
        for node in _late_imports(module)
        for alias in node.names
    }


@cache
def _late_imports(module: str) -> tuple[ast.ImportFrom, ...]:
    """Return what a package with `analytics.late_imports` names once more for type checkers."""
    file = module_file(module)
    if file is None or file.name != "__init__.py" or b"late_names(" not in file.read_bytes():
        return ()
    return tuple(
        node
        for block in _tree(file)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in block.body
        if isinstance(node, ast.ImportFrom) and node.module and _is_ours(node.module)
    )


@cache
def _tree(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(file.read_bytes())))


def _is_ours(name: str) -> bool:
    return name == NAME or name.startswith(f"{NAME}.")


def _with_parents(module: str) -> Iterable[str]:
    parts = module.split(".")
    return (".".join(parts[:length]) for length in range(1, len(parts) + 1))


@cache
def _files(module: str) -> tuple[Path, ...]:
    file = _source(module)
    beside = [path for path in file.parent.iterdir() if path.is_file() and path.suffix != ".py"]
    return (file, *(path for path in beside if not path.name.startswith(".")))


@cache
def _digest(file: Path) -> str:
    return file_digest(file)
