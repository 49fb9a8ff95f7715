"""From raw exports to stored results: what the diagram of CONTRIBUTING.md says, in code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from analytics.digests import file_digest, value_digest
from analytics.engine import EngineKind
from analytics.import_graph import modules_digest
from analytics.ingest import Source
from analytics.pipeline.personal import pseudonym_key
from analytics.pipeline.progress import Progress, Stage
from analytics.pipeline.published_tables import earlier_digest
from analytics.pipeline.stages import StageRecords, lock_digest, settings_digest
from analytics.pipeline.tiers.descriptive import descriptive
from analytics.pipeline.tiers.diagnostic import diagnostic
from analytics.pipeline.tiers.facts import source_facts
from analytics.pipeline.tiers.predictive import predictive
from analytics.pipeline.tiers.prescriptive import prescriptive
from analytics.pipeline.tiers.privacy import privacy
from analytics.pipeline.workshop import Workshop
from analytics.results import RESULT_TYPES, DataQuality, PrivacyAudit, Result, SourceFacts
from analytics.settings import Layout, Settings
from analytics.store import Provenance, write_result

DATA_CODE = ("analytics.engine", "analytics.ingest", "analytics.cleaning", "analytics.store")
TIERS = "analytics.pipeline.tiers"
# The tiers that read what was published before.
PUBLISHED_BEFORE = ("descriptive", "privacy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A stage that reads marts and results and writes results.

    ``sections`` are the settings that it reads, ``after`` the stages whose results it reads,
    ``writes`` the results that it writes, where these are not the ones that bear its name.
    """

    name: str
    sections: tuple[str, ...]
    compute: Callable[[Workshop, Layout, Settings, Stage], Iterable[Result]]
    after: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The results that it writes."""
        named = (kind.KIND for kind in RESULT_TYPES if kind.KIND.startswith(f"{self.name}."))
        return self.writes or tuple(named)

    @property
    def code(self) -> str:
        """Digest of the modules that its results depend on."""
        return value_digest([modules_digest(f"{TIERS}.{self.name}", "analytics.store"), _own()])


def tiers_of(source: Source, earlier: Path | None) -> tuple[Tier, ...]:
    """Return the tiers in their order, for a source and what was published of it before."""
    audit = partial(privacy, earlier=earlier, publish_customers=source.publish_customers)
    return (
        Tier(
            name="descriptive",
            sections=("privacy", "alerts", "events"),
            compute=partial(descriptive, earlier=earlier),
        ),
        Tier(
            name="diagnostic",
            sections=("privacy", "build"),
            compute=diagnostic,
            after=("descriptive",),
        ),
        Tier(
            name="predictive",
            sections=("clv", "churn", "forecast", "scenarios", "build", "privacy"),
            compute=partial(predictive, source=source),
        ),
        Tier(
            name="prescriptive",
            sections=("budget", "clv", "experiments", "strategies", "build", "privacy"),
            compute=partial(prescriptive, source=source),
            after=("descriptive", "diagnostic", "predictive"),
        ),
        Tier(
            name="privacy",
            sections=("privacy",),
            compute=audit,
            after=("descriptive", "predictive"),
            writes=(PrivacyAudit.KIND,),
        ),
    )


def analyse(
    layout: Layout,
    settings: Settings,
    source: Source,
    *,
    data_digest: str,
    engine: EngineKind,
    progress: Progress,
    force: bool = False,
    earlier: Path | None = None,
) -> SourceFacts:
    """Bring every result of a source up to date and return the facts of the source.

    Parameters
    ----------
    layout : Layout
        Where clean tables and results go.
    settings : Settings
        What the tiers are told.
    source : Source
        Maps the raw files to the canonical tables.
    data_digest : str
        Digest of the raw files and of the source file.
    engine : {"duckdb", "spark"}
        Where tables are computed; results do not depend on it.
    progress : Progress
        Told of every stage.
    force : bool
        Whether current stages run too.
    earlier : Path, optional
        Folder of the downloads of the version published before: what they tell stays known.

    Raises
    ------
    DataError
        Where the exports cannot be read or break the data contract.
    """
    records = StageRecords(layout.cache)
    lock = lock_digest(layout.root)
    keys = {"clean": value_digest([data_digest, modules_digest(*DATA_CODE), _own(), lock])}
    with Workshop(layout, settings, engine) as workshop:
        with progress.stage("ingest and clean") as stage:
            kinds = (SourceFacts.KIND, DataQuality.KIND)
            outputs = [layout.clean, *(layout.results / kind for kind in kinds)]
            if not force and records.is_current("clean", keys["clean"], outputs):
                stage.unchanged()
            else:
                records.forget("clean")
                _write_clean_tables(layout, source, workshop, {"data": data_digest})
                records.record("clean", keys["clean"])
        for tier in tiers_of(source, earlier):
            inputs = {
                "data": keys["clean"],
                "code": tier.code,
                "settings": settings_digest(settings, *tier.sections),
                "lock": lock,
                "pseudonyms": _fingerprint(source, layout.root),
                **{name: keys[name] for name in tier.after},
            }
            told = earlier_digest(earlier)
            if tier.name in PUBLISHED_BEFORE:
                inputs["earlier"] = _known_before(tier.name, told, records)
            keys[tier.name] = value_digest(inputs)
            written = [layout.results / kind for kind in tier.kinds]
            with progress.stage(tier.name) as stage:
                if not force and records.is_current(tier.name, keys[tier.name], written):
                    stage.unchanged()
                    continue
                records.forget(tier.name)
                if tier.name in PUBLISHED_BEFORE:
                    inputs["earlier"] = told
                    keys[tier.name] = value_digest(inputs)
                    records.record(f"{tier.name} earlier", told)
                for result in tier.compute(workshop, layout, settings, stage):
                    write_result(layout.results, result, Provenance(inputs=inputs))
                records.record(tier.name, keys[tier.name])
    return source_facts(layout)


def _own() -> str:
    """Return the digest of this module alone: it hands the stages what they are called with."""
    return file_digest(Path(__file__))


def _fingerprint(source: Source, root: Path) -> str:
    """Return what tells one key of pseudonyms from another; empty where there is none."""
    from analytics.privacy import key_fingerprint

    key = pseudonym_key(source, root)
    return "" if key is None else key_fingerprint(key)


def remember_published(layout: Layout, downloads: Path) -> None:
    """Keep which tables were published last: the next build learns nothing new from them."""
    StageRecords(layout.cache).record("published", earlier_digest(downloads))


def _known_before(tier: str, told: str, records: StageRecords) -> str:
    """Return the digest of what was known before a tier's results were made.

    Tables that these very results were published as add nothing to what went into them.
    """
    return records.kept(f"{tier} earlier") if told == records.kept("published") else told


def _write_clean_tables(
    layout: Layout, source: Source, workshop: Workshop, inputs: Mapping[str, str]
) -> None:
    from analytics.cleaning import clean
    from analytics.cleaning.plan import keep_rules
    from analytics.ingest import ingest

    staged = ingest(source, workshop.engine)
    keep_rules(staged, workshop.engine, layout.cache)
    cleaned = clean(staged, source, workshop.engine, layout.clean)
    provenance = Provenance(inputs=inputs)
    write_result(layout.results, cleaned.quality, provenance)
    write_result(layout.results, cleaned.facts, provenance)
