"""A Quarto document taken apart: front matter, prose, code blocks and Python cells.

Every part remembers the file and line that it came from, so that whatever is wrong with it
later can be reported there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from analytics.errors import DocumentError, Place
from analytics.render.cell_options import cell_options

_FENCE = re.compile(r"^(?P<indent>[ \t]*)(?P<fence>`{3,}|~{3,})[ \t]*(?P<info>.*?)[ \t]*$")
_CELL_INFO = re.compile(r"^\{(?P<language>[A-Za-z][\w-]*)(?P<rest>.*)\}$")
_DIV = re.compile(r"^[ \t]{0,3}(?P<colons>:{3,})[ \t]*(?P<info>.*?)[ \t]*:*[ \t]*$")
_INCLUDE = re.compile(r"^[ \t]*\{\{<\s*include\s+(?P<path>\S+)\s*>\}\}[ \t]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of text, with its file and its number there."""

    text: str
    file: str
    number: int

    @property
    def place(self) -> Place:
        """Return where the line is."""
        return Place(file=self.file, row=self.number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """One line of markdown; `verbatim` inside a code or raw block."""

    line: Line
    verbatim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A Python cell: its code without option lines, its options, and the line of its fence."""

    code: str
    options: Mapping[str, Any]
    place: Place
    indent: str = ""


Part = Text | Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document: path relative to the project, front matter, parts in order."""

    path: str
    front_matter: Mapping[str, Any]
    parts: tuple[Part, ...]
    front_lines: tuple[Line, ...] = ()

    @property
    def has_code(self) -> bool:
        """Return whether anything in it has to be executed."""
        return any(
            isinstance(part, Cell) or (not part.verbatim and "`{python}" in part.line.text)
            for part in self.parts
        )


def read_document(root: Path, path: str) -> Document:
    """Return the document `path` (relative to `root`), its includes put in place.

    Raises
    ------
    DocumentError
        It cannot be read, or its front matter, fences, divs or includes are broken.
    """
    return document(path, _read_text(root, path, Place(file=path)), root=root)


def document(path: str, text: str, *, root: Path) -> Document:
    """Return the document with the source `text`; `root` is where its includes are found."""
    lines = _lines(text, path)
    front, body = _split_front_matter(lines)
    matter = _front_matter(front, path)
    whole = list(_with_includes(body, root, (path,)))
    parts = tuple(_parts(whole))
    _refuse_unbalanced_divs(parts)
    return Document(path=path, front_matter=matter, parts=parts, front_lines=tuple(front))


def place_of(document: Document, needle: str) -> Place:
    """Return the first place in the source that holds `needle`, or the file alone."""
    if needle:
        for line in document.front_lines:
            if needle in line.text:
                return line.place
        for part in document.parts:
            if isinstance(part, Text) and needle in part.line.text:
                return part.line.place
            if isinstance(part, Cell) and (
                needle in part.code or needle == part.options.get("label")
            ):
                return part.place
    return Place(file=document.path)


def _read_text(root: Path, path: str, asked_at: Place) -> str:
    try:
        return (root / path).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise DocumentError("the document is not UTF-8", place=Place(file=path)) from error
    except OSError as error:
        raise DocumentError(
            f"there is no file {path}", place=asked_at, remedy="Correct the path, or add the file."
        ) from error


def _lines(text: str, path: str) -> list[Line]:
    rows = text.removeprefix("\ufeff").replace("\r\n", "\n").split("\n")
    return [Line(text=row, file=path, number=at) for at, row in enumerate(rows, start=1)]


def _split_front_matter(lines: list[Line]) -> tuple[list[Line], list[Line]]:
    if not lines or lines[0].text.rstrip() != "---":
        return [], lines
    for at, line in enumerate(lines[1:], start=1):
        if line.text.rstrip() in ("---", "..."):
            return lines[1:at], lines[at + 1 :]
    raise DocumentError("the front matter is never closed by ---", place=lines[0].place)


def _front_matter(front: list[Line], path: str) -> dict[str, Any]:
    if not front:
        return {}
    try:
        loaded = yaml.safe_load("\n".join(line.text for line in front))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = front[0].number + (0 if mark is None else mark.line)
        problem = getattr(error, "problem", None) or "it cannot be read"
        raise DocumentError(
            f"the front matter is not valid YAML: {problem}",
            place=Place(file=path, row=min(row, front[-1].number)),
        ) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise DocumentError("the front matter must hold keys and values", place=front[0].place)
    return loaded


def _with_includes(lines: list[Line], root: Path, trail: tuple[str, ...]) -> Iterator[Line]:
    closing = ""
    for line in lines:
        fence = _FENCE.match(line.text)
        if closing:
            if fence and not fence["info"] and fence["fence"].startswith(closing):
                closing = ""
        elif fence:
            closing = fence["fence"]
        elif include := _INCLUDE.match(line.text):
            yield from _included(line, include["path"].strip("\"'"), root, trail)
            continue
        yield line


def _included(line: Line, target: str, root: Path, trail: tuple[str, ...]) -> Iterator[Line]:
    here = root if target.startswith("/") else (root / line.file).parent
    resolved = (here / target.lstrip("/")).resolve()
    if not resolved.is_relative_to(root.resolve()):
        raise DocumentError(
            f"the include {target} is outside the project",
            place=line.place,
            remedy="Include files of the project alone.",
        )
    path = resolved.relative_to(root.resolve()).as_posix()
    if path in trail:
        raise DocumentError(
            f"{path} includes itself", place=line.place, remedy="Take the include out."
        )
    lines = _lines(_read_text(root, path, line.place), path)
    if lines[0].text.rstrip() == "---":
        raise DocumentError(
            "an included file has front matter of its own, which would be shown as text",
            place=lines[0].place,
        )
    yield from _with_includes(lines, root, (*trail, path))


def _parts(lines: list[Line]) -> Iterator[Part]:
    at = 0
    while at < len(lines):
        line = lines[at]
        opening = _FENCE.match(line.text)
        if not opening or (opening["fence"][0] == "`" and "`" in opening["info"]):
            yield Text(line=line)
            at += 1
            continue
        end = _closing(lines, at, opening["fence"])
        block = lines[at + 1 : end]
        if _is_cell(opening["info"], line):
            yield _cell(block, line, opening["indent"])
        else:
            for inner in lines[at : end + 1]:
                yield Text(line=inner, verbatim=True)
        at = end + 1


def _closing(lines: list[Line], at: int, fence: str) -> int:
    for end in range(at + 1, len(lines)):
        found = _FENCE.match(lines[end].text)
        if found and not found["info"] and found["fence"].startswith(fence):
            return end
    raise DocumentError(
        "the code block is never closed",
        place=lines[at].place,
        remedy=f"Close it by {fence} on a line of its own.",
    )


def _is_cell(info: str, line: Line) -> bool:
    found = _CELL_INFO.match(info)
    if not found or info.startswith(("{=", "{.", "{#", "{{")):
        return False
    if found["language"] != "python":
        raise DocumentError(
            f"cells in {found['language']} are not supported, only python",
            place=line.place,
            remedy=f"Write it in Python, or show it as text: ```{found['language']}.",
        )
    if found["rest"].strip():
        raise DocumentError(
            "options belong in #| lines under the fence, not in its braces",
            place=line.place,
            remedy="Write `#| name: value` as the cell's first lines.",
        )
    return True


def _cell(block: list[Line], opening: Line, indent: str) -> Cell:
    rows = [row.text.removeprefix(indent) for row in block]
    count = 0
    while count < len(rows) and rows[count].startswith("#|"):
        count += 1
    options = cell_options(rows[:count], file=opening.file, first_row=opening.number + 1)
    code = "\n".join(rows[count:]).strip("\n")
    if "{{<" in code:
        raise DocumentError(
            "a shortcode inside a cell is not supported",
            place=opening.place,
            remedy="Put it into the text beside the cell, or compute the value in Python.",
        )
    return Cell(code=code, options=options, place=opening.place, indent=indent)


def _refuse_unbalanced_divs(parts: tuple[Part, ...]) -> None:
    unclosed: list[Line] = []
    for part in parts:
        if isinstance(part, Cell) or part.verbatim:
            continue
        found = _DIV.match(part.line.text)
        if not found:
            continue
        if found["info"]:
            unclosed.append(part.line)
        elif unclosed:
            unclosed.pop()
        else:
            raise DocumentError(
                "::: closes a block that is not open",
                place=part.line.place,
                remedy="Take the line out, or open a block by `::: {.name}` before it.",
            )
    if unclosed:
        raise DocumentError(
            "the ::: block is never closed",
            place=unclosed[-1].place,
            remedy="Close it by ::: on a line of its own.",
        )
