"""Today's weekly marketing budget against the optimal one."""

from __future__ import annotations

from functools import partial

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.errors import SettingsError
from analytics.prescriptive.allocation import (
    SOLVER,
    Allocation,
    Curve,
    greedy_allocation,
    optimal_allocation,
    refuse_clashing_bounds,
)
from analytics.prescriptive.plan_variants import pacing_table, plans_table
from analytics.prescriptive.response import ResponseCurves
from analytics.prescriptive.response_fit import ResponseFit, fitted_response
from analytics.prescriptive.robust_plan import least_cost, lower_quarter, robust_allocation
from analytics.prescriptive.weekly_panel import weekly_panel
from analytics.results import Budget, Missing
from analytics.settings import BudgetSettings
from analytics.stats.sample_size import mean_sample_size

Floats = npt.NDArray[np.float64]
_INTERVAL = (0.1, 0.9)
_CURVE_POINTS = 41
_FRONTIER = np.linspace(0.5, 1.5, 21)


def marketing_budget(
    weekly: pd.DataFrame,
    marketing: pd.DataFrame | None,
    *,
    settings: BudgetSettings,
    seed: int,
) -> Budget | Missing:
    """Return response curves by channel, today's plan, the optimal one, and the gain.

    Margins are those of an average week of the last 52 in which each channel's spend is held
    steady. Curves are means over the bootstrap draws; intervals (80 %) are of the draws. The
    plan is that of the mean curves, and its gain is evaluated under every draw.

    Parameters
    ----------
    weekly : DataFrame
        `Marts.weekly`: week, contribution_margin_amount, complete, …; with one row a week and
        region where it has a column `region`.
    marketing : DataFrame or None
        `Marts.marketing`: week, marketing_channel, spend_amount; and optionally region, which
        sharpens the curves where spend differs between regions.
    settings : BudgetSettings
        Bounds, pieces and draws.
    seed : int
        Of the bootstrap.

    Raises
    ------
    SettingsError
        Where the bounds leave no plan; it names them.
    """
    from threadpoolctl import threadpool_limits

    panel = weekly_panel(weekly, marketing, current_weeks=settings.current_weeks)
    if isinstance(panel, Missing):
        return panel
    channels, observed = list(panel.channels), panel.observed
    spent = panel.spend.sum(axis=2)
    current = spent[observed][-settings.current_weeks :].mean(axis=0)
    floors = contractual_floors(channels, settings.floors)
    lower = np.maximum(settings.minimum_factor * current, floors)
    upper = settings.maximum_factor * current
    total = settings.total_factor * float(current.sum())
    refuse_clashing_bounds(lower, upper, total, channels)
    # Sums of floating-point numbers differ with the number of threads.
    with threadpool_limits(limits=1):
        fit = fitted_response(
            panel.margin,
            panel.spend,
            (panel.weeks - pd.Timestamp("2000-01-03")).days.to_numpy(dtype=float) / 7,
            draws=settings.bootstrap_draws,
            seed=seed,
        )
    mean_curves = [_mean_curve(fit.curves, channel) for channel in range(len(channels))]
    plan = optimal_allocation(mean_curves, lower, upper, total=total, pieces=settings.pieces)
    gains = fit.curves.margin(plan.amounts).sum(axis=1) - fit.curves.margin(current).sum(axis=1)
    gain_low, gain_high = np.quantile(gains, _INTERVAL)
    robust = robust_allocation(fit.curves, lower, upper, total=total)
    today = fit.curves.margin(current).sum(axis=1)
    robust_gains = fit.curves.margin(robust).sum(axis=1) - today
    # The robust plan has fewer pieces than the best one, which may be as robust.
    if lower_quarter(gains) >= lower_quarter(robust_gains):
        robust, robust_gains = plan.amounts, gains
    current_margin = float(fit.curves.margin(current).mean(axis=0).sum())
    weeks = panel.weeks[observed]
    return Budget(
        first_week=weeks[0].date(),
        last_week=weeks[-1].date(),
        weeks=len(weeks),
        current_total_amount=float(current.sum()),
        budget_amount=total,
        current_margin_amount=current_margin,
        optimal_margin_amount=plan.value,
        gain_amount=plan.value - current_margin,
        gain_low_amount=float(gain_low),
        gain_high_amount=float(gain_high),
        shadow_price=plan.shadow_price,
        robust_gain_amount=float(robust_gains.mean()),
        robust_low_amount=lower_quarter(robust_gains),
        plan_low_amount=lower_quarter(gains),
        target_margin_amount=settings.target_factor * current_margin,
        target_cost_amount=least_cost(
            mean_curves,
            lower,
            upper,
            margin=settings.target_factor * current_margin,
            pieces=settings.pieces,
        ),
        experiment_weeks=_experiment_weeks(fit.noise, plan.value - current_margin),
        fit_r2=fit.r2,
        solver=SOLVER,
        allocation=_allocation_table(
            channels, fit, current, plan, lower, upper, floors=floors, robust=robust, total=total
        ),
        curves=_curve_table(channels, fit.curves, np.maximum(spent.max(axis=0), upper)),
        frontier=_frontier_table(mean_curves, current, lower, upper, settings.pieces),
        plans=plans_table(channels, mean_curves, current, lower, upper, floors, settings.pieces),
        pacing=pacing_table(
            channels,
            mean_curves,
            lower,
            upper,
            fit.season,
            panel.weeks,
            total=total,
            weeks=settings.pacing_weeks,
        ),
    )


def _mean_curve(curves: ResponseCurves, channel: int) -> Curve:
    def mean_margin(spend: Floats) -> Floats:
        means: Floats = curves.channel_margin(channel, spend).mean(axis=0)
        return means

    return mean_margin


def _allocation_table(
    channels: list[str],
    fit: ResponseFit,
    current: Floats,
    plan: Allocation,
    lower: Floats,
    upper: Floats,
    *,
    floors: Floats,
    robust: Floats,
    total: float,
) -> pd.DataFrame:
    optimal = plan.amounts
    best = _plans_of_draws(fit.curves, lower, upper, total)
    slope = fit.curves.marginal(optimal).mean(axis=0)
    slack = 1e-6 * np.maximum(upper, 1.0)
    price = np.where(
        optimal >= upper - slack,
        slope - plan.shadow_price,
        np.where(optimal <= lower + slack, plan.shadow_price - slope, 0.0),
    )
    marginal = fit.curves.marginal(current)
    low, high = np.quantile(marginal, _INTERVAL, axis=0)
    return pd.DataFrame(
        {
            "marketing_channel": channels,
            "current_amount": current,
            "optimal_amount": optimal,
            "minimum_amount": lower,
            "maximum_amount": upper,
            "average_roi": fit.curves.margin(current).mean(axis=0) / current,
            "marginal_roi": marginal.mean(axis=0),
            "marginal_roi_low": low,
            "marginal_roi_high": high,
            "floor_amount": floors,
            "robust_amount": robust,
            "optimal_low_amount": np.quantile(best, _INTERVAL[0], axis=0),
            "optimal_high_amount": np.quantile(best, _INTERVAL[1], axis=0),
            "bound_price": np.maximum(price, 0.0),
        }
    )


def contractual_floors(channels: list[str], floors: dict[str, float]) -> Floats:
    """Return the floor of each channel, 0 where there is none.

    Raises
    ------
    SettingsError
        For a floor of a channel that has no spend today.
    """
    for name in floors:
        if name not in channels:
            raise SettingsError(
                f"budget.floors names {name}, which has no spend in the last weeks",
                remedy=f"Known: {', '.join(channels)}.",
            )
    return np.array([floors.get(name, 0.0) for name in channels])


def _plans_of_draws(curves: ResponseCurves, lower: Floats, upper: Floats, total: float) -> Floats:
    """Return the best plan under each draw's curves, shape (draws, channels)."""
    plans = []
    for draw in range(len(curves.gain)):
        own = [
            partial(_saturated, gain=curves.gain[draw, c], half=curves.half[draw, c])
            for c in range(curves.gain.shape[1])
        ]
        plans.append(greedy_allocation(own, lower, upper, total=total, pieces=40).amounts)
    return np.array(plans)


def _saturated(spend: Floats, gain: float, half: float) -> Floats:
    return gain * spend / (spend + half)


def _experiment_weeks(noise: float, gain: float) -> float:
    """Return the weeks of a test that alternates plan and today, 80 % power at 5 %.

    Carry-over is let pass by counting only every second week of a fortnight: twice as many.
    """
    if not gain > 0:
        return float("nan")
    return float(np.ceil(4 * mean_sample_size(gain / max(noise, 1e-9))))


def _curve_table(channels: list[str], curves: ResponseCurves, highest: Floats) -> pd.DataFrame:
    tables = []
    for number, channel in enumerate(channels):
        spend = np.linspace(0, highest[number], _CURVE_POINTS)
        margin = curves.channel_margin(number, spend)
        low, high = np.quantile(margin, _INTERVAL, axis=0)
        tables.append(
            pd.DataFrame(
                {
                    "marketing_channel": channel,
                    "spend_amount": spend,
                    "margin_amount": margin.mean(axis=0),
                    "low_amount": low,
                    "high_amount": high,
                }
            )
        )
    return pd.concat(tables, ignore_index=True)


def _frontier_table(
    curves: list[Curve], current: Floats, lower: Floats, upper: Floats, pieces: int
) -> pd.DataFrame:
    """Return the optimal margin of totals from half to one and a half of today's.

    As far as the bounds of the channels allow.
    """
    totals = np.unique(np.clip(_FRONTIER * current.sum(), lower.sum(), upper.sum()))
    plans = [
        greedy_allocation(curves, lower, upper, total=float(total), pieces=pieces)
        for total in totals
    ]
    return pd.DataFrame(
        {
            "total_amount": totals,
            "margin_amount": [plan.value for plan in plans],
            "shadow_price": [plan.shadow_price for plan in plans],
        }
    )
