"""Large shops are made in batches: what holds of them, and that memory does not grow."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tomllib
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from analytics.synthetic import SyntheticShop, generated_shop, write_exports
from analytics.synthetic.process import shop_process
from analytics.synthetic.source_file import FILES

SHOP = SyntheticShop(customers=600, transactions=12_000, months=6, seed=8, batch=1_000, messy=True)


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("large") / "shop"
    write_exports(SHOP, folder, form="parquet")
    return folder


def _digests(folder: Path) -> dict[str, str]:
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in folder.iterdir()}


@pytest.mark.parametrize("form", ["text", "parquet"])
def test_equal_parameters_give_equal_bytes_in_both_formats(form: str, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_exports(SHOP, tmp_path / name, form=form)  # type: ignore[arg-type]
    assert _digests(tmp_path / "one") == _digests(tmp_path / "two")


def test_the_plan_has_exactly_the_orders_asked_for_in_months() -> None:
    process = shop_process(SHOP)
    batches = process.plan.batches
    assert sum(batch.orders for batch in batches) == 12_000
    assert len(batches) > 6
    assert max(batch.orders for batch in batches) < 1_400
    for batch in batches:
        month = slice(*(SHOP.day(SHOP.month_start(batch.month + step)) for step in (0, 1)))
        assert month.start <= batch.first < batch.end <= month.stop
    edges = [(batch.first, batch.end) for batch in batches]
    assert sorted(set(edges)) == edges
    assert (edges[0][0], edges[-1][1]) == (0, SHOP.days)
    assert all(one[1] == two[0] for one, two in pairwise(edges))


def test_days_busier_than_a_batch_are_made_in_parts() -> None:
    shop = SyntheticShop(customers=50, transactions=100_000, months=1, batch=1_000)
    batches = shop_process(shop).plan.batches
    assert sum(batch.orders for batch in batches) == 100_000
    assert max(batch.orders for batch in batches) < 1_400


def test_a_batched_shop_is_written_with_exactly_its_orders(parquet: Path) -> None:
    raw = pq.read_table(parquet / "orders.parquet").to_pandas()
    own = raw[raw["OrderNo"].str.fullmatch(r"SO-\d{7}")]
    numbers = own["OrderNo"].str[3:].astype(int)
    assert set(numbers[numbers <= 12_000]) == set(range(1, 12_001))


def test_a_batched_shop_has_the_stated_revenue_and_lines_that_add_up() -> None:
    shop = generated_shop(replace(SHOP, transactions=60_000, batch=5_000))
    orders, items = shop.transactions, shop.transaction_items
    completed = orders[orders["status"] == "completed"]
    # Prices follow from the revenue that is expected: chance is left in what comes.
    wanted = 98_400_000 * 60_000 / 184_939
    assert completed["net"].sum() == pytest.approx(wanted, rel=0.03)
    lines = (items["net"] * 100).round().groupby(items["transaction_id"]).sum()
    net = (orders.set_index("transaction_id")["net"] * 100).round()
    assert (lines == net).all()
    assert orders["transaction_id"].is_unique
    assert orders["ordered_at"].is_monotonic_increasing
    credited = shop.marketing_spend["attributed_orders"].sum()
    assert credited == 60_000


def test_batches_have_the_same_law_as_one_batch() -> None:
    whole = generated_shop(replace(SHOP, transactions=60_000, batch=500_000, messy=False))
    parts = generated_shop(replace(SHOP, transactions=60_000, batch=5_000, messy=False))
    for column in ("sales_channel", "payment_method", "status"):
        one, two = (
            shop.transactions[column].value_counts(normalize=True) for shop in (whole, parts)
        )
        assert (one - two).abs().max() < 0.012
    days = [
        np.bincount((shop.transactions["ordered_at"] - pd.Timestamp(SHOP.start)).dt.days)
        for shop in (whole, parts)
    ]
    # Two Poisson counts differ by sqrt(2 x mean); 181 days are compared.
    chi_square = ((days[0] - days[1]) ** 2 / (days[0] + days[1])).sum()
    assert abs(chi_square - SHOP.days) < 4 * np.sqrt(2 * SHOP.days)
    buyers = [
        shop.transactions["customer_id"].value_counts().reindex(whole.customers["customer_id"])
        for shop in (whole, parts)
    ]
    assert np.corrcoef(buyers[0].fillna(0), buyers[1].fillna(0))[0, 1] > 0.98


def test_both_formats_hold_the_same_shop(parquet: Path, tmp_path: Path) -> None:
    write_exports(SHOP, tmp_path / "text", form="text")
    text = pd.read_csv(
        tmp_path / "text" / "orders.csv", sep=";", dtype="str", keep_default_na=False
    )
    same = pq.read_table(parquet / "orders.parquet").to_pandas()
    assert text.to_numpy().tolist() == same.to_numpy().tolist()
    assert json.loads((tmp_path / "text" / "truth.json").read_text("utf-8")) == json.loads(
        (parquet / "truth.json").read_text("utf-8")
    )


def test_a_row_group_is_a_batch(parquet: Path) -> None:
    for name in ("orders.parquet", "order_items.parquet"):
        groups = pq.ParquetFile(parquet / name).num_row_groups
        assert groups == len(shop_process(SHOP).plan.batches)


def test_the_source_file_maps_every_file_that_lies_beside_it(parquet: Path) -> None:
    source = tomllib.loads((parquet / "shop.toml").read_text("utf-8"))
    assert {name: read["file"] for name, read in source["tables"].items()} == FILES["parquet"]
    for read in source["tables"].values():
        columns = pq.read_schema(parquet / read["file"]).names
        assert set(read["columns"].values()) <= set(columns)
    assert str(source["observation_start"]) == "2022-07-01"
    assert str(source["observation_end"]) == "2022-12-31"


_PEAK = """
import resource, sys, tempfile
from pathlib import Path
from analytics.synthetic import SyntheticShop, write_exports
shop = SyntheticShop(
    customers=2_000, transactions=int(sys.argv[1]), months=12, batch=10_000, messy=True
)
with tempfile.TemporaryDirectory() as folder:
    write_exports(shop, Path(folder) / "shop", form="parquet")
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_orders() -> None:
    few, many = (
        int(subprocess.run([sys.executable, "-c", _PEAK, count], capture_output=True, check=True,
                           text=True).stdout)
        for count in ("50000", "250000")
    )  # fmt: skip
    # At once, 200,000 orders and their lines take more than 200 MB as texts alone.
    assert many - few < 60_000
