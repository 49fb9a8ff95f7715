"""Comparisons beyond the period and the year before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, day, flag, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparisons(Result):
    """Complete months against their trailing average and a year aligned by weekday; events.

    Nothing is compared that the data do not cover whole, or that is withheld.
    """

    KIND: ClassVar[str] = "descriptive.comparisons"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "months": (
            day("month", "First day of a complete month."),
            text("kpi", "Name of the KPI."),
            number("value", "Value in the month."),
            number("trailing_average", "Mean of the values of the complete months before."),
            count("trailing_months", "How many: 12, or as many as there are, 3 at least, or 0."),
            number("trailing_change", "value - trailing_average."),
            rate("trailing_change_rate", "Relative change over the trailing average."),
            number("aligned", "Value of as many days 364 days earlier: the same weekdays."),
            rate("aligned_change_rate", "Relative change over them."),
        ),
        "events": (
            text("event", "Name of the event."),
            day("start", "Its first day."),
            day("last", "Its last day."),
            flag("complete", "Whether the data cover all of its days."),
            amount("net_revenue_amount", "Net revenue of its days; null where withheld."),
            number("orders", "Completed orders.", "orders"),
            amount("usual_amount", "Mean of the same weekdays of the four weeks before."),
            amount("usual_low_amount", "The least of these four weeks."),
            amount("usual_high_amount", "The most of them."),
            rate("lift_rate", "Relative change over usual_amount."),
            amount("year_before_amount", "Net revenue of the same event a year before."),
            rate("year_change_rate", "Relative change over it."),
            amount("same_weekdays_amount", "Net revenue of the days 364 days earlier."),
            rate("same_weekdays_change_rate", "Relative change over them."),
        ),
        "calendar": (
            day("month", "First day of a complete month."),
            text("event", "Name of the event."),
            count("event_days", "Days of the event in the month.", "days"),
            count("year_before_days", "Days of it in the same month a year before.", "days"),
        ),
    }
    months: pd.DataFrame
    events: pd.DataFrame
    calendar: pd.DataFrame
