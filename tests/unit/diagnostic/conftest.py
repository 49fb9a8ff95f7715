"""Orders, and the cube and totals that the tier gets of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.results import MonthlyCube, SourceFacts

DIMENSIONS = ("region", "category", "sales_channel")


@pytest.fixture(scope="session")
def orders() -> pd.DataFrame:
    """Return 3,000 orders, 2022-01-01 to 2023-08-15; South opens in 2023."""
    random = np.random.default_rng(30)
    n = 3000
    days = pd.date_range("2022-01-01", "2023-08-15").as_unit("us")
    frame = pd.DataFrame(
        {
            "day": days[random.integers(len(days), size=n)],
            "customer": random.integers(300, size=n),
            "revenue": np.round(random.lognormal(4, 1, n), 2),
            "region": random.choice(["North", "East", "South"], n),
            "category": random.choice(["Toys", "Books"], n),
            "sales_channel": random.choice(["Web", "App", "Shop"], n),
        }
    )
    return frame[(frame["region"] != "South") | (frame["day"] >= "2023-01-01")]


@pytest.fixture(scope="session")
def facts() -> Callable[[str, str], SourceFacts]:
    """Return a builder of the source's facts."""

    def build(start: str, end: str) -> SourceFacts:
        return SourceFacts(
            name="shop",
            title="A shop",
            currency="USD",
            time_zone="UTC",
            synthetic=False,
            public=False,
            observation_start=date.fromisoformat(start),
            observation_end=date.fromisoformat(end),
            customers=1,
            orders=1,
            tables=("transactions",),
        )

    return build


@pytest.fixture(scope="session")
def cube() -> Callable[..., MonthlyCube]:
    """Return a builder of the monthly cube."""

    def build(orders: pd.DataFrame, dimensions: tuple[str, ...] = DIMENSIONS) -> MonthlyCube:
        frame = orders.assign(
            month=orders["day"].dt.to_period("M").dt.to_timestamp().astype("datetime64[us]"),
            segment="All",
        )
        for name in {*DIMENSIONS} - {*dimensions}:
            frame[name] = "All"
        cells = frame.groupby(["month", "region", "segment", "category", "sales_channel"]).agg(
            net_revenue_amount=("revenue", "sum"), orders=("revenue", "size")
        )
        cells["contribution_margin_amount"] = np.nan
        cells = cells.reset_index()
        columns = [column.name for column in MonthlyCube.FRAMES["cells"]]
        return MonthlyCube(
            dimensions=dimensions, minimum_cell=1, merged_cells=0, cells=cells[columns]
        )

    return build


@pytest.fixture(scope="session")
def totals() -> Callable[[pd.DataFrame, str], pd.DataFrame]:
    """Return the mart of that name, by month (M) or quarter (Q)."""

    def build(orders: pd.DataFrame, kind: str) -> pd.DataFrame:
        period = orders["day"].dt.to_period(kind).dt.to_timestamp().astype("datetime64[us]")
        sums = orders.groupby(period.rename("period")).agg(
            net_revenue_amount=("revenue", "sum"),
            orders=("revenue", "size"),
            active_customers=("customer", "nunique"),
        )
        return sums.reset_index().assign(
            net_revenue_amount=lambda frame: frame["net_revenue_amount"].round(2)
        )

    return build
