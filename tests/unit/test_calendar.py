from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.calendar import (
    complete_periods,
    parsed_period,
    period_of,
    periods,
    same_day_months_later,
)

KINDS = ("day", "month", "quarter", "year")
DAYS = st.dates(date(1950, 1, 1), date(2100, 1, 1))


@given(DAYS, st.sampled_from(KINDS))
def test_a_day_lies_in_its_period(day, kind):
    period = period_of(day, kind)
    assert period.start <= day < period.end


@given(DAYS, st.sampled_from(KINDS))
def test_periods_follow_each_other_without_gap(day, kind):
    period = period_of(day, kind)
    assert period.shifted(1).start == period.end
    assert period.shifted(1).shifted(-1) == period


@given(DAYS, st.sampled_from(KINDS))
def test_a_label_names_its_period(day, kind):
    period = period_of(day, kind)
    assert parsed_period(period.label) == period


def test_the_last_month_is_partial_when_one_day_is_missing():
    months = complete_periods(date(2024, 1, 1), date(2024, 3, 30), "month")
    assert [month.label for month in months] == ["2024-01", "2024-02"]


def test_the_first_month_is_partial_when_data_begin_on_its_second_day():
    months = complete_periods(date(2024, 1, 2), date(2024, 3, 31), "month")
    assert [month.label for month in months] == ["2024-02", "2024-03"]


def test_partial_periods_are_still_listed():
    found = [period.label for period in periods(date(2024, 1, 31), date(2024, 2, 1), "month")]
    assert found == ["2024-01", "2024-02"]


def test_the_year_before_a_leap_day_is_the_28th():
    assert period_of(date(2024, 2, 29), "day").year_before.start == date(2023, 2, 28)


def test_titles_are_words():
    day = date(2024, 3, 9)
    titles = [period_of(day, kind).title for kind in KINDS]
    assert titles == ["9 March 2024", "March 2024", "first quarter of 2024", "2024"]


@pytest.mark.parametrize("label", ["2024-Q5", "2024-13", "nonsense", "2024-02-30"])
def test_a_label_of_nothing_is_refused(label):
    with pytest.raises(ValueError, match=r"."):
        parsed_period(label)


@given(DAYS, st.integers(1, 800))
def test_complete_months_cover_only_observed_days(first, length):
    last = min(first + timedelta(days=length), date(2101, 1, 1))
    for month in complete_periods(first, last, "month"):
        assert first <= month.start
        assert month.end - timedelta(days=1) <= last


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2024, 7, 1), -12, date(2023, 7, 1)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2023, 11, 30), 3, date(2024, 2, 29)),
        (date(2024, 6, 13), 6, date(2024, 12, 13)),
    ],
)
def test_the_same_day_months_later_stays_within_its_month(day, months, later):
    assert same_day_months_later(day, months) == later
