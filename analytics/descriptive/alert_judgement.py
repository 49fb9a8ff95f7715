"""Whether a rule fires in a month: its bounds, and how it begins and ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analytics.descriptive.alert_series import WatchedSeries
from analytics.descriptive.definitions import KpiDefinition
from analytics.settings import AlertRule
from analytics.stats.seasonal import (
    FEWEST_SHARES,
    WINDOW,
    seasonal_expectation,
    share_expectation,
)

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_POSITIVE = ("currency", "count", "ratio", "per_1000", "days")
_MONTHS = {"previous": 1, "year_before": 12}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """A rule in every month, each array of shape (months, slices).

    Attributes
    ----------
    expected, low, high : array
        What was expected or compared with, and the bounds that were not to be crossed; NaN
        where there is none.
    judged, fired : array of bool
        Whether the rule could be judged, and whether it fired.
    """

    expected: Floats
    low: Floats
    high: Floats
    judged: Flags
    fired: Flags


def judgement(rule: AlertRule, series: WatchedSeries, definition: KpiDefinition) -> Judgement:
    """Return the rule's state in every month and slice, from that month and those before.

    A rule fires beyond its bound, not on it, and ends when the value has come back by the
    rule's hysteresis. Months that fired do not enter later expectations, unless half of the
    last twelve did: then they are how it is now.
    """
    shape = series.values.shape
    expected, low, high = (np.full(shape, np.nan) for _ in range(3))
    judged, fired = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
    wanted = np.array([not rule.part or name == rule.part for name in series.names])
    for at in range(shape[0]):
        if rule.test == "expectation":
            bounds = _expected(rule, series, definition, at, fired, wanted)
        else:
            bounds = _fixed(rule, series, definition, at, wanted)
        expected[at], low[at], high[at], is_judged, beyond, back = bounds
        before = fired[at - 1] if at else np.zeros(shape[1], dtype=bool)
        judged[at] = is_judged & np.isfinite(series.values[at])
        fired[at] = judged[at] & (beyond | (before & ~back))
    return Judgement(expected=expected, low=low, high=high, judged=judged, fired=fired)


Bounds = tuple[Floats, Floats, Floats, Flags, Flags, Flags]


def _fixed(
    rule: AlertRule, series: WatchedSeries, definition: KpiDefinition, at: int, wanted: Flags
) -> Bounds:
    """Return the bounds of a fixed threshold, or of a change against another month."""
    value = series.values[at]
    threshold = rule.threshold or 0.0
    nothing = np.full(len(value), np.nan)
    known = wanted & (series.samples[at] >= rule.minimum_sample)
    sign = 1.0 if rule.when == "below" else -1.0
    if rule.test == "threshold":
        base, bound = nothing, np.full(len(value), threshold)
        end = np.full(len(value), threshold + sign * rule.hysteresis)
    else:
        then = at - _MONTHS[rule.against]
        base = series.values[then] if then >= 0 else nothing
        if then >= 0:
            known &= series.samples[then] >= rule.minimum_sample
        change = np.array([threshold, threshold + sign * rule.hysteresis])
        if definition.unit in _POSITIVE:
            base = np.where(base > 0, base, np.nan)
            bound, end = (base * (1 + one) for one in change)
        else:
            bound, end = (base + one for one in change)
    known &= np.isfinite(bound)
    with np.errstate(invalid="ignore"):
        if rule.when == "below":
            return base, bound, nothing, known, value < bound, value >= end
        return base, nothing, bound, known, value > bound, value <= end


def _expected(
    rule: AlertRule,
    series: WatchedSeries,
    definition: KpiDefinition,
    at: int,
    fired: Flags,
    wanted: Flags,
) -> Bounds:
    """Return the bounds of what the months before let expect."""
    sides = 2 if rule.when == "outside" else 1
    miss_rate = rule.false_alarm_rate / sides
    first = max(0, at - WINDOW)
    relearns = fired[first:at].sum(axis=0) >= FEWEST_SHARES
    usable = ~fired[: at + 1] | relearns[None]
    sample = series.samples[first:at].mean(axis=0) if at else np.zeros(len(series.names))
    judged = wanted & (sample >= rule.minimum_sample)
    values = series.values[: at + 1]
    if rule.by and definition.additive:
        found = share_expectation(
            values,
            series.totals[: at + 1],
            groups=series.groups(),
            usable=usable,
            judged=judged,
            miss_rate=miss_rate,
        )
        middle, low, high, score = found.value, found.low, found.high, found.score
    else:
        middle, low, high, score = (np.full(len(judged), np.nan) for _ in range(4))
        for column in np.flatnonzero(judged):
            found = seasonal_expectation(
                values[:, column],
                usable=usable[:, column],
                miss_rate=miss_rate / int(judged.sum()),
                logarithmic=definition.unit in _POSITIVE,
            )
            ends = (found.value[0], found.low[0], found.high[0], found.score[0])
            middle[column], low[column], high[column], score[column] = ends
    with np.errstate(invalid="ignore"):
        under, over = score < -1, score > 1
    beyond = {"below": under, "above": over, "outside": under | over}[rule.when]
    with np.errstate(invalid="ignore"):
        inside = 1 - rule.hysteresis
        back = {
            "below": score >= -inside,
            "above": score <= inside,
            "outside": np.abs(score) <= inside,
        }[rule.when]
    nothing = np.full(len(judged), np.nan)
    low = nothing if rule.when == "above" else low
    high = nothing if rule.when == "below" else high
    return middle, low, high, judged & np.isfinite(score), beyond, back
