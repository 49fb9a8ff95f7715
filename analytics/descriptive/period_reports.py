"""What the reports of days and of quarters say."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pandas as pd

from analytics.calendar import period_of, periods
from analytics.descriptive.days import YEAR, daily_figures, daily_movers
from analytics.descriptive.quarters import quarterly_figures, quarterly_movers
from analytics.results import DailySeries, DistinctCounts, Kpis, PeriodReports, SourceFacts

REPORTED_DAYS = 90
_FIGURES = [column.name for column in PeriodReports.FRAMES["figures"]]
_MOVERS = [column.name for column in PeriodReports.FRAMES["movers"]]


def period_reports(
    kpis: Kpis,
    counts: DistinctCounts,
    series: DailySeries,
    parts: Mapping[str, pd.DataFrame],
    *,
    facts: SourceFacts,
    minimum_cell: int = 1,
) -> PeriodReports:
    """Return the reports of every quarter and of the last 90 days.

    Parameters
    ----------
    kpis, counts, series : results
        What is published by month, of customers by period, and by day.
    parts : mapping
        Dimension to net revenue and customers by day and part, exact.
    facts : SourceFacts
        Says what is observed.
    minimum_cell : int
        Fewest customers that a figure of a part may stand for.

    Returns
    -------
    PeriodReports
        Figures are of every observed day and quarter; movers of every complete quarter and of
        the last 90 days. A quarter is compared with the one before and the one a year before,
        a day with the day before and with the day 52 weeks before, which is the same weekday;
        its parts with the same weekday of the week before.
    """
    first, last = facts.observation_start, facts.observation_end
    quarters = quarterly_figures(kpis, counts, facts=facts)
    days = daily_figures(series)
    reported = pd.date_range(max(first, last - timedelta(days=REPORTED_DAYS - 1)), last, freq="D")
    reported = reported.as_unit("us")
    revenue = quarters[(quarters["kpi"] == "net_revenue") & quarters["complete"]]
    whole = pd.DatetimeIndex(revenue.loc[revenue["value"].notna(), "quarter"])
    figures = [
        _compared(
            quarters.rename(columns={"quarter": "start"}).assign(
                kind="quarter", usual=float("nan")
            ),
            previous=pd.DateOffset(months=3),
            year_before=pd.DateOffset(months=12),
        ),
        _compared(
            days.rename(columns={"day": "start"}).assign(kind="day", complete=True),
            previous=pd.DateOffset(days=1),
            year_before=pd.DateOffset(days=YEAR),
        ),
    ]
    movers = [
        quarterly_movers(kpis, whole).assign(kind="quarter"),
        daily_movers(parts, series, reported, minimum_cell=minimum_cell).assign(kind="day"),
    ]
    return PeriodReports(
        days=tuple(period_of(one.date(), "day").label for one in reported),
        quarters=tuple(period.label for period in periods(first, last, "quarter")),
        figures=_joined(figures, _FIGURES),
        movers=_shared(_joined(movers, [n for n in _MOVERS if not n.startswith("change")])),
    )


def _joined(tables: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    held = [table[columns] for table in tables if len(table)]
    return pd.concat(held, ignore_index=True) if held else pd.DataFrame(columns=columns)


def _compared(
    figures: pd.DataFrame, *, previous: pd.DateOffset, year_before: pd.DateOffset
) -> pd.DataFrame:
    if figures.empty:
        return figures.reindex(columns=_FIGURES)
    for name, step in (("previous", previous), ("year_before", year_before)):
        base = figures.loc[figures["complete"], ["start", "kpi", "value"]]
        base = base.assign(start=(base["start"] + step).astype(figures["start"].dtype))
        figures = figures.merge(
            base.rename(columns={"value": name}), on=["start", "kpi"], how="left"
        )
        figures[name] = figures[name].where(figures["complete"])
    for name, change in (("previous", "change"), ("year_before", "year_change")):
        figures[change] = figures["value"] - figures[name]
        # a relative change from zero is not defined, and from below zero it misleads
        figures[f"{change}_rate"] = figures[change] / figures[name].where(figures[name] > 0)
    return figures.sort_values("start", kind="stable")[_FIGURES]


def _shared(movers: pd.DataFrame) -> pd.DataFrame:
    """Return the movers with their change and its share, largest first."""
    movers = movers.astype({"current_amount": "float64", "base_amount": "float64"})
    movers["change_amount"] = (movers["current_amount"] - movers["base_amount"]).round(2)
    keys = ["kind", "start", "against", "dimension"]
    change = movers.groupby(keys)["change_amount"].transform("sum").round(2)
    movers["change_share_rate"] = movers["change_amount"] / change.where(change != 0)
    movers = movers.assign(size=-movers["change_amount"].abs())
    return movers.sort_values([*keys, "size", "part"], ignore_index=True)[_MOVERS]
