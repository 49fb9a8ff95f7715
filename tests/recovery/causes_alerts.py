"""The shipped rule on slices: it sees the planted decline, and little where nothing is planted."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import numpy as np
import pandas as pd
from cause import Cause, Finding, found
from shop import CUSTOMERS, TRANSACTIONS, AnalysedShop

from analytics.descriptive.alert_judgement import Judgement, judgement
from analytics.descriptive.alert_series import JOINT, WatchedSeries
from analytics.descriptive.definitions import KPI_DEFINITIONS
from analytics.settings import AlertRule, read_settings
from analytics.synthetic import SyntheticShop, assumptions, generated_shop

SETTINGS = Path(__file__).parents[2] / "analytics.toml"


def shipped_rule() -> AlertRule:
    """Return the shipped rule that expects orders of slices."""
    rules = read_settings(SETTINGS).alerts
    return next(rule for rule in rules if rule.test == "expectation" and len(rule.by) > 1)


def _judged(rule: AlertRule, orders: pd.DataFrame) -> tuple[WatchedSeries, Judgement]:
    """Return the orders by slice and month, and what the rule says of them."""
    rows = orders[orders["status"] == "completed"].fillna(dict.fromkeys(rule.by, "Unknown"))
    month = rows["ordered_at"].dt.to_period("M").dt.to_timestamp()
    wide = rows.groupby([month, *rule.by]).size().unstack(list(rule.by)).fillna(0.0)
    values = wide.to_numpy(dtype=float)
    labels = tuple(tuple(str(part) for part in name) for name in wide.columns)
    series = WatchedSeries(
        months=pd.DatetimeIndex(wide.index),
        names=tuple(JOINT.join(label) for label in labels),
        labels=labels,
        values=values,
        samples=values,
        told=np.ones(values.shape, dtype=bool),
        totals=values.sum(axis=1),
        complete=np.ones(len(values), dtype=bool),
    )
    definition = next(one for one in KPI_DEFINITIONS if one.name == rule.kpi)
    return series, judgement(rule, series, definition)


def _first_month(shop: AnalysedShop) -> Finding:
    planted, rule = shop.truth["decline"], shipped_rule()
    series, judged = _judged(rule, shop.orders)
    at = series.names.index(JOINT.join(planted[name] for name in rule.by))
    month = list(series.months).index(pd.Timestamp(planted["start"]))
    return found(
        judged.fired[month, at], estimate=series.values[month, at] / judged.expected[month, at]
    )


def _nothing(shop: AnalysedShop) -> Finding:
    """Look at one month, another for each shop: months of one shop are not independent."""
    parameters = SyntheticShop(customers=CUSTOMERS, transactions=TRANSACTIONS, seed=shop.seed)
    with patch.object(assumptions, "DECLINE_RATE", 0.0):
        quiet = generated_shop(parameters)
    lines = quiet.transaction_items.drop_duplicates("transaction_id")
    category = lines.set_index("transaction_id")["category"]
    orders = quiet.transactions.assign(category=quiet.transactions["transaction_id"].map(category))
    orders = orders.merge(quiet.customers[["customer_id", "region"]], on="customer_id", how="left")
    _, judged = _judged(shipped_rule(), orders)
    months = np.flatnonzero(judged.judged.any(axis=1))
    return found(not judged.fired[months[shop.seed % len(months)]].any())


CAUSES = (
    Cause(
        name="the planted decline fires within its first full month",
        promise=0.90,
        find=_first_month,
    ),
    Cause(
        name="no slice fires in a month where nothing is planted, but for the stated rate",
        promise=1 - shipped_rule().false_alarm_rate,
        find=_nothing,
    ),
)
