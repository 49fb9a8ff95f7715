from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.errors import SettingsError
from analytics.prescriptive import marketing_budget
from analytics.results import Budget, Missing
from analytics.settings import BudgetSettings

SETTINGS = BudgetSettings(bootstrap_draws=25)


@pytest.fixture(scope="module")
def budget(shop) -> Budget:
    result = marketing_budget(shop.weekly, shop.marketing, settings=SETTINGS, seed=1)
    assert isinstance(result, Budget)
    return result


@pytest.fixture(scope="module")
def by_channel(budget) -> pd.DataFrame:
    return budget.allocation.set_index("marketing_channel")


def test_search_and_direct_have_the_highest_marginal_return(by_channel):
    assert set(by_channel["marginal_roi"].nlargest(2).index) == {"Search", "Direct"}


@pytest.fixture(scope="module")
def others(make_shop) -> list[tuple[Any, Budget]]:
    """Five more shops and their budgets."""
    shops = [make_shop(seed) for seed in range(2, 7)]
    return [
        (shop, marketing_budget(shop.weekly, shop.marketing, settings=SETTINGS, seed=1))
        for shop in shops
    ]


def test_search_and_direct_lead_in_other_shops_too(others):
    for _, budget in others:
        marginal = budget.allocation.set_index("marketing_channel")["marginal_roi"]
        assert set(marginal.nlargest(2).index) == {"Search", "Direct"}


def test_plans_gain_by_the_planted_curves_mostly_inside_their_80_percent_interval(others):
    inside = []
    for shop, budget in others:
        plan = budget.allocation.set_index("marketing_channel")
        gain = shop.margin(plan["optimal_amount"]) - shop.margin(plan["current_amount"])
        assert gain > 0
        inside.append(budget.gain_low_amount <= gain <= budget.gain_high_amount)
    assert sum(inside) >= 3


def test_marginal_returns_are_near_the_planted_ones(shop, by_channel):
    planted = shop.marginal(by_channel["current_amount"]).reindex(by_channel.index)
    error = by_channel["marginal_roi"] - planted
    assert np.sqrt((error**2).mean()) < 0.4


def test_amounts_of_the_plan_add_up_to_the_budget_within_the_bounds(budget):
    plan = budget.allocation
    assert plan["optimal_amount"].sum() == pytest.approx(budget.budget_amount)
    assert budget.budget_amount == pytest.approx(budget.current_total_amount)
    assert (plan["optimal_amount"] >= plan["minimum_amount"] - 1e-6).all()
    assert (plan["optimal_amount"] <= plan["maximum_amount"] + 1e-6).all()


def test_todays_spend_is_the_mean_of_the_last_13_whole_weeks(shop, budget):
    whole = shop.weekly.loc[shop.weekly["complete"], "week"].drop_duplicates().nlargest(13)
    spend = shop.marketing[shop.marketing["week"].isin(whole)]
    expected = spend.groupby("marketing_channel")["spend_amount"].sum() / 13
    assert budget.allocation["current_amount"].to_numpy() == pytest.approx(expected.to_numpy())


def test_curves_start_at_nothing_rise_and_bend_down(budget):
    for _, curve in budget.curves.groupby("marketing_channel"):
        margin = curve["margin_amount"].to_numpy()
        assert margin[0] == 0
        assert (np.diff(margin) >= 0).all()
        assert (np.diff(margin, 2) <= 1e-9).all()
        assert (curve["low_amount"] <= curve["margin_amount"] + 1e-9).all()
        assert (curve["margin_amount"] <= curve["high_amount"] + 1e-9).all()


def test_the_frontier_rises_with_falling_shadow_prices_through_the_plan(budget):
    frontier = budget.frontier
    assert (np.diff(frontier["margin_amount"]) > 0).all()
    assert (np.diff(frontier["shadow_price"]) <= 1e-9).all()
    ratio = frontier["total_amount"] / budget.current_total_amount
    assert ratio.min() == pytest.approx(0.5)
    assert ratio.max() == pytest.approx(1.5)
    today = frontier.loc[(ratio - 1).abs().idxmin()]
    assert today["margin_amount"] == pytest.approx(budget.optimal_margin_amount, rel=1e-6)
    assert today["shadow_price"] == pytest.approx(budget.shadow_price, rel=1e-4)


def test_partial_weeks_are_left_out(shop, budget):
    assert budget.weeks == 104
    assert budget.first_week == shop.weekly["week"].min().date() + pd.Timedelta(days=7)


def test_equal_seeds_and_other_row_orders_give_equal_results(shop, budget):
    again = marketing_budget(
        shop.weekly.sample(frac=1, random_state=1),
        shop.marketing.sample(frac=1, random_state=2),
        settings=SETTINGS,
        seed=1,
    )
    for name, frame in budget.frames.items():
        pd.testing.assert_frame_equal(frame, again.frames[name], rtol=1e-6)
    assert again.gain_amount == pytest.approx(budget.gain_amount, rel=1e-6)


def test_regions_sharpen_the_curves(shop, budget):
    weekly, marketing = shop.national
    national = marketing_budget(weekly, marketing, settings=SETTINGS, seed=1)

    def width(result: Budget) -> float:
        return float(
            (result.allocation["marginal_roi_high"] - result.allocation["marginal_roi_low"]).mean()
        )

    assert width(budget) < width(national)


def test_margin_without_a_region_that_has_spend_still_counts(shop, budget):
    lost = shop.weekly.assign(
        contribution_margin_amount=lambda f: f["contribution_margin_amount"] * 0.95
    )
    unknown = shop.weekly.groupby(["week", "complete"], as_index=False)[
        "contribution_margin_amount"
    ].sum()
    unknown = unknown.assign(
        region="Unknown",
        contribution_margin_amount=lambda f: f["contribution_margin_amount"] * 0.05,
    )
    result = marketing_budget(pd.concat([lost, unknown]), shop.marketing, settings=SETTINGS, seed=1)
    assert result.current_margin_amount == pytest.approx(budget.current_margin_amount, rel=1e-6)


def test_no_spend_is_missing_and_says_what_to_add(shop):
    for marketing in (None, shop.marketing.iloc[:0]):
        result = marketing_budget(shop.weekly, marketing, settings=SETTINGS, seed=1)
        assert isinstance(result, Missing)
        assert result.of == Budget.KIND
        assert result.needs == ("marketing_spend",)


def test_no_costs_is_missing_and_says_what_to_add(shop):
    weekly = shop.weekly.assign(contribution_margin_amount=np.nan)
    result = marketing_budget(weekly, shop.marketing, settings=SETTINGS, seed=1)
    assert isinstance(result, Missing)
    assert result.needs == ("transactions.cost_of_goods",)


def test_under_a_year_of_whole_weeks_is_missing_and_says_how_many_there_are(make_shop):
    shop = make_shop(1, weeks=52)
    result = marketing_budget(shop.weekly, shop.marketing, settings=SETTINGS, seed=1)
    assert isinstance(result, Missing)
    assert "there are 51" in result.because


def test_a_total_below_the_minima_is_refused(shop):
    settings = BudgetSettings(total_factor=0.4, bootstrap_draws=2)
    with pytest.raises(SettingsError, match="minima of Affiliate, Direct"):
        marketing_budget(shop.weekly, shop.marketing, settings=settings, seed=1)


def test_a_total_above_the_maxima_is_refused(shop):
    settings = BudgetSettings(total_factor=2.5, bootstrap_draws=2)
    with pytest.raises(SettingsError, match="maxima of Affiliate, Direct"):
        marketing_budget(shop.weekly, shop.marketing, settings=settings, seed=1)


def test_a_channel_that_is_no_longer_used_is_no_part_of_the_budget(shop):
    old = shop.marketing[shop.marketing["week"] < "2022-12-01"]
    radio = old[old["marketing_channel"] == "Email"].assign(marketing_channel="Radio")
    result = marketing_budget(
        shop.weekly, pd.concat([shop.marketing, radio]), settings=SETTINGS, seed=1
    )
    assert "Radio" not in set(result.allocation["marketing_channel"])
