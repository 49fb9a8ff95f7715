"""The project's own renderer: one kernel, Pandoc, one template, Pagefind."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from html import escape
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import analytics
from analytics.errors import DocumentError, Place
from analytics.render import stamps
from analytics.render.conversion import ConvertedPage, converted_pages
from analytics.render.documents import Cell, Document, Text, place_of, read_document
from analytics.render.documents import document as parsed_document
from analytics.render.execution import Answers, executed_markdown
from analytics.render.front_matter import PageSettings, page_settings
from analytics.render.kept import KeptPages, Recorder, Replay
from analytics.render.kernel import Kernel
from analytics.render.kernels import executed
from analytics.render.navigation import navigation_variables, page_url, root_of, sidebar_of
from analytics.render.not_found import WITHOUT_SCRIPTS, head_html, script_policy
from analytics.render.project import Project
from analytics.render.rendering import Progress
from analytics.render.search import write_search_index
from analytics.render.shortcodes import expanded

NOT_FOUND = "404.html"
_NOT_FOUND_SOURCE = "site/404.qmd"
_NOT_FOUND_TEXT = """---
title: Page not found
description: There is no page at this address in this version.
toc: false
sidebar: false
search: false
---

It may have rolled off, or be in another version. Start again from the [first page](/{first}).
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    document: Document
    settings: PageSettings
    url: str


class EmbeddedRenderer:
    """Renders the part of Quarto's markdown that the site uses, and refuses the rest."""

    name = "embedded"

    @property
    def version(self) -> str:
        """Return the versions of the package, Pandoc's wheel and Pagefind's."""
        parts = (("pypandoc_binary", "pandoc wheel"), ("pagefind_bin", "pagefind"))
        return ", ".join(
            [analytics.__version__, *(f"{name} {installed_version(dist)}" for dist, name in parts)]
        )

    def write_pages(
        self,
        project: Project,
        output: Path,
        environment: Mapping[str, str],
        progress: Progress,
        kept: KeptPages | None,
    ) -> None:
        """Write all pages and files of `project` into `output`; make those anew that changed."""
        if not project.pages:
            raise DocumentError("there are no documents to render", place=Place(file="site"))
        _write_resources(project, output)
        pages = _site_pages(project)
        for page, html in zip(
            pages, _rendered(project, pages, pages, environment, progress, kept=kept), strict=True
        ):
            target = output / page.url
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(html, "utf-8", newline="\n")
        _write_entry_points(project, output, pages)

    def write_search(self, output: Path) -> None:
        """Write Pagefind's index of the pages in `output`."""
        write_search_index(output)


def rendered_page(
    project: Project, path: str, *, environment: Mapping[str, str], rest: bool = False
) -> str:
    """Return the HTML of one document's page, the same as in a render of the whole site.

    With `rest` the kernel stays for the next page, until the caller ends it.
    """
    pages = _site_pages(project)
    chosen = [page for page in pages if page.document.path == path and page.url != NOT_FOUND]
    if not chosen:
        raise DocumentError("the document is not rendered", place=Place(file=path))
    return _rendered(
        project, pages, chosen, environment, lambda label, done, total: None, rest=rest
    )[0]


def _site_pages(project: Project) -> list[_Page]:
    pages = []
    for path in project.pages:
        document = read_document(project.root, path)
        settings = page_settings(document, project)
        pages.append(_Page(document=document, settings=settings, url=page_url(path)))
    return [*pages, _not_found(project)]


def _not_found(project: Project) -> _Page:
    if (project.root / _NOT_FOUND_SOURCE).is_file():
        document = read_document(project.root, _NOT_FOUND_SOURCE)
    else:
        text = _NOT_FOUND_TEXT.format(first=_first(project))
        document = parsed_document(_NOT_FOUND_SOURCE, text, root=project.root)
    return _Page(document=document, settings=page_settings(document, project), url=NOT_FOUND)


def _first(project: Project) -> str:
    home = "site/index.qmd"
    return home if home in project.pages else project.pages[0]


def _rendered(
    project: Project,
    pages: Sequence[_Page],
    chosen: Sequence[_Page],
    environment: Mapping[str, str],
    progress: Progress,
    *,
    rest: bool = False,
    kept: KeptPages | None = None,
) -> list[str]:
    titles = {page.document.path: page.settings.title for page in pages}
    same = {} if kept is None else _replays(project, chosen, kept)
    coded = sorted(
        (page for page in chosen if page.document.has_code and page.url not in same), key=_weight
    )
    tasks = [partial(_kept_job, project, page, titles, kept) for page in coded]
    made = executed(
        tasks,
        root=project.root,
        environment=environment,
        notify=lambda count: progress("execute", count, len(tasks)),
        rest=rest,
    )
    jobs_of = {page.url: job for page, job in zip(coded, made, strict=True)}
    jobs = [
        jobs_of[page.url]
        if page.url in jobs_of
        else _job(project, page, titles, same.get(page.url))
        for page in chosen
    ]
    return _converted(project, chosen, jobs, progress, kept)


def _converted(
    project: Project,
    pages: Sequence[_Page],
    jobs: Sequence[Mapping[str, Any]],
    progress: Progress,
    kept: KeptPages | None,
) -> list[str]:
    made = [None if kept is None else kept.html(job, project.root) for job in jobs]
    stale = [at for at, html in enumerate(made) if html is None]
    progress("convert", 0, len(stale))
    converted = converted_pages([jobs[at] for at in stale], cwd=project.root)
    progress("convert", len(stale), len(stale))
    _refuse_problems([pages[at] for at in stale], converted)
    for at, page in zip(stale, converted, strict=True):
        made[at] = page.html
        if kept is not None:
            kept.keep_html(jobs[at], project.root, page.html)
    return [stamps.filled(html or "", project.variables) for html in made]


def _replays(project: Project, pages: Sequence[_Page], kept: KeptPages) -> dict[str, Replay]:
    """Return the answers to the cells of the pages that would show the same again, by URL."""
    found = {
        page.url: kept.replay(page.document, _execution(project, page))
        for page in pages
        if page.document.has_code
    }
    return {url: replay for url, replay in found.items() if replay is not None}


def _execution(project: Project, page: _Page) -> dict[str, Any]:
    return {"execute": project.execute, "fold": page.settings.code_fold}


def _kept_job(
    project: Project,
    page: _Page,
    titles: Mapping[str, str],
    kept: KeptPages | None,
    kernel: Kernel,
) -> dict[str, Any]:
    if kept is None:
        return _job(project, page, titles, kernel)
    recorder = Recorder(kernel)
    job = _job(project, page, titles, recorder)
    kept.keep(page.document, _execution(project, page), recorder)
    return job


def _weight(page: _Page) -> tuple[int, str]:
    """Order pages so that the longest are begun first."""
    return -sum(isinstance(part, Cell) for part in page.document.parts), page.url


def _job(
    project: Project, page: _Page, titles: Mapping[str, str], kernel: Answers | None
) -> dict[str, Any]:
    document, settings = page.document, page.settings
    metadata = {**project.metadata, **document.front_matter}

    stamped = {**project.variables, **stamps.stamps(project.variables)}

    def filled(text: str, place: Place, variables: Mapping[str, Any] = project.variables) -> str:
        return expanded(text, metadata=metadata, variables=variables, place=place)

    def prose(part: Text) -> str:
        return filled(part.line.text, part.line.place)

    markdown = executed_markdown(
        document,
        kernel,
        project_execute=project.execute,
        project_code_fold=settings.code_fold,
        prose=prose,
    )
    front = Place(file=document.path, row=1)
    configuration = Place(file="_quarto.yml")
    texts = {
        f"footer_{region}": filled(text, configuration, stamped)
        for region, text in _footer(project, stamped).items()
    }
    if settings.title_block:
        texts["lead"] = "\n\n".join(filled(text, front) for text in settings.lead)
    return {
        "path": document.path,
        "markdown": markdown,
        "title": filled(settings.title, front),
        "title_block": settings.title_block,
        "texts": texts,
        "metadata": _citation_metadata(project, page),
        "variables": {
            **_variables(project, page),
            "description": escape(filled(settings.description, front)),
            **navigation_variables(
                document.path,
                page.url,
                project,
                sidebar_of(document.path, project, settings.sidebar),
                titles,
            ),
        },
        "root": root_of(page.url),
        "toc": settings.toc,
        "toc_depth": settings.toc_depth,
    }


def _variables(project: Project, page: _Page) -> dict[str, Any]:
    settings, root = page.settings, root_of(page.url)
    site_url = project.site_url.rstrip("/")
    image = settings.image
    search_page = "site/search.qmd"
    return {
        "lang": escape(settings.lang),
        "root": root,
        "site_title": escape(project.title),
        "home": root + page_url(_first(project)),
        "versions": f"{root}../versions/",
        "search": _search_target(project, root, search_page),
        "indexed": settings.search and page.url != NOT_FOUND,
        "layout": settings.layout,
        "toc_title": escape(settings.toc_title),
        "favicon": escape(root + project.favicon) if project.favicon else "",
        "canonical": escape(f"{site_url}/{page.url}") if site_url else "",
        # Previews need an address that holds outside the site.
        "image": escape(f"{site_url}/{image.lstrip('/')}") if site_url and image else "",
        "not_found": {
            "policy": script_policy(),
            "head": head_html(),
            "without_scripts": WITHOUT_SCRIPTS,
        }
        if page.url == NOT_FOUND
        else "",
    }


def _search_target(project: Project, root: str, page: str) -> str:
    if not project.search:
        return ""
    return root + page_url(page) if page in project.pages else "#search"


def _footer(project: Project, variables: Mapping[str, Any]) -> dict[str, str]:
    if project.footer:
        return dict(project.footer)
    names = {"version": "Version", "data_to": "data to", "digest": "digest"}
    known = [f"{label} {variables[key]}" for key, label in names.items() if variables.get(key)]
    return {"center": " · ".join([*known, "embedded renderer"])}


def _citation_metadata(project: Project, page: _Page) -> dict[str, Any]:
    here = posixpath.dirname(page.document.path)

    def found(name: object) -> str:
        for base in (here, ""):
            path = posixpath.normpath(posixpath.join(base, str(name)))
            if (project.root / path).is_file():
                return path
        raise DocumentError(
            f"there is no file {name}",
            place=place_of(page.document, str(name)),
            remedy="Correct the path, or add the file.",
        )

    metadata: dict[str, Any] = {}
    for key, value in page.settings.citations.items():
        if key == "nocite":
            metadata[key] = str(value)
        elif key == "bibliography" and isinstance(value, list):
            metadata[key] = [found(name) for name in value]
        else:
            metadata[key] = found(value)
    return metadata


def _refuse_problems(pages: Sequence[_Page], converted: Sequence[ConvertedPage]) -> None:
    faults = [
        (problem, place_of(page.document, problem.needle))
        for page, result in zip(pages, converted, strict=True)
        for problem in result.problems
    ]
    if faults:
        (first, place), *others = faults
        more = [f"{where}: {other.message}" for other, where in others[:10]]
        raise DocumentError(first.message, place=place, remedy="\n  ".join([first.remedy, *more]))


def _write_resources(project: Project, output: Path) -> None:
    for pattern in ("site/assets/**/*", *project.resources):
        wide = f"{pattern.rstrip('/')}/**/*" if (project.root / pattern).is_dir() else pattern
        for source in sorted(project.root.glob(wide)):
            relative = source.relative_to(project.root)
            hidden = any(part.startswith((".", "_")) for part in relative.parts)
            if source.is_file() and not hidden and source.suffix != ".qmd":
                target = output / relative
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)


def _write_entry_points(project: Project, output: Path, pages: Sequence[_Page]) -> None:
    first = page_url(_first(project))
    (output / "index.html").write_text(
        f'<!doctype html>\n<html lang="{escape(project.lang)}">\n<head>\n<meta charset="utf-8">\n'
        f"<title>{escape(project.title) or 'Site'}</title>\n"
        f'<meta http-equiv="refresh" content="0; url={first}">\n'
        f'<link rel="canonical" href="{first}">\n</head>\n'
        f'<body><p><a href="{first}">Continue to the site</a></p></body>\n</html>\n',
        "utf-8",
        newline="\n",
    )
    base = project.site_url.rstrip("/") + "/" if project.site_url else ""
    rows = "".join(
        f"<url><loc>{escape(base + page.url)}</loc></url>\n"
        for page in pages
        if page.url != NOT_FOUND
    )
    (output / "sitemap.xml").write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n',
        "utf-8",
        newline="\n",
    )
