"""How messy the raw exports are, and the record of what was planted in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analytics.synthetic.parameters import SyntheticShop

# Rows that are planted, as a share of the table's own rows.
EXACT_DUPLICATES = 0.01
CONFLICTING_IDS = 0.0003
MISSING_CUSTOMERS = 0.002
MISSING_AMOUNTS = 0.0005
NEGATIVE_AMOUNTS = 0.0003
ZERO_AMOUNTS = 0.0006
UNDECLARED_DATES = 0.0005
EARLIER_REVERSALS = 0.0002  # of an order from before the window
NON_PRODUCTS = 0.02
SCORES_OUT_OF_RANGE = 0.001
# Of the cancelled orders, those that a later row takes back, and of these, those that it names.
REVERSED = 0.6
REFERENCED = 0.85
# Of the rows that stay: values left out, and cells spelled otherwise.
MISSING_REGIONS = 0.004
MISSING_SEGMENTS = 0.003
MISSING_BIRTH_YEARS = 0.01
SPELLED = 0.015
OTHER_DATES = 0.06
CURRENCY_SIGNS = 0.015
THOUSANDS_MARKS = 0.04
# Of the texts themselves, which are as they are.
HOSTILE_NAMES = 0.002
HOSTILE_CITIES = 0.001
FOREIGN_CITIES = 0.006
HOSTILE_TOPICS = 0.0003


@dataclass(slots=True)
class Planted:
    """What has been planted so far: rows that cleaning sets aside, cells that it changes."""

    rows: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    cells: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)

    def add_rows(self, table: str, kind: str, rows: int, cents: int = 0) -> None:
        """Record rows that are not in the clean table, and their net amount in cents."""
        count = self.rows.setdefault(table, {}).setdefault(kind, [0, 0])
        count[0] += rows
        count[1] += cents

    def add_cells(self, table: str, column: str, kind: str, cells: int) -> None:
        """Record cells of rows that stay: trimmed, letter_case, missing, currency ..."""
        kinds = self.cells.setdefault(table, {}).setdefault(column, {})
        kinds[kind] = kinds.get(kind, 0) + cells

    def as_truth(self) -> dict[str, Any]:
        """Return rows and amount by table and kind, and cells by table, column and kind."""
        return {
            "rows": {
                table: {
                    kind: {"rows": rows, "amount": round(cents / 100, 2)}
                    for kind, (rows, cents) in sorted(kinds.items())
                }
                for table, kinds in self.rows.items()
            },
            "cells": self.cells,
        }


@dataclass(slots=True, kw_only=True)
class Mess:
    """The messiness of one shop's exports under way.

    Attributes
    ----------
    shop : SyntheticShop
        For seed and sizes.
    planted : Planted
        What has been planted so far.
    extra_orders, reversals, extra_customers, extra_tickets : int
        Ids given so far to rows that are none of the shop's own.
    """

    shop: SyntheticShop
    planted: Planted = field(default_factory=Planted)
    extra_orders: int = 0
    reversals: int = 0
    extra_customers: int = 0
    extra_tickets: int = 0

    def random(self, table: str, number: int) -> np.random.Generator:
        """Return the random numbers for one part of a table's raw export."""
        return self.shop.stream(f"messiness {table}", number)


def drawn_rows(rate: float, count: int, random: np.random.Generator) -> Any:
    """Return that share of `count` rows, drawn without replacement, in their order."""
    size = min(int(rate * count + 0.5), count)
    return np.sort(random.choice(count, size, replace=False))
