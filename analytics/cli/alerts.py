"""The alerts of the last complete month, as lines."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd

from analytics.cli.project import ProjectFolder, source_layout
from analytics.errors import DataError
from analytics.results import Alerts, Kpis, Missing
from analytics.store import read_result


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
            value=None if pd.isna(row.value) else float(row.value),  # type: ignore[arg-type]
            since=str(row.since),
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
        value = "no value" if rule.value is None else f"{rule.value:.4g}"
        line = (
            f"{rule.state:<6} {rule.severity:<8} {rule.rule}: {rule.kpi} {value} in {state.month}, "
            f"threshold {rule.when} {rule.threshold:.4g}"
        )
        yield line + (f", since {rule.since}" if rule.since else "")
        if in_actions and rule.state == "fired":
            level = "error" if rule.severity == "critical" else "warning"
            yield f"::{level} title={_escaped(rule.rule)}::{_escaped(line)}"


def _escaped(text: str) -> str:
    """Return text as a workflow command takes it."""
    for character, code in (("%", "%25"), ("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C")):
        text = text.replace(character, code)
    return text
