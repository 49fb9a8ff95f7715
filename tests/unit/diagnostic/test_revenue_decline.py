"""A slice that fell is named as what it is; nothing else, and nothing where nothing fell."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.diagnostic import revenue_decline
from analytics.results import Missing, RevenueDecline


def orders_of(seed: int, fall: float) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    n = 24_000
    days = pd.date_range("2022-01-01", "2023-12-31").as_unit("us")
    frame = pd.DataFrame(
        {
            "customer_id": [f"{i:04d}" for i in random.integers(0, 3000, n)],
            "day": days[random.integers(len(days), size=n)],
            "region": random.choice(["North", "East", "South"], n, p=[0.5, 0.3, 0.2]),
            "category": random.choice(["Toys", "Books"], n),
            "sales_channel": random.choice(["Web", "Shop"], n),
            "payment_method": random.choice(["Card", "Invoice"], n),
            "net_revenue_amount": np.round(random.lognormal(4, 0.5, n), 2),
        }
    )
    hit = (frame["region"] == "North") & (frame["category"] == "Toys")
    hit &= (frame["sales_channel"] == "Web") & frame["day"].between("2023-04-01", "2023-06-30")
    return frame[~hit | (random.random(n) >= fall)].reset_index(drop=True)


@pytest.fixture(scope="module")
def result(facts) -> RevenueDecline:
    return revenue_decline(orders_of(20, 0.45), facts=facts("2022-01-01", "2024-01-01"))


def test_the_slice_that_fell_is_the_only_one_named(result) -> None:
    assert result.declines["slice"].tolist() == ["North x Toys x Web"]
    assert result.declines["period"].tolist() == ["2023-Q2"]
    row = result.declines.iloc[0]
    assert row["low"] <= -0.45 <= row["high"]


def test_payment_methods_that_fell_in_proportion_are_ruled_out(result) -> None:
    decoys = result.decoys[result.decoys["dimension"] == "payment_method"]
    assert decoys["ruled_out"].all()
    assert set(decoys["because"]) == {"in_proportion"}


def test_the_waterfall_and_the_effects_add_up_to_the_cent(result) -> None:
    steps = (result.waterfall["amount"] * 100).round().astype(int)
    change = result.waterfall["kind"] == "change"
    assert steps.iloc[0] + steps[change].sum() == steps.iloc[-1]
    sums = result.effects.groupby("method")["change_amount"].sum()
    assert sums["lmdi"] == pytest.approx(sums["shapley"], abs=0.001)
    by_dimension = result.mix.groupby("dimension")["change_amount"].sum()
    assert by_dimension.to_numpy() == pytest.approx(result.total_change_amount, abs=0.001)


def test_where_nothing_fell_nothing_is_named(facts) -> None:
    window = facts("2022-01-01", "2024-01-01")
    for seed in range(2, 8):
        assert revenue_decline(orders_of(seed, 0.0), facts=window).declines.empty


def test_a_quarter_that_is_not_covered_to_its_end_is_no_decline(facts) -> None:
    orders = orders_of(9, 0.0)
    cut = orders[orders["day"] < "2023-11-01"]
    found = revenue_decline(cut, facts=facts("2022-01-01", "2023-11-01"))
    assert found.declines.empty
    assert "2023-Q4" not in set(found.candidates["period"])


def test_few_quarters_are_missing(facts) -> None:
    found = revenue_decline(orders_of(9, 0.0), facts=facts("2023-04-01", "2024-01-01"))
    assert isinstance(found, Missing)


def test_without_any_dimension_levels_of_the_total_are_told(facts) -> None:
    orders = orders_of(9, 0.0)[["customer_id", "day", "net_revenue_amount"]]
    late = orders["day"] >= "2023-03-01"
    orders = orders[~late | (np.random.default_rng(1).random(len(orders)) < 0.5)]
    found = revenue_decline(orders, facts=facts("2022-01-01", "2024-01-01"), minimum_cell=5)
    assert isinstance(found, RevenueDecline)
    assert found.dimensions == ()
    assert found.declines.empty
    levels = found.change_points
    assert set(levels["series"]) == {"all"}
    fell = levels[levels["change_rate"] < -0.3]
    assert abs((fell["start"].iloc[0] - pd.Timestamp("2023-03-01")).days) <= 14
    steps = found.waterfall.set_index("step")["amount"]
    assert steps["base"] + steps["expected_change"] == pytest.approx(steps["current"], abs=0.001)


def test_no_orders_in_whole_quarters_are_missing(facts) -> None:
    found = revenue_decline(orders_of(9, 0.0).iloc[:0], facts=facts("2022-01-01", "2024-01-01"))
    assert isinstance(found, Missing)
