"""The shop's tables, with the canonical columns of `analytics.schema`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from analytics.synthetic import assumptions as a
from analytics.synthetic.amounts import Amounts
from analytics.synthetic.columns import coded, numbered, series
from analytics.synthetic.customers import Customers
from analytics.synthetic.experiments import VARIANTS, Experiment
from analytics.synthetic.marketing import (
    Marketing,
    credited_channels,
    order_drivers,
    week_numbers,
)
from analytics.synthetic.orders import Orders
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.people import People
from analytics.synthetic.season import calendar_days
from analytics.synthetic.tenure import Tickets

Integers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
_SECONDS_A_DAY = 86_400


def _text(values: Sequence[str], codes: npt.NDArray[Any]) -> pd.Series:
    return series(coded(values, codes))


def _dollars(cents: Integers) -> Floats:
    # Division by 100 gives the double nearest to the cents: two decimals print exactly.
    amounts: Floats = cents / 100
    return amounts


def customer_ids(shop: SyntheticShop, rows: npt.NDArray[Any]) -> pd.Series:
    """Return the ids of customers with leading zeros, at least six digits."""
    return series(numbered("", rows.astype(np.int64) + 1, max(6, len(str(shop.customers)))))


def order_ids(shop: SyntheticShop, numbers: npt.NDArray[Any]) -> pa.Array:
    """Return the ids of orders by their numbers, counted from 1."""
    return numbered("SO-", numbers, max(7, len(str(shop.transactions))))


def _moments(shop: SyntheticShop, seconds: Integers) -> npt.NDArray[np.datetime64]:
    start = np.datetime64(shop.start, "s")
    return (start + seconds).astype("datetime64[us]")


def customers_table(
    shop: SyntheticShop, customers: Customers, people: People, rows: slice
) -> pd.DataFrame:
    """Return some consecutive customers, one row each, by id."""
    cities = [city for region in a.CITIES for city in region]
    return pd.DataFrame(
        {
            "customer_id": customer_ids(shop, np.arange(rows.start, rows.stop)),
            "signed_up_on": calendar_days(shop.start, customers.entry_day),
            "region": _text(a.REGIONS, customers.region),
            "city": _text(cities, customers.region * len(a.CITY_SHARES) + customers.city),
            "segment": _text(a.SEGMENTS, customers.segment),
            "acquisition_channel": _text(a.MARKETING_CHANNELS, customers.acquisition_channel),
            "birth_year": customers.birth_year.astype(np.int64),
            "name": series(people.name),
            "email": series(people.email),
            "phone": series(people.phone),
        }
    )


def transactions_table(
    shop: SyntheticShop, orders: Orders, amounts: Amounts, before: int = 0
) -> pd.DataFrame:
    """Return the orders of a batch, one row each, in the order of time and id.

    `before` orders were in the batches before it.
    """
    return pd.DataFrame(
        {
            "transaction_id": series(order_ids(shop, before + 1 + np.arange(len(orders.day)))),
            "customer_id": customer_ids(shop, orders.customer),
            "ordered_at": _moments(shop, orders.day * _SECONDS_A_DAY + orders.second),
            "sales_channel": _text(a.SALES_CHANNELS, orders.sales_channel),
            "payment_method": _text(a.PAYMENT_METHODS, orders.payment_method),
            "status": _text(a.STATUSES, orders.status),
            "gross": _dollars(amounts.gross),
            "discount": _dollars(amounts.discount),
            "net": _dollars(amounts.net),
            "cost_of_goods": _dollars(amounts.cost_of_goods),
            "shipping_cost": _dollars(amounts.shipping_cost),
            "payment_cost": _dollars(amounts.payment_cost),
        }
    )


def items_table(
    shop: SyntheticShop, orders: Orders, amounts: Amounts, before: int = 0
) -> pd.DataFrame:
    """Return the order lines of a batch, grouped by order."""
    category = orders.category[amounts.line_order]
    products = [
        f"{name[:3].upper()}-{number:03d}"
        for name in a.CATEGORIES
        for number in range(1, _products() + 1)
    ]
    return pd.DataFrame(
        {
            "transaction_id": series(order_ids(shop, before + 1 + amounts.line_order)),
            "product_id": _text(products, category * _products() + amounts.line_product - 1),
            "category": _text(a.CATEGORIES, category),
            "quantity": amounts.line_quantity,
            "unit_price": _dollars(amounts.line_price),
            "discount": _dollars(amounts.line_discount),
            "net": _dollars(amounts.line_net),
            "cost_of_goods": _dollars(amounts.line_cost),
        }
    )


def _products() -> int:
    return (len(a.PRICE_STEPS) + 1) * a.PRODUCTS_A_STEP


def attributed_orders(
    shop: SyntheticShop, customers: Customers, orders: Orders, marketing: Marketing, stream: int = 0
) -> Integers:
    """Return how many of a batch's orders each cell of spend is credited with, flat."""
    random = shop.stream("attribution", stream)
    week = week_numbers(shop)[orders.day]
    region = customers.region[orders.customer].astype(np.int64)
    channel = credited_channels(order_drivers(marketing, week, region, random), random)
    cell = np.ravel_multi_index((week, channel, region), marketing.spend.shape)
    counts: Integers = np.bincount(cell, minlength=marketing.spend.size).astype(np.int64)
    return counts


def marketing_table(
    shop: SyntheticShop, marketing: Marketing, attributed: Integers
) -> pd.DataFrame:
    """Return spend and the channels' own reports, by week, channel and region."""
    random = shop.stream("reports")
    shape = marketing.spend.shape
    by_channel = (slice(None), None)
    impressions = random.poisson(
        marketing.spend / np.asarray(a.IMPRESSION_COST)[by_channel] * random.gamma(100, 0.01, shape)
    )
    clicks = random.binomial(
        impressions,
        np.asarray(a.CLICK_RATES)[by_channel] * random.uniform(0.8, 1.2, shape),
    )
    weeks, channels, regions = np.indices(shape).reshape(3, -1)
    return pd.DataFrame(
        {
            "week": np.asarray(shop.weeks, dtype="datetime64[us]")[weeks],
            "marketing_channel": _text(a.MARKETING_CHANNELS, channels),
            "region": _text(a.REGIONS, regions),
            "spend": marketing.spend.ravel(),
            "impressions": impressions.ravel().astype(np.int64),
            "clicks": clicks.ravel().astype(np.int64),
            "attributed_orders": attributed,
        }
    )


def satisfaction_table(
    shop: SyntheticShop, customers: Customers, orders: Orders, stream: int = 0
) -> pd.DataFrame:
    """Return the answers to the survey that follows some of a batch's orders after 2 to 14 days."""
    random = shop.stream("surveys", stream)
    asked = np.flatnonzero(random.random(len(orders.day)) < a.SURVEYS_AN_ORDER)
    customer = orders.customer[asked]
    day = orders.day[asked] + random.integers(2, 15, len(asked))
    felt = customers.satisfaction[customer] + random.normal(0, a.SURVEY_NOISE_SD, len(asked))
    score = np.clip(np.rint(felt), 1, 5).astype(np.float64)
    answers = pd.DataFrame({"row": customer, "day": day, "score": score})
    answers = answers[answers["day"] < shop.days].drop_duplicates(["row", "day"])
    answers = answers.sort_values(["day", "row"], ignore_index=True)
    return pd.DataFrame(
        {
            "customer_id": customer_ids(shop, answers["row"].to_numpy()),
            "surveyed_on": calendar_days(shop.start, answers["day"].to_numpy()),
            "score": answers["score"].to_numpy(),
        }
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTickets:
    """The tickets opened in the window, in the order of time.

    Attributes
    ----------
    rows : integer array
        Rows of the tickets.
    topic, severity : integer arrays
        Codes of all tickets.
    """

    rows: Integers
    topic: npt.NDArray[np.int8]
    severity: npt.NDArray[np.int8]


def shown_tickets(shop: SyntheticShop, tickets: Tickets) -> ShownTickets:
    """Return which tickets the shop's export has, and what they are about."""
    random = shop.stream("topics")
    topic = random.choice(len(a.TOPICS), len(tickets.opened), p=a.TOPIC_SHARES)
    severity = random.choice(len(a.SEVERITIES), len(tickets.opened), p=a.SEVERITY_SHARES)
    shown = np.flatnonzero(tickets.opened >= 0)
    return ShownTickets(
        rows=shown[np.lexsort((tickets.customer[shown], tickets.opened[shown]))],
        topic=topic.astype(np.int8),
        severity=severity.astype(np.int8),
    )


def tickets_table(
    shop: SyntheticShop, tickets: Tickets, shown: ShownTickets, part: slice
) -> pd.DataFrame:
    """Return some consecutive tickets; open are those not closed before the window's end."""
    rows = shown.rows[part]
    # Whole minutes, as the shop's file has them.
    opened = np.floor(tickets.opened[rows] * 1440).astype(np.int64)
    closed = tickets.resolved[rows] < shop.days
    minutes = np.where(closed, np.ceil(np.where(closed, tickets.resolved[rows], 0) * 1440), 0)
    closed &= minutes < shop.days * 1440
    closed_at = _moments(shop, minutes.astype(np.int64) * 60)
    closed_at[~closed] = np.datetime64("NaT")
    numbers = np.arange(part.start, part.start + len(rows)) + 1
    return pd.DataFrame(
        {
            "ticket_id": series(numbered("TK-", numbers, max(6, len(str(len(shown.rows)))))),
            "customer_id": customer_ids(shop, tickets.customer[rows]),
            "opened_at": _moments(shop, opened * 60),
            "closed_at": closed_at,
            "topic": _text(a.TOPICS, shown.topic[rows]),
            "severity": _text(a.SEVERITIES, shown.severity[rows]),
        }
    )


def experiments_table(shop: SyntheticShop, run: Experiment, part: slice) -> pd.DataFrame:
    """Return who was assigned to which variant of an experiment, by customer."""
    customers = run.customers[part]
    days = np.full(len(customers), run.day, dtype=np.int64)
    return pd.DataFrame(
        {
            "experiment_id": series(coded((run.name,), np.zeros(len(customers)))),
            "customer_id": customer_ids(shop, customers),
            "variant": _text(VARIANTS, run.treated[part].astype(np.int64)),
            "assigned_at": calendar_days(shop.start, days),
        }
    )
