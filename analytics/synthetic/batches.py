"""A shop's canonical tables in parts that fit into memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.synthetic import frames
from analytics.synthetic.columns import series, texts
from analytics.synthetic.customers import blocks
from analytics.synthetic.hostile import FORMS, LINE_BREAKS, foreign, hostile
from analytics.synthetic.order_plan import Batch
from analytics.synthetic.people import shop_people
from analytics.synthetic.planted import (
    FOREIGN_CITIES,
    HOSTILE_CITIES,
    HOSTILE_NAMES,
    HOSTILE_TOPICS,
)
from analytics.synthetic.process import Process
from analytics.synthetic.truth import shop_truth, truth_customers

_ROWS = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderTables:
    """The tables that come from a batch of orders."""

    transactions: pd.DataFrame
    transaction_items: pd.DataFrame
    satisfaction: pd.DataFrame


class ShopBatches:
    """The tables of one shop, made part by part.

    What all orders together decide, credited orders and who has bought, is gathered while the
    orders are made: marketing and truth are there once every batch has been.
    """

    def __init__(self, process: Process) -> None:
        self.process = process
        self.shop = process.shop
        self.plan = process.plan.batches
        self._before = 0
        self._attributed = np.zeros(process.marketing.spend.size, dtype=np.int64)
        self._buyer = np.zeros(len(process.customers), dtype=np.bool_)

    def customers(self) -> Iterator[pd.DataFrame]:
        """Yield the customers in blocks."""
        for number, rows in enumerate(blocks(len(self.process.customers), _ROWS)):
            people = shop_people(self.shop, rows, number)
            customers = self.process.customers.block(rows)
            yield self._odd_customers(
                frames.customers_table(self.shop, customers, people, rows), number
            )

    def _odd_customers(self, table: pd.DataFrame, number: int) -> pd.DataFrame:
        """Return customers, some of them with names and cities that break careless readers."""
        if not self.shop.messy:
            return table
        random = self.shop.stream("odd customers", number)
        names = hostile(texts(table["name"]), FORMS + LINE_BREAKS, HOSTILE_NAMES, random)
        cities = foreign(texts(table["city"]), FOREIGN_CITIES, random)
        cities = hostile(cities, FORMS, HOSTILE_CITIES, random)
        return table.assign(name=series(names), city=series(cities))

    def orders(self, batch: Batch) -> OrderTables:
        """Return the tables of a batch; batches are asked for once each, in their order."""
        shop, process = self.shop, self.process
        orders, amounts = process.orders(batch)
        self._attributed += frames.attributed_orders(
            shop, process.customers, orders, process.marketing, batch.stream
        )
        self._buyer[orders.customer[orders.status == 0]] = True
        tables = OrderTables(
            transactions=frames.transactions_table(shop, orders, amounts, self._before),
            transaction_items=frames.items_table(shop, orders, amounts, self._before),
            satisfaction=frames.satisfaction_table(shop, process.customers, orders, batch.stream),
        )
        self._before += len(orders.day)
        return tables

    def marketing(self) -> pd.DataFrame:
        """Return spend and reports, once all orders have been made."""
        return frames.marketing_table(self.shop, self.process.marketing, self._attributed)

    def tickets(self) -> Iterator[pd.DataFrame]:
        """Yield the tickets in blocks; at least one, which may be empty."""
        tickets = self.process.tenure.tickets
        shown = frames.shown_tickets(self.shop, tickets)
        for number, part in enumerate(blocks(len(shown.rows), _ROWS) or [slice(0, 0)]):
            table = frames.tickets_table(self.shop, tickets, shown, part)
            if self.shop.messy:
                random = self.shop.stream("odd tickets", number)
                topics = hostile(texts(table["topic"]), FORMS, HOSTILE_TOPICS, random)
                table = table.assign(topic=series(topics))
            yield table

    def experiments(self) -> Iterator[pd.DataFrame]:
        """Yield the assignments in blocks, in the order of time; at least one."""
        for run in sorted(self.process.experiments, key=lambda run: (run.day, run.name)):
            for part in blocks(len(run.customers), _ROWS) or [slice(0, 0)]:
                yield frames.experiments_table(self.shop, run, part)

    def truth(self, messiness: dict[str, Any]) -> dict[str, Any]:
        """Return what was planted, once all orders have been made."""
        buyer: npt.NDArray[np.bool_] = self._buyer
        return shop_truth(self.process, buyer, messiness)

    def truth_customers(self) -> Iterator[pd.DataFrame]:
        """Yield the customers' latents in blocks."""
        for rows in blocks(len(self.process.customers), _ROWS):
            ids = frames.customer_ids(self.shop, np.arange(rows.start, rows.stop))
            yield truth_customers(self.process, ids, rows)
