"""KPIs against a count of the orders one by one, on a route of its own."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.descriptive import KPI_DEFINITIONS, KPI_NAMES, kpis

MONTHS = [f"{month}" for month in pd.period_range("2022-01", "2023-06", freq="M")]


def sums_by_part(rows: list[dict]) -> pd.DataFrame:
    """Return sums by month and by all and region, as the marts of answers and tickets have."""
    frame = pd.DataFrame(rows)
    parts = pd.concat(
        [
            frame.assign(dimension="all", part="all"),
            frame.assign(dimension="region", part=frame["region"]),
        ]
    ).drop(columns="region")
    sums = parts.groupby(["month", "dimension", "part"]).sum().reset_index()
    return sums.astype({"month": "datetime64[us]"})


@pytest.fixture(scope="module")
def answers() -> list[dict]:
    random = np.random.default_rng(3)
    return [
        {
            "month": pd.Timestamp(f"{MONTHS[random.integers(2, 18)]}-01"),
            "region": str(random.choice(["North", "East", "South"])),
            "score": int(random.integers(1, 6)),
        }
        for _ in range(300)
    ]


@pytest.fixture(scope="module")
def tickets() -> list[dict]:
    random = np.random.default_rng(4)
    return [
        {
            "month": pd.Timestamp(f"{MONTHS[random.integers(0, 18)]}-01"),
            "region": str(random.choice(["North", "East", "South"])),
            "days": float(random.exponential(3)) if random.random() < 0.7 else None,
        }
        for _ in range(200)
    ]


@pytest.fixture(scope="module")
def marketing() -> pd.DataFrame:
    random = np.random.default_rng(5)
    weeks = pd.date_range("2022-01-10", "2023-06-19", freq="W-MON")
    return pd.DataFrame(
        [
            {
                "week": week,
                "marketing_channel": channel,
                "spend_amount": round(float(random.uniform(50, 900)), 2),
            }
            for week in weeks
            for channel in ("Search", "Email")
        ]
    ).astype({"week": "datetime64[us]"})


@pytest.fixture(scope="module")
def result(random_orders, monthly, facts, answers, tickets, marketing):
    satisfaction = sums_by_part(
        [
            {
                "month": one["month"],
                "region": one["region"],
                "answers": 1,
                "score_sum": one["score"],
                "score_square_sum": one["score"] ** 2,
            }
            for one in answers
        ]
    )
    support = sums_by_part(
        [
            {
                "month": one["month"],
                "region": one["region"],
                "tickets": 1,
                "closed_tickets": int(one["days"] is not None),
                "resolution_days_sum": one["days"] or 0.0,
                "resolution_days_square_sum": (one["days"] or 0.0) ** 2,
            }
            for one in tickets
        ]
    )
    return kpis(
        monthly(random_orders),
        satisfaction,
        support,
        marketing,
        facts=facts("2022-01-10", "2023-06-20"),
    )


def told(result, kpi: str, dimension: str = "all") -> dict[tuple[str, str], pd.Series]:
    """Return the rows of a KPI by month and part."""
    rows = result.values
    rows = rows[(rows["kpi"] == kpi) & (rows["dimension"] == dimension)]
    return {(f"{row['month']:%Y-%m}", row["part"]): row for _, row in rows.iterrows()}


def one_by_one(orders: list[dict], dimension: str) -> dict[str, dict[tuple[str, str], float]]:
    """Return KPIs from orders in their sequence, with sets and counters."""
    spans: dict[tuple[str, str], list[dict]] = defaultdict(list)
    done_by: dict[str, int] = defaultdict(int)
    firsts: dict[str, tuple[str, str]] = {}
    for one in sorted(orders, key=lambda one: one["day"]):
        month = f"{one['day']:%Y-%m}"
        part = "all" if dimension == "all" else one[dimension]
        if one["status"] == "completed":
            done_by[one["customer"]] += 1
            firsts.setdefault(one["customer"], (month, part))
        spans[month, part].append({**one, "nth": done_by[one["customer"]]})
    found: dict[str, dict[tuple[str, str], float]] = defaultdict(dict)
    for (month, part), placed in spans.items():
        done = [one for one in placed if one["status"] == "completed"]
        active = {one["customer"] for one in done}
        before_month = f"{pd.Period(month) - 1}"
        before = {
            one["customer"]
            for one in spans.get((before_month, part), [])
            if one["status"] == "completed"
        }
        revenue = math.fsum(one["revenue"] for one in done)
        margin = math.fsum(one["margin"] for one in done)
        key = (month, part)
        found["net_revenue"][key] = revenue
        found["contribution_margin"][key] = margin
        found["contribution_margin_rate"][key] = margin / revenue if revenue else math.nan
        found["orders"][key] = len(done)
        found["average_order_value"][key] = revenue / len(done) if done else math.nan
        found["active_customers"][key] = len(active)
        found["new_customers"][key] = sum(firsts[name] == key for name in active)
        if dimension != "category":
            found["returning_customers"][key] = sum(firsts[name][0] < month for name in active)
        again = {one["customer"] for one in done if one["nth"] >= 2}
        found["repeat_rate"][key] = len(again) / len(active) if active else math.nan
        found["return_rate"][key] = sum(one["status"] == "returned" for one in placed) / len(placed)
        if before and before_month >= "2022-02":
            found["retention_rate"][key] = len(before & active) / len(before)
            if month <= "2023-05":
                found["customer_growth_rate"][key] = len(active) / len(before) - 1
    return found


@pytest.mark.parametrize("dimension", ["all", "region", "category"])
@pytest.mark.parametrize(
    "kpi",
    [
        "net_revenue",
        "contribution_margin",
        "contribution_margin_rate",
        "orders",
        "average_order_value",
        "active_customers",
        "new_customers",
        "returning_customers",
        "repeat_rate",
        "return_rate",
    ],
)
def test_kpi_equals_the_orders_counted_one_by_one(
    result, random_orders, kpi: str, dimension: str
) -> None:
    expected = one_by_one(random_orders, dimension)[kpi]
    found = told(result, kpi, dimension)
    assert set(expected) <= set(found)
    for key, value in expected.items():
        assert found[key]["value"] == pytest.approx(value, nan_ok=True), key


@pytest.mark.parametrize("dimension", ["all", "region", "category"])
@pytest.mark.parametrize("kpi", ["retention_rate", "customer_growth_rate"])
def test_rates_over_the_month_before_equal_the_customers_met_again(
    result, random_orders, kpi: str, dimension: str
) -> None:
    expected = one_by_one(random_orders, dimension)[kpi]
    found = told(result, kpi, dimension)
    assert len(expected) > 10
    for key, value in expected.items():
        assert found[key]["value"] == pytest.approx(value), key


def test_parts_without_orders_in_a_month_have_zero_revenue_and_no_ratios(result) -> None:
    revenue = told(result, "net_revenue", "category")
    empty = [key for key, row in revenue.items() if row["value"] == 0 and key[1] == "Rare"]
    assert empty
    assert all(
        math.isnan(told(result, "average_order_value", "category")[key]["value"]) for key in empty
    )
    assert all(told(result, "orders", "category")[key]["sample"] == 0 for key in empty)


def test_a_part_that_nobody_came_back_to_retained_none(order, monthly, facts) -> None:
    orders = [
        order("a", "2023-01-05", category="Books"),
        order("b", "2023-02-05", category="Toys"),
    ]
    values = kpis(monthly(orders), None, None, None, facts=facts("2023-01-01", "2023-02-28"))
    row = told(values, "retention_rate", "category")["2023-02", "Books"]
    assert (row["value"], row["sample"]) == (0.0, 1)


def test_a_part_that_is_first_known_by_a_ticket_has_nobody_to_retain(order, monthly, facts) -> None:
    orders = [order("a", "2023-01-05", region="North"), order("b", "2023-03-05", region="South")]
    support = sums_by_part(
        [
            {
                "month": pd.Timestamp("2023-02-01"),
                "region": "South",
                "tickets": 1,
                "closed_tickets": 1,
                "resolution_days_sum": 2.0,
                "resolution_days_square_sum": 4.0,
            }
        ]
    )
    values = kpis(monthly(orders), None, support, None, facts=facts("2023-01-01", "2023-03-31"))
    assert told(values, "resolution_days", "region")["2023-02", "South"]["value"] == 2.0
    assert told(values, "orders", "region")["2023-02", "South"]["value"] == 0
    retention = told(values, "retention_rate", "region")["2023-02", "South"]
    assert math.isnan(retention["value"])
    assert retention["sample"] == 0


@pytest.mark.parametrize("dimension", ["region", "category", "marketing_channel"])
def test_parts_sum_to_the_total_for_every_additive_kpi(result, dimension: str) -> None:
    additive = result.definitions.loc[result.definitions["additive"], "kpi"]
    checked = 0
    for kpi in additive:
        total, parts = told(result, kpi), told(result, kpi, dimension)
        sums: dict[str, float] = defaultdict(float)
        for (month, _), row in parts.items():
            sums[month] += row["value"]
        for month, value in sums.items():
            assert value == pytest.approx(total[month, "all"]["value"], abs=0.005), (kpi, month)
            checked += 1
    assert checked


def test_returning_customers_are_told_where_a_customer_has_one_part(result) -> None:
    # who is new to the shop may order twice in the month: new in one category, not in the other
    told_by = set(result.values.loc[result.values["kpi"] == "returning_customers", "dimension"])
    assert told_by == {"all", "region"}


def test_rates_carry_the_wilson_interval(result) -> None:
    row = told(result, "retention_rate")["2022-09", "all"]
    kept = round(row["value"] * row["sample"])
    expected = stats.binomtest(kept, int(row["sample"])).proportion_ci(method="wilson")
    assert (row["low"], row["high"]) == pytest.approx((expected.low, expected.high))


def test_satisfaction_is_the_mean_of_the_answers_with_its_normal_interval(result, answers) -> None:
    for (month, part), row in told(result, "satisfaction_score", "region").items():
        scores = [
            one["score"]
            for one in answers
            if f"{one['month']:%Y-%m}" == month and one["region"] == part
        ]
        assert row["sample"] == len(scores)
        if len(scores) >= 2:
            half = 1.959964 * np.std(scores, ddof=1) / np.sqrt(len(scores))
            assert row["value"] == pytest.approx(np.mean(scores))
            assert row["low"] == pytest.approx(max(1, np.mean(scores) - half), rel=1e-6)
            assert row["high"] == pytest.approx(min(5, np.mean(scores) + half), rel=1e-6)


def test_months_before_the_first_answer_have_no_satisfaction(result) -> None:
    rows = told(result, "satisfaction_score")
    assert rows["2022-01", "all"]["sample"] == 0
    assert math.isnan(rows["2022-01", "all"]["value"])


def test_tickets_are_counted_per_1000_completed_orders(result, tickets, random_orders) -> None:
    for (month, part), row in told(result, "tickets_per_1000_orders", "region").items():
        opened = sum(f"{t['month']:%Y-%m}" == month and t["region"] == part for t in tickets)
        orders = sum(
            f"{o['day']:%Y-%m}" == month and o["region"] == part and o["status"] == "completed"
            for o in random_orders
        )
        assert row["value"] == pytest.approx(1000 * opened / orders)
        assert row["high"] == pytest.approx(
            1000 * stats.chi2.ppf(0.975, 2 * opened + 2) / 2 / orders
        )


def test_time_to_resolve_is_the_mean_over_closed_tickets_and_never_below_zero(
    result, tickets
) -> None:
    for (month, _), row in told(result, "resolution_days").items():
        days = [
            t["days"] for t in tickets if f"{t['month']:%Y-%m}" == month and t["days"] is not None
        ]
        assert row["sample"] == len(days)
        assert row["value"] == pytest.approx(np.mean(days))
        assert row["low"] >= 0


def test_return_on_marketing_is_margin_over_the_spend_of_the_month(result) -> None:
    margin, spend = told(result, "contribution_margin"), told(result, "marketing_spend")
    rows = told(result, "marketing_return")
    assert len(rows) == 18
    for key, row in rows.items():
        assert row["value"] == pytest.approx(margin[key]["value"] / spend[key]["value"])


def test_sums_and_counts_carry_no_interval(result) -> None:
    without = [one.name for one in KPI_DEFINITIONS if one.interval == "none"]
    rows = result.values[result.values["kpi"].isin(without)]
    assert rows[["low", "high"]].isna().all(axis=None)


def test_intervals_contain_their_value(result) -> None:
    rows = result.values.dropna(subset=["value", "low", "high"])
    assert len(rows) > 100
    assert (rows["low"] <= rows["value"] + 1e-12).all()
    assert (rows["value"] <= rows["high"] + 1e-12).all()


def test_partial_months_are_marked(result) -> None:
    flags = {month: bool(row["complete"]) for (month, _), row in told(result, "orders").items()}
    assert [month for month, complete in flags.items() if not complete] == ["2022-01", "2023-06"]
    assert f"{result.latest_month:%Y-%m}" == "2023-05"


def test_a_month_without_all_of_its_marketing_weeks_is_partial_for_marketing_alone(
    random_orders, monthly, facts, marketing
) -> None:
    late = marketing[marketing["week"] >= "2022-03-07"]
    values = kpis(monthly(random_orders), None, None, late, facts=facts("2022-01-10", "2023-06-20"))
    assert not told(values, "marketing_spend")["2022-03", "all"]["complete"]
    assert told(values, "marketing_spend")["2022-04", "all"]["complete"]
    assert ("2022-02", "all") not in told(values, "marketing_spend")
    assert told(values, "orders")["2022-03", "all"]["complete"]


def test_nothing_is_told_of_the_month_before_where_that_is_partial(result) -> None:
    for kpi in ("retention_rate", "customer_growth_rate"):
        rows = told(result, kpi)
        assert math.isnan(rows["2022-01", "all"]["value"])
        assert math.isnan(rows["2022-02", "all"]["value"])
        assert not math.isnan(rows["2022-03", "all"]["value"])


def test_growth_into_a_partial_month_is_not_told(result) -> None:
    assert math.isnan(told(result, "customer_growth_rate")["2023-06", "all"]["value"])


def test_a_source_of_transactions_alone_has_the_kpis_of_orders_alone(
    random_orders, monthly, facts
) -> None:
    bare = facts("2022-01-10", "2023-06-20", tables=("transactions",))
    values = kpis(monthly(random_orders, costs=False), None, None, None, facts=bare)
    expected = [one.name for one in KPI_DEFINITIONS if not one.needs]
    assert list(values.definitions["kpi"]) == expected
    assert set(values.values["kpi"]) == set(expected)


def test_tickets_that_are_never_closed_have_no_time_to_resolve(
    random_orders, monthly, facts, tickets
) -> None:
    support = sums_by_part(
        [
            {
                "month": one["month"],
                "region": one["region"],
                "tickets": 1,
                "closed_tickets": 0,
                "resolution_days_sum": 0.0,
                "resolution_days_square_sum": 0.0,
            }
            for one in tickets
        ]
    )
    values = kpis(
        monthly(random_orders), None, support, None, facts=facts("2022-01-10", "2023-06-20")
    )
    assert "resolution_days" not in set(values.definitions["kpi"])
    assert "tickets_per_1000_orders" in set(values.definitions["kpi"])


def test_every_kpi_is_told_where_a_source_has_everything(result) -> None:
    assert tuple(result.definitions["kpi"]) == KPI_NAMES
    assert set(result.values["kpi"]) == set(KPI_NAMES)


def test_no_kpi_is_told_twice(result) -> None:
    assert not result.values.duplicated(["month", "kpi", "dimension", "part"]).any()


def test_one_customer_on_one_day_has_values_and_no_complete_month(order, monthly, facts) -> None:
    values = kpis(
        monthly([order("a", "2023-04-07", 12.5)]),
        None,
        None,
        None,
        facts=facts("2023-04-07", "2023-04-07"),
    )
    assert values.latest_month is None
    assert not values.values["complete"].any()
    assert told(values, "net_revenue")["2023-04", "all"]["value"] == 12.5
    assert math.isnan(told(values, "retention_rate")["2023-04", "all"]["value"])


def test_a_month_without_any_order_has_zeros_and_no_ratios(order, monthly, facts) -> None:
    orders = [order("a", "2023-01-05"), order("a", "2023-03-05")]
    values = kpis(monthly(orders), None, None, None, facts=facts("2023-01-01", "2023-03-31"))
    assert told(values, "orders")["2023-02", "all"]["value"] == 0
    assert told(values, "customer_growth_rate")["2023-02", "all"]["value"] == -1
    assert math.isnan(told(values, "average_order_value")["2023-02", "all"]["value"])
    assert math.isnan(told(values, "customer_growth_rate")["2023-03", "all"]["value"])


def test_thirty_years_have_a_row_for_every_month(order, monthly, facts) -> None:
    orders = [order("a", f"{year}-06-15", float(year)) for year in range(1994, 2024)]
    values = kpis(monthly(orders), None, None, None, facts=facts("1994-06-01", "2023-06-30"))
    revenue = told(values, "net_revenue")
    assert len(revenue) == 29 * 12 + 1
    assert sum(row["value"] for row in revenue.values()) == sum(range(1994, 2024))


def test_the_order_of_the_rows_of_the_mart_does_not_matter(random_orders, monthly, facts) -> None:
    mart, when = monthly(random_orders), facts("2022-01-10", "2023-06-20")
    shuffled = mart.sample(frac=1, random_state=1)
    pd.testing.assert_frame_equal(
        kpis(mart, None, None, None, facts=when).values,
        kpis(shuffled, None, None, None, facts=when).values,
    )
