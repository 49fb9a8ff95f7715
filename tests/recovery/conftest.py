"""Shops of different seeds, analysed once; `--shops N` says how many (3 where left out)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.cleaning import clean
from analytics.engine import open_engine
from analytics.ingest import ingest
from analytics.marts import Marts
from analytics.pipeline import read_observed_source
from analytics.predictive import customer_lifetime_value
from analytics.prescriptive import marketing_budget
from analytics.results import Budget, Clv, CustomerScores, DataQuality
from analytics.settings import BudgetSettings, ClvSettings, Settings, SyntheticSettings
from analytics.synthetic import SyntheticShop, generated_shop, write_raw_exports

ROOT = Path(__file__).parents[2]
CUSTOMERS, TRANSACTIONS, FIRST_SEED = 4_000, 74_000, 1_000
TRAINING, SCORING = date(2023, 7, 1), date(2024, 7, 1)


@dataclass(frozen=True)
class Recovered:
    """What the analytics say of a shop, and what was planted in it."""

    seed: int
    truth: dict[str, object]
    planted: pd.DataFrame
    quality: DataQuality
    margin: pd.Series
    clv: Clv
    scores: CustomerScores
    budget: Budget


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--shops", type=int, default=3, help="Shops to look at.")


def recovered(seed: int, folder: Path) -> Recovered:
    """Generate a shop, analyse it from its raw exports, and lay the truth beside."""
    shop = generated_shop(SyntheticShop(customers=CUSTOMERS, transactions=TRANSACTIONS, seed=seed))
    write_raw_exports(shop, folder / "data" / "raw" / "synthetic")
    (folder / "data" / "sources").mkdir()
    source_file = "data/sources/synthetic.toml"
    (folder / source_file).write_bytes((ROOT / source_file).read_bytes())
    settings = Settings(synthetic=SyntheticSettings(seed=seed))
    source = read_observed_source(folder, "synthetic", settings)
    with open_engine(temporary=folder / "spill") as engine:
        tables = clean(ingest(source, engine), source, engine, folder / "clean")
        marts = Marts(tables, engine)
        margin = marts.customer_margin(TRAINING, SCORING, discount_rate=0.1, margin_rate=0.3)
        clv, scores = customer_lifetime_value(
            marts.customer_features(TRAINING),
            margin,
            marts.customer_features(SCORING),
            settings=ClvSettings(),
            training_cutoff=TRAINING,
            scoring_cutoff=SCORING,
            currency="USD",
            has_costs=True,
            seed=seed,
        )
        budget = marketing_budget(
            marts.regional_weekly(),
            marts.regional_marketing(),
            settings=BudgetSettings(),
            seed=seed,
        )
    assert isinstance(clv, Clv)
    assert isinstance(scores, CustomerScores)
    assert isinstance(budget, Budget)
    return Recovered(
        seed=seed,
        truth=dict(shop.truth),
        planted=shop.truth_customers.set_index("customer_id"),
        quality=tables.quality,
        margin=margin.set_index("customer_id")["margin_amount"],
        clv=clv,
        scores=scores,
        budget=budget,
    )


@pytest.fixture(scope="session")
def shops(pytestconfig: pytest.Config, tmp_path_factory: pytest.TempPathFactory) -> list[Recovered]:
    """Every shop of the run, analysed."""
    count = pytestconfig.getoption("--shops")
    seeds = FIRST_SEED + np.arange(count)
    return [recovered(int(seed), tmp_path_factory.mktemp(f"shop{seed}")) for seed in seeds]
