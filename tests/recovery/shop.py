"""A generated shop, analysed from its raw exports as a build would, with the truth beside it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.cleaning import CleanTables, clean
from analytics.engine import Engine, open_engine
from analytics.ingest import ingest
from analytics.marts import Marts
from analytics.pipeline import read_observed_source
from analytics.predictive import customer_lifetime_value
from analytics.prescriptive import marketing_budget
from analytics.results import Budget, Clv, CustomerScores, DataQuality
from analytics.settings import BudgetSettings, ClvSettings, Settings, SyntheticSettings
from analytics.synthetic import SyntheticShop, generated_shop, write_raw_exports

ROOT = Path(__file__).parents[2]
SOURCE = "data/sources/synthetic.toml"
CUSTOMERS, TRANSACTIONS = 4_000, 74_000
TRAINING, SCORING = date(2023, 7, 1), date(2024, 7, 1)


@dataclass(frozen=True, eq=False)
class AnalysedShop:
    """What the analytics say of a shop, and what was planted in it.

    ``truth`` and ``latents`` are read by the causes to judge, never by what they judge.
    """

    seed: int
    truth: dict[str, Any]
    latents: pd.DataFrame
    orders: pd.DataFrame
    customers: pd.DataFrame
    experiments: pd.DataFrame
    months: pd.DataFrame
    satisfaction: pd.DataFrame
    tickets: pd.DataFrame
    quality: DataQuality
    margin: pd.Series
    clv: Clv
    scores: CustomerScores
    budget: Budget


def analysed_shop(seed: int, folder: Path) -> AnalysedShop:
    """Generate the shop of a seed in `folder` and analyse it from its raw exports."""
    raw = folder / "data" / "raw" / "synthetic"
    shop = generated_shop(SyntheticShop(customers=CUSTOMERS, transactions=TRANSACTIONS, seed=seed))
    write_raw_exports(shop, raw)
    (folder / "data" / "sources").mkdir()
    (folder / SOURCE).write_bytes((ROOT / SOURCE).read_bytes())
    settings = Settings(synthetic=SyntheticSettings(seed=seed))
    source = read_observed_source(folder, "synthetic", settings)
    with open_engine(temporary=folder / "spill") as engine:
        tables = clean(ingest(source, engine), source, engine, folder / "clean")
        return _analysed(seed, json.loads((raw / "truth.json").read_text("utf-8")),
                         shop.truth_customers.set_index("customer_id"), tables, engine)  # fmt: skip


def _analysed(
    seed: int, truth: dict[str, Any], latents: pd.DataFrame, tables: CleanTables, engine: Engine
) -> AnalysedShop:
    marts = Marts(tables, engine)
    training, scoring = marts.customer_features(TRAINING), marts.customer_features(SCORING)
    margin = marts.customer_margin(TRAINING, SCORING, discount_rate=0.1, margin_rate=0.3)
    clv, scores = customer_lifetime_value(
        training,
        margin,
        scoring,
        settings=ClvSettings(),
        training_cutoff=TRAINING,
        scoring_cutoff=SCORING,
        currency="USD",
        has_costs=True,
        seed=seed,
    )
    budget = marketing_budget(
        marts.regional_weekly(), marts.regional_marketing(), settings=BudgetSettings(), seed=seed
    )
    assert isinstance(clv, Clv)
    assert isinstance(scores, CustomerScores)
    assert isinstance(budget, Budget)
    return AnalysedShop(
        seed=seed,
        truth=truth,
        latents=latents,
        orders=_orders(tables, engine),
        customers=engine.frame(tables.tables["customers"], order_by=["customer_id"]),
        experiments=engine.frame(tables.tables["experiments"], order_by=["customer_id"]),
        months=marts.totals("month"),
        satisfaction=engine.frame(tables.tables["satisfaction"], order_by=["customer_id"]),
        tickets=engine.frame(tables.tables["support_tickets"], order_by=["ticket_id"]),
        quality=tables.quality,
        margin=margin.set_index("customer_id")["margin_amount"],
        clv=clv,
        scores=scores,
        budget=budget,
    )


def _orders(tables: CleanTables, engine: Engine) -> pd.DataFrame:
    """Return the clean orders with region and category."""
    orders = engine.frame(tables.tables["transactions"], order_by=["transaction_id"])
    items = engine.frame(tables.tables["transaction_items"], order_by=["transaction_id"])
    category = items.groupby("transaction_id")["category"].first()
    people = engine.frame(tables.tables["customers"], order_by=["customer_id"])
    orders["category"] = orders["transaction_id"].map(category)
    orders["region"] = orders["customer_id"].map(people.set_index("customer_id")["region"])
    return orders
