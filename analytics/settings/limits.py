"""Values that the types admit and the computations do not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields

from analytics.errors import Place, SettingsError
from analytics.settings.model import Settings

LARGEST_SEED = 2**32 - 1
# What the sliders of the scenarios reach, and so what their surface is computed for.
SCENARIO_LIMITS = (0.5, 2.0)
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
        ("retention.versions", settings.retention.versions, 0),
        ("retention.megabytes", settings.retention.megabytes, 0),
        ("synthetic.customers", synthetic.customers, 1),
        ("synthetic.transactions", synthetic.transactions, 1),
        ("synthetic.months", synthetic.months, 1),
        ("synthetic.seed", synthetic.seed, 0),
        ("privacy.minimum_cell", settings.privacy.minimum_cell, 1),
        ("clv.horizon_months", clv.horizon_months, 1),
        ("clv.discount_rate", clv.discount_rate, 0),
        ("clv.folds", clv.folds, 2),
        ("clv.bootstrap_draws", clv.bootstrap_draws, 20),
        ("churn.value_amount", settings.churn.value_amount, 0.01),
        ("churn.offer_amount", settings.churn.offer_amount, 0),
        ("churn.contact_amount", settings.churn.contact_amount, 0),
        ("churn.accept_alpha", settings.churn.accept_alpha, 0.01),
        ("churn.accept_beta", settings.churn.accept_beta, 0.01),
        ("forecast.horizon_months", settings.forecast.horizon_months, 1),
        ("forecast.origins", settings.forecast.origins, 2),
        *_least_assumptions(settings),
        ("budget.total_factor", budget.total_factor, 0),
        ("budget.minimum_factor", budget.minimum_factor, 0),
        ("budget.current_weeks", budget.current_weeks, 1),
        ("budget.pieces", budget.pieces, 1),
        ("budget.target_factor", budget.target_factor, 0),
        ("budget.pacing_weeks", budget.pacing_weeks, 1),
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
    if not 0 < settings.churn.calibration_rate < 0.9:
        given = settings.churn.calibration_rate
        yield f"churn.calibration_rate must be above 0 and below 0.9, not {given}"
    if settings.churn.offer_amount >= settings.churn.value_amount:
        yield "churn.offer_amount must be below churn.value_amount: no offer pays otherwise"
    if settings.forecast.horizon_months > 12:
        given = settings.forecast.horizon_months
        yield f"forecast.horizon_months must be at most 12, not {given}"
    for name, value in _assumptions(settings):
        if value > SCENARIO_LIMITS[1]:
            yield f"{name} must be at most {SCENARIO_LIMITS[1]:g}, not {value}"
    if budget.minimum_factor > budget.maximum_factor:
        yield (
            f"budget.minimum_factor ({budget.minimum_factor}) must not be above "
            f"budget.maximum_factor ({budget.maximum_factor})"
        )
    for name, floor in budget.floors.items():
        if floor < 0:
            yield f"budget.floors.{name} must be at least 0, not {floor}"
    if not _MEMORY.fullmatch(build.memory_limit):
        yield f'build.memory_limit must be an amount such as "4GB", not "{build.memory_limit}"'
    tests = settings.experiments
    if not 1 <= tests.window_weeks <= 104:
        yield f"experiments.window_weeks must be from 1 to 104, not {tests.window_weeks}"
    for name, value in (
        ("power", tests.power),
        ("level", tests.level),
        ("split_threshold", tests.split_threshold),
        ("smallest_effect", tests.smallest_effect),
    ):
        if not 0 < value < 1:
            yield f"experiments.{name} must be above 0 and below 1, not {value}"
    for name, value in tests.planned_shares.items():
        if not 0 < value < 1:
            yield f"experiments.planned_shares.{name} must be above 0 and below 1, not {value}"
    plans = settings.strategies
    for name in ("retention", "service", "win_back", "cross_sell"):
        effect, cost = getattr(plans, f"{name}_effect"), getattr(plans, f"{name}_cost")
        if not 0 <= effect <= 1:
            yield f"strategies.{name}_effect must be from 0 to 1, not {effect}"
        if cost < 0:
            yield f"strategies.{name}_cost must be at least 0, not {cost}"
    for name, value in (("budget_rate", plans.budget_rate), ("contact_rate", plans.contact_rate)):
        if not 0 <= value <= 1:
            yield f"strategies.{name} must be from 0 to 1, not {value}"
    if not 1 <= plans.list_size <= 1000:
        yield f"strategies.list_size must be from 1 to 1000, not {plans.list_size}"
    yield from _rule_faults(settings)
    names = [rule.name for rule in settings.alerts]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"two alerts are named {name}"
    called = [event.name for event in settings.events]
    for name in sorted({name for name in called if called.count(name) > 1}):
        yield f"two events are named {name}"
    for event in settings.events:
        if not 1 <= event.days <= 60:
            yield f"events.{event.name}: days must be from 1 to 60, not {event.days}"
        if bool(event.dates) == bool(event.holiday and event.country):
            yield f"events.{event.name} needs either dates, or a country and its holiday"


def _assumptions(settings: Settings) -> Iterator[tuple[str, float]]:
    """Yield every assumption of the scenarios with its name."""
    scenarios = settings.scenarios
    for scenario in fields(scenarios):
        assumed = getattr(scenarios, scenario.name)
        for one in fields(assumed):
            yield f"scenarios.{scenario.name}.{one.name}", getattr(assumed, one.name)


def _least_assumptions(settings: Settings) -> list[tuple[str, float, float]]:
    return [(name, value, SCENARIO_LIMITS[0]) for name, value in _assumptions(settings)]


def _rule_faults(settings: Settings) -> Iterator[str]:
    for rule in settings.alerts:
        name = f'alert "{rule.name}"'
        if rule.test == "expectation":
            if rule.threshold is not None:
                yield f"{name} tests an expectation and takes no threshold"
            if not 0 < rule.false_alarm_rate < 0.5:
                yield (
                    f"{name}: false_alarm_rate must be above 0 and below 0.5, "
                    f"not {rule.false_alarm_rate}"
                )
            if not 0 <= rule.hysteresis < 1:
                yield f"{name}: hysteresis must be at least 0 and below 1, not {rule.hysteresis}"
        else:
            if rule.threshold is None:
                yield f"{name} has no threshold"
            if rule.when == "outside":
                yield f'{name}: when = "outside" is for a test of an expectation'
        if rule.hysteresis < 0:
            yield f"{name}: hysteresis must be at least 0, not {rule.hysteresis}"
        if len(set(rule.by)) < len(rule.by):
            yield f"{name} names a dimension twice in by"
        if rule.part and not rule.by:
            yield f"{name} names a part and no dimension: add by"
        if rule.minimum_sample < 0:
            yield f"{name}: minimum_sample must be at least 0, not {rule.minimum_sample}"
