from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics.cleaning import CleanTables, clean
from analytics.engine import Engine, open_engine
from analytics.ingest import Source, Staged, ingest, read_source
from analytics.settings import Layout

HEAD = 'title = "Shop"\ncurrency = "EUR"\n'
TABLES = {
    "transactions": "transaction_id customer_id ordered_at sales_channel status net",
    "transaction_items": "transaction_id category quantity unit_price net",
    "customers": "customer_id region email",
    "marketing_spend": "week marketing_channel region spend",
    "satisfaction": "customer_id surveyed_on score",
}
DECLARED = """
[tables.{name}]
file = "{name}.csv"
format = "csv"
{options}
[tables.{name}.columns]
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(temporary=tmp_path / "spill") as opened:
        yield opened


@pytest.fixture
def staged_shop(tmp_path: Path, engine: Engine) -> Callable[..., tuple[Source, Staged]]:
    """Return a function that stages tables given as lines of comma-separated values."""

    def staged(head: str = "", options: str = "", **tables: str) -> tuple[Source, Staged]:
        text = HEAD + head
        for name, lines in tables.items():
            columns = TABLES[name].split()
            text += DECLARED.format(name=name, options=options)
            text += "".join(f'{column} = "{column}"\n' for column in columns)
            rows = "\n".join(line.strip() for line in lines.strip().splitlines())
            (tmp_path / f"{name}.csv").write_text(",".join(columns) + "\n" + rows + "\n")
        file = tmp_path / "shop.toml"
        file.write_text(text)
        source = read_source(str(file), Layout(root=tmp_path, source="shop"))
        return source, ingest(source, engine)

    return staged


@pytest.fixture
def cleaned_shop(
    tmp_path: Path, engine: Engine, staged_shop: Callable[..., tuple[Source, Staged]]
) -> Callable[..., CleanTables]:
    """Return a function that cleans such tables into a folder `clean`."""

    def cleaned(**tables: str) -> CleanTables:
        source, staged = staged_shop(**tables)
        return clean(staged, source, engine, tmp_path / "clean")

    return cleaned
