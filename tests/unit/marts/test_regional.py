"""Weekly margin and marketing spend by region, where both sides know the region."""

from __future__ import annotations

from typing import Any

import pandas as pd


def mondays(days: pd.Series) -> pd.Series:
    return days - pd.to_timedelta(days.dt.day_of_week, unit="D")


def test_regional_margin_equals_a_pandas_sum(shop: Any) -> None:
    done = shop.done.assign(week=mondays(shop.done["day"]))
    expected = done.groupby(["week", "region"])["margin"].sum().round(2)
    frame = shop.marts.regional_weekly()
    found = frame.set_index(["week", "region"])["contribution_margin_amount"]
    assert found[found != 0].round(2).to_dict() == expected[expected != 0].to_dict()


def test_every_region_has_every_week_once(shop: Any) -> None:
    frame = shop.marts.regional_weekly()
    weeks, regions = shop.marts.weekly()["week"], frame["region"].unique()
    assert len(frame) == len(weeks) * len(regions)
    assert not frame.duplicated(["week", "region"]).any()


def test_regions_sum_to_the_weekly_margin(shop: Any) -> None:
    regional = shop.marts.regional_weekly().groupby("week")["contribution_margin_amount"].sum()
    weekly = shop.marts.weekly().set_index("week")["contribution_margin_amount"]
    pd.testing.assert_series_equal(regional, weekly, check_freq=False)


def test_regional_spend_sums_to_the_spend_of_the_channel(shop: Any) -> None:
    keys = ["week", "marketing_channel"]
    regional = shop.marts.regional_marketing().groupby(keys)["spend_amount"].sum()
    national = shop.marts.marketing().set_index(keys)["spend_amount"]
    pd.testing.assert_series_equal(regional, national)


def test_a_shop_of_transactions_alone_has_no_regional_marketing(shop: Any, bare_shop: Any) -> None:
    assert shop.marts.has_regional_marketing
    assert not bare_shop.marts.has_regional_marketing
