"""The drill-down against sums over the orders, and its periods at the edges."""

from __future__ import annotations

import math
from datetime import date
from itertools import permutations

import pandas as pd
import pytest

from analytics.diagnostic import compared_periods, drill_down
from analytics.results import DrillDown, Missing

DIMENSIONS = ("region", "category", "sales_channel")


@pytest.fixture(scope="module")
def result(orders, cube, totals, facts) -> DrillDown:
    return drill_down(
        cube(orders),
        totals(orders, "Q"),
        totals(orders, "M"),
        facts=facts("2022-01-01", "2023-08-15"),
    )


def revenue(orders: pd.DataFrame, start: str, end: str, **parts: str) -> float:
    return math.fsum(
        row["revenue"]
        for row in orders.to_dict("records")
        if pd.Timestamp(start) <= row["day"] < pd.Timestamp(end)
        and all(row[name] == part for name, part in parts.items())
    )


def test_the_last_complete_quarter_is_compared_with_the_year_before(result, orders) -> None:
    assert (result.current_label, result.base_label) == ("2023-Q2", "2022-Q2")
    assert (result.current_start, result.base_start) == (date(2023, 4, 1), date(2022, 4, 1))
    now, then = (revenue(orders, f"{y}-04-01", f"{y}-07-01") for y in (2023, 2022))
    assert result.current_amount == pytest.approx(now)
    assert result.base_amount == pytest.approx(then)
    assert result.change_amount == pytest.approx(now - then)


def test_every_part_equals_the_sum_over_its_orders(result, orders) -> None:
    assert len(result.parts) == 8 + 2 * (3 * 2 + 3 * 3 + 2 * 3)
    for row in result.parts.to_dict("records"):
        parts = {row["dimension"]: row["part"]}
        if row["outer_dimension"] != "all":
            parts[row["outer_dimension"]] = row["outer_part"]
        now, then = (revenue(orders, f"{y}-04-01", f"{y}-07-01", **parts) for y in (2023, 2022))
        assert row["current_amount"] == pytest.approx(now)
        assert row["base_amount"] == pytest.approx(then)
        assert row["change_amount"] == pytest.approx(now - then)
        if then:
            assert row["change_rate"] == pytest.approx(now / then - 1)


def test_all_single_dimensions_and_all_ordered_pairs_are_told(result) -> None:
    levels = set(zip(result.parts["outer_dimension"], result.parts["dimension"], strict=True))
    assert levels == {("all", name) for name in DIMENSIONS} | set(permutations(DIMENSIONS, 2))


def test_parts_sum_to_their_outer_part_to_the_cent(result) -> None:
    single = result.parts[result.parts["outer_dimension"] == "all"]
    outer = single.set_index(["dimension", "part"])["change_amount"].to_dict()
    outer |= {("all", "all"): result.change_amount}
    level = result.parts.groupby(["outer_dimension", "outer_part", "dimension"])["change_amount"]
    sums = level.sum()
    assert len(sums) == 3 + 2 * (3 + 2 + 3)
    for (dimension, part, _), change in sums.items():
        assert change == pytest.approx(outer[dimension, part], abs=0.001)


def test_shares_are_of_the_outer_part(result) -> None:
    level = result.parts.groupby(["outer_dimension", "outer_part", "dimension"])
    for shares in (level["share_rate"].sum(), level["change_share_rate"].sum()):
        assert shares.tolist() == pytest.approx([1.0] * len(shares))


def test_a_part_that_was_not_there_before_has_no_relative_change(result) -> None:
    south = result.parts[(result.parts["part"] == "South") & (result.parts["base_amount"] == 0)]
    assert len(south) == 1 + 2 + 3
    assert south["change_rate"].isna().all()
    assert (south["change_amount"] == south["current_amount"]).all()


def test_drivers_multiply_to_revenue_and_sum_to_its_change(result, orders) -> None:
    assert math.prod(result.drivers["current"]) == pytest.approx(result.current_amount)
    assert math.prod(result.drivers["base"]) == pytest.approx(result.base_amount)
    assert result.drivers["change_amount"].sum() == pytest.approx(result.change_amount, abs=0.001)
    quarter = orders[orders["day"].between("2023-04-01", "2023-06-30")]
    assert result.drivers["current"].tolist() == pytest.approx(
        [
            len(set(quarter["customer"])),
            len(quarter) / len(set(quarter["customer"])),
            sum(quarter["revenue"]) / len(quarter),
        ]
    )


@pytest.mark.parametrize(
    ("start", "end", "current", "base"),
    [
        ("2022-01-01", "2023-06-30", "2023-Q2", "2022-Q2"),
        ("2022-04-01", "2023-06-29", "2023-Q1", "2022-Q4"),
        ("2022-01-01", "2022-06-30", "2022-Q2", "2022-Q1"),
        ("2022-01-01", "2022-05-31", "2022-05", "2022-04"),
        ("2022-02-01", "2022-04-15", "2022-03", "2022-02"),
        ("1994-02-10", "2024-02-29", "2023-Q4", "2022-Q4"),
    ],
)
def test_periods_that_are_compared(facts, start: str, end: str, current: str, base: str) -> None:
    periods = compared_periods(facts(start, end))
    assert periods is not None
    assert tuple(period.label for period in periods) == (current, base)


@pytest.mark.parametrize(
    ("start", "end"), [("2022-01-05", "2022-01-05"), ("2022-01-02", "2022-03-30")]
)
def test_without_two_complete_months_there_is_nothing_to_compare(
    orders, cube, totals, facts, start: str, end: str
) -> None:
    result = drill_down(
        cube(orders), totals(orders, "Q"), totals(orders, "M"), facts=facts(start, end)
    )
    assert isinstance(result, Missing)
    assert result.of == DrillDown.KIND
    assert start in result.because


def test_months_are_compared_where_there_is_one_quarter(orders, cube, totals, facts) -> None:
    few = orders[orders["day"] < "2022-05-20"]
    result = drill_down(
        cube(few), totals(few, "Q"), totals(few, "M"), facts=facts("2022-01-01", "2022-05-19")
    )
    assert (result.current_label, result.base_label) == ("2022-04", "2022-03")
    assert result.current_amount == pytest.approx(revenue(few, "2022-04-01", "2022-05-01"))
    assert result.drivers["change_amount"].sum() == pytest.approx(result.change_amount, abs=0.001)


def test_a_base_period_without_orders_counts_as_zero(orders, cube, totals, facts) -> None:
    late = orders[orders["day"] >= "2022-10-01"]
    result = drill_down(
        cube(late), totals(late, "Q"), totals(late, "M"), facts=facts("2022-01-01", "2023-08-15")
    )
    assert (result.base_label, result.base_amount) == ("2022-Q2", 0.0)
    assert result.parts["change_rate"].isna().all()
    assert result.drivers["change_amount"].tolist() == pytest.approx([result.current_amount, 0, 0])
    assert result.drivers["base"].isna().tolist() == [False, True, True]


def test_a_source_without_dimensions_has_drivers_alone(orders, cube, totals, facts) -> None:
    result = drill_down(
        cube(orders, ()),
        totals(orders, "Q"),
        totals(orders, "M"),
        facts=facts("2022-01-01", "2023-08-15"),
    )
    assert result.dimensions == ()
    assert result.parts.empty
    assert len(result.drivers) == 3


def test_one_customer_is_split_by_the_orders_alone(orders, cube, totals, facts) -> None:
    one = orders.assign(customer=1)
    result = drill_down(
        cube(one), totals(one, "Q"), totals(one, "M"), facts=facts("2022-01-01", "2023-08-15")
    )
    assert result.drivers["change_amount"].iloc[0] == 0
    assert result.drivers["current"].iloc[0] == 1


def test_any_two_quarters_split_to_the_cent(orders, cube, totals, facts) -> None:
    for end in pd.date_range("2022-06-30", "2023-06-30", freq="QE"):
        result = drill_down(
            cube(orders),
            totals(orders, "Q"),
            totals(orders, "M"),
            facts=facts("2022-01-01", f"{end:%Y-%m-%d}"),
        )
        sums = result.parts[result.parts["outer_dimension"] == "all"].groupby("dimension")
        for change in sums["change_amount"].sum():
            assert change == pytest.approx(result.change_amount, abs=0.001)
        assert result.drivers["change_amount"].sum() == pytest.approx(
            result.change_amount, abs=0.001
        )
