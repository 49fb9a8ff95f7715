"""From messy exports, ingest and cleaning give the shop's own tables again, to the cent."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.cleaning import CleanTables, clean
from analytics.engine import open_engine
from analytics.ingest import ingest, read_source
from analytics.schema import TABLES, Table
from analytics.settings import Layout
from analytics.synthetic import ShopTables, SyntheticShop, generated_shop, write_exports
from analytics.synthetic.source_file import Form, table_mappings

# Ibis asks pandas for an option that pandas has given up.
pytestmark = pytest.mark.filterwarnings("ignore:The 'future.infer_string' option")
ROOT = Path(__file__).parents[3]
SOURCE = "data/sources/synthetic.toml"
SHOP = SyntheticShop(customers=1_200, transactions=20_000, months=12, seed=11)
# What cleaning calls a kind of mess, by table; the column's header stands before some.
REASONS = {
    "exact_duplicate": "exact duplicate of another row",
    "conflicting_id": "rows of one key contradict each other",
    "missing_customer": "is missing",
    "missing_amount": "Net is missing",
    "negative_amount": "Net is not positive",
    "zero_amount": "Net is not positive",
    "undeclared_date": "is not a date",
    "reversal": "reverses an order",
    "reversal_of_earlier_order": "reverses an order that is not in the data",
    "non_product": "is no product",
    "zero_price": "unit_price is not positive",
    "negative_quantity": "qty is not positive",
    "line_without_order": "its order is not among the clean orders",
    "score_out_of_range": "score is not from 1 to 5",
}
SET_ASIDE = ("conflicting_id", "undeclared_date")


@dataclass(frozen=True)
class Cleaned:
    shop: ShopTables
    truth: dict[str, Any]
    tables: dict[str, pd.DataFrame]
    clean: CleanTables


@pytest.fixture(scope="module", params=["text", "parquet"])
def cleaned(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cleaned]:
    form: Form = request.param
    root = tmp_path_factory.mktemp("project")
    raw = root / "data" / "raw" / "synthetic"
    write_exports(SHOP, raw, form=form)
    (root / SOURCE).parent.mkdir()
    (root / SOURCE).write_bytes((ROOT / SOURCE).read_bytes())
    name = "synthetic" if form == "text" else str(raw / "shop.toml")
    source = read_source(name, Layout(root=root, source="synthetic"))
    with open_engine(temporary=root / "spill") as engine:
        tables = clean(ingest(source, engine), source, engine, root / "clean")
        yield Cleaned(
            shop=generated_shop(SHOP),
            truth=json.loads((raw / "truth.json").read_text("utf-8"))["messiness"],
            tables={
                table.name: engine.frame(tables.tables[table.name], order_by=list(table.names))
                for table in TABLES
            },
            clean=tables,
        )


@pytest.mark.parametrize(
    "table", [table for table in TABLES if table.name != "customers"], ids=lambda table: table.name
)
def test_a_clean_table_is_the_shops_own(cleaned: Cleaned, table: Table) -> None:
    own: pd.DataFrame = getattr(cleaned.shop, table.name)
    columns = list(table.names)
    own, found = (
        frame[columns].sort_values(columns, ignore_index=True)
        for frame in (own, cleaned.tables[table.name])
    )
    pd.testing.assert_frame_equal(found, own, check_exact=True)


def test_clean_customers_are_the_shops_own_but_for_what_is_missing(cleaned: Cleaned) -> None:
    found = cleaned.tables["customers"].set_index("customer_id").sort_index()
    own = cleaned.shop.customers.set_index("customer_id").sort_index()
    assert found.index.tolist() == own.index.tolist()
    planted = cleaned.truth["cells"]["customers"]
    for name in own.columns:
        missing = found[name].isna()
        assert missing.sum() == planted.get(name, {}).get("missing", 0)
        there, expected = found[name][~missing], own[name][~missing]
        assert there.tolist() == expected.tolist()


def test_the_cleaning_report_says_what_was_planted(cleaned: Cleaned) -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    amounts: dict[tuple[str, str, str], float] = {}
    for row in cleaned.clean.quality.removals.to_dict("records"):
        # The reason of a row that names its column ends as the kind does.
        kinds = [reason for reason in REASONS.values() if row["reason"] == reason]
        kinds += [reason for reason in REASONS.values() if reason in row["reason"]]
        reason = "Net is missing" if row["reason"] == "Net is missing" else kinds[0]
        key = (row["table"], row["outcome"], reason)
        found[key] += row["rows"]
        amounts[key] = amounts.get(key, 0.0) + (0 if pd.isna(row["amount"]) else row["amount"])
    planted: Counter[tuple[str, str, str]] = Counter()
    worth: dict[tuple[str, str, str], float] = {}
    for table, kinds_of in cleaned.truth["rows"].items():
        for kind, counted in kinds_of.items():
            outcome = "quarantined" if kind in SET_ASIDE else "removed"
            key = (table, outcome, REASONS[kind])
            planted[key] += counted["rows"]
            worth[key] = worth.get(key, 0.0) + counted["amount"]
    assert found == +planted
    for key, amount in amounts.items():
        if key[0] == "transactions":
            assert amount == pytest.approx(worth[key], abs=0.005)


def test_raw_total_less_removals_is_the_shops_total(cleaned: Cleaned) -> None:
    quality = cleaned.clean.quality
    orders = quality.removals[quality.removals["table"] == "transactions"]
    own = (cleaned.shop.transactions["net"] * 100).round().sum() / 100
    assert quality.clean_total_amount == pytest.approx(own, abs=0.005)
    assert quality.raw_total_amount - orders["amount"].sum() == pytest.approx(own, abs=0.005)


def test_the_projects_source_file_maps_what_the_generator_writes() -> None:
    source = tomllib.loads((ROOT / SOURCE).read_text("utf-8"))
    assert source["tables"] == table_mappings("text")
