"""The experiments of the source: was the split sound, what did each variant change, what follows.

The order of the questions is the method: a split that is not as planned is refused before any
lift is computed, since whatever broke it may have moved the outcome too.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.prescriptive.decisions import (
    REFUSED,
    SILENT,
    UNFINISHED,
    decision,
    refusal,
    state_of,
)
from analytics.prescriptive.experiment_designs import design_table, peeking_table
from analytics.prescriptive.lifts import adjusted, lift, split_p_value
from analytics.results import Experiments, Missing
from analytics.settings import ExperimentSettings
from analytics.stats.group_sequential import obrien_fleming_bound
from analytics.stats.multiple_testing import holm
from analytics.stats.sample_size import mean_sample_size

Floats = npt.NDArray[np.float64]
PRIMARY = "orders"
_CONTROLS = ("control", "baseline", "holdout", "a")
_SUMS = {
    "orders": "orders",
    "net_revenue": "net_revenue_amount",
    "contribution_margin": "contribution_margin_amount",
}


def experiments(
    assignments: pd.DataFrame | None,
    weeks: pd.DataFrame | None,
    windows: pd.DataFrame,
    *,
    observed_to: pd.Timestamp,
    observed_from: pd.Timestamp,
    has_costs: bool,
    settings: ExperimentSettings,
    minimum_cell: int,
) -> Experiments | Missing:
    """Return the analysis of every experiment, designs for the next, and what peeking costs.

    Parameters
    ----------
    assignments : DataFrame or None
        `Marts.assignments`; None where the source has no experiments.
    weeks : DataFrame or None
        `Marts.experiment_weeks`, for as many weeks as the settings' window.
    windows : DataFrame
        `Marts.customer_windows` of the last two windows of the observation.
    observed_to, observed_from : Timestamp
        First day after the observation, and its first day.
    has_costs : bool
        Whether contribution margins are known.
    settings : ExperimentSettings
        Window, power, level, and which effect matters.
    minimum_cell : int
        Customers below which a variant is not told of.
    """
    if assignments is None or weeks is None or assignments.empty:
        return Missing(
            of=Experiments.KIND,
            needs=("experiments",),
            because="Lifts need to know who was assigned to which variant, and when.",
        )
    tables: dict[str, list[pd.DataFrame]] = {
        name: [] for name in ("experiments", "variants", "lifts", "weekly")
    }
    for name, assigned in assignments.groupby("experiment_id", sort=True):
        found = _experiment(
            str(name),
            assigned,
            weeks[weeks["experiment_id"] == name],
            observed_to=observed_to,
            observed_from=observed_from,
            has_costs=has_costs,
            settings=settings,
            minimum_cell=minimum_cell,
        )
        for table, rows in found.items():
            tables[table].append(rows)
    frames = {
        table: pd.concat(kept, ignore_index=True)
        if (kept := [rows for rows in parts if len(rows)])
        else pd.DataFrame(columns=[column.name for column in Experiments.FRAMES[table]])
        for table, parts in tables.items()
    }
    active = windows[windows["orders_before"] > 0]
    return Experiments(
        primary=PRIMARY,
        window_weeks=settings.window_weeks,
        power=settings.power,
        level=settings.level,
        split_threshold=settings.split_threshold,
        active_customers=len(active),
        peeking=peeking_table(settings.level),
        designs=design_table(active, has_costs=has_costs, settings=settings),
        **frames,
    )


def _experiment(
    name: str,
    assigned: pd.DataFrame,
    weeks: pd.DataFrame,
    *,
    observed_to: pd.Timestamp,
    observed_from: pd.Timestamp,
    has_costs: bool,
    settings: ExperimentSettings,
    minimum_cell: int,
) -> dict[str, pd.DataFrame]:
    kept = assigned[assigned["variants"] == 1].sort_values("customer_id", ignore_index=True)
    starts = pd.to_datetime(assigned["assigned_on"])
    window = min(settings.window_weeks, max(0, (observed_to - starts.max()).days // 7))
    before = min(settings.window_weeks, max(0, (starts.min() - observed_from).days // 7))
    counts = kept["variant"].value_counts().sort_index()
    names = [str(variant) for variant in counts.index]
    control = _control(names)
    shares = _planned(name, names, settings)
    row: dict[str, Any] = {
        "experiment_id": name,
        "state": SILENT,
        "decision": "",
        "first_day": starts.min(),
        "last_day": starts.max(),
        "weeks": window,
        "customers": len(kept),
        "left_out": len(assigned) - len(kept),
        "control": control,
        "split_p_value": np.nan,
        "detectable_rate": np.nan,
        "needed_per_variant": np.nan,
    }
    if len(names) < 2 or int(counts.min()) < max(minimum_cell, 2):
        row["decision"] = (
            "There is nothing to compare with: one variant only."
            if len(names) < 2
            else "Too few customers in a variant to tell of."
        )
        return {"experiments": pd.DataFrame([row])}
    sizes: Floats = np.asarray(counts, dtype=np.float64)
    row["split_p_value"] = split_p_value(sizes, shares)
    variants = pd.DataFrame(
        {
            "experiment_id": name,
            "variant": names,
            "customers": counts.to_numpy(),
            "planned_rate": shares,
            "actual_rate": sizes / sizes.sum(),
        }
    )
    # Who is in several variants fell out of one of them: too many of these break the split too.
    lost = row["left_out"] > max(0.01 * len(assigned), minimum_cell)
    if row["split_p_value"] < settings.split_threshold or lost:
        row |= {"state": REFUSED, "decision": refusal(row, variants, lost=bool(lost))}
        return {"experiments": pd.DataFrame([row]), "variants": variants}
    if window < 1:
        row |= {"state": UNFINISHED, "decision": "The first whole week is not over yet."}
        return {"experiments": pd.DataFrame([row]), "variants": variants}
    # Before the planned end only O'Brien and Fleming's bound may end a test.
    level = settings.level
    if window < settings.window_weeks:
        level = _early_level(window, settings)
    outcomes = _outcomes(kept, weeks, window=window, before=before, has_costs=has_costs)
    places = {variant: at for at, variant in enumerate(names)}
    codes: npt.NDArray[np.int64] = np.asarray(kept["variant"].map(places), dtype=np.int64)
    lifts = _lifts(name, outcomes, codes, names, control, level=level, adjust=before > 0)
    chosen = lifts[lifts["primary"]]
    own = adjusted(*outcomes[PRIMARY], codes) if before else outcomes[PRIMARY][0]
    spread = float(np.sqrt(np.mean([own[codes == at].var(ddof=1) for at in range(len(names))])))
    base = float(outcomes[PRIMARY][0][codes == names.index(control)].mean())
    smaller = float(sizes.min())
    if base > 0 and spread > 0:
        unit = mean_sample_size(0.01, power=settings.power, level=settings.level)
        row["detectable_rate"] = float(np.sqrt(unit / smaller)) * 0.01 * spread / base
        row["needed_per_variant"] = mean_sample_size(
            settings.smallest_effect * base / spread, power=settings.power, level=settings.level
        )
    row["state"] = state_of(
        chosen, level=level, settings=settings, finished=window >= settings.window_weeks
    )
    row["decision"] = decision(row, chosen, settings=settings)
    return {
        "experiments": pd.DataFrame([row]),
        "variants": variants,
        "lifts": lifts,
        "weekly": _weekly(name, kept, weeks, codes, names, control, window, settings.level),
    }


def _control(names: list[str]) -> str:
    """Return the variant that the others are held against: one so named, else the first."""
    for wanted in _CONTROLS:
        for name in names:
            if name.strip().lower() == wanted:
                return name
    return names[0] if names else ""


def _planned(name: str, variants: list[str], settings: ExperimentSettings) -> Floats:
    planned = [settings.planned_shares.get(f"{name}/{variant}") for variant in variants]
    known = [share for share in planned if share is not None]
    shares = np.array(known) if len(known) == len(variants) else np.ones(len(variants))
    values: Floats = shares / max(shares.sum(), 1e-12)
    return values


def _early_level(window: int, settings: ExperimentSettings) -> float:
    from scipy import special

    bound = obrien_fleming_bound(min(settings.window_weeks, 20), level=settings.level)
    return float(2 * special.ndtr(-bound * np.sqrt(settings.window_weeks / window)))


def _outcomes(
    kept: pd.DataFrame, weeks: pd.DataFrame, *, window: int, before: int, has_costs: bool
) -> dict[str, tuple[Floats, Floats]]:
    """Return each metric over the window, and over the weeks before, by customer."""
    names = {metric: column for metric, column in _SUMS.items()
             if has_costs or metric != "contribution_margin"}  # fmt: skip
    own = weeks[weeks["customer_id"].isin(kept["customer_id"])]
    after = own[(own["week"] >= 0) & (own["week"] < window)]
    earlier = own[(own["week"] < 0) & (own["week"] >= -before)]
    sums = []
    for part in (after, earlier):
        columns = list(names.values())
        table = part.groupby("customer_id")[columns].sum()
        sums.append(table.reindex(kept["customer_id"]).fillna(0.0).astype(float))
    found = {
        metric: (sums[0][column].to_numpy(), sums[1][column].to_numpy())
        for metric, column in names.items()
    }
    orders = found["orders"]
    found["active_rate"] = ((orders[0] > 0).astype(float), (orders[1] > 0).astype(float))
    return found


def _lifts(
    name: str,
    outcomes: dict[str, tuple[Floats, Floats]],
    codes: npt.NDArray[np.int64],
    names: list[str],
    control: str,
    *,
    level: float,
    adjust: bool,
) -> pd.DataFrame:
    rows = []
    base = codes == names.index(control)
    for metric, (outcome, earlier) in outcomes.items():
        methods = [("plain", outcome, 0.0)]
        if adjust:
            better = adjusted(outcome, earlier, codes)
            whole = float(outcome.var())
            methods.append(("cuped", better, 1 - float(better.var()) / whole if whole else 0.0))
        for method, values, saved in methods:
            for at, variant in enumerate(names):
                if variant == control:
                    continue
                found = lift(values[base], values[codes == at], level=level, saved=saved)
                rows.append(
                    {
                        "experiment_id": name,
                        "variant": variant,
                        "metric": metric,
                        "method": method,
                        "primary": metric == PRIMARY and method == _deciding(adjust),
                        **asdict(found),
                    }
                )
    table = pd.DataFrame(rows)
    table["corrected_p_value"] = np.nan
    # The metric that was chosen beforehand is one family, all others another.
    for method in table["method"].unique():
        of = table["method"] == method
        for family in (of & (table["metric"] == PRIMARY), of & (table["metric"] != PRIMARY)):
            table.loc[family, "corrected_p_value"] = holm(table.loc[family, "p_value"].to_numpy())
    return table[[column.name for column in Experiments.FRAMES["lifts"]]]


def _deciding(adjust: bool) -> str:
    """Return the method that the decision rests on: adjusted where there is a time before."""
    return "cuped" if adjust else "plain"


def _weekly(
    name: str,
    kept: pd.DataFrame,
    weeks: pd.DataFrame,
    codes: npt.NDArray[np.int64],
    names: list[str],
    control: str,
    window: int,
    level: float,
) -> pd.DataFrame:
    """Return the lift to date, week by week: what a reader who peeks would have seen."""
    place = pd.Series(np.arange(len(kept)), index=kept["customer_id"])
    own = weeks[(weeks["week"] >= 0) & (weeks["week"] < window)]
    own = own[own["customer_id"].isin(place.index)]
    to_date = np.zeros(len(kept))
    rows = []
    for week in range(window):
        part = own[own["week"] == week]
        np.add.at(to_date, place.loc[part["customer_id"]].to_numpy(), part["orders"].to_numpy())
        for at, variant in enumerate(names):
            if variant == control:
                continue
            base = to_date[codes == names.index(control)]
            found = lift(base, to_date[codes == at], level=level)
            rows.append((name, variant, week + 1, found.lift_rate, found.lift_low_rate,
                         found.lift_high_rate))  # fmt: skip
    return pd.DataFrame(rows, columns=[c.name for c in Experiments.FRAMES["weekly"]])
