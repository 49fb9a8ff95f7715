"""For any shop: parts sum to the total, and no ratio is a sum of ratios."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from analytics.descriptive import kpis, monthly_reports

ORDER = st.fixed_dictionaries(
    {
        "customer": st.sampled_from(["a", "b", "c", "d"]),
        "day": st.dates(
            min_value=pd.Timestamp("2023-01-01").date(), max_value=pd.Timestamp("2023-05-31").date()
        ).map(pd.Timestamp),
        "revenue": st.integers(0, 100_000).map(lambda cents: cents / 100),
        "margin": st.integers(-50_000, 50_000).map(lambda cents: cents / 100),
        "region": st.sampled_from(["North", "South"]),
        "category": st.sampled_from(["Toys", "Books", "Rare"]),
        "status": st.sampled_from(["completed", "completed", "returned", "cancelled"]),
    }
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(orders=st.lists(ORDER, min_size=1, max_size=25))
def test_parts_of_any_shop_sum_to_its_totals(orders, monthly, facts) -> None:
    mart = monthly(orders)
    found = kpis(mart, None, None, None, facts=facts("2023-01-01", "2023-05-31"))
    additive = found.definitions.loc[found.definitions["additive"], "kpi"]
    rows = found.values[found.values["kpi"].isin(additive)]
    sums = rows.groupby(["kpi", "month", "dimension"])["value"].sum()
    for (kpi, month, _), value in sums.items():
        assert value == pytest.approx(sums[kpi, month, "all"], abs=0.005)
    report = monthly_reports(found, mart)
    figures = report.figures.set_index(["month", "kpi"])
    changes = report.movers.groupby(["month", "against", "dimension"])["change_amount"].sum()
    for (month, _, _), change in changes.items():
        assert change == pytest.approx(figures.loc[(month, "net_revenue"), "change"], abs=0.005)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(orders=st.lists(ORDER, min_size=1, max_size=25))
def test_values_of_any_shop_lie_within_their_intervals_and_bounds(orders, monthly, facts) -> None:
    found = kpis(monthly(orders), None, None, None, facts=facts("2023-01-01", "2023-05-31"))
    shares = found.values[
        found.values["kpi"].isin(["repeat_rate", "retention_rate", "return_rate"])
    ]
    known = shares.dropna(subset=["value"])
    assert known["value"].between(0, 1).all()
    assert (known["low"] <= known["value"] + 1e-12).all()
    assert (known["value"] <= known["high"] + 1e-12).all()
    assert (known["sample"] > 0).all()
    assert (shares.loc[shares["sample"] == 0, "value"].isna()).all()
