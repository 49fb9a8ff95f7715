"""Trailing averages, years aligned by weekday, and events, against plain pandas and calendars."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from dateutil.easter import easter

from analytics.descriptive import comparisons
from analytics.descriptive.events import event_figures, occurrences
from analytics.errors import SettingsError
from analytics.results import DailySeries, Kpis, SourceFacts
from analytics.settings import EventRule
from analytics.settings.model import usual_events

Facts = Callable[..., SourceFacts]
# First days of Lunar New Year, Hong Kong Observatory's tables.
LUNAR = {2020: (1, 25), 2021: (2, 12), 2022: (2, 1), 2023: (1, 22), 2024: (2, 10), 2025: (1, 29)}


def series(first: str, last: str) -> DailySeries:
    days = pd.date_range(first, last)
    random = np.random.default_rng(3)
    return DailySeries(
        days=pd.DataFrame(
            {
                "day": days,
                "net_revenue_amount": random.uniform(50, 500, len(days)).round(2),
                "contribution_margin_amount": random.uniform(20, 200, len(days)).round(2),
                "orders": random.integers(1, 40, len(days)).astype(float),
                "active_customers": 30.0,
            }
        )
    )


def kpis_of(daily: DailySeries, *, partial: tuple[str, ...] = ()) -> Kpis:
    days = daily.days
    month = days["day"].dt.to_period("M").dt.to_timestamp()
    sums = days.groupby(month)[["net_revenue_amount", "orders"]].sum()
    rows = pd.concat(
        [
            pd.DataFrame({"month": sums.index, "kpi": "net_revenue",
                          "value": sums["net_revenue_amount"].round(2)}),
            pd.DataFrame({"month": sums.index, "kpi": "average_order_value",
                          "value": sums["net_revenue_amount"] / sums["orders"]}),
        ]
    ).assign(dimension="all", part="all", low=np.nan, high=np.nan, sample=9)  # fmt: skip
    rows["complete"] = ~rows["month"].dt.strftime("%Y-%m").isin(partial)
    names = [column.name for column in Kpis.FRAMES["values"]]
    return Kpis(
        latest_month=None,
        definitions=pd.DataFrame(columns=[c.name for c in Kpis.FRAMES["definitions"]]),
        values=rows[names],
    )


def test_black_friday_easter_and_lunar_new_year_are_where_calendars_have_them() -> None:
    found = occurrences(usual_events(), date(1994, 1, 1), date(2025, 12, 31))
    by_name: dict[str, dict[int, date]] = {}
    for each in found:
        by_name.setdefault(each.name, {})[each.start.year] = each.start
    for year in range(1994, 2026):
        november = [date(year, 11, day) for day in range(1, 31)]
        thanksgiving = [day for day in november if day.weekday() == 3][3]
        assert by_name["Black Friday"][year] == thanksgiving + timedelta(days=1)
        assert by_name["Easter"][year] == easter(year) - timedelta(days=2)
    for year, (month, day) in LUNAR.items():
        assert by_name["Lunar New Year"][year] == date(year, month, day)


def test_trailing_average_is_the_mean_of_the_complete_months_before(facts: Facts) -> None:
    daily = series("2022-01-10", "2023-12-31")
    kpis = kpis_of(daily, partial=("2022-01",))
    told = comparisons(kpis, daily, (), facts=facts("2022-01-10", "2023-12-31")).months
    for name in ("net_revenue", "average_order_value"):
        values = kpis.values[(kpis.values["kpi"] == name) & kpis.values["complete"]]
        values = values.set_index("month")["value"].sort_index()
        own = told[told["kpi"] == name].set_index("month")
        assert set(own.index) == set(values.index)
        for at, month in enumerate(values.index):
            before = values.iloc[max(0, at - 12) : at]
            if len(before) < 3:
                assert np.isnan(own.loc[month, "trailing_average"])
                assert own.loc[month, "trailing_months"] == 0
            else:
                assert own.loc[month, "trailing_average"] == pytest.approx(before.mean())
                assert own.loc[month, "trailing_months"] == len(before)


def test_aligned_month_has_as_many_of_each_weekday_and_is_summed_from_days(facts: Facts) -> None:
    daily = series("2022-01-10", "2023-12-31")
    told = comparisons(kpis_of(daily), daily, (), facts=facts("2022-01-10", "2023-12-31")).months
    own = told[told["kpi"] == "net_revenue"].set_index("month")
    by_day = daily.days.set_index("day")["net_revenue_amount"]
    march = pd.date_range("2023-03-01", "2023-03-31")
    then = march - pd.Timedelta(days=364)
    assert (march.day_of_week == then.day_of_week).all()
    assert own.loc["2023-03-01", "aligned"] == pytest.approx(by_day[then].sum())
    assert np.isnan(own.loc["2023-01-01", "aligned"])  # starts before the data
    assert told.loc[told["kpi"] == "average_order_value", "aligned"].isna().all()


def test_events_stand_against_the_weeks_before_and_the_same_event_a_year_before() -> None:
    daily = series("2022-01-01", "2024-06-30")
    rules = (EventRule(name="Easter", country="DE", holiday="Good Friday", days=4),)
    told = event_figures(daily.days, rules, first=date(2022, 1, 1), last=date(2024, 6, 30))
    by_day = daily.days.set_index("day")["net_revenue_amount"]
    last = told.iloc[-1]
    start = pd.Timestamp("2024-03-29")
    assert last["start"] == start

    def total(first: pd.Timestamp) -> float:
        return float(by_day[first : first + pd.Timedelta(days=3)].sum())

    weeks = [total(start - pd.Timedelta(weeks=week)) for week in (1, 2, 3, 4)]
    assert last["net_revenue_amount"] == pytest.approx(total(start))
    assert last["usual_amount"] == pytest.approx(np.mean(weeks))
    assert last["usual_low_amount"] == pytest.approx(min(weeks))
    assert last["usual_high_amount"] == pytest.approx(max(weeks))
    assert last["year_before_amount"] == pytest.approx(total(pd.Timestamp("2023-04-07")))
    assert last["lift_rate"] == pytest.approx(total(start) / np.mean(weeks) - 1)


def test_an_event_cut_by_the_end_of_the_data_is_compared_with_nothing() -> None:
    daily = series("2023-01-01", "2024-03-30")
    rules = (EventRule(name="Easter", country="DE", holiday="Good Friday", days=4),)
    told = event_figures(daily.days, rules, first=date(2023, 1, 1), last=date(2024, 3, 30))
    cut = told.iloc[-1]
    assert not cut["complete"]
    assert np.isnan(cut["net_revenue_amount"])
    assert np.isnan(cut["lift_rate"])
    assert np.isnan(cut["year_change_rate"])


def test_a_withheld_day_withholds_its_event() -> None:
    daily = series("2023-01-01", "2023-12-31")
    days = daily.days.copy()
    days.loc[days["day"] == "2023-04-08", ["net_revenue_amount", "orders"]] = np.nan
    rules = (EventRule(name="Easter", country="DE", holiday="Good Friday", days=4),)
    told = event_figures(days, rules, first=date(2023, 1, 1), last=date(2023, 12, 31))
    assert told["net_revenue_amount"].isna().all()


def test_calendar_says_which_months_an_event_moved_between(facts: Facts) -> None:
    daily = series("2023-01-01", "2024-06-30")
    rules = (EventRule(name="Easter", country="DE", holiday="Good Friday", days=4),)
    told = comparisons(kpis_of(daily), daily, rules, facts=facts("2023-01-01", "2024-06-30"))
    rows = told.calendar.set_index("month")[["event_days", "year_before_days"]]
    assert rows.loc["2024-03-01"].tolist() == [3, 0]
    assert rows.loc["2024-04-01"].tolist() == [1, 4]


def test_own_dates_are_events() -> None:
    rule = EventRule(name="Sale", dates=(date(2023, 5, 4),), days=2)
    (found,) = occurrences((rule,), date(2023, 1, 1), date(2023, 12, 31))
    assert (found.start, found.end) == (date(2023, 5, 4), date(2023, 5, 6))


@pytest.mark.parametrize(
    ("country", "holiday", "said"),
    [("ZZ", "Good Friday", "country ZZ is not known"), ("US", "Easter Egg", "has no holiday")],
)
def test_what_no_calendar_knows_is_refused(country: str, holiday: str, said: str) -> None:
    rule = EventRule(name="Spring", country=country, holiday=holiday)
    with pytest.raises(SettingsError, match=said):
        occurrences((rule,), date(2023, 1, 1), date(2023, 12, 31))
