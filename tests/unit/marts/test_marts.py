"""What a source has, and the series by day, week, month, quarter, year and cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.engine import open_engine
from analytics.marts import Marts

CELL = ["month", "region", "segment", "category", "sales_channel"]


def test_a_source_has_the_dimensions_of_its_columns(shop: Any, bare_shop: Any) -> None:
    assert shop.marts.dimensions == (
        "region",
        "segment",
        "category",
        "sales_channel",
        "acquisition_channel",
        "payment_method",
    )
    assert bare_shop.marts.dimensions == ()


@pytest.mark.parametrize(
    "name", ["costs", "status", "satisfaction", "support_tickets", "marketing_spend"]
)
def test_a_source_has_what_it_has(shop: Any, bare_shop: Any, name: str) -> None:
    assert shop.marts.has(name)
    assert not bare_shop.marts.has(name)
    assert not shop.marts.has("experiments")


def test_the_cube_has_the_cells_that_have_an_order(shop: Any) -> None:
    frame = shop.marts.cube()
    grouped = shop.done.groupby(CELL)
    expected = pd.DataFrame(
        {
            "net_revenue_amount": grouped["net"].sum().round(2),
            "contribution_margin_amount": grouped["margin"].sum().round(2),
            "orders": grouped.size(),
            "customers": grouped["customer_id"].nunique(),
        }
    ).reset_index()
    pd.testing.assert_frame_equal(frame, expected, check_dtype=False, rtol=1e-12)


def test_dimensions_that_a_source_lacks_have_one_part(bare_shop: Any) -> None:
    frame = bare_shop.marts.cube()
    assert set(frame[CELL[1:]].to_numpy().ravel()) == {"All"}
    assert frame["orders"].sum() == len(bare_shop.done)


def expected_series(shop: Any, kind: str) -> pd.DataFrame:
    done = shop.done
    period = done["day"].dt.to_period(kind)
    whole = shop.orders["day"].dt.to_period(kind)
    grouped = done.groupby(period)
    frame = pd.DataFrame(
        {
            "net_revenue_amount": grouped["net"].sum().round(2),
            "orders": grouped.size(),
            "active_customers": grouped["customer_id"].nunique(),
        }
    )
    every = pd.period_range(whole.min(), whole.max(), freq=kind)
    return frame.reindex(every, fill_value=0)


def test_every_day_of_the_observation_has_a_row(shop: Any) -> None:
    frame = shop.marts.daily()
    expected = expected_series(shop, "D")
    assert frame["day"].tolist() == list(expected.index.to_timestamp())
    names = list(expected.columns)
    pd.testing.assert_frame_equal(
        frame[names], expected.reset_index(drop=True), check_dtype=False, rtol=1e-12
    )
    assert frame["contribution_margin_amount"].sum() == pytest.approx(shop.done["margin"].sum())


@pytest.mark.parametrize(("kind", "code"), [("month", "M"), ("quarter", "Q"), ("year", "Y")])
def test_totals_of_every_period(shop: Any, kind: Any, code: str) -> None:
    frame = shop.marts.totals(kind)
    expected = expected_series(shop, code)
    assert frame["period"].tolist() == list(expected.index.to_timestamp())
    pd.testing.assert_frame_equal(
        frame.drop(columns="period"),
        expected.reset_index(drop=True),
        check_dtype=False,
        rtol=1e-12,
    )


def test_weeks_start_on_monday_and_know_whether_they_are_whole(shop: Any) -> None:
    frame = shop.marts.weekly()
    assert set(frame["week"].dt.day_of_week) == {0}
    assert frame["week"].diff().dropna().unique().tolist() == [pd.Timedelta(days=7)]
    first, last = shop.orders["day"].min(), shop.orders["day"].max()
    for row in frame.itertuples():
        days = pd.date_range(row.week, periods=7)
        done = shop.done[shop.done["day"].isin(days)]
        assert row.orders == len(done)
        assert row.net_revenue_amount == pytest.approx(done["net"].sum(), abs=0.001)
        assert row.complete == all(first <= day <= last for day in days)
    assert frame["orders"].sum() == len(shop.done)


def test_spend_is_summed_over_regions(shop: Any) -> None:
    frame = shop.marts.marketing()
    spend = shop.frames["marketing_spend"]
    expected = spend.groupby(["week", "marketing_channel"])["spend"].sum().round(2).reset_index()
    assert frame["week"].tolist() == expected["week"].tolist()
    assert frame["marketing_channel"].tolist() == expected["marketing_channel"].tolist()
    assert frame["spend_amount"].tolist() == pytest.approx(expected["spend"].tolist(), abs=1e-9)


def test_a_shop_of_one_order_has_one_row_everywhere(order_shop: Callable[..., Marts]) -> None:
    marts = order_shop("a 2024-02-29 9.99")
    assert marts.daily()["net_revenue_amount"].tolist() == [9.99]
    assert marts.weekly()[["orders", "complete"]].values.tolist() == [[1, False]]
    assert marts.totals("year")["orders"].tolist() == [1]
    assert marts.cube()["customers"].tolist() == [1]


def test_returns_alone_leave_an_empty_cube(order_shop: Callable[..., Marts]) -> None:
    marts = order_shop("a 2024-02-29 9.99 returned")
    assert marts.cube().empty
    assert marts.daily()["orders"].tolist() == [0]


def test_frames_do_not_depend_on_the_number_of_threads(shop: Any, tmp_path: Path) -> None:
    tables = shop.marts._clean.tables
    for name, rows in tables.items():
        shop.marts._engine.write_parquet(
            rows, tmp_path / f"{name}.parquet", order_by=list(rows.columns)
        )
    found = []
    for threads in (1, 4):
        with open_engine(temporary=tmp_path / "spill", threads=threads) as engine:
            read = {name: engine.read_parquet(tmp_path / f"{name}.parquet") for name in tables}
            marts = Marts(replace(shop.marts._clean, tables=read), engine)
            found.append((marts.monthly(), marts.customer_features(date(2024, 3, 1))))
    for one, four in zip(*found, strict=True):
        pd.testing.assert_frame_equal(one, four, check_exact=True)
