"""What a caller may set about a synthetic shop, and what follows from it about time."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.calendar import months_later
from analytics.errors import UsageError

MAXIMUM_CUSTOMERS = 8_000_000  # as many unique telephone numbers can be written
LAST_YEAR = 2200
ORDERS_A_BATCH = 250_000
LEAST_BATCH = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticShop:
    """Parameters of a synthetic shop; equal parameters give equal shops.

    Attributes
    ----------
    customers : int
        Rows of the customers table, 1 to 8,000,000.
    transactions : int
        Orders of any status, at least 1.
    start : date
        First day of the window, the first of a month.
    months : int
        Full months of the window, at least 1.
    seed : int
        Seed of every random draw, at least 0.
    messy : bool
        Whether the raw exports are as messy as those of real shops; else they are clean.
    batch : int
        Orders that are made at a time, at least 1,000: what bounds the memory of a large shop.
        A shop with more orders than that is drawn in parts of its months.

    Raises
    ------
    UsageError
        Where a parameter lies outside its range.
    """

    customers: int = 10_000
    transactions: int = 184_939
    start: date = date(2022, 7, 1)
    months: int = 24
    seed: int = 42
    messy: bool = True
    batch: int = ORDERS_A_BATCH

    def __post_init__(self) -> None:
        """Refuse what no shop can be made from."""
        for name, minimum in (
            ("customers", 1),
            ("transactions", 1),
            ("months", 1),
            ("seed", 0),
            ("batch", LEAST_BATCH),
        ):
            if getattr(self, name) < minimum:
                raise UsageError(
                    f"a synthetic shop cannot have {name} = {getattr(self, name)}",
                    remedy=f"Set {name} to at least {minimum}.",
                )
        if self.customers > MAXIMUM_CUSTOMERS:
            raise UsageError(
                f"a synthetic shop cannot have customers = {self.customers}",
                remedy=f"Set customers to at most {MAXIMUM_CUSTOMERS}.",
            )
        if self.start.day != 1:
            raise UsageError(
                f"the window cannot start on {self.start.isoformat()}",
                remedy=f"Start on the first of a month, such as {self.start.replace(day=1)}.",
            )
        last_month = self.start.year * 12 + self.start.month + self.months
        if self.start.year < 1900 or last_month > LAST_YEAR * 12:
            raise UsageError(
                f"the window of {self.months} months from {self.start.isoformat()} is out of reach",
                remedy=f"Keep it between the years 1900 and {LAST_YEAR}.",
            )

    @property
    def end(self) -> date:
        """The first day after the window."""
        return self.month_start(self.months)

    @property
    def days(self) -> int:
        """Days in the window."""
        return (self.end - self.start).days

    @property
    def years(self) -> float:
        """Length of the window in years of twelve months."""
        return self.months / 12

    @property
    def weeks(self) -> tuple[date, ...]:
        """The Mondays of the weeks that cover the window, the first at or before its start."""
        monday = self.start - timedelta(days=self.start.weekday())
        count = -(-(self.end - monday).days // 7)
        return tuple(monday + timedelta(weeks=week) for week in range(count))

    def month_start(self, month: int) -> date:
        """Return the first day of the window's month of that number, counted from 0."""
        return months_later(self.start, month)

    def day(self, moment: date) -> int:
        """Return how many days after the start of the window `moment` lies."""
        return (moment - self.start).days

    def stream(self, name: str, number: int = 0) -> np.random.Generator:
        """Return the random numbers of one part of the process.

        Each part, and each batch of a part, has a stream of its own, so that a change in one
        leaves the others' draws as they were.
        """
        key = [self.seed, zlib.crc32(name.encode())]
        return np.random.default_rng([*key, number] if number else key)
