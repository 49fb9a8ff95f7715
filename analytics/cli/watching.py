"""The site while its documents are edited: what an edit makes stale is rendered and reloaded."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from analytics.cli.build import DOWNLOADS
from analytics.cli.edition import RESULTS, write_names
from analytics.cli.project import ProjectFolder, source_layout
from analytics.errors import AnalyticsError, Place, UsageError
from analytics.pipeline.downloads import Edition, write_downloads
from analytics.publish.live import LiveSite
from analytics.publish.tree import LATEST, read_versions
from analytics.render import write_staged_project
from analytics.render.embedded import rendered_page
from analytics.render.kernels import end_resting_kernels
from analytics.render.navigation import page_url
from analytics.render.project import read_project
from analytics.results import SourceFacts
from analytics.store import read_result

PAUSE = 0.15
_CODE = Path(__file__).parents[1]
States = dict[Path, tuple[int, int]]


@contextmanager
def watched_site(
    project: ProjectFolder, public: Path, source: str | None, told: Callable[[str], None]
) -> Iterator[LiveSite]:
    """Serve a copy of the latest version that follows the documents; nothing is published.

    Parameters
    ----------
    project : ProjectFolder
        Whose documents are edited.
    public : Path
        The published tree; it stays as it is.
    source : str or None
        The source, where it is not that of the settings.
    told : callable
        Is told what was rendered, and what is wrong with a document.

    Raises
    ------
    UsageError
        If nothing is published or analysed yet.
    """
    known = read_versions(public)
    layout = source_layout(project, source)
    if known is None or known.latest is None or not layout.results.is_dir():
        raise UsageError(
            "there is nothing to watch yet",
            place=Place(file=str(public)),
            remedy="Build the site first: analytics build.",
        )
    with tempfile.TemporaryDirectory(prefix="analytics-watch-") as folder:
        tree = Path(folder) / "tree"
        staged = Path(folder) / "staged"
        tree.mkdir()
        shutil.copytree(public / known.latest, tree / LATEST)
        for name in ("index.html", "versions.json", "status.json", "versions"):
            place = public / name
            copy = shutil.copytree if place.is_dir() else shutil.copyfile
            copy(place, tree / name)
        _stage(project, layout.results, staged, known.latest)
        live = LiveSite(tree)
        stopped = threading.Event()
        watcher = _Watcher(project.root, staged, layout.results, tree / LATEST, live, told)
        thread = threading.Thread(target=watcher.run, args=(stopped,), daemon=True)
        watcher.warm_up()
        thread.start()
        try:
            yield live
        finally:
            stopped.set()
            thread.join()
            end_resting_kernels(staged)


def _stage(project: ProjectFolder, results: Path, staged: Path, version: str) -> None:
    facts = read_result(results, SourceFacts)
    if not isinstance(facts, SourceFacts):
        raise TypeError("every source has facts")
    provenance = {
        "version": version,
        "digest": "being edited",
        "renderer": "embedded",
        "data_to": f"{facts.observation_end.day} {facts.observation_end:%B %Y}",
    }
    write_staged_project(project.root, staged, provenance=provenance, generated={})
    write_names(staged, project, facts)
    shutil.copyfile(project.root / "GLOSSARY.md", staged / "GLOSSARY.md")
    write_downloads(results, staged / DOWNLOADS, key=None, edition=Edition(version=version))


class _Watcher:
    """Looks at the documents, renders what changed, and has the browsers reload."""

    def __init__(
        self,
        root: Path,
        staged: Path,
        results: Path,
        tree: Path,
        live: LiveSite,
        told: Callable[[str], None],
    ) -> None:
        self._root, self._staged, self._tree = root, staged, tree
        self._environment = {RESULTS: str(results)}
        self._live, self._told = live, told
        self._states = self._looked_at()

    def warm_up(self) -> None:
        """Start a kernel and let it import what pages need, before the first edit."""
        self._render("site/index.qmd")

    def run(self, stopped: threading.Event) -> None:
        """Follow the documents until told to stop."""
        while not stopped.wait(PAUSE):
            now = self._looked_at()
            changed = {path for path in now.keys() | self._states.keys()
                       if now.get(path) != self._states.get(path)}  # fmt: skip
            self._states = now
            if changed:
                self._follow(sorted(changed))

    def _looked_at(self) -> States:
        files = [self._root / "_quarto.yml", self._root / "GLOSSARY.md"]
        files += (self._root / "site").rglob("*")
        for part in ("presentation", "charts", "tables"):
            files += (_CODE / part).rglob("*.py")
        states: States = {}
        for file in files:
            try:
                fact = file.stat()
            except OSError:
                continue
            if file.is_file() and not file.name.startswith((".", "~")):
                states[file] = (fact.st_mtime_ns, fact.st_size)
        return states

    def _follow(self, changed: list[Path]) -> None:
        pages, everything = set(), False
        for file in changed:
            if not file.is_relative_to(self._root / "site") and file.suffix != ".qmd":
                everything = True
                if file.suffix == ".py":
                    end_resting_kernels(self._staged)  # what they imported is old
            if not file.is_relative_to(self._root) or file.suffix == ".py":
                continue
            path = file.relative_to(self._root).as_posix()
            if path == "_quarto.yml":
                self._told("_quarto.yml changed: start again to see all of it")
                continue
            target = self._staged / path
            if not file.is_file():
                target.unlink(missing_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)
            if file.suffix != ".qmd":
                if path.startswith("site/"):
                    (self._tree / path).parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(file, self._tree / path)
            elif file.name.startswith("_"):
                everything = True
            else:
                pages.add(path)
        if everything:  # the page that is looked at; the others when they are edited or opened
            pages |= {path for path in self._live.shown_documents() if path in self._pages()}
        for path in sorted(pages):
            self._render(path)
        self._live.reload()

    def _pages(self) -> tuple[str, ...]:
        return tuple(read_project(self._staged).pages)

    def _render(self, path: str) -> None:
        began = time.perf_counter()
        try:
            page = rendered_page(
                read_project(self._staged), path, environment=self._environment, rest=True
            )
        except AnalyticsError as error:
            self._told(f"error: {error}")
            self._live.tell(str(error))
            return
        target = self._tree / page_url(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{target.name}.{os.getpid()}")
        aside.write_text(page, encoding="utf-8", newline="\n")
        aside.replace(target)
        self._live.tell("")
        self._told(f"rendered {path} in {time.perf_counter() - began:.1f} s")
