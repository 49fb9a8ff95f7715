"""A document with its cells and inline code replaced by what they show, as Quarto markdown."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from analytics.errors import DocumentError, Place
from analytics.render.cell_options import CellOptions, execute_defaults, settled_options
from analytics.render.documents import Cell, Document, Text
from analytics.render.kernel import CellFailure, Output

_CODE_SPAN = re.compile(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)")
_INLINE = re.compile(r"^\{(?P<language>[A-Za-z]\w*)\}\s+(?P<code>.+?)\s*$")
_MARKDOWN_SPECIAL = re.compile(r"([\\`*_{}\[\]()<>#+\-.!$~^|@'\":])")
# Where ipykernel says that a cell's code lies: another path in every process.
_CELL_FILE = re.compile(r"\S*ipykernel_\d+[/\\]\d+\.py")
_RUN_OF_BACKTICKS = re.compile(r"^[ \t]*(`{3,})", re.MULTILINE)

Expansion = Callable[[Text], str]


class Answers(Protocol):
    """What runs cells and inline code, or knows what they showed."""

    def outputs(self, code: str) -> tuple[Output, ...]:
        """Return what `code` shows."""
        ...

    def inline(self, expression: str) -> tuple[bool, str]:
        """Return whether `expression` gives markdown, and its text."""
        ...


def executed_markdown(
    document: Document,
    kernel: Answers | None,
    *,
    project_execute: Mapping[str, Any],
    project_code_fold: object = None,
    prose: Expansion | None = None,
) -> str:
    """Return the body of `document` with cells and inline code replaced by their output.

    Parameters
    ----------
    document : Document
        What :func:`analytics.render.documents.read_document` returned.
    kernel : Kernel, or what stands for one, or None
        A kernel that was reset; None where the document has no code.
    project_execute : mapping
        `execute:` of `_quarto.yml`; the document's own wins.
    project_code_fold : object
        `format: html: code-fold:` of `_quarto.yml`.
    prose : callable, optional
        What to do with a line of prose before its inline code runs (shortcodes).

    Raises
    ------
    DocumentError
        A cell or inline expression fails, or shows what no page can hold; with the line.
    """
    front = document.front_matter
    html = _html_format(front)
    defaults = execute_defaults(
        project_execute, front.get("execute"), html.get("execute"), place=Place(file=document.path)
    )
    code_fold = html.get("code-fold", front.get("code-fold", project_code_fold))
    rows: list[str] = []
    for part in document.parts:
        if isinstance(part, Cell):
            options = settled_options(part.options, defaults, code_fold=code_fold, place=part.place)
            rows.append(_indented(_cell_markdown(part, options, kernel), part.indent))
        else:
            text = prose(part) if prose else part.line.text
            rows.append(text if part.verbatim else _with_inline_code(text, part, kernel))
    return "\n".join(rows)


def _html_format(front: Mapping[str, Any]) -> Mapping[str, Any]:
    formats = front.get("format")
    html = formats.get("html") if isinstance(formats, dict) else None
    return html if isinstance(html, dict) else {}


def _indented(markdown: str, indent: str) -> str:
    if not indent:
        return markdown
    return "\n".join(indent + row if row else row for row in markdown.split("\n"))


def _cell_markdown(cell: Cell, options: CellOptions, kernel: Answers | None) -> str:
    outputs: tuple[Output, ...] = ()
    if options.eval and cell.code.strip():
        if kernel is None:
            raise DocumentError("a cell has to run, but there is no kernel", place=cell.place)
        try:
            outputs = kernel.outputs(cell.code)
        except CellFailure as failure:
            raise DocumentError(f"the cell failed: {failure}", place=cell.place) from failure
    if not options.include:
        return ""
    blocks = [_source(cell, options)] if options.echo else []
    if options.output is not False:
        shown = [output for output in outputs if options.warning or output.kind != "stderr"]
        blocks += [_output_markdown(output, asis=options.output == "asis") for output in shown]
    if options.caption:
        if not blocks:
            raise DocumentError(
                f"the cell {options.label} has a caption but shows nothing", place=cell.place
            )
        blocks.append(options.caption)
    if not blocks:
        return ""
    if options.output == "asis" and not options.label and not options.echo:
        return "\n\n".join(["", *blocks, ""])
    return "\n\n".join(["", f"::: {{{_attributes(options)}}}", *blocks, ":::", ""])


def _attributes(options: CellOptions) -> str:
    words = [f"#{options.label}"] if options.label else []
    words.append(".cell")
    if options.column:
        words.append(f".column-{options.column}")
    if options.layout_ncol:
        words.append(f'layout-ncol="{options.layout_ncol}"')
    if options.fig_alt:
        escaped = options.fig_alt.replace("\\", "\\\\").replace('"', '\\"')
        words.append(f'fig-alt="{escaped}"')
    return " ".join(words)


def _source(cell: Cell, options: CellOptions) -> str:
    words = ".python .cell-code"
    if options.code_fold:
        words += f' code-fold="{options.code_fold}"'
        if options.code_summary:
            words += ' code-summary="' + options.code_summary.replace('"', '\\"') + '"'
    fence = _fence(cell.code)
    return f"{fence} {{{words}}}\n{cell.code}\n{fence}"


def _output_markdown(output: Output, *, asis: bool) -> str:
    if output.kind == "markdown" or (asis and output.kind == "stdout"):
        return output.text.strip("\n")
    kind = {"plain": "display"}.get(output.kind, output.kind)
    fence = _fence(output.text)
    text = output.text.rstrip("\n")
    if kind == "stderr":
        text = _CELL_FILE.sub("cell", text)
    return f"::: {{.cell-output .cell-output-{kind}}}\n\n{fence}\n{text}\n{fence}\n\n:::"


def _fence(text: str) -> str:
    runs = [len(run) for run in _RUN_OF_BACKTICKS.findall(text)]
    return "`" * max(3, *(run + 1 for run in runs)) if runs else "```"


def _with_inline_code(text: str, part: Text, kernel: Answers | None) -> str:
    if "`{" not in text:
        return text

    def value(span: re.Match[str]) -> str:
        found = _INLINE.match(span[2])
        if not found:
            return span[0]
        if found["language"] != "python":
            raise DocumentError(
                f"inline code in {found['language']} is not supported",
                place=part.line.place,
                remedy="Write it in Python: `{python} …`.",
            )
        if kernel is None:
            raise DocumentError(
                "inline code has to run, but there is no kernel", place=part.line.place
            )
        try:
            is_markdown, shown = kernel.inline(found["code"])
        except CellFailure as failure:
            raise DocumentError(
                f"the inline code failed: {failure}", place=part.line.place
            ) from failure
        return shown if is_markdown else _MARKDOWN_SPECIAL.sub(r"\\\1", shown)

    return _CODE_SPAN.sub(value, text)
