"""A small shop, order by order, and the marts that the tier gets of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.results import SourceFacts

DIMENSIONS = ("region", "category")
TABLES = ("customers", "transactions", "transactions.cost_of_goods", "transactions.status")


def month_of(days: pd.Series) -> pd.Series:
    return days.dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")


@pytest.fixture(scope="session")
def order() -> Callable[..., dict[str, object]]:
    """Return a builder of one order."""

    def build(
        customer: str,
        day: str,
        revenue: float = 10.0,
        *,
        margin: float | None = None,
        region: str = "North",
        category: str = "Toys",
        status: str = "completed",
    ) -> dict[str, object]:
        return {
            "customer": customer,
            "day": pd.Timestamp(day),
            "revenue": revenue,
            "margin": revenue / 2 if margin is None else margin,
            "region": region,
            "category": category,
            "status": status,
        }

    return build


@pytest.fixture(scope="session")
def facts() -> Callable[..., SourceFacts]:
    """Return a builder of the source's facts."""

    def build(start: str, end: str, tables: tuple[str, ...] = TABLES) -> SourceFacts:
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
            tables=tables,
        )

    return build


@pytest.fixture(scope="session")
def monthly() -> Callable[..., pd.DataFrame]:
    """Return the mart of that name from orders; months without orders stand in total only."""

    def build(orders: Iterable[dict[str, object]], *, costs: bool = True) -> pd.DataFrame:
        frame = pd.DataFrame(list(orders)).sort_values("day", kind="stable", ignore_index=True)
        frame["month"] = month_of(frame["day"])
        completed = frame["status"] == "completed"
        frame["nth"] = completed.groupby(frame["customer"]).cumsum()
        firsts = set(frame[completed & (frame["nth"] == 1)].index)
        months = pd.date_range(frame["month"].min(), frame["month"].max(), freq="MS")
        rows = []
        for dimension in ("all", *DIMENSIONS):
            whole = frame.assign(all="all")
            for part, of_part in whole.groupby(dimension):
                before: set[str] = set()
                for month in months:
                    every = of_part[of_part["month"] == month]
                    done = every[every["status"] == "completed"]
                    active = set(done["customer"])
                    if len(every) or dimension == "all":
                        rows.append(
                            {
                                "month": month,
                                "dimension": dimension,
                                "part": part,
                                "net_revenue_amount": round(done["revenue"].sum(), 2),
                                "contribution_margin_amount": round(done["margin"].sum(), 2)
                                if costs
                                else np.nan,
                                "orders": len(done),
                                "all_orders": len(every),
                                "returned_orders": int((every["status"] == "returned").sum()),
                                "active_customers": len(active),
                                "new_customers": len(firsts & set(done.index)),
                                "previous_customers": len(before),
                                "retained_customers": len(before & active),
                                "repeat_customers": int(
                                    (done.groupby("customer")["nth"].max() >= 2).sum()
                                ),
                            }
                        )
                    before = active
        return pd.DataFrame(rows).astype({"month": "datetime64[us]"})

    return build


@pytest.fixture(scope="session")
def random_orders(order: Callable[..., dict[str, object]]) -> list[dict[str, object]]:
    """Return 1,500 orders of 120 customers, 2022-01-10 to 2023-06-20."""
    random = np.random.default_rng(20)
    days = pd.date_range("2022-01-10", "2023-06-20")
    made = []
    for _ in range(1500):
        customer = int(random.integers(120))
        revenue = round(float(random.lognormal(4, 0.8)), 2)
        made.append(
            order(
                f"c{customer:03d}",
                f"{days[random.integers(len(days))]:%Y-%m-%d}",
                revenue,
                margin=round(revenue * float(random.uniform(-0.1, 0.6)), 2),
                region=("North", "East", "South")[customer % 3],
                category=str(random.choice(["Toys", "Books", "Rare"], p=[0.6, 0.39, 0.01])),
                status=str(
                    random.choice(["completed", "returned", "cancelled"], p=[0.8, 0.15, 0.05])
                ),
            )
        )
    return made
