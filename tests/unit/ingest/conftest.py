from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd
import pytest

from analytics.engine import Engine, open_engine
from analytics.ingest import Source, Staged, ingest, read_source
from analytics.settings import Layout

HEAD = 'title = "Shop"\ncurrency = "EUR"\n'
ORDERS = """
[tables.transactions]
file = "{file}"
format = "{format}"
{options}
[tables.transactions.columns]
transaction_id = "No"
customer_id = "Who"
ordered_at = "When"
net = "Net"
{columns}
{tail}
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with open_engine(temporary=tmp_path / "spill") as opened:
        yield opened


@pytest.fixture
def source_of(tmp_path: Path) -> Callable[..., Source]:
    """Return a function that writes a source file beside its exports and reads it."""

    def written(text: str, head: str = HEAD) -> Source:
        file = tmp_path / "shop.toml"
        file.write_text(head + text, encoding="utf-8")
        return read_source(str(file), Layout(root=tmp_path, source="shop"))

    return written


@pytest.fixture
def orders_source(tmp_path: Path, source_of: Callable[..., Source]) -> Callable[..., Source]:
    """Return a function that writes one export of orders and the source file for it."""

    def written(
        content: bytes | str,
        *,
        file: str = "orders.csv",
        format: str = "csv",
        options: str = "",
        columns: str = "",
        tail: str = "",
    ) -> Source:
        raw = content.encode() if isinstance(content, str) else content
        (tmp_path / file).write_bytes(raw)
        return source_of(
            ORDERS.format(file=file, format=format, options=options, columns=columns, tail=tail)
        )

    return written


@pytest.fixture
def staged_orders(
    orders_source: Callable[..., Source], engine: Engine
) -> Callable[..., pd.DataFrame]:
    """Return a function that gives the staged rows of one export of orders."""

    def staged(content: bytes | str, **options: str) -> pd.DataFrame:
        found: Staged = ingest(orders_source(content, **options), engine)
        return engine.frame(found.tables["transactions"].rows, order_by=["_row"])

    return staged
