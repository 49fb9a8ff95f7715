"""Markdown to pages: jobs for `pandoc lua`, a few processes side by side."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from analytics.errors import RenderError
from analytics.render.refusals import UNSUPPORTED
from analytics.settings.tasks import most_tasks

# A process costs about 50 ms to start, a page 5 to 20 ms.
_PAGES_WORTH_A_PROCESS = 8
_MOST_PROCESSES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What a filter refused, and what to do; `needle` is what to look for in the source."""

    message: str
    needle: str
    remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvertedPage:
    """A page as HTML, and what was wrong with it."""

    html: str
    problems: tuple[Problem, ...]


@cache
def pandoc_path() -> str:
    """Return the path of the Pandoc that the wheel `pypandoc_binary` brings.

    Raises
    ------
    RenderError
        The wheel has none.
    """
    try:
        folder = files("pypandoc") / "files"
    except ModuleNotFoundError as error:
        raise RenderError(
            "Pandoc is missing", remedy="Install the package pypandoc_binary."
        ) from error
    for name in ("pandoc", "pandoc.exe"):
        path = Path(str(folder / name))
        if path.is_file():
            return str(path)
    raise RenderError("Pandoc is missing", remedy="Install the package pypandoc_binary.")


def converted_pages(jobs: Sequence[Mapping[str, Any]], *, cwd: Path) -> list[ConvertedPage]:
    """Return the pages of `jobs`, in their order.

    Parameters
    ----------
    jobs : sequence of mappings
        `markdown`, `title`, `texts` (markdown), `metadata`, `variables` (escaped already),
        `root`, `path`, `toc`, `toc_depth`.
    cwd : Path
        The folder that a bibliography's path is relative to.

    Raises
    ------
    RenderError
        Pandoc itself failed.
    """
    if not jobs:
        return []
    wanted = -(-len(jobs) // _PAGES_WORTH_A_PROCESS)
    count = min(most_tasks(), _MOST_PROCESSES, wanted)
    # Every count-th job, so that neighbours, which are often alike in size, are spread.
    shares = [list(range(start, len(jobs), count)) for start in range(count)]
    pages: list[ConvertedPage | None] = [None] * len(jobs)
    package = files("analytics.render")
    with as_file(package / "filters") as filters, as_file(package / "templates") as templates:
        command = [
            pandoc_path(), "lua", str(filters / "pages.lua"), str(filters),
            str(templates / "page.html"),
        ]  # fmt: skip
        for share, results in zip(
            shares,
            _answers(command, [[jobs[at] for at in share] for share in shares], cwd),
            strict=True,
        ):
            for at, result in zip(share, results, strict=True):
                pages[at] = _converted(result)
    return [page for page in pages if page is not None]


def _answers(
    command: list[str], batches: list[list[Mapping[str, Any]]], cwd: Path
) -> list[list[dict[str, Any]]]:
    from concurrent.futures import ThreadPoolExecutor

    processes = [
        subprocess.Popen(
            command, cwd=cwd, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for _ in batches
    ]  # fmt: skip
    try:
        with ThreadPoolExecutor(len(batches)) as pool:
            return list(pool.map(_answer, processes, batches))
    finally:
        for process in processes:
            if process.poll() is None:
                process.kill()
                process.wait()


def _answer(
    process: subprocess.Popen[bytes], batch: list[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    out, err = process.communicate(json.dumps(batch).encode())
    said = err.decode("utf-8", "replace").strip()
    if process.returncode:
        raise RenderError(f"Pandoc failed: {said}")
    answers: list[dict[str, Any]] = json.loads(out)
    if said:
        raise RenderError(f"Pandoc warned: {said}")
    return answers


def _converted(result: Mapping[str, Any]) -> ConvertedPage:
    problems = tuple(
        Problem(
            message=problem["message"],
            needle=problem["needle"],
            remedy=problem.get("remedy") or UNSUPPORTED,
        )
        for problem in result["problems"]
    )
    return ConvertedPage(html=result["html"], problems=problems)
