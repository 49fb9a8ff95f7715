"""Monthly reports: comparisons, and what moved net revenue."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from analytics.descriptive import kpis, monthly_reports


@pytest.fixture(scope="module")
def pair(random_orders, monthly, facts):
    mart = monthly(random_orders)
    found = kpis(mart, None, None, None, facts=facts("2022-01-10", "2023-06-20"))
    return found, monthly_reports(found, mart)


def figure(report, month: str, kpi: str) -> pd.Series:
    rows = report.figures
    return rows[(rows["month"] == f"{month}-01") & (rows["kpi"] == kpi)].iloc[0]


def value(found, month: str, kpi: str) -> float:
    rows = found.values
    rows = rows[(rows["dimension"] == "all") & (rows["kpi"] == kpi)]
    return float(rows.loc[rows["month"] == f"{month}-01", "value"].iloc[0])


def test_every_kpi_of_every_month_is_reported_once(pair) -> None:
    found, report = pair
    assert report.months == tuple(f"{m}" for m in pd.period_range("2022-01", "2023-06", freq="M"))
    assert len(report.figures) == len(report.months) * len(found.definitions)
    assert not report.figures.duplicated(["month", "kpi"]).any()


@pytest.mark.parametrize("kpi", ["net_revenue", "retention_rate", "active_customers"])
def test_figures_compare_with_the_month_before_and_the_year_before(pair, kpi: str) -> None:
    found, report = pair
    row = figure(report, "2023-05", kpi)
    now, before, year = (value(found, m, kpi) for m in ("2023-05", "2023-04", "2022-05"))
    assert row[["value", "previous", "year_before"]].tolist() == [now, before, year]
    assert row["change"] == pytest.approx(now - before)
    assert row["change_rate"] == pytest.approx(now / before - 1)
    assert row["year_change"] == pytest.approx(now - year)
    assert row["year_change_rate"] == pytest.approx(now / year - 1)


def test_a_partial_month_is_compared_with_nothing(pair) -> None:
    _, report = pair
    rows = report.figures[report.figures["month"] == "2023-06-01"]
    assert rows["value"].notna().any()
    assert not rows["complete"].any()
    assert rows.loc[:, "previous":].isna().all(axis=None)


def test_nothing_is_compared_with_a_partial_month(pair) -> None:
    _, report = pair
    after = report.figures[report.figures["month"] == "2022-02-01"]
    assert after[["previous", "change", "change_rate"]].isna().all(axis=None)
    a_year_after = report.figures[report.figures["month"] == "2023-01-01"]
    assert a_year_after[["year_before", "year_change", "year_change_rate"]].isna().all(axis=None)
    assert a_year_after["previous"].notna().any()


def test_movers_are_told_of_comparable_months_alone(pair) -> None:
    movers = pair[1].movers
    months = movers.groupby("against")["month"].agg(["min", "max"])
    assert months.loc["previous"].tolist() == [
        pd.Timestamp("2022-03-01"),
        pd.Timestamp("2023-05-01"),
    ]
    assert months.loc["year_before"].tolist() == [
        pd.Timestamp("2023-02-01"),
        pd.Timestamp("2023-05-01"),
    ]


def test_movers_equal_the_orders_of_both_months(pair, random_orders) -> None:
    movers = pair[1].movers
    rows = movers[(movers["month"] == "2023-03-01") & (movers["against"] == "year_before")]
    assert len(rows) == 6
    for row in rows.itertuples():
        sums = {
            month: math.fsum(
                one["revenue"]
                for one in random_orders
                if one["status"] == "completed"
                and f"{one['day']:%Y-%m}" == month
                and one[row.dimension] == row.part
            )
            for month in ("2023-03", "2022-03")
        }
        assert row.current_amount == pytest.approx(sums["2023-03"])
        assert row.base_amount == pytest.approx(sums["2022-03"])
        assert row.change_amount == pytest.approx(sums["2023-03"] - sums["2022-03"])


def test_movers_sum_to_the_change_of_the_total_to_the_cent(pair) -> None:
    report = pair[1]
    sums = report.movers.groupby(["month", "against", "dimension"])["change_amount"].sum()
    assert len(sums) == 2 * (15 + 4)
    for (month, against, _), change in sums.items():
        row = figure(report, f"{month:%Y-%m}", "net_revenue")
        expected = row["change" if against == "previous" else "year_change"]
        assert change == pytest.approx(expected, abs=0.005)


def test_shares_of_the_change_sum_to_one(pair) -> None:
    shares = pair[1].movers.groupby(["month", "against", "dimension"])["change_share_rate"].sum()
    assert shares.tolist() == pytest.approx([1.0] * len(shares))


def test_movers_stand_by_the_size_of_their_change(pair) -> None:
    for _, rows in pair[1].movers.groupby(["month", "against", "dimension"]):
        sizes = rows["change_amount"].abs().tolist()
        assert sizes == sorted(sizes, reverse=True)


def test_a_part_that_vanished_or_came_moved_by_all_of_it(order, monthly, facts) -> None:
    mart = monthly(
        [
            order("a", "2023-01-05", 30.0, region="North"),
            order("b", "2023-02-05", 20.0, region="South"),
        ]
    )
    found = kpis(mart, None, None, None, facts=facts("2023-01-01", "2023-02-28"))
    movers = monthly_reports(found, mart).movers
    by_region = movers[movers["dimension"] == "region"].set_index("part")["change_amount"]
    assert by_region.to_dict() == {"North": -30.0, "South": 20.0}


def test_a_change_from_zero_has_no_rate(order, monthly, facts) -> None:
    mart = monthly([order("a", "2023-01-05"), order("a", "2023-03-05")])
    found = kpis(mart, None, None, None, facts=facts("2023-01-01", "2023-03-31"))
    row = figure(monthly_reports(found, mart), "2023-03", "net_revenue")
    assert (row["previous"], row["change"]) == (0.0, 10.0)
    assert math.isnan(row["change_rate"])


def test_a_change_from_a_loss_has_no_rate(order, monthly, facts) -> None:
    mart = monthly([order("a", "2023-01-05", margin=-5.0), order("a", "2023-02-05", margin=5.0)])
    found = kpis(mart, None, None, None, facts=facts("2023-01-01", "2023-02-28"))
    row = figure(monthly_reports(found, mart), "2023-02", "contribution_margin")
    assert row["change"] == 10.0
    assert math.isnan(row["change_rate"])


def test_a_single_day_is_reported_without_comparison(order, monthly, facts) -> None:
    mart = monthly([order("a", "2023-04-07")])
    found = kpis(mart, None, None, None, facts=facts("2023-04-07", "2023-04-07"))
    report = monthly_reports(found, mart)
    assert report.months == ("2023-04",)
    assert report.movers.empty
    assert report.figures["previous"].isna().all()


def test_thirty_years_compare_each_month_with_both_others(order, monthly, facts) -> None:
    orders = [
        order("a", f"{month}-15", 1.0 + i)
        for i, month in enumerate(pd.period_range("1994-01", "2023-12", freq="M"))
    ]
    mart = monthly(orders)
    found = kpis(mart, None, None, None, facts=facts("1994-01-01", "2023-12-31"))
    report = monthly_reports(found, mart)
    rows = report.figures[report.figures["kpi"] == "net_revenue"]
    assert rows["change"].dropna().tolist() == [1.0] * 359
    assert rows["year_change"].dropna().tolist() == [12.0] * 348
