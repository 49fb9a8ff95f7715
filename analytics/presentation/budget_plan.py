"""The marketing plan in words: what to shift, and what that is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import cast

from analytics.charts.figure import json_in_script
from analytics.presentation.context import source_facts
from analytics.presentation.formats import about, amount
from analytics.results import Budget

CAVEAT = "observational, not causal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """An amount a week that the plan takes from one marketing channel and gives to another."""

    giver: str
    taker: str
    amount: float


def gain_sentence(result: Budget) -> str:
    """Return what spreading the budget as planned would bring, and how sure that is."""
    currency = source_facts().currency
    gain = amount(abs(result.gain_amount), currency)
    interval = gain_interval(result)
    same = abs(result.budget_amount - result.current_total_amount) < 0.005 * max(
        1.0, result.current_total_amount
    )
    what = "Spread differently, the same weekly budget" if same else "The planned weekly budget"
    if not shifts(result):
        return "Today's weekly budget is already spread as the response curves ask for."
    if result.gain_low_amount > 0:
        return f"{what} would bring {gain} more contribution margin a week ({interval})."
    return (
        f"{what} may bring {gain} more contribution margin a week, but that is not sure: "
        f"{interval}."
    )


def gain_interval(result: Budget) -> str:
    """Return ``80 % interval $11k to $62k``."""
    currency = source_facts().currency
    low, high = (amount(value, currency) for value in (result.gain_low_amount,
                                                       result.gain_high_amount))  # fmt: skip
    return f"80 % interval {low} to {high}"


def shifts(result: Budget) -> list[Shift]:
    """Return the plan as shifts, the largest first; together they are the whole plan.

    Changes of less than 1 % of the budget are not told. A plan of another total than today's
    leaves a rest that is no shift.
    """
    change = result.allocation.set_index("marketing_channel")
    delta = (change["optimal_amount"] - change["current_amount"]).sort_values(kind="stable")
    least = 0.01 * result.budget_amount
    givers = [[str(name), -value] for name, value in delta.items() if value < -least]
    takers = [[str(name), value] for name, value in delta[::-1].items() if value > least]
    told = []
    while givers and takers:
        moved = min(givers[0][1], takers[0][1])
        if moved > least:
            told.append(Shift(giver=givers[0][0], taker=takers[0][0], amount=moved))
        for side in (givers, takers):
            side[0][1] -= moved
            if side[0][1] <= least:
                side.pop(0)
    return sorted(told, key=lambda shift: -shift.amount)


def shift_sentence(shift: Shift, currency: str) -> str:
    """Return ``Shift $12k a week from Email to Search``."""
    return f"Shift {about(shift.amount, currency)} a week from {shift.giver} to {shift.taker}"


def experiment_sentence(result: Budget) -> str:
    """Return the experiment that would settle what the plan gains, and how long it takes."""
    if math.isnan(result.experiment_weeks):
        return "No experiment is proposed: the plan gains nothing."
    return (
        "What would settle it: alternate the plan and today's budget in stretches of two weeks, "
        f"for {result.experiment_weeks:,.0f} weeks in all (80 % power at 5 %, from the weeks' own "
        "noise; the first week of each stretch is not counted)."
    )


def explorer_data(result: Budget) -> str:
    """Return what the slider moves along, as JSON for a script element."""
    channels = sorted(str(name) for name in result.plans["marketing_channel"].unique())
    plans = []
    for key, group in result.plans.groupby(["minima", "maxima", "total_amount"], sort=True):
        minima, maxima, total = cast("tuple[bool, bool, float]", key)
        spend = group.set_index("marketing_channel")["spend_amount"]
        plans.append(
            [
                int(bool(minima)),
                int(bool(maxima)),
                round(float(total)),
                [round(float(spend[name])) for name in channels],
                round(float(group["margin_amount"].iloc[0])),
                round(float(group["shadow_price"].iloc[0]), 3),
            ]
        )
    now = dict(zip(result.allocation["marketing_channel"], result.allocation["current_amount"],
                   strict=True))  # fmt: skip
    today = [round(float(now.get(name, 0.0))) for name in channels]
    return json_in_script(
        {
            "channels": channels,
            "today": today,
            "total": round(result.budget_amount),
            "margin": round(result.current_margin_amount),
            "plans": plans,
        }
    )
