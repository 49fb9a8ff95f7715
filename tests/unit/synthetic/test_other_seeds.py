"""The planted facts hold whatever the seed, within stated tolerances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from analytics.synthetic import ShopTables, SyntheticShop, generated_shop


@dataclass(frozen=True)
class Counted:
    shop: ShopTables
    completed: pd.DataFrame


@pytest.fixture(scope="module", params=[1, 7, 99, 2024, 31337])
def counted(request: pytest.FixtureRequest) -> Counted:
    shop = generated_shop(SyntheticShop(seed=request.param))
    orders = shop.transactions[shop.transactions["status"] == "completed"]
    orders = orders.merge(shop.customers, on="customer_id", validate="many_to_one")
    lines = shop.transaction_items.drop_duplicates("transaction_id").set_index("transaction_id")
    costs = orders[["cost_of_goods", "shipping_cost", "payment_cost"]].sum(axis=1)
    return Counted(
        shop=shop,
        completed=orders.assign(
            category=orders["transaction_id"].map(lines["category"]),
            margin=orders["net"] - costs,
            month=orders["ordered_at"].dt.to_period("M"),
        ),
    )


def test_sizes_and_net_revenue_are_exact(counted: Counted) -> None:
    assert (len(counted.shop.customers), len(counted.shop.transactions)) == (10_000, 184_939)
    assert counted.completed["net"].sum() == pytest.approx(98_400_000, rel=0.001)
    buyers = counted.shop.transactions["customer_id"].nunique()
    assert 0.015 < 1 - buyers / 10_000 < 0.03


def test_mean_clv12_by_segment_is_as_stated(counted: Counted) -> None:
    people = counted.shop.customers.merge(counted.shop.truth_customers, on="customer_id")
    people = people[people["customer_id"].isin(counted.completed["customer_id"])]
    means = people.groupby("segment")["clv12_amount"].mean()
    for segment, stated in {"Premium": 5000, "Standard": 2000, "Basic": 800}.items():
        assert means[segment] == pytest.approx(stated, rel=0.05)


def test_north_has_the_highest_margin_and_south_the_strongest_growth(counted: Counted) -> None:
    orders = counted.completed
    assert orders.groupby("region")["margin"].sum().idxmax() == "North"
    year = (orders["ordered_at"] >= "2023-07-01").rename("second")
    revenue = orders.groupby(["region", year])["net"].sum().unstack()
    growth = revenue[True] / revenue[False] - 1
    assert growth.idxmax() == "South"
    assert growth["South"] > 0.2
    assert growth.drop("South").max() < 0.2
    assert revenue[False].idxmin() == "South"


def test_revenue_peaks_in_march_and_is_lowest_in_september_of_both_years(
    counted: Counted,
) -> None:
    months = counted.completed.groupby("month")["net"].sum().sort_index()
    for year in (months.iloc[:12], months.iloc[12:]):
        assert (year.idxmax().month, year.idxmin().month) == (3, 9)


def _slice(orders: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series]:
    north = orders["region"] == "North"
    inside = north & (orders["category"] == "Electronics") & (orders["sales_channel"] == "Online")
    fall = orders["month"].between("2023-10", "2023-12")
    return inside, north & ~inside, fall


def test_the_slice_is_7_percent_of_revenue_and_falls_by_30_percent(counted: Counted) -> None:
    orders = counted.completed
    inside, beside, fall = _slice(orders)
    assert orders["net"][inside].sum() / orders["net"].sum() == pytest.approx(0.07, abs=0.01)
    change = ((inside & fall).sum() / (beside & fall).sum()) / (
        (inside & ~fall).sum() / (beside & ~fall).sum()
    ) - 1
    # Two and a half standard errors of about 3 points.
    assert change == pytest.approx(-0.30, abs=0.08)


def test_every_payment_method_falls_in_proportion(counted: Counted) -> None:
    orders = counted.completed
    inside, _, fall = _slice(orders)
    table = pd.crosstab(orders["payment_method"][inside], fall[inside])
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.to_numpy().sum()
    # The 99.9th percentile at 3 degrees of freedom.
    assert float(((table.to_numpy() - expected) ** 2 / expected).sum()) < 16.27
    assert (table[True] / table.sum(axis=1) < 0.15).all()


def test_dissatisfaction_drives_leaving_and_the_payment_method_does_not(
    counted: Counted,
) -> None:
    truth = counted.shop.truth_customers.set_index("customer_id")
    gone = truth["left_on"].notna()
    rates = gone.groupby(pd.qcut(truth["satisfaction"], 4, labels=False)).mean()
    assert rates.is_monotonic_decreasing
    assert rates[0] > 3 * rates[3]
    orders = counted.shop.transactions
    usual = orders.groupby("customer_id")["payment_method"].agg(lambda m: m.mode().iloc[0])
    table = pd.crosstab(usual, gone.reindex(usual.index))
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.to_numpy().sum()
    assert float(((table.to_numpy() - expected) ** 2 / expected).sum()) < 16.27


def test_unresolved_tickets_drive_leaving_at_equal_satisfaction(counted: Counted) -> None:
    """A logistic-free look: within satisfaction bands, who waited for help left more often."""
    tickets = counted.shop.support_tickets
    truth = counted.shop.truth_customers.set_index("customer_id")
    first_half = tickets[tickets["opened_at"] < "2023-01-01"]
    waiting = first_half[first_half["closed_at"].isna()]["customer_id"]
    stayed_until = truth["left_on"].isna() | (truth["left_on"] >= "2023-01-01")
    there = truth[stayed_until & truth.index.isin(counted.shop.customers["customer_id"][:7000])]
    gone = there["left_on"] < "2023-04-01"
    recent = waiting[first_half["opened_at"] >= "2022-10-03"]
    band = pd.qcut(there["satisfaction"], 5, labels=False)
    waits = pd.Series(there.index.isin(recent), index=there.index)
    rates = gone.groupby([band, waits]).mean().unstack()
    weights = waits.groupby(band).sum()
    excess = ((rates[True] - rates[False]) * weights).sum() / weights.sum()
    assert excess > 0


def test_search_and_direct_have_the_highest_marginal_roi(counted: Counted) -> None:
    channels = counted.shop.truth["marketing"]["channels"]
    for kind in ("marginal_roi", "marginal_roi_over_plan"):
        ranking = sorted(channels, key=lambda name: -channels[name][kind])
        assert set(ranking[:2]) == {"Search", "Direct"}
        assert channels[ranking[1]][kind] > 2 * channels[ranking[2]][kind]


def test_email_is_saturated_and_last_touch_roi_praises_it_above_all(counted: Counted) -> None:
    channels = counted.shop.truth["marketing"]["channels"]
    email = channels["Email"]
    assert email["spend_per_week_amount"] == pytest.approx(4 * email["half_saturation_amount"])
    assert email["marginal_roi"] < email["average_roi"] / 4
    sums = counted.shop.marketing_spend.groupby("marketing_channel")[
        ["attributed_orders", "spend"]
    ].sum()
    margin_an_order = counted.completed["margin"].sum() / len(counted.shop.transactions)
    last_touch = sums["attributed_orders"] * margin_an_order / sums["spend"]
    assert last_touch.idxmax() == "Email"
    assert last_touch["Email"] > 2 * last_touch.drop("Email").max()
    for name, truth in channels.items():
        # No channel's last-touch ROI is near what another dollar brings.
        assert last_touch[name] > 1.4 * truth["marginal_roi"]


def test_the_offer_lifts_orders_and_the_other_experiment_does_not(counted: Counted) -> None:
    for run in counted.shop.truth["experiments"]:
        orders = counted.completed
        orders = orders[orders["ordered_at"].between(run["assigned_at"], run["end"], "left")]
        group = counted.shop.experiments
        group = group[group["experiment_id"] == run["experiment_id"]]
        count = group["customer_id"].map(orders["customer_id"].value_counts()).fillna(0)
        found = count.groupby(group["variant"]).agg(["mean", "var", "size"])
        control = found.loc["control", "mean"]
        error = np.sqrt((found["var"] / found["size"]).sum()) / control
        lift = found.loc["treatment", "mean"] / control - 1
        assert abs(lift - run["lift_rate"]) < 2.58 * error
        if run["lift_rate"]:
            assert lift > 3 * error
