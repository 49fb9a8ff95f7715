"""Small shops: frames in canonical columns go through ingest and cleaning into marts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cleaning import clean
from analytics.engine import Engine, open_engine
from analytics.ingest import ingest, read_source
from analytics.marts import Marts
from analytics.settings import Layout

Frames = dict[str, pd.DataFrame]


@dataclass(frozen=True)
class Shop:
    """The frames that a shop was made of, and its marts."""

    frames: Frames
    marts: Marts

    @cached_property
    def orders(self) -> pd.DataFrame:
        """Orders with day, month, margin and the attributes of customer and category."""
        orders = self.frames["transactions"].copy()
        orders["day"] = orders["ordered_at"].dt.normalize()
        orders["month"] = orders["day"].dt.to_period("M").dt.to_timestamp()
        if "status" not in orders:
            orders["status"] = "completed"
        if "cost_of_goods" in orders:
            costs = orders["shipping_cost"].fillna(0) + orders["payment_cost"].fillna(0)
            orders["margin"] = orders["net"] - orders["cost_of_goods"] - costs
        customers = self.frames.get("customers", pd.DataFrame({"customer_id": []}, dtype="str"))
        orders = orders.merge(customers, "left", "customer_id")
        if "transaction_items" in self.frames:
            items = self.frames["transaction_items"].fillna({"category": "Unknown"})
            items = items[["transaction_id", "category", "net"]]
            items = items.sort_values(["net", "category"], ascending=[False, True])
            items = items.drop_duplicates("transaction_id")
            orders = orders.merge(items[["transaction_id", "category"]], "left", "transaction_id")
        for name in (*DIMENSIONS, "city"):
            orders[name] = orders[name].fillna("Unknown") if name in orders else "Unknown"
        return orders.sort_values(["ordered_at", "transaction_id"], ignore_index=True)

    @cached_property
    def done(self) -> pd.DataFrame:
        """The completed orders."""
        orders = self.orders
        return orders[orders["status"] == "completed"]

    @cached_property
    def counts(self) -> pd.DataFrame:
        """The distinct counts of the mart, computed once."""
        return self.marts.distinct_counts()

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The lines of completed orders with the customer and month of their order."""
        done = self.done[["transaction_id", "customer_id", "month"]]
        items = self.frames["transaction_items"].copy()
        for name in {"category", "product_id"} & set(items.columns):
            items[name] = items[name].fillna("Unknown")
        return items.merge(done, "inner", "transaction_id")


DIMENSIONS = (
    "region",
    "segment",
    "category",
    "sales_channel",
    "acquisition_channel",
    "payment_method",
)


def _cents(random: np.random.Generator, low: float, high: float, size: int) -> np.ndarray:
    return np.round(random.uniform(low, high, size), 2)


def random_frames(seed: int, orders: int = 160, customers: int = 12) -> Frames:
    """Return a shop of a few customers over five months, with gaps and missing values."""
    random = np.random.default_rng(seed)

    def pick(values: list[str | None], size: int) -> pd.Series:
        codes = random.integers(0, len(values), size)
        return pd.Series([values[code] for code in codes], dtype="str")

    ids = pd.Series([f"{number:03d}" for number in range(customers)], dtype="str")
    start = np.datetime64("2023-11-15T00:00:00", "us")
    seconds = random.integers(0, 140 * 86_400, orders)
    days = seconds // 86_400
    # A month without any order.
    seconds = np.where((days >= 47) & (days < 78), seconds % (40 * 86_400), seconds)
    net = _cents(random, 1, 500, orders)
    transactions = pd.DataFrame(
        {
            "transaction_id": [f"o{number}" for number in range(orders)],
            # The last customer never orders; one of the orders is of a stranger.
            "customer_id": ids.iloc[random.integers(0, customers - 1, orders)].to_numpy(),
            "ordered_at": start + seconds.astype("timedelta64[s]"),
            "sales_channel": pick(["Web", "Store", None], orders),
            "payment_method": pick(["Card", "Cash"], orders),
            "status": pick(["completed"] * 5 + ["returned", "cancelled"], orders),
            "gross": np.round(net * 1.25, 2),
            "discount": np.round(np.round(net * 1.25, 2) - net, 2),
            "net": net,
            "cost_of_goods": np.round(net * 0.5, 2),
            "shipping_cost": _cents(random, 0, 9, orders),
            "payment_cost": np.where(
                random.random(orders) < 0.2, np.nan, _cents(random, 0, 3, orders)
            ),
        }
    )
    transactions.loc[0, "customer_id"] = "stranger"
    lines = 2 * orders
    items = pd.DataFrame(
        {
            "transaction_id": [f"o{number % (orders - 5)}" for number in range(lines)],
            "category": pick(["Toys", "Home", "Garden", None], lines),
            # Few values, so that there are ties.
            "net": random.integers(1, 4, lines).astype("float64"),
        }
    )
    # Lines of one order that are of two categories, products without an id, costs not known.
    items["product_id"] = pick(["p1", "p2", "p3", "p4", None], lines)
    items["cost_of_goods"] = np.where(
        random.random(lines) < 0.2, np.nan, np.round(items["net"] * 0.4, 2)
    )
    answers = 60
    tickets = 50
    opened = start + random.integers(0, 140 * 1440, tickets).astype("timedelta64[m]")
    closed = opened + random.integers(1, 30 * 1440, tickets).astype("timedelta64[m]")
    weeks = pd.date_range("2023-11-13", periods=20, freq="7D")
    return {
        "customers": pd.DataFrame(
            {
                "customer_id": ids,
                "signed_up_on": pd.to_datetime("2023-01-01")
                + pd.to_timedelta(random.integers(0, 300, customers), "D"),
                "region": pick(["North", "South", None], customers),
                "segment": pick(["Basic", "Premium"], customers),
                "acquisition_channel": pick(["Search", "Email", None], customers),
                "city": pick(["Ayr", "Bern", None], customers),
            }
        ),
        "transactions": transactions,
        "transaction_items": items,
        "satisfaction": pd.DataFrame(
            {
                "customer_id": ids.iloc[random.integers(0, customers, answers)].to_numpy(),
                "surveyed_on": start.astype("datetime64[D]").astype("datetime64[us]")
                + random.integers(0, 140, answers).astype("timedelta64[D]"),
                "score": random.integers(2, 11, answers) / 2,
            }
        ),
        "support_tickets": pd.DataFrame(
            {
                "ticket_id": [f"t{number}" for number in range(tickets)],
                "customer_id": ids.iloc[random.integers(0, customers, tickets)].to_numpy(),
                "opened_at": opened,
                "closed_at": np.where(random.random(tickets) < 0.3, np.datetime64("NaT"), closed),
            }
        ),
        "marketing_spend": pd.DataFrame(
            {
                "week": np.repeat(weeks.to_numpy(), 4),
                "marketing_channel": ["Search", "Search", "Email", "Email"] * 20,
                "region": ["North", "South"] * 40,
                "spend": _cents(random, 0, 900, 80),
            }
        ),
    }


@pytest.fixture(scope="session")
def marts_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(temporary=tmp_path_factory.mktemp("spill")) as opened:
        yield opened


@pytest.fixture(scope="session")
def shop_of(
    marts_engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Frames], Shop]:
    """Return a function that makes a shop of frames in canonical columns."""

    def made(frames: Frames) -> Shop:
        folder: Path = tmp_path_factory.mktemp("shop")
        text = 'title = "Shop"\ncurrency = "EUR"\n'
        for name, frame in frames.items():
            frame.to_parquet(folder / f"{name}.parquet", index=False)
            text += f'[tables.{name}]\nfile = "{name}.parquet"\nformat = "parquet"\n'
            text += f"[tables.{name}.columns]\n"
            text += "".join(f'{column} = "{column}"\n' for column in frame.columns)
        (folder / "shop.toml").write_text(text)
        source = read_source(str(folder / "shop.toml"), Layout(root=folder, source="shop"))
        staged = ingest(source, marts_engine, folder)
        tables = clean(staged, source, marts_engine, folder / "clean")
        assert tables.quality.removals.empty
        return Shop(frames=frames, marts=Marts(tables, marts_engine))

    return made


@pytest.fixture(scope="session", params=[1, 2, 3])
def shop(request: pytest.FixtureRequest, shop_of: Callable[[Frames], Shop]) -> Shop:
    """Return a random shop."""
    return shop_of(random_frames(request.param))


@pytest.fixture(scope="session")
def bare_shop(shop_of: Callable[[Frames], Shop]) -> Shop:
    """Return a shop that has customer, time and amount of its orders, and nothing else."""
    transactions = random_frames(4)["transactions"]
    columns = ["transaction_id", "customer_id", "ordered_at", "net"]
    return shop_of({"transactions": transactions[columns]})


@pytest.fixture(scope="session")
def partial_shop(shop_of: Callable[[Frames], Shop]) -> Shop:
    """Return a shop that has regions, categories and lines, but no more of what could be had."""
    frames = random_frames(5)
    return shop_of(
        {
            "customers": frames["customers"][["customer_id", "region"]],
            "transactions": frames["transactions"][
                ["transaction_id", "customer_id", "ordered_at", "status", "net"]
            ],
            "transaction_items": frames["transaction_items"][["transaction_id", "category", "net"]],
        }
    )


@pytest.fixture(scope="session")
def order_shop(shop_of: Callable[[Frames], Shop]) -> Callable[..., Marts]:
    """Return a function that makes marts of orders written as `customer day net [status]`."""

    def made(*lines: str) -> Marts:
        rows = []
        for number, line in enumerate(lines):
            customer, day, net, *status = line.split()
            rows.append(
                {
                    "transaction_id": f"o{number}",
                    "customer_id": customer,
                    "ordered_at": pd.Timestamp(day),
                    "net": float(net),
                    "status": status[0] if status else "completed",
                }
            )
        return shop_of({"transactions": pd.DataFrame(rows)}).marts

    return made
