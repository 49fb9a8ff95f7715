"""The shop's raw exports: a file a table, as texts in several formats or as Parquet.

Equal parameters give equal bytes. The parts are written as they are made, so that memory does not
grow with the orders.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa

from analytics.synthetic.batches import OrderTables, ShopBatches
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.planted import Mess
from analytics.synthetic.process import shop_process
from analytics.synthetic.raw_items import raw_items
from analytics.synthetic.raw_orders import raw_orders
from analytics.synthetic.raw_tables import (
    raw_customers,
    raw_experiments,
    raw_marketing,
    raw_surveys,
    raw_tickets,
)
from analytics.synthetic.shop import ShopTables
from analytics.synthetic.source_file import FILES, Form, source_file
from analytics.synthetic.writers import (
    CsvWriter,
    JsonLinesWriter,
    OpenWriter,
    ParquetWriter,
    WorkbookWriter,
)

TRUTH, TRUTH_CUSTOMERS = "truth.json", "truth_customers.parquet"
SOURCE_FILE = "shop.toml"
RAW_EXPORTS = (*FILES["text"].values(), TRUTH, TRUTH_CUSTOMERS)
_TEXT_WRITERS: dict[str, OpenWriter] = {
    "customers": CsvWriter,
    "transactions": lambda file: CsvWriter(file, delimiter=";"),
    "transaction_items": ParquetWriter,
    "marketing_spend": lambda file: WorkbookWriter(file, "Marketing"),
    "satisfaction": JsonLinesWriter,
    "support_tickets": lambda file: CsvWriter(file, encoding="latin-1"),
    "experiments": CsvWriter,
}
Told = Callable[[str, int, int], None]
RawPart = Callable[[pd.DataFrame, Mess, int], pa.Table]


def _silent(what: str, done: int, total: int) -> None:
    pass


def write_raw_exports(shop: ShopTables, folder: Path) -> None:
    """Write the raw exports of a shop whose tables are at hand, in place of what `folder` held.

    Parameters
    ----------
    shop : ShopTables
        What `generated_shop` returned.
    folder : Path
        Made where it does not exist; replaced where it does.
    """
    write_exports(shop.parameters, folder)


def write_exports(
    shop: SyntheticShop, folder: Path, *, form: Form = "text", told: Told = _silent
) -> None:
    """Make a shop and write its raw exports in place of what the folder held.

    The files are written beside the folder and renamed into place together, so that the folder
    never holds a part of them.

    Parameters
    ----------
    shop : SyntheticShop
        Its parameters.
    folder : Path
        Made where it does not exist; replaced where it does.
    form : str
        text: `RAW_EXPORTS`, as the shop's systems write them; parquet: the same tables as
        Parquet, a row group a part, and a source file that maps them.
    told : callable
        Is told what is being made, and how many of how many orders are done.
    """
    with _replacing(Path(folder)) as fresh:
        told("customers", 0, shop.transactions)
        batches, mess = ShopBatches(shop_process(shop)), Mess(shop=shop)
        _write_tables(batches, mess, fresh, form, told)
        told("truth", shop.transactions, shop.transactions)
        truth = batches.truth(mess.planted.as_truth())
        _write_truth(truth, fresh / TRUTH)
        _write_parts(fresh / TRUTH_CUSTOMERS, ParquetWriter, _plain(batches.truth_customers()))
        if form == "parquet":
            text = source_file(shop, form)
            (fresh / SOURCE_FILE).write_text(text, encoding="utf-8", newline="\n")


def _write_tables(batches: ShopBatches, mess: Mess, folder: Path, form: Form, told: Told) -> None:
    files = {table: folder / name for table, name in FILES[form].items()}
    writers = _TEXT_WRITERS if form == "text" else dict.fromkeys(files, ParquetWriter)

    def write(table: str, parts: Iterable[pd.DataFrame], raw: RawPart) -> None:
        rows = (raw(part, mess, number) for number, part in enumerate(parts))
        _write_parts(files[table], writers[table], rows)

    write("customers", batches.customers(), raw_customers)
    done = 0
    with ExitStack() as open_files:
        orders, items, answers = (
            open_files.enter_context(writers[name](files[name]))
            for name in ("transactions", "transaction_items", "satisfaction")
        )
        for batch in batches.plan:
            month = f"orders of {mess.shop.month_start(batch.month):%Y-%m}"
            told(month if len(batches.plan) > 1 else "orders", done, mess.shop.transactions)
            tables: OrderTables = batches.orders(batch)
            raw, extra = raw_orders(tables.transactions, mess, batch.number)
            orders.write(raw)
            items.write(raw_items(tables.transaction_items, extra, mess, batch.number))
            answers.write(raw_surveys(tables.satisfaction, mess, batch.number))
            done += batch.orders
    told("tickets, experiments, marketing", done, mess.shop.transactions)
    write("support_tickets", batches.tickets(), raw_tickets)
    write("experiments", batches.experiments(), raw_experiments)
    marketing = raw_marketing(batches.marketing(), mess)
    _write_parts(files["marketing_spend"], writers["marketing_spend"], [marketing])


def _write_parts(file: Path, opened: OpenWriter, parts: Iterable[pa.Table]) -> None:
    with opened(file) as writer:
        for part in parts:
            writer.write(part)


def _plain(parts: Iterable[pd.DataFrame]) -> Iterator[pa.Table]:
    for part in parts:
        yield pa.Table.from_pandas(part, preserve_index=False).replace_schema_metadata(None)


def _write_truth(truth: dict[str, Any], file: Path) -> None:
    text = json.dumps(truth, indent=2, ensure_ascii=False, allow_nan=False)
    file.write_text(text + "\n", encoding="utf-8", newline="\n")


@contextmanager
def _replacing(folder: Path) -> Iterator[Path]:
    """Give a new folder that takes the place of `folder` when all has gone well."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        fresh = aside / "new"
        fresh.mkdir()
        yield fresh
        if folder.exists():
            folder.rename(aside / "old")
        fresh.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)
