"""A generated shop, analysed from its raw exports as a build would, with the truth beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import cached_property
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


class AnalysedShop:
    """What the analytics say of a shop, and what was planted in it.

    What costs time is computed when a cause first asks for it. ``truth`` and ``latents`` are read
    by the causes to judge, never by what they judge.
    """

    def __init__(self, seed: int, folder: Path, engine: Engine) -> None:
        raw = folder / "data" / "raw" / "synthetic"
        made = generated_shop(
            SyntheticShop(customers=CUSTOMERS, transactions=TRANSACTIONS, seed=seed)
        )
        write_raw_exports(made, raw)
        (folder / "data" / "sources").mkdir()
        (folder / SOURCE).write_bytes((ROOT / SOURCE).read_bytes())
        settings = Settings(synthetic=SyntheticSettings(seed=seed))
        source = read_observed_source(folder, "synthetic", settings)
        tables = clean(ingest(source, engine), source, engine, folder / "clean")
        self.seed = seed
        self.truth: dict[str, Any] = json.loads((raw / "truth.json").read_text("utf-8"))
        self.latents = made.truth_customers.set_index("customer_id")
        self.quality: DataQuality = tables.quality
        self.tables, self.engine, self.folder = tables, engine, folder
        self._marts = Marts(tables, engine)

    @property
    def marts(self) -> Marts:
        """The marts of the clean tables."""
        return self._marts

    def _frame(self, table: str, key: str) -> pd.DataFrame:
        return self.engine.frame(self.tables.tables[table], order_by=[key])

    @cached_property
    def orders(self) -> pd.DataFrame:
        """The clean orders with region and category."""
        return _orders(self.tables, self.engine)

    @cached_property
    def customers(self) -> pd.DataFrame:
        """The clean customers."""
        return self._frame("customers", "customer_id")

    @cached_property
    def experiments(self) -> pd.DataFrame:
        """The clean assignments."""
        return self._frame("experiments", "customer_id")

    @cached_property
    def satisfaction(self) -> pd.DataFrame:
        """The clean answers to surveys."""
        return self._frame("satisfaction", "customer_id")

    @cached_property
    def tickets(self) -> pd.DataFrame:
        """The clean tickets."""
        return self._frame("support_tickets", "ticket_id")

    @cached_property
    def months(self) -> pd.DataFrame:
        """Totals of each month."""
        return self._marts.totals("month")

    @cached_property
    def margin(self) -> pd.Series:
        """What each customer brought in the months after the training cut-off."""
        margin = self._marts.customer_margin(TRAINING, SCORING, discount_rate=0.1, margin_rate=0.3)
        return margin.set_index("customer_id")["margin_amount"]

    @cached_property
    def _lifetime_value(self) -> tuple[Clv, CustomerScores]:
        clv, scores = customer_lifetime_value(
            self._marts.customer_features(TRAINING),
            self.margin.reset_index(),
            self._marts.customer_features(SCORING),
            settings=ClvSettings(),
            training_cutoff=TRAINING,
            scoring_cutoff=SCORING,
            currency="USD",
            has_costs=True,
            seed=self.seed,
        )
        assert isinstance(clv, Clv)
        assert isinstance(scores, CustomerScores)
        return clv, scores

    @property
    def clv(self) -> Clv:
        """The comparison of models."""
        return self._lifetime_value[0]

    @property
    def scores(self) -> CustomerScores:
        """Every customer's CLV12."""
        return self._lifetime_value[1]

    @cached_property
    def budget(self) -> Budget:
        """The marketing budget."""
        budget = marketing_budget(
            self._marts.regional_weekly(),
            self._marts.regional_marketing(),
            settings=BudgetSettings(),
            seed=self.seed,
        )
        assert isinstance(budget, Budget)
        return budget


@contextmanager
def analysed_shop(seed: int, folder: Path) -> Iterator[AnalysedShop]:
    """Generate the shop of a seed in `folder` and clean its raw exports."""
    with open_engine(temporary=folder / "spill") as engine:
        yield AnalysedShop(seed, folder, engine)


def _orders(tables: CleanTables, engine: Engine) -> pd.DataFrame:
    """Return the clean orders with region and category."""
    orders = engine.frame(tables.tables["transactions"], order_by=["transaction_id"])
    items = engine.frame(tables.tables["transaction_items"], order_by=["transaction_id"])
    category = items.groupby("transaction_id")["category"].first()
    people = engine.frame(tables.tables["customers"], order_by=["customer_id"])
    orders["category"] = orders["transaction_id"].map(category)
    orders["region"] = orders["customer_id"].map(people.set_index("customer_id")["region"])
    return orders
