"""For any shop and any two periods: the splits sum to the change to the cent."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.diagnostic import drill_down
from analytics.results import DrillDown

ORDER = st.fixed_dictionaries(
    {
        "day": st.dates(
            min_value=pd.Timestamp("2022-01-01").date(), max_value=pd.Timestamp("2022-06-30").date()
        ).map(pd.Timestamp),
        "customer": st.integers(1, 5),
        "revenue": st.one_of(st.just(0.0), st.integers(1, 10_000_000).map(lambda c: c / 100)),
        "region": st.sampled_from(["North", "South", "Other"]),
        "category": st.sampled_from(["Toys", "Books"]),
        "sales_channel": st.sampled_from(["Web", "App"]),
    }
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(made=st.lists(ORDER, min_size=1, max_size=30))
def test_splits_of_any_shop_sum_to_the_change_to_the_cent(made, cube, totals, facts) -> None:
    orders = pd.DataFrame(made).astype({"day": "datetime64[us]"})
    result = drill_down(
        cube(orders),
        totals(orders, "Q"),
        totals(orders, "M"),
        facts=facts("2022-01-01", "2022-06-30"),
    )
    assert isinstance(result, DrillDown)
    whole = result.parts[result.parts["outer_dimension"] == "all"]
    outer = whole.set_index(["dimension", "part"])["change_amount"].to_dict()
    outer["all", "all"] = result.change_amount
    level = result.parts.groupby(["outer_dimension", "outer_part", "dimension"])["change_amount"]
    for (dimension, part, _), change in level.sum().items():
        assert change == pytest.approx(outer[dimension, part], abs=0.001)
    assert result.drivers["change_amount"].sum() == pytest.approx(result.change_amount, abs=0.001)
