"""Alert rules, evaluated for every complete month."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.descriptive.alert_judgement import Judgement, judgement
from analytics.descriptive.alert_series import CUBE_COLUMNS, WatchedSeries, watched_series
from analytics.descriptive.cube import CUBE_DIMENSIONS
from analytics.descriptive.definitions import KPI_DEFINITIONS, KPI_NAMES
from analytics.errors import Place, SettingsError
from analytics.results import Alerts, Kpis, MonthlyCube
from analytics.settings import AlertRule, nearest_name

_DIMENSIONS = (*CUBE_DIMENSIONS, "acquisition_channel", "payment_method", "marketing_channel")
_HISTORY = [column.name for column in Alerts.FRAMES["history"]]
_RULES = [column.name for column in Alerts.FRAMES["rules"]]


def alerts(
    kpis: Kpis,
    rules: tuple[AlertRule, ...],
    *,
    cells: pd.DataFrame | None = None,
    cube: MonthlyCube | None = None,
) -> Alerts:
    """Return the state of every rule in the last complete month, and its history.

    A rule fires in a month whose value lies beyond its bound (not on it): a fixed threshold, a
    change against another month, or the interval of what the months before let expect. It is
    silent where the source does not have the KPI or the slice, the KPI is not defined in the
    month, it rests on fewer than ``minimum_sample`` observations, or there is nothing to compare
    with yet.

    Parameters
    ----------
    kpis : Kpis
        KPIs by month, as published.
    rules : tuple of AlertRule
        The rules, in the order in which they are returned.
    cells : DataFrame, optional
        The mart `cube`, for rules over slices of two dimensions or more.
    cube : MonthlyCube, optional
        The cube as published: a slice with a merged cell is not told, and not judged.

    Raises
    ------
    SettingsError
        Where a rule names a KPI or a dimension that there is not, or cannot be evaluated.
    """
    definitions = {definition.name: definition for definition in KPI_DEFINITIONS}
    histories, states = [], []
    for rule in rules:
        _refuse_wrong(rule)
        series = watched_series(rule, kpis, cells=cells, cube=cube)
        if series is None:
            states.append(_state(rule, pd.DataFrame(columns=_HISTORY), kpis))
            continue
        found = judgement(rule, series, definitions[rule.kpi])
        history = _history(rule, series, found)
        histories.append(history)
        states.append(_state(rule, history, kpis))
    empty = pd.DataFrame(columns=_HISTORY)
    return Alerts(
        rules=pd.DataFrame(states, columns=_RULES),
        history=pd.concat(histories, ignore_index=True) if histories else empty,
    )


def _refuse_wrong(rule: AlertRule) -> None:
    if rule.kpi not in KPI_NAMES:
        nearest = nearest_name(rule.kpi, KPI_NAMES)
        raise SettingsError(
            f'alert "{rule.name}" watches {rule.kpi}, which is no KPI',
            place=Place(file="analytics.toml"),
            remedy=f"Did you mean {nearest}?" if nearest else f"KPIs: {', '.join(KPI_NAMES)}.",
        )
    for dimension in rule.by:
        if dimension not in _DIMENSIONS:
            nearest = nearest_name(dimension, _DIMENSIONS)
            raise SettingsError(
                f'alert "{rule.name}" watches parts of {dimension}, which is no dimension',
                place=Place(file="analytics.toml"),
                remedy=f"Did you mean {nearest}?"
                if nearest
                else f"Known: {', '.join(_DIMENSIONS)}.",
            )
    if len(rule.by) > 1 and (
        rule.kpi not in CUBE_COLUMNS or not set(rule.by) <= {*CUBE_DIMENSIONS}
    ):
        raise SettingsError(
            f'alert "{rule.name}" watches {rule.kpi} by {" and ".join(rule.by)}, which is not '
            "known together",
            place=Place(file="analytics.toml"),
            remedy=f"Slices of several dimensions are known of {', '.join(CUBE_COLUMNS)}, by "
            f"{', '.join(CUBE_DIMENSIONS)}.",
        )


def _history(rule: AlertRule, series: WatchedSeries, found: Judgement) -> pd.DataFrame:
    """Return a row for each complete month and slice that the rule looks at."""
    months, slices = series.values.shape
    frame = pd.DataFrame(
        {
            "rule": rule.name,
            "month": np.repeat(series.months, slices),
            "slice": np.tile(np.array(series.names, dtype=object), months),
            "value": series.values.ravel(),
            "sample": series.samples.ravel(),
            "expected": found.expected.ravel(),
            "low": found.low.ravel(),
            "high": found.high.ravel(),
            "gap_rate": _gap(series, found),
            "judged": found.judged.ravel(),
            "fired": found.fired.ravel(),
        }
    )
    untold = ~series.told.ravel()
    # A bound that is known to the last digit would say something of the months it is made of.
    for name in ("expected", "low", "high") if rule.by and rule.test == "expectation" else ():
        frame[name] = _three_digits(frame[name])
    frame.loc[untold, ["value", "expected", "low", "high"]] = np.nan
    frame.loc[untold, "sample"] = 0
    frame = frame[np.repeat(series.complete, slices)]
    if rule.by:
        # Slices that were never judged fill pages and say nothing.
        frame = frame[frame.groupby("slice")["judged"].transform("any")]
        frame = frame[frame["value"].notna() | frame["judged"]]
        frame = frame.sort_values(["month", "slice"], kind="stable")
    return frame.reset_index(drop=True)[_HISTORY]


def _gap(series: WatchedSeries, found: Judgement) -> np.ndarray:
    """Return value / expected - 1, to the nearest 5 % where the value is not told."""
    with np.errstate(divide="ignore", invalid="ignore"):
        gap = series.values / np.where(found.expected > 0, found.expected, np.nan) - 1
    rounded = np.round(gap * 20) / 20 + 0.0  # no negative zero
    return np.where(series.told, gap, rounded).ravel()


def _three_digits(values: pd.Series) -> pd.Series:
    return values.map(lambda value: float(f"{value:.3g}"))


def _state(rule: AlertRule, history: pd.DataFrame, kpis: Kpis) -> dict[str, object]:
    # where no month is complete nothing is judged
    last = pd.Timestamp(kpis.latest_month) if kpis.latest_month else pd.Timestamp.max
    latest = history[history["month"] == last]
    judged = latest[latest["judged"].astype(bool)]
    fired = judged[judged["fired"].astype(bool)]
    state = "silent" if judged.empty else "quiet" if fired.empty else "fired"
    told = fired if len(fired) else judged if len(judged) else latest.head(0 if rule.by else 1)
    row = told.iloc[_nearest(told)] if len(told) else None
    threshold = float("nan") if rule.threshold is None else rule.threshold
    return {
        "rule": rule.name,
        "kpi": rule.kpi,
        "when": rule.when,
        "threshold": threshold if row is None or rule.test == "threshold" else _bound(row),
        "severity": rule.severity,
        "state": state,
        "value": float("nan") if row is None else float(row["value"]),
        "since": "" if row is None or fired.empty else _since(history, str(row["slice"])),
        "test": rule.test,
        "slice": "" if row is None else str(row["slice"]),
        "expected": float("nan") if row is None else float(row["expected"]),
        "gap_rate": float("nan") if row is None else float(row["gap_rate"]),
        "slices": len(judged),
        "fired_slices": len(fired),
        "false_alarm_rate": rule.false_alarm_rate if rule.test == "expectation" else float("nan"),
    }


def _bound(row: pd.Series) -> float:
    """Return the bound that a value is nearest to, or furthest beyond."""
    low, high, value = float(row["low"]), float(row["high"]), float(row["value"])
    if np.isnan(low) or np.isnan(high):
        return high if np.isnan(low) else low
    return low if abs(value - low) <= abs(value - high) else high


def _nearest(rows: pd.DataFrame) -> int:
    """Return the place of the row furthest beyond its bound, or nearest to it."""
    beyond = pd.concat([rows["low"] - rows["value"], rows["value"] - rows["high"]], axis=1)
    if beyond.isna().all(axis=None):
        return int(rows["gap_rate"].abs().fillna(0.0).to_numpy().argmax())
    size = (rows["expected"] - rows["low"]).abs().fillna((rows["high"] - rows["expected"]).abs())
    size = size.where(size > 0).fillna(1.0)
    return int(np.nan_to_num((beyond.max(axis=1) / size).to_numpy(), nan=-np.inf).argmax())


def _since(history: pd.DataFrame, name: str) -> str:
    """Return the first month of the run of firing months that a slice's history ends with."""
    history = history[history["slice"] == name]
    quiet = history.loc[~history["fired"].astype(bool), "month"]
    run = history if quiet.empty else history[history["month"] > quiet.max()]
    return f"{run['month'].iloc[0]:%Y-%m}"
