"""Pages kept from one render to the next: what their cells showed, and what was made of it.

What a page's cells showed is kept under the digest of its document and of the code that they
call, with the names of what they read; it holds while none of that has changed. HTML is kept under
the digest of all that Pandoc was given. A page of which not all reads are known is executed always.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analytics.digests import content_digest, file_digest, tree_digest, value_digest
from analytics.import_graph import PACKAGE, modules_digest
from analytics.render.documents import Cell, Document, Text
from analytics.render.kernel import Kernel, Output
from analytics.render.known_reads import known_modules

_TAKEN = "__import__('analytics.presentation.reads', fromlist=['taken']).taken()"
_RENDERING = ("analytics.render.embedded", "analytics.render.reports")


class Recorder:
    """A kernel whose answers are written down."""

    def __init__(self, kernel: Kernel) -> None:
        """Take the kernel that answers."""
        self._kernel = kernel
        self.answers: list[Any] = []

    def outputs(self, code: str) -> tuple[Output, ...]:
        """Run `code` and return what it showed; see `Kernel.outputs`."""
        shown = self._kernel.outputs(code)
        self.answers.append([code, [[output.kind, output.text] for output in shown]])
        return shown

    def inline(self, expression: str) -> tuple[bool, str]:
        """Return whether `expression` gives markdown, and its text."""
        shown = self._kernel.inline(expression)
        self.answers.append([expression, list(shown)])
        return shown

    def reads(self) -> list[str]:
        """Return the names of what was read, and forget them."""
        names: list[str] = json.loads(self._kernel.inline(_TAKEN)[1])
        return names


class Replay:
    """Answers that were written down, given again in their order."""

    def __init__(self, answers: Sequence[Any]) -> None:
        """Take the answers of a `Recorder`."""
        self._answers = iter(answers)

    def outputs(self, code: str) -> tuple[Output, ...]:
        """Return what `code` showed."""
        return tuple(Output(kind=kind, text=text) for kind, text in self._answer(code))

    def inline(self, expression: str) -> tuple[bool, str]:
        """Return whether `expression` gave markdown, and its text."""
        is_markdown, text = self._answer(expression)
        return bool(is_markdown), str(text)

    def _answer(self, code: str) -> Any:
        asked, answer = next(self._answers)
        if asked != code:
            raise ValueError("a kept page answers another cell than it was asked for")
        return answer


class KeptPages:
    """The pages of one site in a folder of their own; what a render did not use goes."""

    def __init__(self, folder: Path, *, results: Path, root: Path, salt: str, fresh: bool) -> None:
        """Open the folder of kept pages.

        Parameters
        ----------
        folder : Path
            Made where it is not there.
        results : Path
            The stored results that cells read.
        root : Path
            The staged project, which files are relative to.
        salt : str
            Digest of what else pages depend on, such as the lock.
        fresh : bool
            Whether pages are made anew, and kept, whatever was kept.
        """
        from analytics.presentation.reads import Reads

        self._folder = folder
        self._reads = Reads(results, root)
        self._fresh = fresh
        self._used: set[str] = set()
        self._salt = value_digest(
            [
                salt,
                sys.version,
                modules_digest(*_RENDERING),
                tree_digest(PACKAGE / "render", ("filters/*", "templates/*")),
            ]
        )

    def replay(self, document: Document, settings: Mapping[str, Any]) -> Replay | None:
        """Return the answers to a document's cells, where they would be the same again.

        Parameters
        ----------
        document : Document
            Its includes in place.
        settings : mapping
            What else decides which cells run.
        """
        key = self._execution_key(document, settings)
        if key is None or self._fresh:
            return None
        kept = self._kept(key)
        if kept is None or any(self._reads.digest(name) != told for name, told in kept["reads"]):
            return None
        return Replay(kept["answers"])

    def keep(self, document: Document, settings: Mapping[str, Any], recorder: Recorder) -> None:
        """Keep what a document's cells showed."""
        key = self._execution_key(document, settings)
        if key is not None:
            reads = [(name, self._reads.digest(name)) for name in recorder.reads()]
            self._write(key, {"reads": reads, "answers": recorder.answers})

    def html(self, job: Mapping[str, Any], root: Path) -> str | None:
        """Return the HTML that Pandoc made of a job, where it was kept."""
        kept = None if self._fresh else self._kept(self._conversion_key(job, root))
        return None if kept is None else str(kept["html"])

    def keep_html(self, job: Mapping[str, Any], root: Path, html: str) -> None:
        """Keep the HTML that Pandoc made of a job, of which nothing was refused."""
        self._write(self._conversion_key(job, root), {"html": html})

    def forget_unused(self) -> None:
        """Delete what was neither kept nor asked for since the folder was opened."""
        for file in self._folder.glob("*"):
            if file.stem not in self._used:
                file.unlink(missing_ok=True)

    def _execution_key(self, document: Document, settings: Mapping[str, Any]) -> str | None:
        modules = known_modules(document)
        if modules is None:
            return None
        text = [line.text for line in document.front_lines]
        text += [repr(_content(part)) for part in document.parts]
        code = modules_digest(*sorted(modules))
        return value_digest([self._salt, "cells", document.path, text, dict(settings), code])

    def _conversion_key(self, job: Mapping[str, Any], root: Path) -> str:
        cited = [
            file_digest(root / name)
            for value in job["metadata"].values()
            for name in (value if isinstance(value, list) else [value])
            if (root / str(name)).is_file()
        ]
        return value_digest([self._salt, "html", dict(job), cited])

    def _kept(self, key: str) -> dict[str, Any] | None:
        self._used.add(key)
        try:
            written = (self._folder / f"{key}.json").read_bytes()
        except FileNotFoundError:
            return None
        digest, _, content = written.partition(b"\n")
        if digest.decode("ascii", "replace") != content_digest(content):
            return None
        kept: dict[str, Any] = json.loads(content)
        return kept

    def _write(self, key: str, value: Mapping[str, Any]) -> None:
        self._used.add(key)
        self._folder.mkdir(parents=True, exist_ok=True)
        content = json.dumps(value, ensure_ascii=False).encode()
        aside = self._folder / f".{key}.{os.getpid()}"
        aside.write_bytes(content_digest(content).encode() + b"\n" + content)
        aside.replace(self._folder / f"{key}.json")


def _content(part: Text | Cell) -> object:
    if isinstance(part, Text):
        return part.line.text, part.verbatim
    return part.code, sorted(part.options.items(), key=str), part.indent
