"""Alert rules, evaluated for every complete month."""

from __future__ import annotations

import pandas as pd

from analytics.descriptive.definitions import KPI_NAMES
from analytics.errors import Place, SettingsError
from analytics.results import Alerts, Kpis
from analytics.settings import AlertRule, nearest_name


def alerts(kpis: Kpis, rules: tuple[AlertRule, ...]) -> Alerts:
    """Return the state of every rule in the last complete month, and its history.

    A rule fires in a month whose value lies beyond the threshold (not on it). It is silent
    where the source does not have the KPI, the KPI is not defined in the month, or it rests on
    fewer than ``minimum_sample`` observations.

    Parameters
    ----------
    kpis : Kpis
        KPIs by month; the rules look at those of the total.
    rules : tuple of AlertRule
        The rules, in the order in which they are returned.

    Raises
    ------
    SettingsError
        Where a rule names a KPI that there is not.
    """
    total = kpis.values[(kpis.values["dimension"] == "all") & kpis.values["complete"]]
    histories = [_history(rule, total) for rule in rules]
    columns = [column.name for column in Alerts.FRAMES["history"]]
    states = [_state(rule, history, kpis) for rule, history in zip(rules, histories, strict=True)]
    return Alerts(
        rules=pd.DataFrame(states, columns=[column.name for column in Alerts.FRAMES["rules"]]),
        history=pd.concat([total.assign(rule="", fired=False)[columns].head(0), *histories])[
            columns
        ],
    )


def _history(rule: AlertRule, total: pd.DataFrame) -> pd.DataFrame:
    if rule.kpi not in KPI_NAMES:
        nearest = nearest_name(rule.kpi, KPI_NAMES)
        raise SettingsError(
            f'alert "{rule.name}" watches {rule.kpi}, which is no KPI',
            place=Place(file="analytics.toml"),
            remedy=f"Did you mean {nearest}?" if nearest else f"KPIs: {', '.join(KPI_NAMES)}.",
        )
    rows = total.loc[total["kpi"] == rule.kpi, ["month", "value", "sample"]].sort_values("month")
    beyond = (
        rows["value"] < rule.threshold if rule.when == "below" else rows["value"] > rule.threshold
    )
    return rows.assign(rule=rule.name, fired=beyond & (rows["sample"] >= rule.minimum_sample))


def _state(rule: AlertRule, history: pd.DataFrame, kpis: Kpis) -> dict[str, object]:
    # where no month is complete the history is empty, and so is what equals the present
    last = pd.Timestamp(kpis.latest_month) if kpis.latest_month else pd.Timestamp.max
    latest = history[history["month"] == last]
    known = latest[latest["value"].notna() & (latest["sample"] >= rule.minimum_sample)]
    state = "silent" if known.empty else "fired" if bool(known["fired"].iloc[0]) else "quiet"
    return {
        "rule": rule.name,
        "kpi": rule.kpi,
        "when": rule.when,
        "threshold": rule.threshold,
        "severity": rule.severity,
        "state": state,
        "value": float(latest["value"].iloc[0]) if len(latest) else float("nan"),
        "since": _since(history) if state == "fired" else "",
    }


def _since(history: pd.DataFrame) -> str:
    """Return the first month of the run of firing months that the history ends with."""
    quiet = history.loc[~history["fired"], "month"]
    run = history if quiet.empty else history[history["month"] > quiet.max()]
    return f"{run['month'].iloc[0]:%Y-%m}"
