"""What happened: KPIs, the cube behind the dashboard, monthly reports, alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, day, flag, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Kpis(Result):
    """Every KPI for every month, in total and by each single dimension.

    ``latest_month`` is the first day of the last complete month (None where no month is
    complete). ``complete`` is false for partial months: they are shown and compared with
    nothing.
    """

    KIND: ClassVar[str] = "descriptive.kpis"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "definitions": (
            text("kpi", "Name of the KPI."),
            text("title", "Its name in words."),
            text("formula", "How it is computed."),
            text("unit", "currency, rate, ratio, count, score, per_1000 or days."),
            text("good", "up, down or neutral: the direction that is good."),
            flag("additive", "Whether the parts of a dimension sum to the total."),
        ),
        "values": (
            day("month", "First day of the month."),
            flag("complete", "Whether the data cover the whole month."),
            text("kpi", "Name of the KPI."),
            text("dimension", "all, region, segment, category, sales_channel, …"),
            text("part", "Value of the dimension; all for the total."),
            number("value", "The KPI, in its unit; null where it is not defined."),
            number("low", "Lower end of the 95 % interval, for estimates."),
            number("high", "Upper end of the 95 % interval, for estimates."),
            count("sample", "Observations behind it."),
        ),
    }
    latest_month: date | None
    definitions: pd.DataFrame
    values: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyCube(Result):
    """Completed orders by month and the dimensions that the source has; small cells merged."""

    KIND: ClassVar[str] = "descriptive.cube"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "cells": (
            day("month", "First day of the month."),
            text("region", "Region; Other where merged, Unknown where missing."),
            text("segment", "Segment."),
            text("category", "Category of the order."),
            text("sales_channel", "Sales channel."),
            amount("net_revenue_amount", "Net revenue."),
            amount("contribution_margin_amount", "Contribution margin."),
            count("orders", "Completed orders.", "orders"),
        ),
    }
    dimensions: tuple[str, ...]
    minimum_cell: int
    merged_cells: int
    cells: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class DailySeries(Result):
    """Totals by day, every day of the observation, zero where nothing was ordered.

    Null where the day stands for few customers, or hides one that does.
    """

    KIND: ClassVar[str] = "descriptive.daily"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "days": (
            day("day", "The day."),
            amount("net_revenue_amount", "Net revenue."),
            amount("contribution_margin_amount", "Contribution margin; null without costs."),
            number("orders", "Completed orders.", "orders"),
            number("active_customers", "Customers with a completed order.", "customers"),
        ),
    }
    days: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinctCounts(Result):
    """Customers, each counted once, by period and under at most two filters.

    Counts of customers do not add up over months, categories and sales channels, so that each
    combination has a row of its own. A combination that has no row has no customers. Of a
    withheld one nothing is told: it stands for few customers, or hides one that does.

    Attributes
    ----------
    minimum_cell : int
        Fewest customers that a published combination stands for.
    most_filters : int
        Most dimensions that a combination names.
    withheld_combinations : int
        Combinations that are withheld though customers are in them.
    narrowest_range : float
        How narrow the range is that anyone could work out for a count below `minimum_cell`;
        null where there is none.
    pinned_combinations : int
        Of those counts, the ones that other published tables alone bound more narrowly than
        `minimum_cell`.
    """

    KIND: ClassVar[str] = "descriptive.distinct_counts"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "counts": (
            text("kind", "month, quarter, year, or all for the whole observation."),
            day("start", "First day of the period; of the observation for all."),
            flag("complete", "Whether the data cover the whole period."),
            text("region", "Region, or all."),
            text("segment", "Segment, or all."),
            text("category", "Category of the order, or all."),
            text("sales_channel", "Sales channel, or all."),
            number("active_customers", "Customers with a completed order.", "customers"),
            number(
                "new_customers",
                "Customers whose first completed order is in the period and the combination.",
                "customers",
            ),
            number(
                "previous_customers",
                "Customers active in the period before, in the same combination; null where "
                "either period is partial, or that count is withheld.",
                "customers",
            ),
            number("retained_customers", "Those of them active in the period.", "customers"),
            flag("withheld", "Whether the combination is withheld."),
        ),
    }
    UNITS: ClassVar[Mapping[str, str]] = {
        "withheld_combinations": "combinations",
        "pinned_combinations": "combinations",
        "narrowest_range": "customers",
    }
    minimum_cell: int
    most_filters: int
    withheld_combinations: int
    narrowest_range: float
    pinned_combinations: int
    counts: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlyReports(Result):
    """What each month's report says: comparisons of every KPI, and what moved revenue."""

    KIND: ClassVar[str] = "descriptive.reports"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "figures": (
            day("month", "First day of the month."),
            flag("complete", "Whether the data cover the whole month."),
            text("kpi", "Name of the KPI."),
            number("value", "Value in the month."),
            number("previous", "Value in the month before; null where partial or absent."),
            number("year_before", "Value in the same month a year before."),
            number("change", "value - previous."),
            rate("change_rate", "Relative change over the month before."),
            number("year_change", "value - year_before."),
            rate("year_change_rate", "Relative change over the year before."),
        ),
        "movers": (
            day("month", "First day of the month."),
            text("against", "previous or year_before."),
            text("dimension", "Dimension of the part."),
            text("part", "The part."),
            amount("current_amount", "Net revenue of the part in the month."),
            amount("base_amount", "Net revenue of the part in the compared month."),
            amount("change_amount", "current - base."),
            rate("change_share_rate", "The part's change as a share of the total change."),
        ),
    }
    months: tuple[str, ...]
    figures: pd.DataFrame
    movers: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodReports(Result):
    """What the reports of days and of quarters say; those of months are `MonthlyReports`.

    All of it follows from what is published by month and by day, but for the parts of days,
    of which those that stand for few customers on any day are told as ``Other`` on every day.
    """

    KIND: ClassVar[str] = "descriptive.period_reports"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "figures": (
            text("kind", "day or quarter."),
            day("start", "First day of the period."),
            flag("complete", "Whether the data cover the whole period."),
            text("kpi", "Name of the KPI."),
            number("value", "Value in the period; null where it is withheld."),
            number("previous", "Value in the period before; null where partial or absent."),
            number(
                "usual", "Of days: mean of the same weekday of the four weeks before; else null."
            ),
            number(
                "year_before",
                "Value in the same quarter a year before; of a day, 52 weeks before.",
            ),
            number("change", "value - previous."),
            rate("change_rate", "Relative change over the period before."),
            number("year_change", "value - year_before."),
            rate("year_change_rate", "Relative change over the year before."),
        ),
        "movers": (
            text("kind", "day or quarter."),
            day("start", "First day of the period."),
            text("against", "week_before (of days), previous (of quarters) or year_before."),
            text("dimension", "Dimension of the part."),
            text("part", "The part."),
            amount("current_amount", "Net revenue of the part in the period."),
            amount("base_amount", "Net revenue of the part in the compared period."),
            amount("change_amount", "current - base."),
            rate("change_share_rate", "The part's change as a share of the total change."),
        ),
    }
    days: tuple[str, ...]
    quarters: tuple[str, ...]
    figures: pd.DataFrame
    movers: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts(Result):
    """Every alert rule for every complete month, and the state in the last."""

    KIND: ClassVar[str] = "descriptive.alerts"
    VERSION: ClassVar[int] = 2
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "rules": (
            text("rule", "Name of the rule."),
            text("kpi", "KPI that it watches."),
            text("when", "below, above or outside."),
            number("threshold", "Bound in the last complete month, in the KPI's unit."),
            text("severity", "warning or critical."),
            text("state", "quiet, fired, or silent (no data or too few observations)."),
            number("value", "Value in the last complete month, of the slice that is told."),
            text("since", "First month of the present run of firing, such as 2024-05; or empty."),
            text("test", "threshold, change or expectation."),
            text("slice", "The slice furthest beyond its bound or nearest to it; or empty."),
            number("expected", "What was expected, or compared with; null for a threshold."),
            rate("gap_rate", "value / expected - 1; to 5 % where the value is withheld."),
            count("slices", "Slices that were judged in the last complete month; 1 in total."),
            count("fired_slices", "Slices of them that fired."),
            rate("false_alarm_rate", "Share of months that fire though nothing has changed."),
        ),
        "history": (
            text("rule", "Name of the rule."),
            day("month", "First day of the month."),
            text("slice", "Parts that the value is of, such as North x Books; empty for all."),
            number("value", "Value in the month; null where not known, or withheld."),
            count("sample", "Observations behind it."),
            number("expected", "What was expected, or compared with."),
            number("low", "Bound below which the rule fires."),
            number("high", "Bound above which the rule fires."),
            rate("gap_rate", "value / expected - 1; to 5 % where the value is withheld."),
            flag("judged", "Whether the rule could be judged."),
            flag("fired", "Whether the rule fired."),
        ),
    }
    rules: pd.DataFrame
    history: pd.DataFrame
