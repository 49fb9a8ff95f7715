"""The options of a Python cell, and what they default to."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from analytics.errors import DocumentError, Place
from analytics.render.refusals import refusal

KNOWN = (
    "label", "echo", "eval", "include", "output", "warning", "error",
    "fig-cap", "fig-alt", "tbl-cap", "code-fold", "code-summary", "column", "layout-ncol",
)  # fmt: skip
_COLUMNS = ("body", "body-outset", "page", "page-inset", "screen", "screen-inset")
# Quarto's own defaults for documents.
_EXECUTE_DEFAULTS = {"echo": True, "eval": True, "include": True, "output": True, "warning": True}
_EXECUTE_INERT = frozenset(
    ["enabled", "freeze", "cache", "daemon", "daemon-restart", "debug", "error"]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOptions:
    """The options of one cell after defaults; `output` is True, False or "asis"."""

    label: str
    echo: bool
    eval: bool
    include: bool
    output: bool | str
    warning: bool
    caption: str
    fig_alt: str
    code_fold: str
    code_summary: str
    column: str
    layout_ncol: int


def cell_options(rows: Sequence[str], *, file: str, first_row: int) -> dict[str, Any]:
    """Return what the `#|` lines `rows` of a cell say, as written.

    Raises
    ------
    DocumentError
        They are not YAML, or name an option that is not known; with file and line.
    """
    try:
        loaded = yaml.safe_load("\n".join(row[2:].removeprefix(" ") for row in rows))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = first_row + (0 if mark is None else min(mark.line, len(rows) - 1))
        problem = getattr(error, "problem", None) or "they cannot be read"
        raise DocumentError(
            f"the cell's options are not valid YAML: {problem}", place=Place(file=file, row=row)
        ) from error
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise DocumentError(
            "the cell's options must be `#| name: value`", place=Place(file=file, row=first_row)
        )
    for key in loaded:
        if key not in KNOWN:
            near = difflib.get_close_matches(str(key), KNOWN, n=1)
            row = next((at for at, text in enumerate(rows) if str(key) in text), 0)
            raise DocumentError(
                f"the cell option {key} is not supported",
                place=Place(file=file, row=first_row + row),
                remedy=f"Did you mean {near[0]}?" if near else f"Known: {', '.join(KNOWN)}.",
            )
    return loaded


def execute_defaults(*layers: Mapping[str, Any] | None, place: Place) -> dict[str, Any]:
    """Return the defaults of a document's cells; later layers win over earlier ones."""
    defaults: dict[str, Any] = dict(_EXECUTE_DEFAULTS)
    for layer in layers:
        for key, value in (layer or {}).items():
            if key in _EXECUTE_DEFAULTS:
                defaults[key] = value
            elif key not in _EXECUTE_INERT:
                raise refusal(f"execute: {key}: is not supported", place)
    return defaults


def settled_options(
    options: Mapping[str, Any], defaults: Mapping[str, Any], *, code_fold: object, place: Place
) -> CellOptions:
    """Return the options that hold for a cell.

    Raises
    ------
    DocumentError
        A value cannot be used, or label and caption do not go together.
    """

    def flag(name: str) -> bool:
        value = options.get(name, defaults[name])
        if not isinstance(value, bool):
            raise DocumentError(f"the cell option {name} must be true or false", place=place)
        return value

    output = options.get("output", defaults["output"])
    if output == "all":
        output = True
    if output not in (True, False, "asis"):
        raise DocumentError("the cell option output must be true, false or asis", place=place)
    if options.get("error"):
        raise DocumentError(
            "the cell option error: true is not supported",
            place=place,
            remedy="A cell that fails stops the build; catch the exception in the cell.",
        )
    fold = options.get("code-fold", code_fold)
    if fold not in (True, False, None, "show"):
        raise DocumentError("the cell option code-fold must be true, false or show", place=place)
    return CellOptions(
        label=_label(options, place),
        echo=flag("echo"),
        eval=flag("eval"),
        include=flag("include"),
        output=output,
        warning=flag("warning"),
        caption=_caption(options, place),
        fig_alt=_one_line(options.get("fig-alt", ""), "fig-alt", place),
        code_fold={True: "true", "show": "show"}.get(fold, ""),
        code_summary=_one_line(options.get("code-summary", ""), "code-summary", place),
        column=_column(options.get("column"), place),
        layout_ncol=_layout_ncol(options.get("layout-ncol", 0), place),
    )


def _one_line(value: object, name: str, place: Place) -> str:
    if not isinstance(value, str | int | float):
        raise DocumentError(f"the cell option {name} must be text", place=place)
    return " ".join(str(value).split())


def _label(options: Mapping[str, Any], place: Place) -> str:
    label = str(options.get("label", ""))
    for kind, caption in (("fig", "fig-cap"), ("tbl", "tbl-cap")):
        labelled = label.startswith(f"{kind}-")
        if labelled and caption not in options:
            raise DocumentError(
                f"the cell {label} has no {caption}",
                place=place,
                remedy=f"Add `#| {caption}: …`, or take the label out.",
            )
        if not labelled and caption in options:
            raise DocumentError(
                f"{caption} needs a label that starts with {kind}-",
                place=place,
                remedy=f"Add `#| label: {kind}-…` so that the caption gets a number.",
            )
    if label and not all(part.isalnum() for part in label.replace("_", "-").split("-") if part):
        raise DocumentError(
            f"the label {label} may hold letters, digits, - and _ only", place=place
        )
    return label


def _caption(options: Mapping[str, Any], place: Place) -> str:
    for name in ("fig-cap", "tbl-cap"):
        if name in options:
            return _one_line(options[name], name, place)
    return ""


def _column(value: object, place: Place) -> str:
    if value is None:
        return ""
    if value not in _COLUMNS:
        raise DocumentError(
            f"the cell option column: {value} is not supported",
            place=place,
            remedy=f"Known: {', '.join(_COLUMNS)}.",
        )
    return str(value)


def _layout_ncol(value: object, place: Place) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 6:
        raise DocumentError("the cell option layout-ncol must be 1 to 6", place=place)
    return value
