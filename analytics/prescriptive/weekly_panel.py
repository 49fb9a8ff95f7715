"""Weekly margin and spend, side by side without gaps."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.results import Budget, Missing

Floats = npt.NDArray[np.float64]
FEWEST_WEEKS = 52
EVERYWHERE = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyPanel:
    """What response curves are fitted on.

    Attributes
    ----------
    weeks : DatetimeIndex
        Consecutive Mondays.
    channels : tuple of str
        Channels with spend in the weeks that count as today, sorted.
    regions : tuple of str
        Sorted; one, `all`, where margin or spend is not known by region.
    margin : array, shape (weeks, regions)
        Contribution margin; null where the week is not observed whole.
    spend : array, shape (weeks, channels, regions)
    """

    weeks: pd.DatetimeIndex
    channels: tuple[str, ...]
    regions: tuple[str, ...]
    margin: Floats
    spend: Floats

    @property
    def observed(self) -> npt.NDArray[np.bool_]:
        """Which weeks are observed whole, shape (weeks,)."""
        return np.asarray(np.isfinite(self.margin).all(axis=1), dtype=np.bool_)


def weekly_panel(
    weekly: pd.DataFrame, marketing: pd.DataFrame | None, *, current_weeks: int
) -> WeeklyPanel | Missing:
    """Return margin and spend by week, by region where both are known by region.

    Margin of regions without spend (customers whose region is unknown) is spread over the
    others in proportion. A missing row of spend is a week without spend; channels without
    spend in the last `current_weeks` whole weeks are left out: they are no part of today's
    budget.

    Parameters
    ----------
    weekly : DataFrame
        week, contribution_margin_amount, complete, and optionally region.
    marketing : DataFrame or None
        week, marketing_channel, spend_amount, and optionally region.
    current_weeks : int
        At least 1.
    """
    if marketing is None or marketing.empty or not float(marketing["spend_amount"].sum()) > 0:
        return _missing(
            "marketing_spend",
            because="A budget takes what each marketing channel costs, week by week.",
        )
    if not bool(weekly["contribution_margin_amount"].notna().any()):
        return _missing(
            "transactions.cost_of_goods",
            because="A budget is worth what it adds to the contribution margin, and without "
            "the cost of goods there is none.",
        )
    index = pd.date_range(marketing["week"].min(), marketing["week"].max(), freq="7D", name="week")
    complete = weekly.groupby("week")["complete"].all().reindex(index, fill_value=False)
    whole = complete.to_numpy(dtype=bool)
    if whole.sum() < FEWEST_WEEKS:
        return _missing(
            "marketing_spend",
            "transactions",
            because=f"Response curves take {FEWEST_WEEKS} complete weeks with both orders and "
            f"spend; there are {whole.sum()}.",
        )
    margin, spend = _by_region(weekly, marketing, index, whole)
    if not (margin[whole].mean(axis=0) > 0).all():
        return _missing(
            "transactions",
            because="Marketing is measured against the contribution margin it brings, and the "
            "mean of a week is not above 0.",
        )
    margin[~whole] = np.nan
    recent = spend[whole].tail(current_weeks).T.groupby(level="marketing_channel").sum().sum(axis=1)
    channels = tuple(str(name) for name in sorted(recent[recent > 0].index))
    if not channels:
        return _missing(
            "marketing_spend",
            because=f"No marketing channel has spend in the last {current_weeks} weeks.",
        )
    regions = tuple(str(name) for name in margin.columns)
    return WeeklyPanel(
        weeks=index,
        channels=channels,
        regions=regions,
        margin=margin.to_numpy(dtype=float),
        spend=np.stack(
            [
                spend.reindex(
                    columns=pd.MultiIndex.from_product([[channel], regions]), fill_value=0.0
                ).to_numpy(dtype=float)
                for channel in channels
            ],
            axis=1,
        ),
    )


def _by_region(
    weekly: pd.DataFrame,
    marketing: pd.DataFrame,
    index: pd.DatetimeIndex,
    whole: npt.NDArray[np.bool_],
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return margin (columns: regions) and spend (columns: channels, regions) by week."""
    if "region" in weekly and "region" in marketing:
        margin = _margin(weekly, index)
        spent = marketing.groupby("region")["spend_amount"].sum()
        regions = sorted(spent[spent > 0].index)
        known = set(regions) <= set(margin.columns)
        if known and (margin.loc[whole, regions].mean() > 0).all():
            everyone, kept = margin[whole].to_numpy().sum(), margin.loc[whole, regions]
            scaled = margin[regions] * (everyone / kept.to_numpy().sum())
            return scaled, _spend(marketing[marketing["region"].isin(regions)], index)
    return (
        _margin(weekly.assign(region=EVERYWHERE), index),
        _spend(marketing.assign(region=EVERYWHERE), index),
    )


def _margin(weekly: pd.DataFrame, index: pd.DatetimeIndex) -> pd.DataFrame:
    table = weekly.pivot_table(
        index="week", columns="region", values="contribution_margin_amount", aggfunc="sum"
    )
    return table.reindex(index).fillna(0.0)


def _spend(marketing: pd.DataFrame, index: pd.DatetimeIndex) -> pd.DataFrame:
    table = marketing.pivot_table(
        index="week",
        columns=["marketing_channel", "region"],
        values="spend_amount",
        aggfunc="sum",
    )
    return table.reindex(index).fillna(0.0)


def _missing(*needs: str, because: str) -> Missing:
    return Missing(of=Budget.KIND, needs=needs, because=because)
