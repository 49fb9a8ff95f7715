"""Reports of quarters and days equal the orders, and give no small part away."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pytest

from analytics.descriptive import daily_series, kpis, monthly_reports, period_reports
from analytics.descriptive.days import told_parts
from analytics.results import DistinctCounts, Kpis, PeriodReports, SourceFacts

ALL = dict.fromkeys(("region", "segment", "category", "sales_channel"), "all")


@dataclass(frozen=True, kw_only=True)
class Shop:
    orders: pd.DataFrame
    kpis: Kpis
    reports: PeriodReports
    mart: pd.DataFrame


def done(orders: pd.DataFrame) -> pd.DataFrame:
    return orders[orders["status"] == "completed"]


def daily_mart(orders: pd.DataFrame, first: str, last: str) -> pd.DataFrame:
    groups = done(orders).groupby("day")
    days = pd.DataFrame(
        {
            "net_revenue_amount": groups["revenue"].sum().round(2),
            "contribution_margin_amount": groups["margin"].sum().round(2),
            "orders": groups.size(),
            "active_customers": groups["customer"].nunique(),
        }
    )
    index = pd.DatetimeIndex(pd.date_range(first, last), name="day").as_unit("us")
    return days.reindex(index).fillna(0).reset_index()


def parts_mart(orders: pd.DataFrame, dimension: str) -> pd.DataFrame:
    groups = done(orders).groupby(["day", dimension])
    frame = pd.DataFrame(
        {"net_revenue_amount": groups["revenue"].sum().round(2),
         "active_customers": groups["customer"].nunique()}
    ).reset_index()  # fmt: skip
    return frame.rename(columns={dimension: "part"}).astype({"day": "datetime64[us]"})


def counts_of(orders: pd.DataFrame, facts: SourceFacts) -> DistinctCounts:
    """Return the customers of every quarter, counted from the orders."""
    rows = done(orders).assign(quarter=lambda o: o["day"].dt.to_period("Q"))
    active = rows.groupby("quarter")["customer"].apply(set)
    first = rows.groupby("customer")["quarter"].min()
    told = []
    for quarter, customers in active.items():
        before = active.get(quarter - 1, set())
        start, end = quarter.start_time, quarter.end_time.normalize()
        complete = start >= pd.Timestamp(facts.observation_start) and end <= pd.Timestamp(
            facts.observation_end
        )
        compared = complete and (quarter - 1).start_time >= pd.Timestamp(facts.observation_start)
        told.append(
            {
                "kind": "quarter", "start": start, "complete": complete, **ALL,
                "active_customers": len(customers), "new_customers": int((first == quarter).sum()),
                "previous_customers": len(before) if compared else np.nan,
                "retained_customers": len(before & customers) if compared else np.nan,
                "withheld": False,
            }
        )  # fmt: skip
    names = [column.name for column in DistinctCounts.FRAMES["counts"]]
    return DistinctCounts(
        minimum_cell=1, most_filters=2, withheld_combinations=0, narrowest_range=float("nan"),
        pinned_combinations=0, counts=pd.DataFrame(told)[names],
    )  # fmt: skip


@pytest.fixture(scope="module")
def shop(random_orders, monthly, facts) -> Shop:
    orders = pd.DataFrame(random_orders)
    about = facts("2022-01-10", "2023-06-20")
    mart = monthly(random_orders)
    found = kpis(mart, None, None, None, facts=about)
    series = daily_series(daily_mart(orders, "2022-01-10", "2023-06-20"))
    parts = {name: parts_mart(orders, name) for name in ("region", "category")}
    reports = period_reports(found, counts_of(orders, about), series, parts, facts=about)
    return Shop(orders=orders, kpis=found, reports=reports, mart=mart)


def value(shop: Shop, kind: str, start: str, kpi: str, column: str = "value") -> float:
    rows = shop.reports.figures
    rows = rows[(rows["kind"] == kind) & (rows["start"] == start) & (rows["kpi"] == kpi)]
    return float(rows[column].iloc[0])


def between(shop: Shop, start: str, end: str) -> pd.DataFrame:
    return shop.orders[shop.orders["day"].between(start, end)]


def test_every_quarter_and_the_last_90_days_have_a_report(shop) -> None:
    assert shop.reports.quarters == tuple(
        f"{quarter}".replace("Q", "-Q") for quarter in pd.period_range("2022Q1", "2023Q2", freq="Q")
    )
    assert shop.reports.days[0] == "2023-03-23"
    assert shop.reports.days[-1] == "2023-06-20"
    assert len(shop.reports.days) == 90


def test_figures_of_a_quarter_equal_its_orders(shop) -> None:
    every = between(shop, "2022-10-01", "2022-12-31")
    own = done(every)
    revenue, margin = own["revenue"].sum(), own["margin"].sum()
    before = set(done(between(shop, "2022-07-01", "2022-09-30"))["customer"])
    first = done(shop.orders).groupby("customer")["day"].min()
    active = set(own["customer"])
    expected = {
        "net_revenue": revenue,
        "contribution_margin": margin,
        "contribution_margin_rate": margin / revenue,
        "orders": len(own),
        "average_order_value": revenue / len(own),
        "active_customers": len(active),
        "new_customers": first.between("2022-10-01", "2022-12-31").sum(),
        "returning_customers": len(active) - first.between("2022-10-01", "2022-12-31").sum(),
        "customer_growth_rate": len(active) / len(before) - 1,
        "retention_rate": len(active & before) / len(before),
        "return_rate": (every["status"] == "returned").sum() / len(every),
    }
    rows = shop.reports.figures
    told = rows[(rows["kind"] == "quarter") & (rows["start"] == "2022-10-01")]
    found = told.set_index("kpi")["value"].to_dict()
    assert found == pytest.approx(expected)


def test_a_quarter_is_compared_with_the_one_before_and_the_year_before(shop) -> None:
    now, before = (
        done(between(shop, *dates))["revenue"].sum()
        for dates in (("2023-01-01", "2023-03-31"), ("2022-10-01", "2022-12-31"))
    )
    assert value(shop, "quarter", "2023-01-01", "net_revenue", "change") == pytest.approx(
        now - before
    )
    # the first quarter of 2022 is partial
    assert np.isnan(value(shop, "quarter", "2023-01-01", "net_revenue", "year_before"))
    assert np.isnan(value(shop, "quarter", "2023-04-01", "net_revenue", "previous"))


def test_figures_of_a_day_and_what_they_are_compared_with_equal_the_orders(shop) -> None:
    revenue = done(shop.orders).groupby("day")["revenue"].sum()
    day = pd.Timestamp("2023-05-17")
    label = "2023-05-17"
    assert value(shop, "day", label, "net_revenue") == pytest.approx(revenue.get(day, 0))
    for column, days in (("previous", 1), ("year_before", 364)):
        expected = revenue.get(day - pd.Timedelta(days=days), 0)
        assert value(shop, "day", label, "net_revenue", column) == pytest.approx(expected)
    usual = np.mean([revenue.get(day - pd.Timedelta(weeks=n), 0) for n in (1, 2, 3, 4)])
    assert value(shop, "day", label, "net_revenue", "usual") == pytest.approx(usual)


def test_the_first_days_have_no_usual_value(shop) -> None:
    assert np.isnan(value(shop, "day", "2022-02-01", "net_revenue", "usual"))
    assert np.isfinite(value(shop, "day", "2022-02-08", "net_revenue", "usual"))


def test_movers_of_a_quarter_equal_its_orders_and_sum_to_the_change(shop) -> None:
    rows = shop.reports.movers
    rows = rows[(rows["kind"] == "quarter") & (rows["start"] == "2023-01-01")]
    assert set(rows["against"]) == {"previous"}
    own = done(between(shop, "2023-01-01", "2023-03-31"))
    then = done(between(shop, "2022-10-01", "2022-12-31"))
    for row in rows.itertuples():
        assert row.current_amount == pytest.approx(
            own.loc[own[row.dimension] == row.part, "revenue"].sum()
        )
        assert row.base_amount == pytest.approx(
            then.loc[then[row.dimension] == row.part, "revenue"].sum()
        )
    change = value(shop, "quarter", "2023-01-01", "net_revenue", "change")
    sums = rows.groupby("dimension")["change_amount"].sum()
    assert sums.tolist() == pytest.approx([change, change], abs=0.005)


def test_movers_of_a_day_equal_its_orders(shop) -> None:
    rows = shop.reports.movers
    rows = rows[(rows["kind"] == "day") & (rows["start"] == "2023-06-13")]
    assert set(rows["against"]) == {"week_before", "year_before"}
    own = done(shop.orders)
    for row in rows.itertuples():
        days = 7 if row.against == "week_before" else 364
        for amount, back in ((row.current_amount, 0), (row.base_amount, days)):
            on = own["day"] == pd.Timestamp("2023-06-13") - pd.Timedelta(days=back)
            expected = own.loc[on & (own[row.dimension] == row.part), "revenue"].sum()
            assert amount == pytest.approx(expected)


def test_quarters_tell_no_part_that_their_months_do_not_tell(random_orders, monthly, facts) -> None:
    about = facts("2022-01-10", "2023-06-20")
    mart = monthly(random_orders)
    found = kpis(mart, None, None, None, facts=about, minimum_cell=5)
    orders = pd.DataFrame(random_orders)
    series = daily_series(daily_mart(orders, "2022-01-10", "2023-06-20"), minimum_cell=5)
    reports = period_reports(
        found, counts_of(orders, about), series, {}, facts=about, minimum_cell=5
    )
    rows = found.values
    rows = rows[(rows["kpi"] == "net_revenue") & (rows["dimension"] == "category")]
    assert (rows["part"] == "Other").any()
    movers = reports.movers[reports.movers["dimension"] == "category"]
    assert "Rare" not in set(movers["part"])
    # what is told of the merged parts is the sum of what the months tell of them
    total = mart[mart["dimension"] == "all"].set_index("month")["net_revenue_amount"]
    for (start, _), group in movers.groupby(["start", "against"]):
        months = pd.date_range(start, periods=3, freq="MS")
        assert group["current_amount"].sum() == pytest.approx(total[months].sum(), abs=0.01)


def parts_of(rows: list[tuple[str, str, float, int]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["day", "part", "net_revenue_amount", "active_customers"])
    return frame.assign(day=pd.to_datetime(frame["day"]).astype("datetime64[us]"))


DAYS = pd.DatetimeIndex(["2023-01-01", "2023-01-02"]).as_unit("us")


def test_a_part_that_is_small_on_one_day_is_merged_on_all_with_another() -> None:
    told = told_parts(
        parts_of(
            [("2023-01-01", "A", 90.0, 9), ("2023-01-01", "B", 70.0, 7),
             ("2023-01-01", "C", 30.0, 3), ("2023-01-02", "A", 80.0, 8),
             ("2023-01-02", "B", 60.0, 6), ("2023-01-02", "C", 80.0, 8)]
        ),
        "region", days=DAYS, minimum_cell=5,
    )  # fmt: skip
    wide = told.pivot(index="day", columns="part", values="net_revenue_amount")
    assert wide.to_dict("list") == {"A": [90.0, 80.0], "Other": [100.0, 140.0]}


def test_where_all_parts_would_be_merged_none_is_told() -> None:
    rows = [("2023-01-01", "A", 90.0, 9), ("2023-01-01", "B", 30.0, 3)]
    assert told_parts(parts_of(rows), "region", days=DAYS, minimum_cell=5).empty


def test_a_part_without_customers_on_a_day_is_not_small() -> None:
    rows = [("2023-01-01", "A", 90.0, 9), ("2023-01-02", "B", 70.0, 7)]
    told = told_parts(parts_of(rows), "region", days=DAYS, minimum_cell=5)
    assert told.pivot(index="day", columns="part", values="net_revenue_amount").to_dict("list") == {
        "A": [90.0, 0.0], "B": [0.0, 70.0],
    }  # fmt: skip


def test_a_part_that_is_small_on_what_is_left_of_a_month_is_merged() -> None:
    rows = [
        (day, part, 10.0 * customers, customers)
        for day, sizes in {
            "2023-01-01": (9, 8, 8), "2023-01-02": (9, 8, 8), "2023-01-03": (9, 8, 3),
            "2023-02-01": (9, 8, 2),
        }.items()
        for part, customers in zip("ABC", sizes, strict=True)
    ]  # fmt: skip
    told = told_parts(parts_of(rows), "region", days=DAYS, minimum_cell=5)
    assert set(told["part"]) == {"A", "Other"}
    # Another month, and a month that is told whole, leave nothing over.
    whole = [row for row in rows if row[0] != "2023-01-03"]
    told = told_parts(parts_of(whole), "region", days=DAYS, minimum_cell=5)
    assert set(told["part"]) == {"A", "B", "C"}


def test_no_withheld_part_of_a_day_stands_alone_or_for_few() -> None:
    random = np.random.default_rng(11)
    days = pd.DatetimeIndex(pd.date_range("2023-01-01", periods=40)).as_unit("us")
    for dimension in ("region", "category"):
        rows = [
            (f"{day:%Y-%m-%d}", part, float(random.integers(1, 100)), int(random.poisson(size)))
            for day in days
            for part, size in (("A", 30), ("B", 14), ("C", 9), ("D", 6), ("E", 4))
        ]
        parts = parts_of([row for row in rows if row[3] > 0])
        told = set(told_parts(parts, dimension, days=days, minimum_cell=5)["part"])
        hidden = parts[~parts["part"].isin(told)]
        assert hidden["part"].nunique() >= 2
        by_day = hidden.groupby("day")["active_customers"]
        stands_for = by_day.sum() if dimension == "region" else by_day.max()
        assert (stands_for >= 5).all()
        assert (parts[parts["part"].isin(told)]["active_customers"] >= 5).all()


def test_days_that_are_withheld_are_compared_with_nothing(random_orders, monthly, facts) -> None:
    about = facts("2022-01-10", "2023-06-20")
    orders = pd.DataFrame(random_orders)
    found = kpis(monthly(random_orders), None, None, None, facts=about)
    series = daily_series(daily_mart(orders, "2022-01-10", "2023-06-20"), minimum_cell=3)
    parts = {"region": parts_mart(orders, "region")}
    reports = period_reports(
        found, counts_of(orders, about), series, parts, facts=about, minimum_cell=3
    )
    withheld = series.days.loc[series.days["orders"].isna(), "day"]
    assert len(withheld) > 50
    days = reports.figures[reports.figures["kind"] == "day"]
    assert days.loc[days["start"].isin(withheld), "value"].isna().all()
    after = days[(days["start"] - pd.Timedelta(days=1)).isin(withheld)]
    assert after["previous"].isna().all()
    movers = reports.movers[reports.movers["kind"] == "day"]
    assert not movers["start"].isin(withheld).any()
    base = movers[movers["against"] == "week_before"]["start"] - pd.Timedelta(days=7)
    assert not base.isin(withheld).any()


@pytest.mark.parametrize(
    "orders",
    [
        [("a", "2023-01-05", 10.0)],
        [("a", "2023-01-05", 10.0), ("a", "2023-04-05", 10.0)],
    ],
    ids=["a single day", "one customer"],
)
def test_the_smallest_shops_have_reports(order, monthly, facts, orders) -> None:
    made = [order(*one) for one in orders]
    first, last = orders[0][1], orders[-1][1]
    about = facts(first, last)
    found = kpis(monthly(made), None, None, None, facts=about)
    frame = pd.DataFrame(made)
    series = daily_series(daily_mart(frame, first, last), minimum_cell=5)
    parts = {"region": parts_mart(frame, "region")}
    reports = period_reports(found, counts_of(frame, about), series, parts, facts=about)
    assert reports.days[-1] == last
    assert monthly_reports(found, monthly(made)).months[0] == first[:7]
