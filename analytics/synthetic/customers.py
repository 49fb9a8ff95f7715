"""Who the customers are, apart from their names, and the latents behind their behaviour."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.parameters import SyntheticShop

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
# Of few bytes an entry, since all customers of a large shop are held at once.
Codes = npt.NDArray[Any]
_CUSTOMERS_A_BLOCK = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Customers:
    """Latents, an entry a customer, in the order of sign-up.

    Attributes
    ----------
    region, city, segment, acquisition_channel, birth_year : integer arrays
        Codes (indices into the tuples of `assumptions`) and years.
    entry_day : integer array
        Day of sign-up counted from the start of the window; negative before it.
    rate : array
        Orders a year while active, before the shop's common rate factor.
    order_value : array
        Mean net value of an order in dollars, before the segment's price factor.
    satisfaction : array
        Lasting satisfaction, 1 to 5.
    category_shares, sales_channel_shares : arrays, shape (customers, 6) and (customers, 3)
        Probability of each category and sales channel in an order; rows sum to 1.
    payment_method : integer array
        The preferred method; independent of everything else.
    """

    region: Codes
    city: Codes
    segment: Codes
    acquisition_channel: Codes
    birth_year: Codes
    entry_day: Codes
    rate: Floats
    order_value: Floats
    satisfaction: Floats
    category_shares: npt.NDArray[np.float32]
    sales_channel_shares: npt.NDArray[np.float32]
    payment_method: Codes

    def __len__(self) -> int:
        """Return the number of customers."""
        return len(self.region)

    def block(self, rows: slice) -> Customers:
        """Return some consecutive customers."""
        return Customers(**{part.name: getattr(self, part.name)[rows] for part in fields(self)})


def blocks(count: int, size: int = _CUSTOMERS_A_BLOCK) -> list[slice]:
    """Return `count` rows cut into consecutive slices of at most `size`."""
    return [slice(low, min(low + size, count)) for low in range(0, count, size)]


def _apportioned(shares: tuple[float, ...], count: int, random: np.random.Generator) -> Integers:
    """Return `count` codes in random order, as near to the shares as whole numbers allow."""
    edges = np.rint(np.cumsum(shares) / np.sum(shares) * count).astype(np.int64)
    return random.permutation(np.searchsorted(edges, np.arange(count), side="right"))


def present_shares(years: float) -> Floats:
    """Return, by region, the share of customers who are there at the start of the window.

    The stated shares hold for two years; a region wins as many customers a year, relative to
    those it starts with, whatever the length of the window.
    """
    present = np.asarray(a.PRESENT_AT_START)
    won_a_year = (1 - present) / present / 2
    shares: Floats = 1 / (1 + won_a_year * years)
    return shares


def _leaning(shares: tuple[float, ...], north: npt.NDArray[np.bool_]) -> Floats:
    """Return shares by customer: North leans to the first, the others away from it."""
    first = shares[0]
    weight = a.REGION_SHARES[0]
    leaning = np.where(north, a.NORTH_LEANING, (1 - weight * a.NORTH_LEANING) / (1 - weight))
    rest = (1 - first * leaning) / (1 - first)
    rows: Floats = np.asarray(shares)[None, :] * rest[:, None]
    rows[:, 0] = first * leaning
    return rows


def _preferences(
    shares: tuple[float, ...],
    north: npt.NDArray[np.bool_],
    concentration: float,
    random: np.random.Generator,
) -> npt.NDArray[np.float32]:
    preferences = np.empty((len(north), len(shares)), dtype=np.float32)
    for rows in blocks(len(north)):
        draws = random.gamma(_leaning(shares, north[rows]) * concentration) + 1e-12
        preferences[rows] = draws / draws.sum(axis=1, keepdims=True)
    return preferences


def shop_customers(shop: SyntheticShop) -> Customers:
    """Return the customers of a shop with all their latents, in the order of sign-up."""
    random = shop.stream("customers")
    count = shop.customers
    region = _apportioned(a.REGION_SHARES, count, random)
    segment = _apportioned(a.SEGMENT_SHARES, count, random)
    present = random.random(count) < present_shares(shop.years)[region]
    before = -1 - (random.exponential(550, count) % (5 * 365)).astype(np.int64)
    entry_day = np.where(present, before, random.integers(0, shop.days, count))
    order = np.argsort(entry_day, kind="stable")
    region, segment, entry_day = region[order], segment[order], entry_day[order]

    satisfaction = np.clip(random.normal(a.SATISFACTION_MEAN, a.SATISFACTION_SD, count), 1, 5)
    rate = np.asarray(a.ORDERS_A_YEAR)[segment] * (
        random.gamma(a.RATE_SHAPE, size=count) / a.RATE_SHAPE
    )
    order_value = np.asarray(a.ORDER_VALUE)[segment] * np.exp(
        random.normal(0, a.CUSTOMER_LOG_SD, count) - a.CUSTOMER_LOG_SD**2 / 2
    )
    north = region == 0
    born = shop.start.year - 18 - np.clip(random.gamma(3.2, 8.5, count), 0, 65).astype(np.int64)
    return Customers(
        region=region.astype(np.int8),
        city=random.choice(len(a.CITY_SHARES), count, p=a.CITY_SHARES).astype(np.int8),
        segment=segment.astype(np.int8),
        acquisition_channel=random.choice(
            len(a.MARKETING_CHANNELS), count, p=a.ACQUISITION_SHARES
        ).astype(np.int8),
        birth_year=born.astype(np.int16),
        entry_day=entry_day.astype(np.int32),
        rate=np.maximum(rate, 1e-6),
        order_value=order_value,
        satisfaction=satisfaction,
        category_shares=_preferences(a.CATEGORY_SHARES, north, a.CATEGORY_CONCENTRATION, random),
        sales_channel_shares=_preferences(
            a.SALES_CHANNEL_SHARES, north, a.SALES_CHANNEL_CONCENTRATION, random
        ),
        payment_method=random.choice(len(a.PAYMENT_METHODS), count, p=a.PAYMENT_SHARES).astype(
            np.int8
        ),
    )
