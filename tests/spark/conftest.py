"""One Spark session for the whole run: starting one takes longer than all the tests."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.cleaning import CleanTables, clean
from analytics.engine import Engine, open_engine
from analytics.ingest import Source, ingest, read_source
from analytics.settings import Layout

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def spark(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(
        kind="spark",
        master="local[2]",
        memory_limit="1GB",
        temporary=tmp_path_factory.mktemp("spark"),
    ) as opened:
        yield opened


@pytest.fixture(scope="session")
def duckdb(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with open_engine(temporary=tmp_path_factory.mktemp("duckdb")) as opened:
        yield opened


@pytest.fixture(scope="session")
def synthetic(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Return a small synthetic shop whose orders have some faults."""
    from analytics.synthetic import SyntheticShop, generated_shop, write_raw_exports

    root = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "data" / "sources", root / "data" / "sources")
    layout = Layout(root=root, source="synthetic")
    write_raw_exports(
        generated_shop(SyntheticShop(customers=200, transactions=1_500, months=6)), layout.raw
    )
    orders = layout.raw / "orders.csv"
    lines = orders.read_text(encoding="utf-8").splitlines()
    first = lines[1].split(";")
    lines += [
        lines[2],
        ";".join([*first[:8], "0,01", *first[9:]]),
        ";".join(["SO-X", "", *first[2:]]),
        ";".join(["SO-Y", first[1], "soon", *first[3:]]),
    ]
    orders.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_source("synthetic", layout)


@pytest.fixture(scope="session")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Return a shop that has customer, time and amount of its orders, and no more."""
    folder = tmp_path_factory.mktemp("bare")
    rows = [
        f"{n % 7},2024-0{1 + n % 3}-{1 + n % 28:02d},{n % 50}.{n % 100:02d}" for n in range(200)
    ]
    (folder / "orders.csv").write_text("who,day,amount\n" + "\n".join(rows) + "\n")
    (folder / "bare.toml").write_text(
        'title = "Bare"\ncurrency = "EUR"\n'
        '[tables.transactions]\nfile = "orders.csv"\nformat = "csv"\n'
        '[tables.transactions.columns]\ncustomer_id = "who"\nordered_at = "day"\nnet = "amount"\n'
    )
    return read_source(str(folder / "bare.toml"), Layout(root=folder, source="bare"))


class Cleaned:
    """Clean tables of a source by engine, made once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made: dict[tuple[str, str], CleanTables] = {}

    def __call__(self, source: Source, engine: Engine) -> CleanTables:
        key = (source.name, engine.kind)
        if key not in self._made:
            folder = self._folder / f"{source.name}-{engine.kind}"
            self._made[key] = clean(ingest(source, engine), source, engine, folder)
        return self._made[key]


@pytest.fixture(scope="session")
def cleaned(tmp_path_factory: pytest.TempPathFactory) -> Cleaned:
    return Cleaned(tmp_path_factory.mktemp("clean"))
