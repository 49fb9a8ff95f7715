from datetime import date

import pytest

from analytics.pipeline.tiers.facts import clv_horizon_months, observation_cutoff
from analytics.results import SourceFacts


def facts(start, end):
    return SourceFacts(
        name="shop",
        title="Shop",
        currency="USD",
        time_zone="UTC",
        synthetic=False,
        public=False,
        observation_start=start,
        observation_end=end,
        customers=1,
        orders=1,
        tables=(),
    )


@pytest.mark.parametrize(
    ("start", "end", "horizon"),
    [
        (date(2022, 7, 1), date(2024, 6, 30), 12),
        (date(2020, 1, 1), date(2024, 6, 30), 12),
        (date(1997, 1, 1), date(1998, 6, 30), 9),
        (date(2024, 1, 1), date(2024, 3, 31), 1),
        (date(2024, 1, 15), date(2024, 7, 14), 3),
        (date(2024, 1, 15), date(2024, 7, 13), 2),
        (date(2024, 1, 1), date(2024, 1, 1), 0),
    ],
)
def test_the_horizon_is_at_most_half_of_the_history(start, end, horizon):
    assert clv_horizon_months(facts(start, end), 12) == horizon


def test_customers_are_scored_after_the_last_observed_day():
    assert observation_cutoff(facts(date(2024, 1, 1), date(2024, 6, 12))) == date(2024, 6, 13)
