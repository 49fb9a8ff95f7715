"""The alerts of the last complete month, as lines."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.cli.project import ProjectFolder, source_layout
from analytics.errors import DataError
from analytics.results import Alerts, Kpis, Missing
from analytics.store import read_result


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """A slice whose rule fired; its value is None where it is withheld."""

    name: str
    value: float | None
    gap_rate: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A rule and its state in the last complete month."""

    rule: str
    kpi: str
    when: str
    threshold: float
    severity: str
    state: str
    value: float | None
    since: str
    test: str
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertState:
    """All rules, and the month that they were evaluated for."""

    month: str
    rules: tuple[Alert, ...]

    @property
    def fired(self) -> tuple[Alert, ...]:
        """The rules whose threshold is crossed."""
        return tuple(rule for rule in self.rules if rule.state == "fired")


def fired_alerts(project: ProjectFolder, source: str | None) -> AlertState:
    """Return the state of every rule, from the stored results.

    Raises
    ------
    DataError
        Where the source was not analysed yet.
    """
    folder = source_layout(project, source).results
    alerts, kpis = read_result(folder, Alerts), read_result(folder, Kpis)
    if isinstance(alerts, Missing) or isinstance(kpis, Missing):
        raise DataError("the source has no alerts", remedy="Run analytics build first.")
    month = f"{kpis.latest_month:%Y-%m}" if kpis.latest_month else ""
    rules = tuple(
        Alert(
            rule=str(row.rule),
            kpi=str(row.kpi),
            when=str(row.when),
            threshold=float(row.threshold),  # type: ignore[arg-type]
            severity=str(row.severity),
            state=str(row.state),
            value=_number(row.value),
            since=str(row.since),
            test=str(row.test),
            slices=_fired_slices(alerts.history, str(row.rule), kpis.latest_month),
        )
        for row in alerts.rules.itertuples()
    )
    return AlertState(month=month, rules=rules)


def alert_lines(state: AlertState) -> Iterator[str]:
    """Yield a line a rule; where GitHub Actions runs this, an annotation a fired rule too."""
    if not state.month:
        yield "no complete month: no rule was evaluated"
        return
    in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
    for rule in state.rules:
        for said in _lines(rule, state.month):
            # A line break in a part's name could begin a workflow command.
            line = " ".join(said.split())
            yield line + (f", since {rule.since}" if rule.since else "")
            if in_actions and rule.state == "fired":
                level = "error" if rule.severity == "critical" else "warning"
                yield f"::{level} title={_escaped(rule.rule)}::{_escaped(line)}"


def _lines(rule: Alert, month: str) -> Iterator[str]:
    """Yield a line for the rule, or one for each slice that fired."""
    start = f"{rule.state:<6} {rule.severity:<8} {rule.rule}: {rule.kpi}"
    for one in rule.slices:
        gap = "" if one.gap_rate is None else f", {one.gap_rate:+.0%} against what was expected"
        value = "" if one.value is None else f" {one.value:.4g}"
        yield f"{start}{value} of {one.name} in {month}{gap}"
    if rule.slices:
        return
    value = "no value" if rule.value is None else f"{rule.value:.4g}"
    bound = "" if math.isnan(rule.threshold) else f" {rule.threshold:.4g}"
    name = "threshold" if rule.test == "threshold" else "bound"
    yield f"{start} {value} in {month}" + (f", {name} {rule.when}{bound}" if bound else "")


def _fired_slices(history: pd.DataFrame, rule: str, month: date | None) -> tuple[Slice, ...]:
    if month is None:
        return ()
    rows = history[
        (history["rule"] == rule)
        & (history["month"] == pd.Timestamp(month))
        & history["fired"]
        & (history["slice"] != "")
    ]
    return tuple(
        Slice(name=str(row.slice), value=_number(row.value), gap_rate=_number(row.gap_rate))
        for row in rows.itertuples()
    )


def _number(value: object) -> float | None:
    return None if pd.isna(value) else float(value)  # type: ignore[arg-type, call-overload]


def _escaped(text: str) -> str:
    """Return text as a workflow command takes it."""
    for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(character, code)
    return text
