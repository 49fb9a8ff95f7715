"""Churn: survival by group, and hazard ratios of what is known before; associations only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.diagnostic.churn_label import (
    LEAST_DAYS,
    MOST_DAYS,
    PERIOD_DAYS,
    WINDOW_GAPS,
    AtRisk,
    Flags,
    Floats,
    at_risk,
)
from analytics.diagnostic.churn_measures import (
    Measure,
    calibrated_satisfaction,
    dimension_parts,
    discount_measure,
    standardised,
    ticket_measures,
)
from analytics.results import ChurnPatterns, Missing, SourceFacts
from analytics.stats.multiple_testing import benjamini_hochberg, holm
from analytics.stats.survival import (
    CoxModel,
    cox_model,
    kaplan_meier,
    log_rank,
    proportionality,
    wald_p_value,
)

LEAST_CHURNED = 30
FALSE_DISCOVERY_RATE = 0.05
_LEAST_AT_RISK = 5
# The window of silence and the day of leaving are made from the gap between orders.
DEFINITIONAL = frozenset({"usual gap"})


def churn_patterns(
    orders: pd.DataFrame,
    satisfaction: pd.DataFrame | None,
    tickets: pd.DataFrame | None,
    *,
    facts: SourceFacts,
    minimum_cell: int = 1,
    customers_every: int = 1,
) -> ChurnPatterns | Missing:
    """Return survival curves, their comparison and the hazard ratios of possible drivers.

    Parameters
    ----------
    orders : DataFrame
        Completed orders, one row each: ``customer_id`` (str), ``day`` (datetime64), and those
        that the source has of ``segment``, ``region``, ``acquisition_channel``, ``category``,
        ``payment_method`` (str), ``discount_rate`` (float, null where not known).
    satisfaction : DataFrame or None
        ``customer_id``, ``surveyed_on`` (datetime64), ``score`` (number).
    tickets : DataFrame or None
        ``customer_id``, ``opened_at``, ``closed_at`` (datetime64; null: still open).
    facts : SourceFacts
        Its observation says which windows are seen whole.
    minimum_cell : int
        Fewest customers that a step of a curve, or a part, is told of.
    customers_every : int
        Of every how many customers the orders are.

    Returns
    -------
    ChurnPatterns or Missing
        Missing where fewer than 30 customers left within what can be seen.
    """
    risk = at_risk(orders, facts)
    churned = int(risk.left.any(axis=1).sum()) if risk else 0
    if risk is None or churned < LEAST_CHURNED:
        return Missing(
            of=ChurnPatterns.KIND,
            needs=("transactions",),
            because=(
                f"Churn patterns need at least {LEAST_CHURNED} customers who left, each seen "
                f"silent for up to {MOST_DAYS} days; there are {churned}."
            ),
        )
    groups = dimension_parts(orders, risk, minimum=minimum_cell)
    measures = [standardised("usual gap", np.log(np.maximum(risk.gap_days, 1)), risk.at_risk)]
    discount = discount_measure(orders, risk, facts)
    measures += [discount] if discount else []
    answers = None if satisfaction is None else calibrated_satisfaction(satisfaction, risk, facts)
    if answers:
        measures.append(Measure(name="satisfaction", unit="a point", values=answers.values))
    measures += [] if tickets is None else ticket_measures(tickets, risk, facts)
    drivers, together = _drivers(risk, measures, groups, minimum_cell)
    duration, left = _durations(risk)
    curves, comparisons = _curves(duration, left, groups, minimum_cell)
    return ChurnPatterns(
        customers=len(risk.customers),
        churned=churned,
        left_out=risk.left_out,
        window_gaps=WINDOW_GAPS,
        window_least_days=LEAST_DAYS,
        window_most_days=MOST_DAYS,
        study_start=facts.observation_start
        + timedelta(days=float(risk.starts[risk.at_risk.any(axis=0)][0])),
        satisfaction_reliability_rate=answers.reliability if answers else None,
        proportional_p_value=together,
        customers_every=customers_every,
        curves=curves,
        comparisons=comparisons,
        drivers=drivers,
    )


def _durations(risk: AtRisk) -> tuple[Floats, Flags]:
    """Return how long each customer was watched, in days, and whether they left."""
    entry = risk.at_risk.argmax(axis=1)
    over = risk.at_risk.shape[1] - risk.at_risk[:, ::-1].argmax(axis=1)
    watched: Floats = (over - entry).astype(np.float64) * PERIOD_DAYS
    left: Flags = np.asarray(risk.left.any(axis=1), dtype=np.bool_)
    return watched, left


def _drivers(
    risk: AtRisk, measures: Sequence[Measure], groups: Mapping[str, pd.Series], minimum: int
) -> tuple[pd.DataFrame, float | None]:
    customer, period = np.nonzero(risk.at_risk)
    event = risk.left[customer, period]
    columns: list[tuple[str, str, str, str]] = []  # driver, sort, unit, tested together
    values = []
    for measure in measures:
        column = measure.values[customer, period]
        if column[event].std() > 0 and column.std() > 0:
            columns.append((measure.name, "measure", measure.unit, measure.name))
            values.append(column)
    for name, parts in groups.items():
        # against the largest part: the others' ratios are then known best
        sizes = parts.value_counts()
        ranked = sorted(sizes.index, key=lambda part: (-int(sizes[part]), part))
        codes = parts.to_numpy()[customer]
        for part in ranked[1:]:
            column = (codes == part).astype(np.float64)
            if column[event].sum() >= max(minimum, 1):
                columns.append((f"{name} = {part}", "category", f"against {ranked[0]}", name))
                values.append(column)
    if not columns:
        return _frame("drivers", []), None
    stop = period.astype(np.float64)
    model = cox_model(stop - 1, stop, event, np.column_stack(values))
    each, together = proportionality(model)
    return _frame("drivers", _driver_rows(model, columns, each)), together


def _driver_rows(
    model: CoxModel, columns: Sequence[tuple[str, str, str, str]], proportional: Floats
) -> list[dict[str, object]]:
    tests = list(dict.fromkeys(column[3] for column in columns))
    p_values = [
        wald_p_value(model, [i for i, column in enumerate(columns) if column[3] == test])
        for test in tests
    ]
    plain = dict(zip(tests, p_values, strict=True))
    # what holds by definition would make the correction of the others too mild
    tested = [np.nan if test in DEFINITIONAL else plain[test] for test in tests]
    corrected = dict(zip(tests, benjamini_hochberg(tested), strict=True))
    error = np.sqrt(np.diag(model.covariance))
    order = sorted(
        range(len(columns)),
        key=lambda i: (
            columns[i][3] in DEFINITIONAL,
            plain[columns[i][3]],
            columns[i][3],
            -abs(model.coefficients[i] / error[i]),
        ),
    )
    rows: list[dict[str, object]] = []
    for rank, i in enumerate(order, 1):
        driver, sort, unit, test = columns[i]
        beta = float(model.coefficients[i])
        rows.append(
            {
                "rank": rank,
                "driver": driver,
                "sort": sort,
                "unit": unit,
                "log_hazard": beta,
                "hazard_ratio": float(np.exp(beta)),
                "low": float(np.exp(beta - 1.959963984540054 * error[i])),
                "high": float(np.exp(beta + 1.959963984540054 * error[i])),
                "p_value": plain[test],
                "q_value": corrected[test],
                "significant": bool(corrected[test] <= FALSE_DISCOVERY_RATE),
                "definitional": test in DEFINITIONAL,
                "proportional_p_value": float(proportional[i]),
            }
        )
    return rows


def _curves(
    duration: Floats, left: Flags, groups: Mapping[str, pd.Series], minimum: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    everyone = pd.Series(["all"] * len(duration))
    curves: list[dict[str, object]] = []
    comparisons: list[dict[str, object]] = []
    for dimension, parts in {"all": everyone, **groups}.items():
        codes, names = pd.factorize(parts.to_numpy(), sort=True)
        for code, part in enumerate(names):
            chosen = codes == code
            curve = kaplan_meier(duration[chosen], left[chosen])
            start = (0.0, 1.0, np.nan, np.nan, int(chosen.sum()))
            shown = told_times(curve.times, duration[chosen], left[chosen], minimum=minimum)
            steps = zip(
                curve.times[shown],
                curve.survival[shown],
                curve.low[shown],
                curve.high[shown],
                curve.at_risk[shown],
                strict=True,
            )
            names_of = ("time_days", "survival_rate", "low", "high", "at_risk")
            curves += [
                {"dimension": dimension, "part": part, **dict(zip(names_of, step, strict=True))}
                for step in (start, *steps)
                if step[4] >= max(minimum, _LEAST_AT_RISK)
            ]
        if dimension != "all":
            chi_square, p_value = log_rank(duration, left, codes.astype(np.int64))
            comparisons.append(
                {
                    "dimension": dimension,
                    "parts": len(names),
                    "customers": len(duration),
                    "churned": int(left.sum()),
                    "chi_square": chi_square,
                    "p_value": p_value,
                }
            )
    corrected = holm([row["p_value"] for row in comparisons])  # type: ignore[arg-type]
    for row, value in zip(comparisons, corrected, strict=True):
        row["corrected_p_value"] = float(value)
    return _frame("curves", curves), _frame("comparisons", comparisons)


def told_times(times: Floats, duration: Floats, left: Flags, *, minimum: int) -> Flags:
    """Return at which of the times a curve is told: from each to the next nobody or enough left.

    At a told time the customers who left since the one before, and those who stopped being
    watched before it, are none or at least `minimum` each: neither count can be had from two
    neighbouring points.
    """
    shown = np.zeros(len(times), dtype=np.bool_)
    gone, over = np.sort(duration[left]), np.sort(duration[~left])
    before = (0, 0)
    for place, time in enumerate(times):
        now = (
            int(np.searchsorted(gone, time, side="right")),
            int(np.searchsorted(over, time, side="left")),
        )
        steps = (now[0] - before[0], now[1] - before[1])
        if all(step == 0 or step >= minimum for step in steps):
            shown[place], before = True, now
    return shown


def _frame(name: str, rows: Sequence[dict[str, object]]) -> pd.DataFrame:
    columns = ChurnPatterns.FRAMES[name]
    frame = pd.DataFrame(list(rows), columns=[column.name for column in columns])
    return frame.astype({column.name: column.pandas_dtype for column in columns})
