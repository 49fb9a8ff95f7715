"""Today's weekly marketing budget against the optimal one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.prescriptive.allocation import (
    SOLVER,
    Curve,
    greedy_allocation,
    optimal_allocation,
    refuse_clashing_bounds,
)
from analytics.prescriptive.response import ResponseCurves
from analytics.prescriptive.response_fit import ResponseFit, fitted_response
from analytics.prescriptive.weekly_panel import weekly_panel
from analytics.results import Budget, Missing
from analytics.settings import BudgetSettings

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
    lower, upper = settings.minimum_factor * current, settings.maximum_factor * current
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
        fit_r2=fit.r2,
        solver=SOLVER,
        allocation=_allocation_table(channels, fit, current, plan.amounts, lower, upper),
        curves=_curve_table(channels, fit.curves, np.maximum(spent.max(axis=0), upper)),
        frontier=_frontier_table(mean_curves, current, lower, upper, settings.pieces),
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
    optimal: Floats,
    lower: Floats,
    upper: Floats,
) -> pd.DataFrame:
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
        }
    )


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
