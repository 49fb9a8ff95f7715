"""Values that the types admit and the computations do not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from analytics.errors import Place, SettingsError
from analytics.settings.model import Settings

LARGEST_SEED = 2**32 - 1
_MASTER = re.compile(r"local(\[[\d*,]+\])?$|(spark|k8s|mesos)://.|yarn$")
_MEMORY = re.compile(r"\d+(\.\d+)?\s?(KB|MB|GB|TB|KiB|MiB|GiB|TiB)")


def checked_settings(settings: Settings, *, file: str) -> Settings:
    """Return the settings as they are.

    Raises
    ------
    SettingsError
        For the first value that no computation could use.
    """
    for message in _faults(settings):
        raise SettingsError(
            message, place=Place(file=file), remedy="Correct the value, or leave it out."
        )
    return settings


def _faults(settings: Settings) -> Iterator[str]:
    build, synthetic, clv, budget = (
        settings.build,
        settings.synthetic,
        settings.clv,
        settings.budget,
    )
    at_least = (
        ("build.jobs", build.jobs, 1),
        ("build.seed", build.seed, 0),
        ("synthetic.customers", synthetic.customers, 1),
        ("synthetic.transactions", synthetic.transactions, 1),
        ("synthetic.months", synthetic.months, 1),
        ("synthetic.seed", synthetic.seed, 0),
        ("privacy.minimum_cell", settings.privacy.minimum_cell, 1),
        ("clv.horizon_months", clv.horizon_months, 1),
        ("clv.discount_rate", clv.discount_rate, 0),
        ("clv.folds", clv.folds, 2),
        ("clv.bootstrap_draws", clv.bootstrap_draws, 20),
        ("budget.total_factor", budget.total_factor, 0),
        ("budget.minimum_factor", budget.minimum_factor, 0),
        ("budget.current_weeks", budget.current_weeks, 1),
        ("budget.pieces", budget.pieces, 1),
        ("budget.bootstrap_draws", budget.bootstrap_draws, 20),
    )
    for name, value, least in at_least:
        if value < least:
            yield f"{name} must be at least {least}, not {value}"
    for name, value, most in (
        ("build.seed", build.seed, LARGEST_SEED),
        ("synthetic.seed", synthetic.seed, LARGEST_SEED),
    ):
        if value > most:
            yield f"{name} must be at most {most}, not {value}"
    if not _MASTER.match(settings.spark.master):
        yield (
            f'spark.master must be the address of a Spark master such as "local[2]" or '
            f'"spark://host:7077", not "{settings.spark.master}"'
        )
    if not 0 < clv.test_rate < 0.5:
        yield f"clv.test_rate must be below 0.5 and above 0, not {clv.test_rate}"
    if not 0 < clv.assumed_margin_rate <= 1:
        given = clv.assumed_margin_rate
        yield f"clv.assumed_margin_rate must be above 0 and at most 1, not {given}"
    if budget.minimum_factor > budget.maximum_factor:
        yield (
            f"budget.minimum_factor ({budget.minimum_factor}) must not be above "
            f"budget.maximum_factor ({budget.maximum_factor})"
        )
    if not _MEMORY.fullmatch(build.memory_limit):
        yield f'build.memory_limit must be an amount such as "4GB", not "{build.memory_limit}"'
    tests = settings.experiments
    if not 1 <= tests.window_weeks <= 104:
        yield f"experiments.window_weeks must be from 1 to 104, not {tests.window_weeks}"
    for name, value in (
        ("power", tests.power),
        ("level", tests.level),
        ("split_threshold", tests.split_threshold),
    ):
        if not 0 < value < 1:
            yield f"experiments.{name} must be above 0 and below 1, not {value}"
    for name, value in tests.planned_shares.items():
        if not 0 < value < 1:
            yield f"experiments.planned_shares.{name} must be above 0 and below 1, not {value}"
    names = [rule.name for rule in settings.alerts]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two alerts are named {name}"
