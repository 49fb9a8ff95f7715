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
from analytics.results import Budget, Missing
from analytics.settings import BudgetSettings

Floats = npt.NDArray[np.float64]
FEWEST_WEEKS = 52
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
        `Marts.weekly`: week, contribution_margin_amount, complete, ….
    marketing : DataFrame or None
        `Marts.marketing`: week, marketing_channel, spend_amount.
    settings : BudgetSettings
    seed : int

    Raises
    ------
    SettingsError
        Where the bounds leave no plan; it names them.
    """
    missing = _missing(weekly, marketing)
    if missing is not None:
        return missing
    assert marketing is not None
    margin, spend = _aligned(weekly, marketing, weeks=settings.current_weeks)
    channels = list(spend.columns)
    observed = margin.notna().to_numpy()
    fit = fitted_response(
        margin.to_numpy(dtype=float),
        spend.to_numpy(dtype=float),
        (spend.index - pd.Timestamp("2000-01-03")).days.to_numpy(dtype=float) / 7,
        draws=settings.bootstrap_draws,
        seed=seed,
    )
    current = spend[observed].tail(settings.current_weeks).mean().to_numpy(dtype=float)
    lower, upper = settings.minimum_factor * current, settings.maximum_factor * current
    total = settings.total_factor * float(current.sum())
    refuse_clashing_bounds(lower, upper, total, channels)
    mean_curves = [_mean_curve(fit.curves, channel) for channel in range(len(channels))]
    plan = optimal_allocation(mean_curves, lower, upper, total=total, pieces=settings.pieces)
    gains = fit.curves.margin(plan.amounts).sum(axis=1) - fit.curves.margin(current).sum(axis=1)
    gain_low, gain_high = np.quantile(gains, _INTERVAL)
    current_margin = float(fit.curves.margin(current).mean(axis=0).sum())
    weeks = spend.index[observed]
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
        curves=_curve_table(channels, fit.curves, np.maximum(spend.max(), upper).to_numpy()),
        frontier=_frontier_table(mean_curves, current, lower, upper, settings.pieces),
    )


def _missing(weekly: pd.DataFrame, marketing: pd.DataFrame | None) -> Missing | None:
    if marketing is None or marketing.empty or not float(marketing["spend_amount"].sum()) > 0:
        return Missing(
            of=Budget.KIND,
            needs=("marketing_spend",),
            because="A budget takes what each marketing channel costs, week by week.",
        )
    if not bool(weekly["contribution_margin_amount"].notna().any()):
        return Missing(
            of=Budget.KIND,
            needs=("transactions.cost_of_goods",),
            because="A budget is worth what it adds to the contribution margin, and without "
            "the cost of goods there is none.",
        )
    complete = weekly.loc[weekly["complete"].astype(bool), "week"]
    shared = int(complete.between(marketing["week"].min(), marketing["week"].max()).sum())
    if shared < FEWEST_WEEKS:
        return Missing(
            of=Budget.KIND,
            needs=("marketing_spend", "transactions"),
            because=f"Response curves take {FEWEST_WEEKS} complete weeks of orders and spend; "
            f"there are {shared}.",
        )
    return None


def _aligned(
    weekly: pd.DataFrame, marketing: pd.DataFrame, *, weeks: int
) -> tuple[pd.Series, pd.DataFrame]:
    """Return margin (null where not observed whole) and spend by week, without gaps.

    Channels without spend in the last `weeks` complete weeks are not part of today's budget; a
    missing row is a week without spend.
    """
    spend = marketing.pivot_table(
        index="week", columns="marketing_channel", values="spend_amount", aggfunc="sum"
    )
    index = pd.date_range(spend.index.min(), spend.index.max(), freq="7D", name="week")
    spend = spend.reindex(index).fillna(0.0)
    complete = weekly[weekly["complete"].astype(bool)].set_index("week")
    margin = complete["contribution_margin_amount"].astype(float).reindex(index)
    recent = spend[margin.notna()].tail(weeks).sum()
    kept = sorted(recent[recent > 0].index)
    return margin, spend[kept]


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
