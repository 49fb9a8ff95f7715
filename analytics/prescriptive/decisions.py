"""What follows from an experiment, in one sentence."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.settings import ExperimentSettings

REFUSED = "refused"
SILENT = "too few"
UNFINISHED = "unfinished"
BETTER, WORSE = "better", "worse"
NO_MATTER = "no difference that matters"
OPEN = "open"
METRICS = {
    "orders": "orders a customer",
    "net_revenue": "net revenue a customer",
    "contribution_margin": "contribution margin a customer",
    "active_rate": "the share of customers who order",
}


def state_of(
    chosen: pd.DataFrame, *, level: float, settings: ExperimentSettings, finished: bool
) -> str:
    """Return what the primary metric says, over all variants.

    Parameters
    ----------
    chosen : DataFrame
        The primary rows of `Experiments.lifts`, one a variant.
    level : float
        What the corrected p-values are held against.
    settings : ExperimentSettings
        Which effect matters.
    finished : bool
        Whether the planned window is over.
    """
    sure = chosen[chosen["corrected_p_value"] < level]
    if (sure["difference"] > 0).any():
        return BETTER
    if len(sure) and len(sure) == len(chosen):
        return WORSE
    if not finished:
        return UNFINISHED
    small = settings.smallest_effect
    inside = (chosen["lift_low_rate"] > -small) & (chosen["lift_high_rate"] < small)
    return NO_MATTER if bool(inside.all()) else OPEN


def refusal(row: dict[str, Any], variants: pd.DataFrame, *, lost: bool) -> str:
    """Return why no lift is computed."""
    if lost:
        return (
            f"Refused: {row['left_out']:,} customers were in several variants. Whatever mixed them "
            "may have moved the outcome, so that no lift is computed. Repair the assignment first."
        )
    sizes = " against ".join(f"{size:,}" for size in variants["customers"])
    planned = ", ".join(f"{share:.0%}" for share in variants["planned_rate"])
    return (
        f"Refused: the split is {sizes} where {planned} was planned, which chance brings in fewer "
        f"than one of {1 / max(row['split_p_value'], 1e-12):,.0f} tests. Whatever lost the "
        "customers may have moved the outcome, so that no lift is computed. Find it first."
    )


def decision(row: dict[str, Any], chosen: pd.DataFrame, *, settings: ExperimentSettings) -> str:
    """Return what to do, with the lift and its interval."""
    metric = METRICS[str(chosen["metric"].iloc[0])]
    ordered = chosen.sort_values(["difference", "variant"], ascending=[False, True])
    best = ordered.iloc[0]
    size = _size(best)
    state = row["state"]
    if state == BETTER:
        return (
            f"Roll out {best['variant']}: {metric} rose by {size} against {row['control']} in "
            f"{row['weeks']} weeks."
        )
    if state == WORSE:
        return f"Stop: {metric} fell in every variant, at best by {size}."
    if state == UNFINISHED:
        left = settings.window_weeks - row["weeks"]
        return (
            f"Wait {left} more weeks: to date {metric} differ by {size}, too little to stop early."
        )
    if state == NO_MATTER:
        return (
            f"Keep {row['control']}: {metric} differ by {size}, less than the "
            f"{settings.smallest_effect:.0%} that would matter."
        )
    need = row["needed_per_variant"]
    more = f" A lift of {settings.smallest_effect:.0%} takes {need:,.0f} customers a variant." if (
        need == need
    ) else ""  # fmt: skip
    return f"Keep {row['control']}: no effect shown, {metric} differ by {size}.{more}"


def _size(best: pd.Series) -> str:
    if best["lift_rate"] == best["lift_rate"]:
        return (
            f"{best['lift_rate']:.1%} ({best['lift_low_rate']:+.1%} to "
            f"{best['lift_high_rate']:+.1%})"
        )
    return f"{best['difference']:.3f} ({best['low']:+.3f} to {best['high']:+.3f})"
