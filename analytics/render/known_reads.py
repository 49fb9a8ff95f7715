"""Whether all that a page's cells read is known: stored results and files read by one module.

A cell that calls presentation alone reads nothing else, as long as presentation itself asks
neither the disk nor the clock. Both are looked up in the sources.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache

from analytics.import_graph import imported_modules, module_file
from analytics.render.documents import Cell, Document

_PAGES = "analytics.presentation"
# Read results and files for all others, and note it.
_READERS = frozenset({f"{_PAGES}.context", f"{_PAGES}.reads"})
# Reads a file of the package, which counts as its code.
_OWN_FILES = frozenset({"analytics.charts.tokens"})
_SHOWING = (_PAGES, "analytics.charts", "analytics.tables")
_LIBRARIES = frozenset(
    """__future__ typing collections dataclasses re html math json datetime functools itertools
    contextlib enum hashlib string textwrap unicodedata operator decimal statistics base64
    pandas numpy altair great_tables vl_convert""".split()  # noqa: SIM905
)
_BUILTINS = frozenset(
    "open eval exec compile __import__ input globals vars get_ipython lru_cache cache".split()  # noqa: SIM905
)
_ATTRIBUTES = re.compile(r"read_\w+|now|today|utcnow|random|default_rng|cache|lru_cache")
_INLINE = re.compile(r"`\{python\}\s+(.+?)\s*`")


def known_modules(document: Document) -> frozenset[str] | None:
    """Return the modules that a document's cells call; None where they may read anything."""
    modules: set[str] = set()
    for code in _code(document):
        try:
            tree = ast.parse(code)
        except SyntaxError:
            return None
        for node in ast.walk(tree):
            called = _called(node)
            if called is None:
                return None
            modules.update(called)
    if not all(_reads_are_known(module) for module in imported_modules(*modules)):
        return None
    return frozenset(modules)


def _code(document: Document) -> Iterator[str]:
    for part in document.parts:
        if isinstance(part, Cell):
            yield part.code
        elif not part.verbatim:
            yield from _INLINE.findall(part.line.text)


def _called(node: ast.AST) -> list[str] | None:
    """Return the modules of presentation that a statement of a cell imports; None for others."""
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
        return names if all(_is_module_of_pages(name) for name in names) else None
    if isinstance(node, ast.ImportFrom):
        base = node.module or ""
        if base == _PAGES:
            names = [f"{_PAGES}.{alias.name}" for alias in node.names]
            return names if all(_is_module_of_pages(name) for name in names) else None
        return [base] if _is_module_of_pages(base) and not node.level else None
    if isinstance(node, ast.Name) and node.id in _BUILTINS:
        return None
    if isinstance(node, ast.Attribute) and node.attr.startswith("__"):
        return None
    return []


def _is_module_of_pages(name: str) -> bool:
    return name.startswith(f"{_PAGES}.") and module_file(name) is not None


@cache
def _reads_are_known(module: str) -> bool:
    if not module.startswith(_SHOWING) or module in _READERS | _OWN_FILES:
        return True
    file = module_file(module)
    return file is not None and not any(map(_may_read, ast.walk(ast.parse(file.read_bytes()))))


def _may_read(node: ast.AST) -> bool:
    """Return whether a statement of presentation may read what nobody notes."""
    if isinstance(node, ast.Import):
        return any(_is_unknown(alias.name) for alias in node.names)
    if isinstance(node, ast.ImportFrom):
        names = {alias.name for alias in node.names}
        return _is_unknown(node.module or "") or bool(names & _BUILTINS)
    if isinstance(node, ast.Name):
        return node.id in _BUILTINS
    return isinstance(node, ast.Attribute) and bool(_ATTRIBUTES.fullmatch(node.attr))


def _is_unknown(module: str) -> bool:
    if module.startswith("analytics.store"):
        return True
    return module.partition(".")[0] not in _LIBRARIES | {"analytics"}
