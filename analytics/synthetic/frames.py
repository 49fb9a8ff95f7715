"""The shop's tables, with the canonical columns of `analytics.schema`."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.synthetic import assumptions as a
from analytics.synthetic.amounts import Amounts
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


def _text(values: Sequence[str], codes: Integers) -> pd.Series:
    return pd.Series(np.asarray(values, dtype=object)[codes], dtype="str")


def _numbered(prefix: str, numbers: Integers, width: int) -> pd.Series:
    return pd.Series([f"{prefix}{number:0{width}d}" for number in numbers.tolist()], dtype="str")


def _dollars(cents: Integers) -> Floats:
    # Division by 100 gives the double nearest to the cents: two decimals print exactly.
    amounts: Floats = cents / 100
    return amounts


def customer_ids(count: int) -> pd.Series:
    """Return the customers' ids with leading zeros, at least six digits."""
    return _numbered("", np.arange(1, count + 1), max(6, len(str(count))))


def _order_ids(count: int) -> pd.Series:
    return _numbered("SO-", np.arange(1, count + 1), max(7, len(str(count))))


def _moments(shop: SyntheticShop, seconds: Integers) -> npt.NDArray[np.datetime64]:
    start = np.datetime64(shop.start, "s")
    return (start + seconds).astype("datetime64[us]")


def customers_table(
    shop: SyntheticShop, customers: Customers, people: People, ids: pd.Series
) -> pd.DataFrame:
    """Return the customers, one row each, by id."""
    cities = [city for region in a.CITIES for city in region]
    return pd.DataFrame(
        {
            "customer_id": ids,
            "signed_up_on": calendar_days(shop.start, customers.entry_day),
            "region": _text(a.REGIONS, customers.region),
            "city": _text(cities, customers.region * len(a.CITY_SHARES) + customers.city),
            "segment": _text(a.SEGMENTS, customers.segment),
            "acquisition_channel": _text(a.MARKETING_CHANNELS, customers.acquisition_channel),
            "birth_year": customers.birth_year,
            "name": pd.Series(people.name, dtype="str"),
            "email": pd.Series(people.email, dtype="str"),
            "phone": pd.Series(people.phone, dtype="str"),
        }
    )


def transactions_table(
    shop: SyntheticShop, orders: Orders, amounts: Amounts, ids: pd.Series
) -> pd.DataFrame:
    """Return the orders, one row each, in the order of time and id."""
    return pd.DataFrame(
        {
            "transaction_id": _order_ids(len(orders.day)),
            "customer_id": ids.to_numpy()[orders.customer],
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


def items_table(orders: Orders, amounts: Amounts) -> pd.DataFrame:
    """Return the order lines, grouped by order."""
    category = orders.category[amounts.line_order]
    products = [
        f"{name[:3].upper()}-{number:03d}"
        for name in a.CATEGORIES
        for number in range(1, _products() + 1)
    ]
    return pd.DataFrame(
        {
            "transaction_id": _order_ids(len(orders.day)).to_numpy()[amounts.line_order],
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


def marketing_table(
    shop: SyntheticShop, customers: Customers, orders: Orders, marketing: Marketing
) -> pd.DataFrame:
    """Return spend and the channels' own reports, by week, channel and region."""
    random = shop.stream("attribution")
    shape = marketing.spend.shape
    week = week_numbers(shop)[orders.day]
    region = customers.region[orders.customer]
    channel = credited_channels(order_drivers(marketing, week, region, random), random)
    cell = np.ravel_multi_index((week, channel, region), shape)
    attributed = np.bincount(cell, minlength=marketing.spend.size)
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
            "attributed_orders": attributed.astype(np.int64),
        }
    )


def satisfaction_table(
    shop: SyntheticShop, customers: Customers, orders: Orders, ids: pd.Series
) -> pd.DataFrame:
    """Return the answers to the survey that follows some orders after 2 to 14 days."""
    random = shop.stream("surveys")
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
            "customer_id": ids.to_numpy()[answers["row"].to_numpy()],
            "surveyed_on": calendar_days(shop.start, answers["day"].to_numpy()),
            "score": answers["score"].to_numpy(),
        }
    ).astype({"customer_id": "str"})


def tickets_table(shop: SyntheticShop, tickets: Tickets, ids: pd.Series) -> pd.DataFrame:
    """Return the tickets opened in the window; open are those not closed before its end."""
    random = shop.stream("topics")
    topic = random.choice(len(a.TOPICS), len(tickets.opened), p=a.TOPIC_SHARES)
    severity = random.choice(len(a.SEVERITIES), len(tickets.opened), p=a.SEVERITY_SHARES)
    shown = np.flatnonzero(tickets.opened >= 0)
    shown = shown[np.lexsort((tickets.customer[shown], tickets.opened[shown]))]
    # Whole minutes, as the shop's file has them.
    opened = np.floor(tickets.opened[shown] * 1440).astype(np.int64)
    closed = tickets.resolved[shown] < shop.days
    minutes = np.where(closed, np.ceil(np.where(closed, tickets.resolved[shown], 0) * 1440), 0)
    closed &= minutes < shop.days * 1440
    closed_at = _moments(shop, minutes.astype(np.int64) * 60)
    closed_at[~closed] = np.datetime64("NaT")
    return pd.DataFrame(
        {
            "ticket_id": _numbered("TK-", np.arange(1, len(shown) + 1), 6),
            "customer_id": ids.to_numpy()[tickets.customer[shown]],
            "opened_at": _moments(shop, opened * 60),
            "closed_at": closed_at,
            "topic": _text(a.TOPICS, topic[shown]),
            "severity": _text(a.SEVERITIES, severity[shown]),
        }
    ).astype({"customer_id": "str"})


def experiments_table(
    shop: SyntheticShop, experiments: Sequence[Experiment], ids: pd.Series
) -> pd.DataFrame:
    """Return who was assigned to which variant of which experiment."""
    parts = [
        pd.DataFrame(
            {
                "experiment_id": pd.Series([run.name] * len(run.customers), dtype="str"),
                "customer_id": pd.Series(ids.to_numpy()[run.customers], dtype="str"),
                "variant": _text(VARIANTS, run.treated.astype(np.int64)),
                "assigned_at": calendar_days(
                    shop.start, np.full(len(run.customers), run.day, dtype=np.int64)
                ),
            }
        )
        for run in experiments
    ]
    table = pd.concat(parts, ignore_index=True)
    return table.sort_values(["assigned_at", "experiment_id", "customer_id"], ignore_index=True)
