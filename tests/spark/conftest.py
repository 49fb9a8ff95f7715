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


@pytest.fixture(scope="session")
def order_lines(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Return a shop of order lines: whole and partial reversals, one that reverses nothing."""
    folder = tmp_path_factory.mktemp("lines")
    rows = [
        f"{1000 + n // 3},c{n // 3 % 7},2024-0{1 + n % 180 // 60}-{1 + n // 3 % 28:02d} "
        f"{n // 3 % 24:02d}:15:00,P{n % 5},Kind {n % 2},{1 + n % 4},"
        f"{1 + n % 5 + 0.25 * (n % 3):.2f}"
        for n in range(3, 183)
    ]
    reversed_lines = [
        # All of an order; all of a line; part of a line; what nobody bought.
        *(row for row in rows if row.startswith("1001,")),
        rows[12],
        rows[27],
        rows[40].replace(",c", ",d"),
    ]
    for number, row in enumerate(reversed_lines):
        order, customer, _, product, kind, quantity, price = row.split(",")
        amount = 1 if row == rows[27] else int(quantity)
        rows.append(
            f"C{order}{number},{customer},2024-03-30 12:00:00,{product},{kind},-{amount},{price}"
        )
    head = "no,who,at,product,kind,quantity,price\n"
    (folder / "lines.csv").write_text(head + "\n".join(rows) + "\n")
    (folder / "lines.toml").write_text(
        'title = "Lines"\ncurrency = "EUR"\n'
        '[tables.order_lines]\nfile = "lines.csv"\nformat = "csv"\n'
        '[tables.order_lines.columns]\ntransaction_id = "no"\ncustomer_id = "who"\n'
        'ordered_at = "at"\nproduct_id = "product"\ncategory = "kind"\n'
        'quantity = "quantity"\nunit_price = "price"\n'
        '[tables.order_lines.reversals]\nstatus = "cancelled"\nmarker = "^C"\n'
    )
    return read_source(str(folder / "lines.toml"), Layout(root=folder, source="lines"))


@pytest.fixture(scope="session")
def reversals(tmp_path_factory: pytest.TempPathFactory) -> Source:
    """Return a shop of orders of which some are reversed by later rows, one of them by none."""
    folder = tmp_path_factory.mktemp("reversals")
    rows = [
        f"o{n},{n % 5},2024-0{1 + n % 3}-{1 + n % 27:02d} {n % 24:02d}:59:59,{10 + n % 3}.50,Web"
        for n in range(90)
    ]
    rows += [f"r{n},{n % 5},2024-03-30 00:00:00,-{10 + n % 3}.50,web" for n in range(0, 30, 3)]
    rows.append("r99,1,2024-03-30 00:00:00,-77.00,Web")
    (folder / "orders.csv").write_text("no,who,at,amount,channel\n" + "\n".join(rows) + "\n")
    (folder / "reversals.toml").write_text(
        'title = "Reversals"\ncurrency = "EUR"\n'
        '[tables.transactions]\nfile = "orders.csv"\nformat = "csv"\n'
        '[tables.transactions.columns]\ntransaction_id = "no"\ncustomer_id = "who"\n'
        'ordered_at = "at"\nnet = "amount"\nsales_channel = "channel"\n'
        '[tables.transactions.reversals]\nstatus = "returned"\n'
    )
    return read_source(str(folder / "reversals.toml"), Layout(root=folder, source="reversals"))


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
