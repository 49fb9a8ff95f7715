"""The same expressions on DuckDB and on Spark give equal frames."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pandas as pd
import pytest

from analytics.cleaning import CleanTables, violations
from analytics.engine import Engine
from analytics.ingest import Source, ingest
from analytics.marts import Marts

# Py4J closes its sockets when they are collected.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]

Cleaned = Callable[[Source, Engine], CleanTables]
MARTS: dict[str, Callable[[Marts], pd.DataFrame]] = {
    "monthly": lambda marts: marts.monthly(),
    "cube": lambda marts: marts.cube(),
    "daily": lambda marts: marts.daily(),
    "months": lambda marts: marts.totals("month"),
    "quarters": lambda marts: marts.totals("quarter"),
    "years": lambda marts: marts.totals("year"),
    "weekly": lambda marts: marts.weekly(),
    "customer_features": lambda marts: marts.customer_features(date(2022, 11, 1)),
    "customer_margin": lambda marts: marts.customer_margin(
        date(2022, 9, 1), date(2022, 12, 1), discount_rate=0.1, margin_rate=0.3
    ),
    "monthly_satisfaction": lambda marts: marts.monthly_satisfaction(),
    "monthly_tickets": lambda marts: marts.monthly_tickets(),
    "marketing": lambda marts: marts.marketing(),
    "regional_weekly": lambda marts: marts.regional_weekly(),
    "regional_marketing": lambda marts: marts.regional_marketing(),
    "daily_by_region": lambda marts: marts.daily_by("region"),
    "daily_by_category": lambda marts: marts.daily_by("category"),
    "geography": lambda marts: marts.drill("geography"),
    "product": lambda marts: marts.drill("product"),
    "time": lambda marts: marts.drill("time"),
    "payment_method": lambda marts: marts.drill("payment_method"),
    "acquisition_channel": lambda marts: marts.drill("acquisition_channel"),
    "products": lambda marts: marts.products(),
    "region_and_payment": lambda marts: marts.by_two("region", "payment_method"),
    "cohorts": lambda marts: marts.cohorts(),
    "next_orders": lambda marts: marts.next_orders(date(2022, 11, 1)),
    "order_rates": lambda marts: marts.order_rates(),
    "distinct_counts": lambda marts: marts.distinct_counts(),
    "completed_orders": lambda marts: marts.completed_orders()[0],
    "sampled_orders": lambda marts: marts.completed_orders(most=500)[0],
    "baskets": lambda marts: marts.baskets()[0],
    "satisfaction": lambda marts: marts.satisfaction(),
    "tickets": lambda marts: marts.tickets(),
    "moments": lambda marts: marts.moments(
        "region", date(2022, 7, 1), date(2022, 10, 1), date(2023, 1, 1)
    ),
}
BARE = ("monthly", "cube", "daily", "quarters", "weekly", "time", "cohorts", "distinct_counts")
# What reads orders that were reversed, and lines that were netted.
REVERSED = {
    "order_lines": ("monthly", "cube", "product", "cohorts", "daily_by_category"),
    "reversals": ("monthly", "cube", "time", "cohorts"),
}
# At least what each source removes: reversals, what they reverse, and what reverses nothing.
REMOVED = {"order_lines": 2, "reversals": 2}


def assert_equal(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert not one.empty
    # Amounts and counts are exact; ratios may differ in their last bit.
    pd.testing.assert_frame_equal(one, other, rtol=1e-14, atol=0)


@pytest.mark.parametrize("name", MARTS)
def test_a_mart_of_the_synthetic_shop(
    name: str, synthetic: Source, cleaned: Cleaned, duckdb: Engine, spark: Engine
) -> None:
    one, other = (
        MARTS[name](Marts(cleaned(synthetic, engine), engine)) for engine in (duckdb, spark)
    )
    assert_equal(one, other)


@pytest.mark.parametrize("name", BARE)
def test_a_mart_of_a_shop_with_orders_alone(
    name: str, bare: Source, cleaned: Cleaned, duckdb: Engine, spark: Engine
) -> None:
    one, other = (MARTS[name](Marts(cleaned(bare, engine), engine)) for engine in (duckdb, spark))
    assert_equal(one, other)


def test_features_of_a_shop_with_orders_alone(
    bare: Source, cleaned: Cleaned, duckdb: Engine, spark: Engine
) -> None:
    one, other = (
        Marts(cleaned(bare, engine), engine).customer_features(date(2024, 3, 1))
        for engine in (duckdb, spark)
    )
    assert_equal(one, other)


def test_the_cleaning_report(
    synthetic: Source, cleaned: Cleaned, duckdb: Engine, spark: Engine
) -> None:
    one, other = (cleaned(synthetic, engine).quality for engine in (duckdb, spark))
    assert one.clean_total_amount == other.clean_total_amount
    assert len(one.removals) > 5
    for name, frame in one.frames.items():
        pd.testing.assert_frame_equal(frame, other.frames[name])


@pytest.mark.parametrize("name", REVERSED)
def test_a_shop_whose_orders_are_reversed(
    name: str,
    request: pytest.FixtureRequest,
    cleaned: Cleaned,
    duckdb: Engine,
    spark: Engine,
) -> None:
    source = request.getfixturevalue(name)
    one, other = (cleaned(source, engine) for engine in (duckdb, spark))
    assert one.facts == other.facts
    assert one.quality.raw_total_amount == other.quality.raw_total_amount
    assert one.quality.clean_total_amount == other.quality.clean_total_amount
    assert len(one.quality.removals) >= REMOVED[name]
    for table, frame in one.quality.frames.items():
        pd.testing.assert_frame_equal(frame, other.quality.frames[table])
    assert list(one.tables) == list(other.tables)
    for table in one.tables:
        assert_equal(duckdb.frame(one.tables[table]), spark.frame(other.tables[table]))
    for mart in REVERSED[name]:
        assert_equal(MARTS[mart](Marts(one, duckdb)), MARTS[mart](Marts(other, spark)))


def test_the_facts(synthetic: Source, cleaned: Cleaned, duckdb: Engine, spark: Engine) -> None:
    assert cleaned(synthetic, duckdb).facts == cleaned(synthetic, spark).facts


def test_violations(synthetic: Source, duckdb: Engine, spark: Engine) -> None:
    one, other = (violations(ingest(synthetic, engine), engine) for engine in (duckdb, spark))
    assert [str(violation) for violation in one] == [str(violation) for violation in other]
    assert one
