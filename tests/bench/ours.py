"""Cleaning and marts of a shop by the project, timed step by step."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
from steps import Steps

from analytics.cleaning import clean, read_clean_tables
from analytics.engine import open_engine
from analytics.ingest import ingest, read_source
from analytics.marts import Marts
from analytics.settings import Layout


def marts_of(marts: Marts, training: date, scoring: date) -> dict[str, Callable[[], pd.DataFrame]]:
    """Return the marts that are compared, by name."""
    found: dict[str, Callable[[], pd.DataFrame]] = {
        "monthly": marts.monthly,
        "monthly_satisfaction": marts.monthly_satisfaction,
        "monthly_tickets": marts.monthly_tickets,
        "cube": marts.cube,
        "daily": marts.daily,
        "weekly": marts.weekly,
        "marketing": marts.marketing,
        "cohorts": marts.cohorts,
        "distinct_counts": marts.distinct_counts,
        "features_training": lambda: marts.customer_features(training),
        "features_scoring": lambda: marts.customer_features(scoring),
        "margin": lambda: marts.customer_margin(
            training, scoring, discount_rate=0.1, margin_rate=0.3
        ),
    }
    for kind in ("month", "quarter", "year"):
        found[f"totals_{kind}"] = lambda kind=kind: marts.totals(kind)  # type: ignore[misc]
    for name in ("region", "category"):
        found[f"daily_by_{name}"] = lambda name=name: marts.daily_by(name)  # type: ignore[misc]
    for name in ("geography", "product", "time"):
        found[f"drill_{name}"] = lambda name=name: marts.drill(name)  # type: ignore[misc]
    return found


def run(folder: Path, out: Path, memory_limit: str) -> dict[str, Any]:
    """Clean the shop in `folder` into `out`/clean, compute its marts, return what it took.

    Parameters
    ----------
    folder : Path
        Raw exports with ``shop.toml``, as ``analytics generate --format parquet`` writes them.
    out : Path
        Gets ``clean/`` and ``marts/``.
    memory_limit : str
        As ``build.memory_limit``.
    """
    steps = Steps()
    layout = Layout(root=out, source="shop")
    source = read_source(str(folder / "shop.toml"), layout)
    with open_engine(memory_limit=memory_limit, temporary=out / "spill") as engine:
        with steps.step("ingest"):
            staged = ingest(source, engine)
        with steps.step("clean"):
            clean(staged, source, engine, out / "clean")
        del staged
    with open_engine(memory_limit=memory_limit, temporary=out / "spill") as engine:
        marts = Marts(read_clean_tables(out / "clean", engine), engine)
        with steps.step("orders"):
            _ = marts._orders
        (out / "marts").mkdir(parents=True, exist_ok=True)
        for name, mart in marts_of(marts, date(2023, 7, 1), date(2024, 7, 1)).items():
            with steps.step(name):
                frame = mart()
            frame.to_parquet(out / "marts" / f"{name}.parquet")
    return steps.taken
