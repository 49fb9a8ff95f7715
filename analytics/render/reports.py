"""Documents made of a template, one a period, executed already.

Quarto starts no kernel for a document without cells, and so renders an archive of reports at
half a second a page instead of eight. The embedded renderer gets the same documents.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from analytics.errors import DocumentError, Place
from analytics.render.documents import Document, document
from analytics.render.execution import Answers, executed_markdown
from analytics.render.kept import KeptPages, Recorder
from analytics.render.kernel import Kernel
from analytics.render.kernels import executed
from analytics.render.project import read_project
from analytics.render.rendering import Progress

_PLACEHOLDER = re.compile(r"(?<!\{)\{\{([A-Za-z_]\w*)\}\}(?!\})")


def executed_documents(
    staged: Path,
    template: str,
    entries: Mapping[str, Mapping[str, str]],
    *,
    environment: Mapping[str, str],
    progress: Progress | None = None,
    kept: KeptPages | None = None,
) -> dict[str, str]:
    """Return one document for each entry: path below `site/` to Quarto markdown, no cells in it.

    Parameters
    ----------
    staged : Path
        A staged project, in which the cells run.
    template : str
        A document with placeholders such as `{{period}}`, relative to the project; its name
        begins with an underscore, so that it makes no page of its own.
    entries : mapping
        Path below `site/` of the document to make, to what its placeholders mean.
    environment : mapping
        Environment of the cells, over that of this process.
    progress : callable, optional
        Called with a label, the number done and the number in all.
    kept : KeptPages, optional
        What earlier renders kept; what they show already is not executed again.

    Raises
    ------
    DocumentError
        The template has a placeholder without a value, or a cell fails.
    """
    try:
        source = (staged / template).read_text("utf-8")
    except OSError as error:
        raise DocumentError("the template is missing", place=Place(file=template)) from error
    execute = read_project(staged).execute
    parsed = {
        name: document(template, _filled(source, entries[name], template), root=staged)
        for name in sorted(entries)
    }
    made: dict[str, str] = {}
    if kept is not None:
        for name, entry in parsed.items():
            replay = kept.replay(entry, {"execute": execute})
            if replay is not None:
                made[name] = _executed(entry, execute, replay)
    stale = [name for name in parsed if name not in made]

    def notify(count: int) -> None:
        if progress is not None:
            progress("reports", count, len(stale))

    fresh = executed(
        [partial(_recorded, parsed[name], execute, kept) for name in stale],
        root=staged,
        environment=environment,
        notify=notify,
        rest=True,
    )
    made.update(zip(stale, fresh, strict=True))
    return {name: made[name] for name in parsed}


def _filled(source: str, values: Mapping[str, str], template: str) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] not in values:
            row = source.count("\n", 0, found.start()) + 1
            raise DocumentError(
                f"the placeholder {found[0]} has no value",
                place=Place(file=template, row=row),
                remedy=f"Known: {', '.join(sorted(values))}.",
            )
        return str(values[found[1]])

    return _PLACEHOLDER.sub(value, source)


def _recorded(
    parsed: Document, execute: Mapping[str, object], kept: KeptPages | None, kernel: Kernel
) -> str:
    if kept is None:
        return _executed(parsed, execute, kernel)
    recorder = Recorder(kernel)
    text = _executed(parsed, execute, recorder)
    kept.keep(parsed, {"execute": execute}, recorder)
    return text


def _executed(parsed: Document, execute: Mapping[str, object], kernel: Answers) -> str:
    body = executed_markdown(parsed, kernel, project_execute=execute)
    # Without cells Quarto needs no engine; naming it keeps `jupyter:` of the project away.
    front = ["---", *(line.text for line in parsed.front_lines), "engine: markdown", "---"]
    return "\n".join([*front, body])
