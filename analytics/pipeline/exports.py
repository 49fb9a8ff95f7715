"""Raw exports of the synthetic shop, made where they are missing or were made otherwise."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Literal

from analytics.digests import value_digest
from analytics.errors import Place, UsageError
from analytics.import_graph import modules_digest
from analytics.pipeline.progress import Progress
from analytics.pipeline.stages import StageRecords
from analytics.settings import Layout, SyntheticSettings

TRUTH = "truth.json"


def generate_exports(
    settings: SyntheticSettings,
    folder: Path,
    *,
    form: Literal["text", "parquet"] = "text",
    batch: int | None = None,
    told: Callable[[str, int, int], None] | None = None,
) -> None:
    """Write the synthetic shop's raw exports into `folder`, replacing an earlier shop there.

    Parameters
    ----------
    settings : SyntheticSettings
        Size, window and seed.
    folder : Path
        Empty, new, or with an earlier synthetic shop.
    form : str
        text: as the shop's systems write them; parquet: the same tables as Parquet.
    batch : int, optional
        Orders that are made at a time, which bounds the memory.
    told : callable, optional
        Is told what is being made, and how many of how many orders are done.

    Raises
    ------
    UsageError
        Where the folder holds anything but a synthetic shop, or no shop can have these sizes.
    """
    from analytics.synthetic import SyntheticShop, write_exports

    if folder.exists() and (not folder.is_dir() or _holds_something_else(folder)):
        raise UsageError(
            "the folder holds files that are not a synthetic shop's",
            place=Place(file=str(folder)),
            remedy="Name an empty or a new folder with --out.",
        )
    shop = SyntheticShop(**asdict(settings))
    if batch is not None:
        shop = replace(shop, batch=batch)
    write_exports(shop, folder, form=form, told=told or (lambda what, done, total: None))


def ensure_exports(
    layout: Layout,
    settings: SyntheticSettings,
    records: StageRecords,
    progress: Progress,
    *,
    force: bool,
) -> None:
    """Generate the synthetic shop's raw exports unless those of these settings are there."""
    key = value_digest([asdict(settings), modules_digest("analytics.synthetic")])
    with progress.stage("generate") as stage:
        if not force and records.is_current("generate", key, [layout.raw / TRUTH]):
            stage.unchanged()
            return
        records.forget("generate")
        generate_exports(
            settings, layout.raw, told=lambda what, done, total: stage.advance(done, total, what)
        )
        records.record("generate", key)


def _holds_something_else(folder: Path) -> bool:
    return any(folder.iterdir()) and not (folder / TRUTH).is_file()
