"""Months against their trailing average and against the same weekdays a year before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import pandas as pd

from analytics.calendar import complete_periods
from analytics.descriptive.events import ALIGNED_DAYS, event_figures, occurrences
from analytics.results import Comparisons, DailySeries, Kpis, SourceFacts
from analytics.settings import EventRule

TRAILING_MONTHS, FEWEST_MONTHS = 12, 3
# KPIs that days tell too, so that they can be aligned by weekday.
_DAILY = {
    "net_revenue": "net_revenue_amount",
    "contribution_margin": "contribution_margin_amount",
    "orders": "orders",
}


def comparisons(
    kpis: Kpis, daily: DailySeries, rules: Sequence[EventRule], *, facts: SourceFacts
) -> Comparisons:
    """Return trailing averages, years aligned by weekday, and what events brought.

    All of it follows from what is published of months and days, so that nothing withheld does.
    """
    total = kpis.values[(kpis.values["dimension"] == "all") & kpis.values["complete"]]
    months = pd.concat(
        [_trailing(rows, daily) for _, rows in total.groupby("kpi", sort=False)] or [_nothing()],
        ignore_index=True,
    )
    first, last = facts.observation_start, facts.observation_end
    columns = [column.name for column in Comparisons.FRAMES["months"]]
    return Comparisons(
        months=months.sort_values(["month", "kpi"])[columns],
        events=event_figures(daily.days, rules, first=first, last=last),
        calendar=_calendar(rules, facts),
    )


def _nothing() -> pd.DataFrame:
    return pd.DataFrame({column.name: [] for column in Comparisons.FRAMES["months"]})


def _trailing(rows: pd.DataFrame, daily: DailySeries) -> pd.DataFrame:
    rows = rows.sort_values("month", ignore_index=True)
    kpi = str(rows["kpi"].iloc[0])
    values = rows.set_index("month")["value"]
    found = []
    for month, value in zip(rows["month"], rows["value"], strict=True):
        span = pd.date_range(end=month, periods=TRAILING_MONTHS + 1, freq="MS")[:-1]
        before = values.reindex(span)
        # Of the months right before it, those that follow on each other without a gap.
        known = before[::-1].notna().cumprod().sum()
        enough = known >= FEWEST_MONTHS
        mean = float(before.iloc[-int(known) :].mean()) if enough else float("nan")
        found.append(
            {
                "month": month,
                "kpi": kpi,
                "value": value,
                "trailing_average": mean,
                "trailing_months": int(known) if enough else 0,
                "aligned": _aligned(kpi, month, daily),
            }
        )
    frame = pd.DataFrame(found)
    frame["trailing_change"] = frame["value"] - frame["trailing_average"]
    for change, base in (
        ("trailing_change_rate", "trailing_average"),
        ("aligned_change_rate", "aligned"),
    ):
        frame[change] = frame["value"] / frame[base].where(frame[base] > 0) - 1
    return frame


def _aligned(kpi: str, month: pd.Timestamp, daily: DailySeries) -> float:
    """Return the sum over as many days 52 weeks before; null where one is not told."""
    if kpi not in _DAILY:
        return float("nan")
    start = month - pd.Timedelta(days=ALIGNED_DAYS)
    span = pd.date_range(start, periods=month.days_in_month)
    values = daily.days.set_index("day")[_DAILY[kpi]].reindex(span)
    return round(float(values.sum(min_count=len(span))), 2)


def _calendar(rules: Sequence[EventRule], facts: SourceFacts) -> pd.DataFrame:
    """Return the days of each event in each month and in the same month a year before."""
    first, last = facts.observation_start, facts.observation_end
    found = occurrences(rules, first - timedelta(days=400), last)
    held: dict[tuple[pd.Timestamp, str], int] = {}
    for event in found:
        for day in pd.date_range(event.start, periods=event.days):
            key = (day.to_period("M").to_timestamp(), event.name)
            held[key] = held.get(key, 0) + 1
    rows = []
    for period in complete_periods(first, last, "month"):
        month = pd.Timestamp(period.start)
        for rule in rules:
            now = held.get((month, rule.name), 0)
            then = held.get((month - pd.DateOffset(years=1), rule.name), 0)
            if now or then:
                rows.append((month, rule.name, now, then))
    columns = [column.name for column in Comparisons.FRAMES["calendar"]]
    return pd.DataFrame(rows, columns=columns)
