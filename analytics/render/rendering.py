"""What a renderer is, and the one way to run either."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from analytics.errors import DocumentError, RenderError
from analytics.render.checks import Defect, PageFacts, local_files, page_facts, site_defects
from analytics.render.documents import Document, place_of, read_document
from analytics.render.kernels import end_resting_kernels
from analytics.render.navigation import page_url
from analytics.render.project import Project, read_project

if TYPE_CHECKING:
    from analytics.render.kept import KeptPages

Progress = Callable[[str, int, int], None]
_SHOWN_DEFECTS = 10


class Renderer(Protocol):
    """Makes pages of a staged project."""

    @property
    def name(self) -> str:
        """Return `quarto` or `embedded`."""
        ...

    @property
    def version(self) -> str:
        """Return the versions of what decides the pages' bytes."""
        ...

    def write_pages(
        self,
        project: Project,
        output: Path,
        environment: Mapping[str, str],
        progress: Progress,
        kept: KeptPages | None,
    ) -> None:
        """Write the rendered tree of `project` into the empty folder `output`."""
        ...

    def write_search(self, output: Path) -> None:
        """Write the search index of the tree in `output`, which passed the checks."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderedSite:
    """A rendered tree: the URLs of its pages relative to its root, and who made it."""

    pages: tuple[str, ...]
    renderer: str
    renderer_version: str


def render_site(
    project: Path,
    output: Path,
    *,
    renderer: Renderer,
    environment: Mapping[str, str],
    progress: Progress | None = None,
    later: Collection[str] = (),
    kept: KeptPages | None = None,
) -> RenderedSite:
    """Render the staged project in `project` into the folder `output`.

    Parameters
    ----------
    project : Path
        A staged project; see :func:`analytics.render.staging.write_staged_project`.
    output : Path
        A folder that does not exist yet. It is complete when this returns, and absent when
        this raises.
    renderer : Renderer
        See :func:`analytics.render.choice.chosen_renderer`.
    environment : mapping
        Environment of the cells, over that of this process.
    progress : callable, optional
        Called with a label, the number done and the number in all.
    later : collection of str
        URLs relative to the root that are added after rendering, such as `downloads/`, to
        which pages may link already; one that ends in a slash stands for all below it.
    kept : KeptPages, optional
        What earlier renders kept; the embedded renderer makes no page of it anew.

    Raises
    ------
    DocumentError
        A document cannot be rendered, or a page has a broken link or anchor, an unresolved
        cross-reference, an id twice, or something shown without alt text.
    RenderError
        The renderer failed, or `output` is there already.
    """
    if output.exists():
        raise RenderError(f"{output} is there already", remedy="Render into a new folder.")
    settings = read_project(project)
    output.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=output.parent, prefix=f".{output.name}-"))
    try:
        aside.chmod(0o755)
        notify = progress or _unheard
        renderer.write_pages(settings, aside, environment, notify, kept)
        pages = _checked_pages(settings, aside, frozenset(later), notify)
        renderer.write_search(aside)
        os.replace(aside, output)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    finally:
        end_resting_kernels(project)
    return RenderedSite(pages=pages, renderer=renderer.name, renderer_version=renderer.version)


def _unheard(label: str, done: int, total: int) -> None:
    pass


def _checked_pages(
    project: Project, output: Path, later: frozenset[str], progress: Progress
) -> tuple[str, ...]:
    files = sorted(path for path in output.rglob("*.html") if "site_libs" not in path.parts)
    facts: dict[str, PageFacts] = {}
    for count, file in enumerate(files, start=1):
        url = file.relative_to(output).as_posix()
        facts[url] = page_facts(url, file.read_text("utf-8"))
        progress("check", count, len(files))
    _write_linked_files(project, output, facts)
    defects = site_defects(output, facts, later=later)
    if defects:
        raise _document_error(project, defects)
    return tuple(sorted(facts))


def _write_linked_files(project: Project, output: Path, facts: Mapping[str, PageFacts]) -> None:
    """Copy what pages link to and the project has, as Quarto does."""
    wanted = {path for url in facts for path in local_files(facts[url])}
    for path in sorted(wanted):
        source, target = project.root / path, output / path
        if source.is_file() and not target.exists() and source.suffix not in (".qmd", ".html"):
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _document_error(project: Project, defects: list[Defect]) -> DocumentError:
    sources = {page_url(path): path for path in project.pages}
    read: dict[str, Document] = {}
    rows: list[tuple[Defect, str]] = []
    for defect in defects[:_SHOWN_DEFECTS]:
        path = sources.get(defect.url)
        if path and path not in read:
            read[path] = read_document(project.root, path)
        where = str(place_of(read[path], defect.needle)) if path else ""
        rows.append((defect, where))
    first = defects[0]
    path = sources.get(first.url)
    more = [f"{where or defect.url}: {defect.message}" for defect, where in rows[1:]]
    if len(defects) > _SHOWN_DEFECTS:
        more.append(f"and {len(defects) - _SHOWN_DEFECTS} more")
    return DocumentError(
        f"{first.message} (page {first.url})",
        place=place_of(read[path], first.needle) if path else None,
        remedy="\n  ".join(more),
    )
