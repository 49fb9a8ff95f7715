"""Patterns: unusual days, what is bought together, and groups of customers by behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, day, flag, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Anomalies(Result):
    """Days on which a daily series is farther from its own course than chance puts one of them.

    The course is trend and weekday, by a robust decomposition of the published daily series.
    Over all series and days, a shop in which nothing happens has any anomaly at all with
    probability ``false_alarm_rate``. Days withheld for privacy are not judged.
    """

    KIND: ClassVar[str] = "diagnostic.anomalies"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "anomalies": (
            count("rank", "1 for the farthest from its course."),
            text("series", "orders, net_revenue or average_order_value."),
            day("day", "The day."),
            number("observed", "What the day brought, in the unit of the series."),
            number("expected", "What its trend and weekday let expect."),
            number("low", "Lower end of what is usual on such a day, at the threshold."),
            number("high", "Upper end of it."),
            rate("change_rate", "Observed against expected."),
            number("distance", "Distance from the course in robust standard deviations."),
        ),
        "series": (
            text("series", "orders, net_revenue or average_order_value."),
            count("days", "Days that were judged."),
            rate(
                "least_fall_rate", "Fall from which a typical day is unusual; -1 is a day of none."
            ),
            number("threshold", "Distance from which a day is unusual."),
            number("tail", "1 where the noise is normal, more the heavier its tail."),
            count("found", "Unusual days."),
        ),
        "days": (
            text("series", "orders, net_revenue or average_order_value."),
            day("day", "The day."),
            number("observed", "What the day brought; null where withheld."),
            number("expected", "What its trend and weekday let expect."),
            number("low", "Lower end of what is usual, at the threshold."),
            number("high", "Upper end of it."),
            flag("unusual", "Whether the day is an anomaly."),
        ),
    }
    false_alarm_rate: float
    anomalies: pd.DataFrame
    series: pd.DataFrame
    days: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class AssociationRules(Result):
    """Which categories are bought by the same customers, or in the same orders.

    A basket of scope ``customer`` is the set of categories that a customer bought in a
    ``window`` (history, year, quarter or month: the one with most to tell); one of scope
    ``order`` is that of an order, where orders have lines of several categories. The lift is
    the number of baskets with all categories of a rule over the number expected if every basket
    kept its numbers of things and of categories, and every category its number of baskets, so
    that large baskets do not make everything go together. Counts are rounded to multiples of
    ``privacy.minimum_cell``, and rates are those of the rounded ones. Intervals take a
    customer's baskets together. Rules of which a cell (with one and without the other) stands
    for a few customers are left out: ``withheld``. Every ``customers_every``-th customer is in
    it (1: all).
    """

    KIND: ClassVar[str] = "diagnostic.rules"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "rules": (
            text("scope", "customer or order."),
            count("rank", "Within the scope: by the lower end of the lift of those beyond chance."),
            text("antecedent", "Category, or two joined by ' + '."),
            text("consequent", "Category."),
            count("baskets", "Baskets with all of them."),
            count("customers", "Customers who have such a basket.", "customers"),
            rate("support_rate", "Share of the baskets that have all of them."),
            rate("confidence_rate", "Of the baskets with the antecedent, those with both."),
            number("plain_lift", "Confidence over the consequent's share of all baskets."),
            number("lift", "Baskets with all of them over those expected by chance."),
            number("low", "Lower end of its 95 % interval."),
            number("high", "Upper end of its 95 % interval."),
            number("p_value", "Of a lift of 1."),
            number("q_value", "Corrected by Benjamini and Hochberg over the scope's rules."),
            flag("significant", "q_value at most .05."),
        ),
        "categories": (
            text("scope", "customer or order."),
            text("category", "Category."),
            count("baskets", "Baskets that have it."),
            count("customers", "Customers with such a basket.", "customers"),
            rate("support_rate", "Share of the baskets that have it."),
        ),
        "scopes": (
            text("scope", "customer or order."),
            text("window", "history, year, quarter or month; order for orders."),
            count("baskets", "Baskets with at least one category."),
            count("mixed", "Baskets with at least two."),
            count("customers", "Customers with a basket.", "customers"),
            count("tested", "Sets of categories that were tested."),
            number(
                "detectable_lift",
                "Lift of a pair that is found with a chance of .8; null: nothing tested.",
            ),
        ),
    }
    minimum_support_rate: float
    customers_every: int
    withheld: int
    rules: pd.DataFrame
    categories: pd.DataFrame
    scopes: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Clusters(Result):
    """Groups of customers by behaviour, and whether they are those of the given segments.

    ``groups`` is how many the behaviour shows: 1 where the best split is no clearer than that of
    one cloud with the same spread, else the number with the best silhouette among those that
    half-samples find again (``stability`` at least ``least_stability``). ``chosen`` is the
    number that is described: the best split, whether it is real or not.
    ``segment_count`` is the number of given segments (0: none). Intervals are 95 %, over
    ``half_samples`` of ``sample`` customers each; all customers are in ``profiles``.
    """

    KIND: ClassVar[str] = "diagnostic.clusters"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "choices": (
            count("clusters", "Number of clusters."),
            number("silhouette", "Mean silhouette, -1 to 1."),
            number("low", "Lower end of its interval."),
            number("high", "Upper end of its interval."),
            number("one_cloud_low", "Of the same for one cloud with that spread, lower end."),
            number("one_cloud_high", "Upper end."),
            number("p_value", "Of one cloud."),
            number("stability", "Mean adjusted Rand index between half-samples, 0 to 1."),
            rate("chosen_rate", "Half-samples whose best silhouette has this number."),
            flag("distinct", "Clearer than one cloud, and stable."),
            number("agreement", "Adjusted Rand index with the given segments; null: none."),
            number("agreement_low", "Lower end of its interval."),
            number("agreement_high", "Upper end of its interval."),
        ),
        "features": (
            text("feature", "Customer feature that clusters are made from."),
            text("scale", "log, or plain: how it enters."),
            number("least", "Values below it enter as it, on that scale."),
            number("most", "Values above it enter as it, on that scale."),
            number("centre", "Mean on that scale."),
            number("spread", "Standard deviation on that scale."),
        ),
        "profiles": (
            count("cluster", "1 for the one that brings most net revenue a customer."),
            count("customers", "Customers in it.", "customers"),
            rate("share_rate", "Of all customers."),
            amount("net_revenue_amount", "Mean net revenue a customer to date."),
            text("feature", "Customer feature."),
            number("mean", "Its mean in the cluster."),
            number("centre", "The cluster's centre, standardised as in features."),
        ),
        "segments": (
            count("cluster", "Cluster."),
            text("segment", "Given segment; Other for those that are told together."),
            count("customers", "Customers in both.", "customers"),
            rate("of_cluster_rate", "Of the cluster's customers."),
            rate("of_segment_rate", "Of the segment's customers."),
        ),
    }
    customers: int
    sample: int
    half_samples: int
    groups: int
    chosen: int
    least_stability: float
    cutoff: date
    segment_count: int
    choices: pd.DataFrame
    features: pd.DataFrame
    profiles: pd.DataFrame
    segments: pd.DataFrame
