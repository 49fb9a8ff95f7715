"""Raw exports of the synthetic shop, made where they are missing or were made otherwise."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from analytics.digests import value_digest
from analytics.errors import Place, UsageError
from analytics.pipeline.progress import Progress
from analytics.pipeline.stages import StageRecords, code_digest
from analytics.settings import Layout, SyntheticSettings

TRUTH = "truth.json"


def generate_exports(settings: SyntheticSettings, folder: Path) -> None:
    """Write the synthetic shop's raw exports into `folder`, replacing an earlier shop there.

    Raises
    ------
    UsageError
        Where the folder holds anything but a synthetic shop, or no shop can have these sizes.
    """
    from analytics.synthetic import SyntheticShop, generated_shop, write_raw_exports

    if folder.exists() and (not folder.is_dir() or _holds_something_else(folder)):
        raise UsageError(
            "the folder holds files that are not a synthetic shop's",
            place=Place(file=str(folder)),
            remedy="Name an empty or a new folder with --out.",
        )
    shop = generated_shop(SyntheticShop(**asdict(settings)))
    write_raw_exports(shop, folder)


def ensure_exports(
    layout: Layout,
    settings: SyntheticSettings,
    records: StageRecords,
    progress: Progress,
    *,
    force: bool,
) -> None:
    """Generate the synthetic shop's raw exports unless those of these settings are there."""
    key = value_digest([asdict(settings), code_digest("synthetic")])
    with progress.stage("generate") as stage:
        if not force and records.is_current("generate", key, [layout.raw / TRUTH]):
            stage.unchanged()
            return
        records.forget("generate")
        generate_exports(settings, layout.raw)
        records.record("generate", key)


def _holds_something_else(folder: Path) -> bool:
    return any(folder.iterdir()) and not (folder / TRUTH).is_file()
