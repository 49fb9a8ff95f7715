import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.privacy.generalisation import age_band, generalised_customers

NAMES = ["segment", "region", "signup_quarter", "acquisition_channel"]
ROW = st.tuples(
    st.sampled_from(["Basic", "Premium"]),
    st.sampled_from(["North", "South", "West"]),
    st.sampled_from(["2023-Q1", "2023-Q2", "2024-Q1"]),
    st.sampled_from(["Search", "Email"]),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(ROW, min_size=5, max_size=60))
def test_any_rows_end_in_groups_of_k_and_lose_nothing_else(rows):
    frame = pd.DataFrame(rows, columns=NAMES).assign(orders=range(len(rows)))
    told = generalised_customers(frame, k=5)
    assert told.group >= 5
    assert told.rows.groupby(NAMES).size().min() == told.group
    assert told.rows["orders"].tolist() == list(range(len(rows)))
    assert told.coarsened == int((told.rows[NAMES] != frame[NAMES]).any(axis=1).sum())


def test_a_quarter_becomes_a_year_before_anything_else_is_lost():
    rows = [("Basic", "North", f"2023-Q{1 + at % 2}", "Search") for at in range(6)]
    told = generalised_customers(pd.DataFrame(rows, columns=NAMES), k=5)
    assert set(told.rows["signup_quarter"]) == {"2023"}
    assert set(told.rows["region"]) == {"North"}
    assert told.coarsened == 6


def test_fewer_rows_than_k_are_none():
    frame = pd.DataFrame([("Basic", "North", "2023-Q1", "Search")] * 4, columns=NAMES)
    assert generalised_customers(frame, k=5) is None


@pytest.mark.parametrize(
    ("born", "band"),
    [(1990, "30-39"), (2010, "under 20"), (1940, "70 or older"), (None, "Unknown")],
)
def test_age_bands(born, band):
    assert age_band(pd.Series([born], dtype="float64"), 2024).tolist() == [band]
