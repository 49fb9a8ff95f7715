from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

REGIONS = {"North": 0.36, "East": 0.25, "West": 0.24, "South": 0.15}


@dataclass(frozen=True)
class Planted:
    """A shop's weeks, and the curves behind them (thousands a week)."""

    weekly: pd.DataFrame
    marketing: pd.DataFrame
    gain: pd.Series
    half: pd.Series

    def margin(self, spend: pd.Series) -> float:
        return float((self.gain * spend / (spend + self.half)).sum())

    def marginal(self, spend: pd.Series) -> pd.Series:
        return self.gain * self.half / (spend + self.half) ** 2

    @property
    def national(self) -> tuple[pd.DataFrame, pd.DataFrame]:
        keys = ["week", "complete"]
        weekly = self.weekly.groupby(keys, as_index=False)["contribution_margin_amount"].sum()
        spend = self.marketing.groupby(["week", "marketing_channel"], as_index=False)
        return weekly, spend["spend_amount"].sum()


def planted_shop(seed: int, weeks: int = 105) -> Planted:
    """Return weekly margin by region under the response curves that the domain states."""
    table = pd.DataFrame(
        [
            ("Search", 18, 3.3, 36, 0.2),
            ("Direct", 15, 3.0, 30, 0.3),
            ("Social", 15, 1.1, 18.8, 0.5),
            ("Email", 12, 3.5, 3, 0.1),
            ("Display", 15, 0.8, 15, 0.6),
            ("Affiliate", 12, 1.2, 12, 0.3),
        ],
        columns=["channel", "spend", "roi", "half", "carry"],
    ).set_index("channel")
    random = np.random.default_rng(seed)
    gain = table["roi"] * (table["spend"] + table["half"])
    organic = 430 - (gain * table["spend"] / (table["spend"] + table["half"])).sum()
    days = pd.date_range("2022-06-27", periods=weeks, freq="7D")
    season = np.exp(0.32 * np.cos(2 * np.pi * (days.day_of_year - 74) / 365.25))
    season /= season.to_numpy()[:104].mean()
    margins, spends = [], []
    national = random.uniform(0.1, 1.9, (weeks // 2 + 1, 6))
    for region, share in REGIONS.items():
        own = random.uniform(0.1, 1.9, national.shape)
        level = np.where(random.random(national.shape) < 0.6, national, own)
        spend = np.repeat(level, 2, axis=0)[:weeks] * table["spend"].to_numpy() * share
        stock, demand = table["spend"].to_numpy() * share, []
        for amount in spend:
            stock = table["carry"].to_numpy() * stock + (1 - table["carry"].to_numpy()) * amount
            half = table["half"].to_numpy() * share
            demand.append((gain.to_numpy() * share * stock / (stock + half)).sum())
        expected = (organic * share + np.array(demand)) * season
        noise = random.normal(0, 0.03 / np.sqrt(share), weeks)
        margins.append(
            pd.DataFrame(
                {
                    "week": days,
                    "region": region,
                    "contribution_margin_amount": expected * (1 + noise),
                    "complete": days >= days[1],
                }
            )
        )
        spends.append(
            pd.DataFrame(
                {
                    "week": np.repeat(days, 6),
                    "marketing_channel": list(table.index) * weeks,
                    "region": region,
                    "spend_amount": spend.ravel(),
                }
            )
        )
    return Planted(
        weekly=pd.concat(margins, ignore_index=True),
        marketing=pd.concat(spends, ignore_index=True),
        gain=gain,
        half=table["half"],
    )


@pytest.fixture(scope="session")
def shop() -> Planted:
    return planted_shop(seed=1)


@pytest.fixture(scope="session")
def make_shop():
    return planted_shop
