"""The whole job: raw exports, results, staged documents, pages, a published version."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.cli.edition import RESULTS, site_title, write_names, written_edition
from analytics.cli.output import public_folder, refuse_output
from analytics.cli.project import ProjectFolder, source_name
from analytics.digests import tree_digest, value_digest
from analytics.engine import EngineKind
from analytics.errors import DataError
from analytics.import_graph import PACKAGE
from analytics.ingest import Source
from analytics.pipeline import Progress, ensure_exports, read_observed_source
from analytics.pipeline.personal import pseudonym_key, refuse_other_key, refuse_personal_data
from analytics.pipeline.stages import StageRecords, lock_digest
from analytics.pipeline.turns import WORKPLACE, build_turn
from analytics.publish.identity import Identity
from analytics.publish.manifest import ManifestFacts
from analytics.publish.retention import RetentionRule, retire_versions
from analytics.publish.robots import write_noindex
from analytics.publish.site import Published, confirm_version, plan_version, publish_site
from analytics.publish.tree import read_versions
from analytics.publish.upkeep import write_stale
from analytics.publish.versions import version_with_digest
from analytics.render import Renderer, chosen_renderer, render_site, write_staged_project
from analytics.settings import Layout

if TYPE_CHECKING:
    from analytics.results import SourceFacts
from analytics.settings.shaping import shaping_settings
from analytics.settings.tasks import tasks_at_most

DOWNLOADS = Path("site") / "data" / "downloads"
DOCUMENT_PATTERNS = ("_quarto.yml", "site/**/*", "GLOSSARY.md")


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOptions:
    """What the command line says over the settings; None leaves a setting as it is."""

    source: str | None = None
    engine: EngineKind | None = None
    renderer: str | None = None
    output: Path | None = None
    force: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class BuildOutcome:
    """What a build did, for the closing summary."""

    published: Published
    source: Source
    renderer: str
    pages: int
    seconds: float


def build_site(project: ProjectFolder, options: BuildOptions, progress: Progress) -> BuildOutcome:
    """Bring the published site up to date with the data, the code and the documents.

    Raises
    ------
    AnalyticsError
        For whatever a user can cause; the published site is then as it was, and says since
        when it is stale where its data could not be used.
    """
    started = time.perf_counter()
    settings = project.settings
    renderer = chosen_renderer(options.renderer or settings.build.renderer, os.environ)
    source = read_observed_source(project.root, source_name(project, options.source), settings)
    source.require_confirmed()
    layout = Layout(root=project.root, source=source.name)
    public = public_folder(project, options.source, options.output)
    refuse_output(project.root, public)
    with build_turn(layout.cache, source.name), tasks_at_most(settings.build.jobs):
        return _built_site(project, options, progress, source, layout, public, renderer, started)


def _built_site(
    project: ProjectFolder,
    options: BuildOptions,
    progress: Progress,
    source: Source,
    layout: Layout,
    public: Path,
    renderer: Renderer,
    started: float,
) -> BuildOutcome:
    settings = project.settings
    refuse_other_key(public, pseudonym_key(source, project.root))
    try:
        if source.synthetic:
            records = StageRecords(layout.cache)
            ensure_exports(layout, settings.synthetic, records, progress, force=options.force)
        data_digest = source.digest
        identity = build_identity(project, data_digest, renderer)
        known = read_versions(public)
        same = version_with_digest(known, identity.digest) if known else None
        if same is not None and not options.force:
            published = confirm_version(public, same.name, clock=_now)
            return _outcome(published, source, renderer, 0, started)
        from analytics.pipeline import analyse, remember_published

        earlier = _latest_downloads(public)
        facts = analyse(
            layout,
            settings,
            source,
            data_digest=data_digest,
            engine=options.engine or settings.build.engine,
            progress=progress,
            force=options.force,
            earlier=earlier,
        )
    except DataError as error:
        write_stale(public, because=error.message, clock=_now)
        raise
    plan = plan_version(
        public,
        source=source.name,
        data_to=facts.observation_end,
        digest=identity.digest,
        clock=_now,
    )
    layout.cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=WORKPLACE, dir=layout.cache) as workplace:
        pages = _render(
            project,
            source,
            facts,
            plan.name,
            identity,
            renderer,
            Path(workplace),
            progress,
            earlier,
            force=options.force,
        )
        with progress.stage("privacy gate"):
            refuse_personal_data(layout.clean, Path(workplace) / "rendered")
        with progress.stage("publish"):
            published = publish_site(
                Path(workplace) / "rendered",
                public,
                facts=_manifest_facts(project, facts, identity),
                clock=_now,
                version=plan.name if plan.known is None else None,
            )
        remember_published(layout, published.folder / DOWNLOADS)
        kept = settings.retention
        rule = RetentionRule(
            versions=kept.versions, bytes=int(kept.megabytes * 1e6), tagged=kept.tagged
        )
        retire_versions(public, rule, clock=_now)
    return _outcome(published, source, renderer, pages, started)


def _latest_downloads(public: Path) -> Path | None:
    """Return the downloads of the version published last, whose tables stay known."""
    known = read_versions(public)
    folder = public / known.latest / DOWNLOADS if known and known.latest else None
    return folder if folder is not None and folder.is_dir() else None


def build_identity(project: ProjectFolder, data_digest: str, renderer: Renderer) -> Identity:
    """Return the identity that a version made now would have."""
    return Identity(
        data=data_digest,
        package=tree_digest(PACKAGE),
        documents=tree_digest(project.root, DOCUMENT_PATTERNS),
        settings=value_digest(shaping_settings(project.settings)),
        lock=lock_digest(project.root),
        renderer=renderer.name,
        renderer_version=renderer.version,
    )


def summary_lines(outcome: BuildOutcome, *, as_json: bool) -> list[str]:
    """Return the closing summary: what was published, and the page to open."""
    published = outcome.published
    if as_json:
        record = {
            "outcome": published.outcome,
            "version": published.version.name,
            "page": str(published.page),
            "pages": outcome.pages,
            "renderer": outcome.renderer,
            "seconds": round(outcome.seconds, 3),
        }
        return [json.dumps(record)]
    what = (
        f"nothing has changed: version {published.version.name} stands"
        if published.outcome == "unchanged"
        else f"published version {published.version.name}: {outcome.pages} pages by the "
        f"{outcome.renderer} renderer in {outcome.seconds:.1f} s"
    )
    return [
        *published.notes,
        what,
        f"open {published.page}",
        "or serve it: analytics serve"
        + ("" if outcome.source.synthetic else f" --source {outcome.source.name}"),
    ]


def _render(
    project: ProjectFolder,
    source: Source,
    facts: SourceFacts,
    version: str,
    identity: Identity,
    renderer: Renderer,
    workplace: Path,
    progress: Progress,
    earlier: Path | None,
    *,
    force: bool,
) -> int:
    from analytics.cli.report import write_reports
    from analytics.pipeline.downloads import write_downloads
    from analytics.render.kept import KeptPages

    layout = Layout(root=project.root, source=source.name)
    staged = workplace / "staged"
    environment = {RESULTS: str(layout.results)}
    with progress.stage("stage documents") as stage:
        provenance = {
            "version": version,
            "digest": identity.digest[:12],
            "renderer": renderer.name,
            "data_to": f"{facts.observation_end.day} {facts.observation_end:%B %Y}",
        }
        write_staged_project(project.root, staged, provenance=provenance, generated={})
        write_names(staged, project, facts)
        shutil.copyfile(project.root / "GLOSSARY.md", staged / "GLOSSARY.md")
        key = pseudonym_key(source, project.root)
        edition = written_edition(
            project,
            facts,
            version=version,
            results=layout.results,
            staged=staged,
            earlier=earlier,
        )
        write_downloads(layout.results, staged / DOWNLOADS, key=key, edition=edition)
        kept = KeptPages(
            layout.cache / "pages",
            results=layout.results,
            root=staged,
            salt=value_digest([identity.lock, renderer.name, renderer.version]),
            fresh=force,
        )
        write_reports(
            staged,
            layout.results,
            environment=environment,
            kept=kept,
            progress=lambda what, done, total: stage.advance(done, total, what),
        )
    with progress.stage(f"render ({renderer.name})") as stage:
        site = render_site(
            staged,
            workplace / "rendered",
            renderer=renderer,
            environment=environment,
            progress=lambda what, done, total: stage.advance(done, total, what),
            kept=kept,
        )
        kept.forget_unused()
        if not (source.synthetic or source.public):
            write_noindex(workplace / "rendered")
    return len(site.pages)


def _manifest_facts(
    project: ProjectFolder, facts: SourceFacts, identity: Identity
) -> ManifestFacts:
    from analytics.cli.provenance import code_commit, package_versions

    return ManifestFacts(
        source=facts.name,
        site_title=site_title(project, facts),
        title=f"Data to {facts.observation_end.day} {facts.observation_end:%B %Y}",
        data_to=facts.observation_end,
        identity=identity,
        commit=code_commit(project.root),
        settings=shaping_settings(project.settings),
        packages=package_versions(),
    )


def _outcome(
    published: Published, source: Source, renderer: Renderer, pages: int, started: float
) -> BuildOutcome:
    return BuildOutcome(
        published=published,
        source=source,
        renderer=renderer.name,
        pages=pages,
        seconds=time.perf_counter() - started,
    )


def _now() -> datetime:
    return datetime.now(UTC)
