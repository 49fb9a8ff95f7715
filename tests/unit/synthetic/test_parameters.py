from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from analytics.errors import UsageError
from analytics.synthetic import SyntheticShop


@pytest.mark.parametrize(
    "wrong",
    [
        {"customers": 0},
        {"customers": -5},
        {"customers": 8_000_001},
        {"transactions": 0},
        {"months": 0},
        {"seed": -1},
        {"start": date(2022, 7, 2)},
        {"start": date(1899, 12, 1)},
        {"months": 12 * 300},
    ],
)
def test_an_impossible_shop_is_refused_with_a_remedy(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as refused:
        SyntheticShop(**wrong)
    assert refused.value.remedy


def test_the_refusal_names_the_parameter_and_its_value() -> None:
    with pytest.raises(UsageError, match="customers = 0"):
        SyntheticShop(customers=0)


def test_the_default_window_is_24_full_months() -> None:
    shop = SyntheticShop()
    assert (shop.start, shop.end, shop.days) == (date(2022, 7, 1), date(2024, 7, 1), 731)


def test_the_weeks_are_the_mondays_that_cover_the_window() -> None:
    for start in (date(2022, 7, 1), date(2023, 5, 1), date(2024, 9, 1)):
        shop = SyntheticShop(start=start, months=1)
        weeks = shop.weeks
        assert {week.weekday() for week in weeks} == {0}
        assert (shop.start - weeks[0]).days in range(7)
        assert 0 < (shop.end - weeks[-1]).days <= 7
        assert set(np.diff(weeks)) == {weeks[1] - weeks[0]}


def test_each_part_of_the_process_has_random_numbers_of_its_own() -> None:
    shop = SyntheticShop()
    assert shop.stream("orders").random() == shop.stream("orders").random()
    assert shop.stream("orders").random() != shop.stream("people").random()
    assert shop.stream("orders").random() != SyntheticShop(seed=43).stream("orders").random()
