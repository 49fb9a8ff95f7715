"""Prepared tables against sums over the orders, and against who would subtract them."""

from __future__ import annotations

import sys
from datetime import date
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linprog

from analytics.diagnostic import DrillMarts, drill_tables, pairs_beside_the_cube
from analytics.privacy import partition
from analytics.results import DailySeries, DrillTables, Kpis, PeriodReports

MINIMUM = 5
DIMENSIONS = ("region", "category", "acquisition_channel", "payment_method")
EXCLUSIVE = ("region", "acquisition_channel")
MONTH = pd.Timestamp("2024-03-01")


def random_orders(seed: int, *, size: int = 260, people: int = 90, days: int = 9) -> pd.DataFrame:
    """Return orders of one month; shares of parts and of customers are uneven."""
    draw = np.random.default_rng(seed)
    region = draw.choice(["N", "S", "E", "U"], people, p=[0.5, 0.3, 0.17, 0.03])
    channel = draw.choice(["Search", "Email", "Rare"], people, p=[0.6, 0.34, 0.06])
    city = draw.choice(["a", "b", "c", "d", "e"], people, p=[0.4, 0.3, 0.2, 0.07, 0.03])
    customer = draw.choice(people, size, p=draw.dirichlet(np.ones(people)))
    day = draw.choice(days, size, p=draw.dirichlet(np.full(days, 6.0)))
    return pd.DataFrame(
        {
            "customer": customer,
            "day": (MONTH + pd.to_timedelta(day, unit="D")).astype("datetime64[us]"),
            "month": pd.Series([MONTH] * size, dtype="datetime64[us]"),
            "hour": draw.choice([3, 9, 12, 20], size, p=[0.04, 0.3, 0.36, 0.3]).astype(str),
            "region": region[customer],
            "acquisition_channel": channel[customer],
            "city": city[customer],
            "category": draw.choice(["Toys", "Home", "Odd"], size, p=[0.6, 0.36, 0.04]),
            "payment_method": draw.choice(["Card", "Bank", "Cash"], size, p=[0.6, 0.34, 0.06]),
            "net": draw.gamma(2.0, 30.0, size).round(2) + 0.01,
        }
    )


def sums(orders: pd.DataFrame, keys: list[str], customers: str = "customers") -> pd.DataFrame:
    grouped = orders.groupby(keys)
    return pd.DataFrame(
        {
            "net_revenue_amount": grouped["net"].sum().round(2),
            "orders": grouped.size(),
            customers: grouped["customer"].nunique(),
        }
    ).reset_index()


def published_kpis(orders: pd.DataFrame) -> Kpis:
    """Return the KPIs of the month with small parts merged, as the descriptive tier merges them."""
    cells = [
        sums(orders.assign(dimension=name, part=orders[name] if name != "all" else "all"),
             ["month", "dimension", "part"])
        for name in ("all", *DIMENSIONS)
    ]  # fmt: skip
    frame = pd.concat(cells, ignore_index=True)
    found = partition(frame, customers="customers", minimum=MINIMUM, exclusive=EXCLUSIVE)
    told = found.relabelled(frame).groupby(["month", "dimension", "part"], as_index=False).sum()
    values = told.melt(["month", "dimension", "part"], ["net_revenue_amount", "orders"])
    names = {"net_revenue_amount": "net_revenue", "orders": "orders"}
    values = values.assign(
        kpi=values["variable"].map(names), complete=True, low=np.nan, high=np.nan, sample=0
    )
    columns = [column.name for column in Kpis.FRAMES["values"]]
    nothing = {column.name: [] for column in Kpis.FRAMES["definitions"]}
    return Kpis(
        latest_month=date(2024, 3, 1),
        definitions=pd.DataFrame(nothing),
        values=values[columns],
    )


def published_days(orders: pd.DataFrame) -> DailySeries:
    days = sums(orders, ["day"], "active_customers").assign(contribution_margin_amount=np.nan)
    few = days["active_customers"] < MINIMUM
    figures = ["net_revenue_amount", "orders", "active_customers"]
    days[figures] = days[figures].astype(float).mask(few)
    return DailySeries(days=days[[column.name for column in DailySeries.FRAMES["days"]]])


def no_reports() -> PeriodReports:
    frames = {
        name: pd.DataFrame({column.name: [] for column in columns})
        for name, columns in PeriodReports.FRAMES.items()
    }
    return PeriodReports(days=(), quarters=(), **frames)


def told(orders: pd.DataFrame, *, minimum: int = MINIMUM) -> DrillTables:
    def nested(outer: str, part: str) -> pd.DataFrame:
        named = orders.assign(outer=orders[outer].astype(str), part=orders[part].astype(str))
        return sums(named, ["month", "outer", "part"])

    hours = orders.assign(weekday=orders["day"].dt.day_of_week.astype(str))
    return drill_tables(
        DrillMarts(
            city=nested("region", "city"),
            product=nested("category", "city").drop(columns="orders"),
            hour=sums(
                hours.rename(columns={"weekday": "outer", "hour": "part"}),
                ["month", "outer", "part"],
            ),
            pairs={
                pair: sums(orders, ["month", *pair]) for pair in pairs_beside_the_cube(DIMENSIONS)
            },
            days={
                name: sums(orders.assign(part=orders[name]), ["day", "part"], "active_customers")
                for name in DIMENSIONS
            },
        ),
        kpis=published_kpis(orders),
        daily=published_days(orders),
        reports=no_reports(),
        minimum_cell=minimum,
    )


def is_in(orders: pd.DataFrame, places: dict[str, object]) -> np.ndarray:
    return np.logical_and.reduce([orders[name] == value for name, value in places.items()])


def published_sums(tables: DrillTables, orders: pd.DataFrame) -> list[dict[str, object]]:
    """Return where every published sum of orders and net revenue is over, and what it is."""
    found = []
    values = published_kpis(orders).values
    for (dimension, part), rows in values.groupby(["dimension", "part"]):
        if part != "Other":
            known = rows.set_index("kpi")["value"]
            place = {} if dimension == "all" else {dimension: part}
            found.append({"place": place, "orders": known["orders"], "net": known["net_revenue"]})
    found += [
        {"place": {"day": row.day}, "orders": row.orders, "net": row.net_revenue_amount}
        for row in published_days(orders).days.dropna(subset=["orders"]).itertuples()
    ]
    for row in tables.nested[tables.nested["table"] == "city"].itertuples():
        place = {"region": row.outer, "city": row.part}
        found.append({"place": place, "orders": row.orders, "net": row.net_revenue_amount})
    for row in tables.pairs.itertuples():
        place = {row.first_dimension: row.first, row.second_dimension: row.second}
        found.append({"place": place, "orders": row.orders, "net": row.net_revenue_amount})
    for row in tables.days.itertuples():
        place = {"day": row.day, row.dimension: row.part}
        found.append({"place": place, "orders": row.orders, "net": row.net_revenue_amount})
    return found


@pytest.mark.parametrize("seed", range(3))
def test_what_is_told_is_the_sum_over_its_orders_and_of_enough_customers(seed: int) -> None:
    orders = random_orders(seed, size=1200)
    tables = told(orders)
    assert len(tables.pairs) > 10
    assert len(tables.nested) > 10
    for each in published_sums(tables, orders):
        own = orders[is_in(orders, each["place"])] if each["place"] else orders
        assert each["orders"] == len(own)
        assert each["net"] == pytest.approx(own["net"].sum(), abs=0.005)
        assert own["customer"].nunique() >= MINIMUM


def test_nothing_is_merged_with_a_minimum_of_one() -> None:
    orders = random_orders(1)
    tables = told(orders, minimum=1)
    own = tables.nested[tables.nested["table"] == "hour"]
    assert own["orders"].sum() == len(orders)


# Few orders, where little can be told; many, where one small part stands beside large ones.
SHOPS = [
    *[{"seed": seed} for seed in range(2)],
    *[{"seed": seed, "size": 1600, "people": 320, "days": 5} for seed in range(3, 6)],
]


def narrow_parts(orders: pd.DataFrame, tables: DrillTables, *, tried: int) -> list[str]:
    """Return small parts of which all published sums together leave a narrow range.

    Two linear programs a part and figure: the least and the most that the sums allow.
    """
    keys = ["day", "city", *DIMENSIONS] if len(orders) < 1000 else ["day", *DIMENSIONS]
    cells = orders.groupby(keys, as_index=False).agg(orders=("net", "size"), net=("net", "sum"))
    published = [each for each in published_sums(tables, orders) if set(each["place"]) <= set(keys)]
    members = np.array([is_in(cells, each["place"]) if each["place"] else np.ones(len(cells))
                        for each in published], dtype=float)  # fmt: skip
    limits = {name: np.array([each[name] for each in published]) for name in ("orders", "net")}
    candidates = [*[("day", name) for name in DIMENSIONS], *pairs_beside_the_cube(DIMENSIONS)]
    if "city" in keys:
        candidates.append(("region", "city"))
    small = []
    for names in candidates:
        customers = orders.groupby(list(names))["customer"].nunique()
        small += [
            dict(zip(names, key, strict=True)) for key in customers[customers < MINIMUM].index
        ]
    assert len(small) >= 3
    draw = np.random.default_rng(1)
    found = []
    for place in [small[at] for at in draw.permutation(len(small))[:tried]]:
        goal = is_in(cells, place).astype(float)
        for figure, slack in (("orders", 1e-6), ("net", 0.005)):
            low, high = (
                sign * _optimum(sign * goal, members, limits[figure], slack) for sign in (1, -1)
            )
            least = MINIMUM - 1e-3 if figure == "orders" else 0.1 * high
            if high <= 0 or high - low < least:
                found.append(f"{figure} of {place}: {low:.2f} to {high:.2f}")
    return found


@pytest.mark.parametrize("shop", SHOPS, ids=str)
def test_no_small_part_follows_from_all_tables_together(shop: dict[str, int]) -> None:
    orders = random_orders(**shop)
    tables = told(orders)
    assert len(tables.pairs) > 5
    assert "people" not in shop or len(tables.days) > 0
    assert narrow_parts(orders, tables, tried=12) == []


def test_a_small_part_that_is_hidden_alone_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hiding nothing but what is small is what the linear programs find out."""

    def alone(cells: pd.DataFrame, **how: Any) -> frozenset[str]:
        few = (cells["customers"] > 0) & (cells["customers"] < how["minimum"])
        rows = how["rows"]
        return frozenset(rows) - frozenset(rows[few.to_numpy() | how["merged"]])

    module = sys.modules["analytics.diagnostic.drill_tables"]
    monkeypatch.setattr(module, "told_rows", alone)
    orders = random_orders(**SHOPS[-1])
    assert narrow_parts(orders, told(orders), tried=12)


def _optimum(goal: np.ndarray, members: np.ndarray, limits: np.ndarray, slack: float) -> float:
    found = linprog(
        goal,
        A_ub=np.vstack([members, -members]),
        b_ub=np.concatenate([limits + slack, slack - limits]),
        bounds=(0, None),
        method="highs",
    )
    assert found.status == 0, found.message
    return float(found.fun)


def test_pairs_of_the_cube_are_not_prepared_again() -> None:
    found = pairs_beside_the_cube(DIMENSIONS)
    assert ("region", "category") not in found
    everything = set(combinations(DIMENSIONS, 2)) - {("region", "category")}
    assert {frozenset(pair) for pair in found} == {frozenset(pair) for pair in everything}
