"""Cohorts, RFM, gaps and concentration against plain pandas, and what is withheld of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from analytics.descriptive import customer_base
from analytics.descriptive.cohorts import cohort_triangle, retention_curves
from analytics.descriptive.concentration import concentration, share_of_top
from analytics.descriptive.purchase_gaps import gap_classes
from analytics.descriptive.rfm import GROUPS, rfm_group, rfm_tables
from analytics.predictive.rfm import rfm_scores
from analytics.results import CustomerBase, Missing, SourceFacts

Facts = Callable[..., SourceFacts]


@pytest.fixture(scope="module")
def purchases() -> pd.DataFrame:
    """Return customer and day of purchases over two years, customers of many kinds."""
    random = np.random.default_rng(11)
    rows = []
    for customer in range(300):
        first = int(random.integers(0, 700))
        day, pause = first, float(random.gamma(2.0, 25.0)) + 1
        while day < 731:
            rows.append((f"c{customer:03d}", day, round(float(random.lognormal(4, 1)), 2)))
            day += 1 + int(random.exponential(pause))
            if random.random() < 0.05:
                break
    frame = pd.DataFrame(rows, columns=["customer", "day", "net"])
    frame["date"] = pd.Timestamp("2022-07-01") + pd.to_timedelta(frame["day"], "D")
    frame["month"] = frame["date"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    return frame


def calendar_of(purchases: pd.DataFrame) -> pd.DataFrame:
    first = purchases.groupby("customer")["month"].transform("min")
    rows = purchases.assign(cohort=first)
    size = rows.groupby("cohort")["customer"].nunique()
    months = pd.date_range(rows["month"].min(), rows["month"].max(), freq="MS")
    active = rows.groupby(["cohort", "month"])["customer"].nunique()
    found = [
        (cohort, month, at, size[cohort], int(active.get((cohort, month), 0)))
        for cohort in size.index
        for at, month in enumerate(months[months >= cohort])
    ]
    return pd.DataFrame(
        found, columns=["cohort", "month", "months_since", "customers", "active_customers"]
    ).astype({"cohort": "datetime64[us]", "month": "datetime64[us]"})


def features_of(purchases: pd.DataFrame) -> pd.DataFrame:
    end = pd.Timestamp("2024-07-01")
    groups = purchases.groupby("customer")
    return pd.DataFrame(
        {
            "days_since_last_order": (end - groups["date"].max()).dt.days,
            "orders": groups.size(),
            "net_revenue_amount": groups["net"].sum(),
        }
    ).reset_index()


def gaps_of(purchases: pd.DataFrame) -> pd.DataFrame:
    rows = []
    for customer, days in purchases.groupby("customer")["day"]:
        days = sorted(set(days))
        rows += [(b - a, True, customer) for a, b in pairwise(days)]
        rows.append((730 - days[-1], False, customer))
    frame = pd.DataFrame(rows, columns=["gap_days", "closed", "customer"])
    frame["week"] = frame["gap_days"] // 7
    weekly = frame[frame["closed"]].groupby("week")["customer"].nunique()
    counted = frame.groupby(["gap_days", "closed"], as_index=False).size()
    counted = counted.rename(columns={"size": "gaps"})
    customers = (counted["gap_days"] // 7).map(weekly).where(counted["closed"]).fillna(0)
    return counted.assign(customers=customers.astype(int))


def test_triangle_and_its_intervals_are_those_of_pandas(
    purchases: pd.DataFrame, facts: Facts
) -> None:
    calendar = calendar_of(purchases)
    told = cohort_triangle(calendar, facts=facts("2022-07-01", "2024-06-30"), minimum_cell=1)
    assert len(told) == len(calendar) > 250
    assert told["complete"].all()
    share = calendar["active_customers"] / calendar["customers"]
    assert told["retention_rate"].to_numpy() == pytest.approx(share.to_numpy())
    later = told["months_since"] > 0
    low, high = proportion_confint(
        calendar["active_customers"], calendar["customers"], method="wilson"
    )
    assert told.loc[later, "low"].to_numpy() == pytest.approx(np.asarray(low)[later], abs=1e-9)
    assert told.loc[later, "high"].to_numpy() == pytest.approx(np.asarray(high)[later], abs=1e-9)


def test_no_withheld_cell_follows_from_the_active_customers_of_its_month(
    purchases: pd.DataFrame, facts: Facts
) -> None:
    calendar = calendar_of(purchases)
    told = cohort_triangle(calendar, facts=facts("2022-07-01", "2024-06-30"), minimum_cell=5)
    shown = told["active_customers"]
    exact = calendar["active_customers"]
    assert (shown[shown.notna()] == exact[shown.notna()]).all()
    assert not shown.between(1, 4).any()
    for _, rows in told.assign(exact=exact).groupby("month"):
        hidden = rows[rows["active_customers"].isna()]["exact"]
        assert len(hidden[hidden > 0]) != 1
        assert len(hidden) == 0 or hidden.sum() >= 5 or rows["active_customers"].notna().sum() == 0


def test_partial_months_and_cohorts_are_in_no_curve(purchases: pd.DataFrame, facts: Facts) -> None:
    calendar = calendar_of(purchases)
    told = cohort_triangle(calendar, facts=facts("2022-07-10", "2024-06-20"), minimum_cell=1)
    partial = (told["cohort"] == "2022-07-01") | (told["month"] == "2024-06-01")
    assert (told["complete"] == ~partial).all()
    curve = retention_curves(told)
    whole = curve[curve["series"] == "all"].set_index("months_since")
    kept = calendar[~partial.to_numpy()]
    sums = kept.groupby("months_since")[["customers", "active_customers"]].sum()
    assert whole["customers"].to_dict() == sums["customers"].to_dict()
    assert whole["active_customers"].to_dict() == sums["active_customers"].to_dict()
    of_years = curve[curve["series"] != "all"].groupby("months_since")["active_customers"].sum()
    assert of_years.to_dict() == sums["active_customers"].to_dict()


def test_scores_and_groups_are_those_of_the_analysed_data_set(purchases: pd.DataFrame) -> None:
    features = features_of(purchases)
    scores = rfm_scores(features)
    groups, grid = rfm_tables(features, minimum_cell=1)
    names = [rfm_group(r, f) for r, f in zip(scores["r_score"], scores["f_score"], strict=True)]
    expected = features.assign(group=names).groupby("group")
    told = groups.set_index("group")
    assert told["customers"].to_dict() == expected.size().to_dict()
    assert told["net_revenue_amount"].to_dict() == pytest.approx(
        expected["net_revenue_amount"].sum().round(2).to_dict()
    )
    assert told["days_since_last_order"].to_dict() == pytest.approx(
        expected["days_since_last_order"].median().to_dict()
    )
    assert told["customers_rate"].sum() == pytest.approx(1)
    assert told["net_revenue_rate"].sum() == pytest.approx(1)
    assert grid["customers"].sum() == len(features)


def test_every_pair_of_scores_has_one_group() -> None:
    held = [pair for _, pairs in GROUPS.values() for pair in pairs]
    assert sorted(held) == [(r, f) for r in range(1, 6) for f in range(1, 6)]


def test_small_groups_merge_and_their_cells_are_not_told(purchases: pd.DataFrame) -> None:
    features = features_of(purchases).head(40)
    groups, grid = rfm_tables(features, minimum_cell=5)
    assert groups["customers"].sum() == 40
    assert groups["customers"].min() >= 5
    assert not grid["customers"].between(1, 4).any()
    for _, cells in grid.groupby("group"):
        assert cells["customers"].isna().all() or cells["customers"].notna().all()


def test_followed_orders_are_those_of_kaplan_and_meier(purchases: pd.DataFrame) -> None:
    gaps = gaps_of(purchases)
    rows = gaps.loc[gaps.index.repeat(gaps["gaps"])]
    # An order of the last day has been waiting for no time at all.
    rows = rows.assign(gap_days=rows["gap_days"] + 0.0)
    oracle = SurvfuncRight(rows["gap_days"].to_numpy(), rows["closed"].astype(int).to_numpy())
    classes, median = gap_classes(gaps, minimum_cell=1)
    for row in classes.itertuples():
        at = np.searchsorted(oracle.surv_times, row.days_to - 1, side="right") - 1
        assert row.followed_rate == pytest.approx(1 - oracle.surv_prob[at], abs=1e-9)
    assert median == oracle.quantile(0.5)
    closed = gaps[gaps["closed"]]
    for row in classes.itertuples():
        inside = closed["gap_days"].between(row.days_from, row.days_to - 1)
        assert row.gaps == closed.loc[inside, "gaps"].sum()
    assert classes["gaps"].sum() == closed["gaps"].sum()
    assert classes["days_from"].iloc[1:].tolist() == classes["days_to"].iloc[:-1].tolist()


def test_classes_of_few_customers_join_the_next(purchases: pd.DataFrame) -> None:
    few = purchases[purchases["customer"] < "c030"]
    classes, _ = gap_classes(gaps_of(few), minimum_cell=5)
    closed = gaps_of(few).query("closed")
    assert classes["gaps"].sum() == closed["gaps"].sum()
    assert (classes["gaps"] >= 5).all()


def test_concentration_is_the_cumulated_revenue_of_sorted_customers(
    purchases: pd.DataFrame,
) -> None:
    revenue = features_of(purchases)["net_revenue_amount"]
    told = concentration(revenue, minimum_cell=5)
    largest = revenue.sort_values(ascending=False).cumsum().to_numpy()
    for row in told.itertuples():
        assert row.net_revenue_amount == pytest.approx(largest[row.customers - 1], abs=0.01)
    steps = np.diff([0, *told["customers"]])
    assert steps.min() >= 5
    assert told["customers"].iloc[-1] == len(revenue)
    assert share_of_top(told, 0.2) == pytest.approx(largest[59] / largest[-1], rel=0.02)


def test_a_shop_of_one_customer_is_told_as_nothing(facts: Facts) -> None:
    one = pd.DataFrame(
        {"customer": ["c"], "day": [0], "net": [9.0], "date": pd.to_datetime(["2022-07-01"]),
         "month": pd.to_datetime(["2022-07-01"])}
    )  # fmt: skip
    told = customer_base(
        calendar_of(one), features_of(one), gaps_of(one),
        facts=facts("2022-07-01", "2022-07-01"), minimum_cell=5,
    )  # fmt: skip
    assert isinstance(told, Missing)
    assert "fewer than 5 customers" in told.because


def test_a_single_day_has_no_curve_and_no_gap(facts: Facts) -> None:
    day = pd.DataFrame({"customer": [f"c{n}" for n in range(20)], "day": 730, "net": 5.0})
    day["date"] = pd.Timestamp("2024-06-30")
    day["month"] = pd.Timestamp("2024-06-01")
    told = customer_base(
        calendar_of(day), features_of(day), gaps_of(day),
        facts=facts("2024-06-30", "2024-06-30"), minimum_cell=5,
    )  # fmt: skip
    assert isinstance(told, CustomerBase)
    assert told.gaps.empty
    assert np.isnan(told.median_gap_days)
    assert told.curves.empty
    assert told.rfm_groups["customers"].sum() == 20


def test_thirty_years_of_cohorts_hold(facts: Facts) -> None:
    months = pd.date_range("1994-01-01", "2023-12-01", freq="MS")
    rows = pd.DataFrame(
        [(f"c{at}-{n}", first + pd.DateOffset(months=later))
         for at, first in enumerate(months) for n in range(6) for later in (0, 1, 12)],
        columns=["customer", "date"],
    )  # fmt: skip
    rows = rows[rows["date"] < "2024-01-01"].assign(net=3.0)
    rows["month"] = rows["date"]
    rows["day"] = (rows["date"] - pd.Timestamp("1994-01-01")).dt.days
    triangle = cohort_triangle(
        calendar_of(rows), facts=facts("1994-01-01", "2023-12-31"), minimum_cell=5
    )
    assert len(triangle) == 360 * 361 / 2
    curve = retention_curves(triangle)
    year = curve[(curve["series"] == "all") & (curve["months_since"] == 12)]
    assert year["retention_rate"].item() == pytest.approx(1.0)
    assert date(1994, 1, 1) == triangle["cohort"].min().date()
