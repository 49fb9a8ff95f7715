"""From raw exports to stored results: what the diagram of CONTRIBUTING.md says, in code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from analytics.digests import value_digest
from analytics.engine import EngineKind
from analytics.ingest import Source
from analytics.pipeline import tiers
from analytics.pipeline.progress import Progress, Stage
from analytics.pipeline.stages import StageRecords, code_digest, lock_digest, settings_digest
from analytics.pipeline.workshop import Workshop
from analytics.results import RESULT_TYPES, DataQuality, Result, SourceFacts
from analytics.settings import Layout, Settings
from analytics.store import Provenance, write_result

DATA_CODE = ("engine", "ingest", "cleaning")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A stage that reads marts and results and writes results.

    ``sections`` are the settings that it reads, ``after`` the stages whose results it reads.
    """

    name: str
    sections: tuple[str, ...]
    compute: Callable[[Workshop, Layout, Settings, Stage], Iterable[Result]]
    after: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[str, ...]:
        """The results that it writes."""
        return tuple(kind.KIND for kind in RESULT_TYPES if kind.KIND.startswith(f"{self.name}."))

    @property
    def code(self) -> tuple[str, ...]:
        """Parts of the package that its results depend on."""
        return (*DATA_CODE, "marts", "privacy", "pipeline", self.name)


TIERS = (
    Tier(name="descriptive", sections=("privacy", "alerts"), compute=tiers.descriptive),
    Tier(
        name="diagnostic",
        sections=("privacy", "build"),
        compute=tiers.diagnostic,
        after=("descriptive",),
    ),
    Tier(name="predictive", sections=("clv", "build", "privacy"), compute=tiers.predictive),
    Tier(name="prescriptive", sections=("budget", "build"), compute=tiers.prescriptive),
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

    Raises
    ------
    DataError
        Where the exports cannot be read or break the data contract.
    """
    records = StageRecords(layout.cache)
    lock = lock_digest(layout.root)
    keys = {"clean": value_digest([data_digest, code_digest(*DATA_CODE), lock])}
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
        for tier in TIERS:
            inputs = {
                "data": keys["clean"],
                "code": code_digest(*tier.code),
                "settings": settings_digest(settings, *tier.sections),
                "lock": lock,
                **{name: keys[name] for name in tier.after},
            }
            keys[tier.name] = value_digest(inputs)
            written = [layout.results / kind for kind in tier.kinds]
            with progress.stage(tier.name) as stage:
                if not force and records.is_current(tier.name, keys[tier.name], written):
                    stage.unchanged()
                    continue
                records.forget(tier.name)
                for result in tier.compute(workshop, layout, settings, stage):
                    write_result(layout.results, result, Provenance(inputs=inputs))
                records.record(tier.name, keys[tier.name])
    return tiers.source_facts(layout)


def _write_clean_tables(
    layout: Layout, source: Source, workshop: Workshop, inputs: Mapping[str, str]
) -> None:
    from analytics.cleaning import clean
    from analytics.ingest import ingest

    cleaned = clean(ingest(source, workshop.engine), source, workshop.engine, layout.clean)
    provenance = Provenance(inputs=inputs)
    write_result(layout.results, cleaned.quality, provenance)
    write_result(layout.results, cleaned.facts, provenance)
