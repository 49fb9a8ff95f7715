"""What is known of each customer at the start of each fortnight; nothing later enters."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.diagnostic.churn_label import AtRisk, Codes, Flags, Floats, days_since, sum_to_date
from analytics.results import SourceFacts

UNRESOLVED_DAYS = 91
DIMENSIONS = ("segment", "region", "acquisition_channel", "first_category", "payment_method")
MOST_PARTS = 8
UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """A covariate over customers and periods, and what one unit of it is."""

    name: str
    unit: str
    values: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Satisfaction:
    """Answers to date, shrunk to what they say of a customer's lasting satisfaction."""

    values: Floats
    reliability: float


def dimension_parts(
    orders: pd.DataFrame, risk: AtRisk, *, minimum: int = 1
) -> dict[str, pd.Series]:
    """Return each customer's part of each dimension, as of the first order.

    Parts of fewer than 30 customers are ``Other``, which the smallest of the kept ones joins
    where it would be fewer than `minimum` customers.
    """
    ordered = orders.sort_values("day", kind="stable").drop_duplicates("customer_id")
    first = ordered.set_index("customer_id").reindex(risk.customers)
    if "category" in first:
        first = first.rename(columns={"category": "first_category"})
    found = {}
    for name in DIMENSIONS:
        if name not in first:
            continue
        column = first[name].astype(object).where(first[name].notna(), UNKNOWN).astype(str)
        sizes = column.value_counts()
        kept = sorted(sizes[sizes >= 30].index, key=lambda part: (-int(sizes[part]), part))
        kept = kept[:MOST_PARTS]
        column = column.where(column.isin(kept), "Other")
        few = int((column == "Other").sum())
        if few and few < minimum and kept:
            column = column.where(column != kept[-1], "Other")
        if column.nunique() > 1:
            found[name] = column
    return found


def calibrated_satisfaction(
    satisfaction: pd.DataFrame, risk: AtRisk, facts: SourceFacts
) -> Satisfaction | None:
    """Return the best linear prediction of lasting satisfaction from the answers to date.

    A single answer is a noisy reading of how satisfied a customer is, which would make the
    hazard ratio a point too small (regression dilution). With the variance of the answers of
    one customer and that between customers, a mean of k answers is shrunk towards that of all
    customers by the share of it that lasts; without an answer it is the mean of all.

    References
    ----------
    Carroll, Ruppert, Stefanski & Crainiceanu (2006), Measurement Error in Nonlinear Models,
    chapter 4 (regression calibration).
    """
    rows = satisfaction[satisfaction["customer_id"].isin(risk.customers)]
    who = risk.customers.get_indexer(pd.Index(rows["customer_id"])).astype(np.int64)
    when, score = days_since(rows["surveyed_on"], facts), rows["score"].to_numpy(dtype=np.float64)
    known = np.isfinite(score)
    who, when, score = who[known], when[known], score[known]
    customers = len(risk.customers)
    count = np.bincount(who, minlength=customers).astype(float)
    answered = count > 0
    if answered.sum() < 30 or (count >= 2).sum() < 30:
        return None
    mean = np.bincount(who, score, customers)[answered] / count[answered]
    means = np.full(customers, np.nan)
    means[answered] = mean
    within = float(((score - means[who]) ** 2).sum() / (len(score) - answered.sum()))
    between = float(mean.var(ddof=1) - within * (1 / count[answered]).mean())
    if between <= 0:
        return None
    answers = sum_to_date(who, when, np.ones_like(when), customers, risk.starts)
    total = sum_to_date(who, when, score, customers, risk.starts)
    centre = float(mean.mean())
    shrunk = between * (total - answers * centre) / (between * answers + within)
    return Satisfaction(values=centre + shrunk, reliability=between / (between + within))


def ticket_measures(tickets: pd.DataFrame, risk: AtRisk, facts: SourceFacts) -> list[Measure]:
    """Return tickets that wait, by one and by two or more, and how long others took."""
    rows = tickets[tickets["customer_id"].isin(risk.customers)]
    who = risk.customers.get_indexer(pd.Index(rows["customer_id"])).astype(np.int64)
    opened = days_since(rows["opened_at"], facts)
    if "closed_at" in rows:
        closed = days_since(rows["closed_at"], facts)
        closed = np.where(rows["closed_at"].isna().to_numpy(dtype=bool), np.inf, closed)
    else:
        closed = np.full(len(rows), np.inf)
    waiting = np.zeros(risk.at_risk.shape)
    for place, start in enumerate(risk.starts):
        recent = (opened < start) & (opened >= start - UNRESOLVED_DAYS) & (closed >= start)
        waiting[:, place] = np.bincount(who[recent], minlength=len(waiting))
    done = np.isfinite(closed)
    answered = sum_to_date(
        who[done], closed[done], np.ones(int(done.sum())), len(waiting), risk.starts
    )
    taken = sum_to_date(
        who[done], closed[done], np.log1p(closed - opened)[done] if done.any() else opened[done],
        len(waiting), risk.starts,
    )  # fmt: skip
    with np.errstate(invalid="ignore", divide="ignore"):
        resolution = taken / answered
    return [
        Measure(
            name="one unresolved ticket",
            unit="against none",
            values=np.asarray(waiting == 1, dtype=np.float64),
        ),
        Measure(
            name="two or more unresolved tickets",
            unit="against none",
            values=np.asarray(waiting >= 2, dtype=np.float64),
        ),
        standardised("resolution time", resolution, risk.at_risk),
        standardised("resolved tickets", np.minimum(answered, 5), risk.at_risk),
    ]


def discount_measure(orders: pd.DataFrame, risk: AtRisk, facts: SourceFacts) -> Measure | None:
    """Return the mean discount rate of the orders to date, standardised."""
    if "discount_rate" not in orders or orders["discount_rate"].notna().sum() == 0:
        return None
    rows = orders[orders["customer_id"].isin(risk.customers) & orders["discount_rate"].notna()]
    who: Codes = risk.customers.get_indexer(pd.Index(rows["customer_id"])).astype(np.int64)
    when = days_since(rows["day"], facts)
    size = len(risk.customers)
    count = sum_to_date(who, when, np.ones(len(rows)), size, risk.starts)
    total = sum_to_date(who, when, rows["discount_rate"].to_numpy(float), size, risk.starts)
    with np.errstate(invalid="ignore", divide="ignore"):
        return standardised("discount rate", total / count, risk.at_risk)


def standardised(name: str, values: Floats, watched: Flags) -> Measure:
    """Return the measure in standard deviations; the mean where it is not known."""
    seen = values[watched & np.isfinite(values)]
    centre, spread = (float(seen.mean()), float(seen.std())) if seen.size else (0.0, 0.0)
    filled = np.where(np.isfinite(values), values, centre)
    scaled: Floats = np.asarray((filled - centre) / (spread or 1.0), dtype=np.float64)
    return Measure(name=name, unit="a standard deviation", values=scaled)
