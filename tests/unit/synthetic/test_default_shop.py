"""The facts that the default shop is promised to have, counted from its tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.synthetic import ShopTables

LARGEST = {"region": "North", "category": "Electronics", "sales_channel": "Online"}


def test_there_are_10_000_customers_and_184_939_orders(default_shop: ShopTables) -> None:
    assert len(default_shop.customers) == 10_000
    assert default_shop.transactions["transaction_id"].nunique() == 184_939
    assert len(default_shop.transactions) == 184_939


def test_about_2_percent_of_the_customers_never_order(default_shop: ShopTables) -> None:
    buyers = default_shop.transactions["customer_id"].nunique()
    assert 150 <= 10_000 - buyers <= 250


def test_orders_fill_the_window_from_its_first_day_to_its_last(default_shop: ShopTables) -> None:
    days = default_shop.transactions["ordered_at"].dt.normalize()
    assert days.min() == pd.Timestamp("2022-07-01")
    assert days.max() == pd.Timestamp("2024-06-30")
    assert days.nunique() == 731


def test_net_revenue_is_98_400_000_within_a_thousandth(completed: pd.DataFrame) -> None:
    assert completed["net_cents"].sum() / 100 == pytest.approx(98_400_000, rel=0.001)


def test_segments_are_2000_5000_and_3000_customers(default_shop: ShopTables) -> None:
    counts = default_shop.customers["segment"].value_counts().to_dict()
    assert counts == {"Premium": 2000, "Standard": 5000, "Basic": 3000}


def test_mean_clv12_by_segment_is_5000_2000_and_800(
    default_shop: ShopTables, completed: pd.DataFrame
) -> None:
    customers = default_shop.customers.merge(default_shop.truth_customers, on="customer_id")
    buyers = customers[customers["customer_id"].isin(completed["customer_id"])]
    means = buyers.groupby("segment")["clv12_amount"].mean()
    for segment, target in {"Premium": 5000, "Standard": 2000, "Basic": 800}.items():
        assert means[segment] == pytest.approx(target, rel=0.05)


def test_what_the_oracle_expects_of_a_year_is_what_the_year_brings(
    default_shop: ShopTables, completed: pd.DataFrame
) -> None:
    second_year = completed[completed["ordered_at"] >= "2023-07-01"]
    brought = second_year.groupby("customer_id")["margin_cents"].sum() / 100
    customers = default_shop.customers.merge(default_shop.truth_customers, on="customer_id")
    customers = customers[customers["signed_up_on"] < "2023-07-01"]
    realised = customers["customer_id"].map(brought).fillna(0)
    expected = customers["expected_margin_months_13_24_amount"]
    by_segment = (
        realised.groupby(customers["segment"]).sum() / expected.groupby(customers["segment"]).sum()
    )
    # Standard errors of the three ratios are 1 to 2 %.
    assert by_segment.between(0.95, 1.05).all()
    explained = 1 - ((realised - expected) ** 2).sum() / ((realised - realised.mean()) ** 2).sum()
    assert 0.80 < explained < 0.95


def test_north_has_the_highest_and_south_the_lowest_margin(completed: pd.DataFrame) -> None:
    margins = completed.groupby("region")["margin_cents"].sum()
    assert margins.idxmax() == "North"
    assert margins.idxmin() == "South"
    rates = margins / completed.groupby("region")["net_cents"].sum()
    assert rates.sort_values(ascending=False).index.tolist() == ["North", "East", "West", "South"]


def test_south_grows_fastest_and_north_slowest(completed: pd.DataFrame) -> None:
    second = completed["ordered_at"] >= "2023-07-01"
    years = completed.groupby(["region", second])["net_cents"].sum().unstack()
    growth = years[True] / years[False] - 1
    assert growth.idxmax() == "South"
    assert growth.idxmin() == "North"
    assert growth["South"] > 2 * growth.drop("South").max()
    assert years[False].idxmin() == "South"


@pytest.mark.parametrize("first", [0, 12])
def test_revenue_peaks_in_march_and_is_lowest_in_september(
    completed: pd.DataFrame, first: int
) -> None:
    months = completed.groupby("month")["net_cents"].sum().sort_index()
    assert len(months) == 24
    year = months.iloc[first : first + 12]
    assert year.idxmax().month == 3
    assert year.idxmin().month == 9


@pytest.mark.parametrize(
    ("column", "shares"),
    [
        ("region", {"North": 0.36, "East": 0.25, "West": 0.24, "South": 0.15}),
        ("category", dict(zip("EHFBST", (0.28, 0.22, 0.18, 0.14, 0.10, 0.08), strict=True))),
        ("sales_channel", {"Online": 0.55, "Store": 0.30, "Marketplace": 0.15}),
        ("status", {"completed": 0.955, "returned": 0.030, "cancelled": 0.015}),
    ],
)
def test_shares_are_near_those_stated(
    default_shop: ShopTables, column: str, shares: dict[str, float]
) -> None:
    table = next(
        table
        for table in (
            default_shop.customers,
            default_shop.transactions,
            default_shop.transaction_items.drop_duplicates("transaction_id"),
        )
        if column in table
    )
    found = table[column].value_counts(normalize=True)
    if column == "category":
        found.index = found.index.str[0]
    for value, share in shares.items():
        assert found[value] == pytest.approx(share, abs=0.01)


def test_the_largest_slice_is_7_percent_of_revenue(completed: pd.DataFrame) -> None:
    inside = np.logical_and.reduce([completed[name] == value for name, value in LARGEST.items()])
    share = completed["net_cents"][inside].sum() / completed["net_cents"].sum()
    assert 0.06 < share < 0.08
    for name, value in LARGEST.items():
        assert completed.groupby(name)["net_cents"].sum().idxmax() == value


def _fallen(completed: pd.DataFrame, inside: pd.Series) -> float:
    """The slice's orders beside North's others, in October to December 2023 and elsewhere."""
    north = completed["region"] == "North"
    fall = completed["month"].between("2023-10", "2023-12")
    odds = [
        (inside & north & when).sum() / (~inside & north & when).sum() for when in (fall, ~fall)
    ]
    return odds[0] / odds[1] - 1


def test_the_slice_falls_by_30_percent_in_october_to_december_2023(
    completed: pd.DataFrame,
) -> None:
    inside = (completed["category"] == "Electronics") & (completed["sales_channel"] == "Online")
    # About 1,100 orders are left: two standard errors are 6 points.
    assert _fallen(completed, inside) == pytest.approx(-0.30, abs=0.07)


@pytest.mark.parametrize(
    ("category", "sales_channel"), [("Home", "Online"), ("Electronics", "Store")]
)
def test_no_slice_beside_it_falls(
    completed: pd.DataFrame, category: str, sales_channel: str
) -> None:
    apart = completed[
        (completed["category"] != "Electronics") | (completed["sales_channel"] != "Online")
    ]
    inside = (apart["category"] == category) & (apart["sales_channel"] == sales_channel)
    assert abs(_fallen(apart, inside)) < 0.15


def test_all_payment_methods_fall_in_proportion(completed: pd.DataFrame) -> None:
    inside = completed[
        np.logical_and.reduce([completed[name] == value for name, value in LARGEST.items()])
    ]
    fall = inside["month"].between("2023-10", "2023-12")
    table = pd.crosstab(inside["payment_method"], fall)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.to_numpy().sum()
    chi_square = float(((table.to_numpy() - expected) ** 2 / expected).sum())
    assert chi_square < 11.34  # the 99th percentile at 3 degrees of freedom


def test_dissatisfied_customers_leave_more_often(default_shop: ShopTables) -> None:
    truth = default_shop.truth_customers
    gone = truth["left_on"].notna()
    quarter = pd.qcut(truth["satisfaction"], 4, labels=False)
    rates = gone.groupby(quarter).mean()
    assert rates.is_monotonic_decreasing
    assert rates[0] > 2.5 * rates[3]


def test_payment_method_says_nothing_about_leaving(default_shop: ShopTables) -> None:
    orders = default_shop.transactions
    usual = orders.groupby("customer_id")["payment_method"].agg(lambda m: m.mode().iloc[0])
    truth = default_shop.truth_customers.set_index("customer_id")
    table = pd.crosstab(usual, truth["left_on"].notna().reindex(usual.index))
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.to_numpy().sum()
    assert float(((table.to_numpy() - expected) ** 2 / expected).sum()) < 11.34


def test_nobody_orders_or_asks_for_help_after_leaving(default_shop: ShopTables) -> None:
    left_on = default_shop.truth_customers.set_index("customer_id")["left_on"]
    for table, moment in (
        (default_shop.transactions, "ordered_at"),
        (default_shop.support_tickets, "opened_at"),
    ):
        until = table["customer_id"].map(left_on)
        assert not (table[moment] >= until).any()


def _lift(shop: ShopTables, name: str) -> tuple[float, float]:
    """Relative difference in completed orders of the treated, and its standard error."""
    run = next(run for run in shop.truth["experiments"] if run["experiment_id"] == name)
    orders = shop.transactions[shop.transactions["status"] == "completed"]
    orders = orders[orders["ordered_at"].between(run["assigned_at"], run["end"], "left")]
    group = shop.experiments[shop.experiments["experiment_id"] == name]
    count = group["customer_id"].map(orders["customer_id"].value_counts()).fillna(0)
    by_variant = count.groupby(group["variant"]).agg(["mean", "var", "size"])
    error = np.sqrt((by_variant["var"] / by_variant["size"]).sum())
    control, treatment = by_variant.loc["control", "mean"], by_variant.loc["treatment", "mean"]
    return float(treatment / control - 1), float(error / control)


def test_the_offer_lifts_orders_by_what_truth_says(default_shop: ShopTables) -> None:
    lift, error = _lift(default_shop, "retention-offer")
    assert abs(lift - 0.30) < 1.96 * error
    assert lift > 4 * error


def test_the_second_experiment_changes_nothing(default_shop: ShopTables) -> None:
    lift, error = _lift(default_shop, "checkout-layout")
    assert abs(lift) < 1.96 * error


def test_both_experiments_are_split_in_halves(default_shop: ShopTables) -> None:
    sizes = default_shop.experiments.groupby(["experiment_id", "variant"]).size().unstack()
    assert ((sizes["treatment"] - sizes["control"]).abs() <= 1).all()
    assert (sizes > 500).all(axis=None)


def test_the_offer_went_to_standard_customers_alone(default_shop: ShopTables) -> None:
    offered = default_shop.experiments.query("experiment_id == 'retention-offer'")
    segments = default_shop.customers.set_index("customer_id")["segment"]
    assert set(offered["customer_id"].map(segments)) == {"Standard"}


def test_marketing_brings_about_41_percent_of_margin(default_shop: ShopTables) -> None:
    assert default_shop.truth["marketing"]["margin_share"] == pytest.approx(0.41, abs=0.015)


def test_search_and_direct_have_the_highest_marginal_roi(default_shop: ShopTables) -> None:
    channels = default_shop.truth["marketing"]["channels"]
    for kind in ("marginal_roi", "marginal_roi_over_plan"):
        ranking = sorted(channels, key=lambda name: -channels[name][kind])
        assert ranking[:2] == ["Search", "Direct"]
        assert channels["Direct"][kind] > 2 * channels[ranking[2]][kind]


@pytest.mark.parametrize(
    ("channel", "marginal", "average"),
    [
        ("Search", 2.2, 3.3),
        ("Direct", 2.0, 3.0),
        ("Social", 0.6, 1.1),
        ("Email", 0.7, 3.5),
        ("Display", 0.4, 0.8),
        ("Affiliate", 0.6, 1.2),
    ],
)
def test_roi_is_as_stated(
    default_shop: ShopTables, channel: str, marginal: float, average: float
) -> None:
    truth = default_shop.truth["marketing"]["channels"][channel]
    assert truth["marginal_roi"] == pytest.approx(marginal, rel=0.05)
    assert truth["average_roi"] == pytest.approx(average, rel=0.05)


def test_last_touch_attribution_praises_email(default_shop: ShopTables) -> None:
    sums = default_shop.marketing_spend.groupby("marketing_channel")[
        ["attributed_orders", "spend"]
    ].sum()
    assert (sums["attributed_orders"] / sums["spend"]).idxmax() == "Email"
