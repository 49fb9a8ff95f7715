from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.privacy import OTHER, merged_small_cells

NAMES = ["region", "channel"]
COLUMNS = ["month", *NAMES, "orders", "amount", "customers"]


def cells(*rows: tuple[object, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=COLUMNS)


def merged(frame: pd.DataFrame, **options: object) -> list[list[object]]:
    found = merged_small_cells(
        frame, NAMES, by="month", customers="customers", minimum=5, **options
    )
    return found.values.tolist()


def test_cells_that_are_large_enough_stay() -> None:
    frame = cells((1, "N", "Web", 9, 1.0, 5), (1, "S", "Web", 7, 2.0, 6))
    assert merged(frame) == frame.values.tolist()


def test_a_small_cell_takes_the_next_smallest_with_it() -> None:
    frame = cells(
        (1, "E", "Web", 9, 1.1, 9), (1, "N", "Web", 2, 0.2, 2), (1, "S", "Web", 7, 2.0, 6)
    )
    assert merged(frame) == [[1, "E", "Web", 9, 1.1, 9], [1, OTHER, OTHER, 9, 2.2, 6]]


def test_several_small_cells_need_one_that_is_known_to_be_large_enough() -> None:
    frame = cells(
        (1, "E", "Web", 9, 1.0, 9),
        (1, "N", "Store", 2, 1.0, 3),
        (1, "N", "Web", 2, 1.0, 4),
        (1, "S", "Web", 7, 1.0, 6),
    )
    # The three and the four may be the same customers.
    assert merged(frame) == [[1, "E", "Web", 9, 1.0, 9], [1, OTHER, OTHER, 11, 3.0, 6]]


def test_customers_add_up_over_dimensions_of_which_they_have_one_value() -> None:
    frame = cells(
        (1, "E", "Web", 9, 1.0, 9),
        (1, "N", "Web", 2, 1.0, 3),
        (1, "S", "Web", 2, 1.0, 4),
    )
    assert merged(frame, exclusive=["region"]) == [
        [1, "E", "Web", 9, 1.0, 9],
        [1, OTHER, OTHER, 4, 2.0, 7],
    ]


def test_groups_are_merged_apart() -> None:
    frame = cells(
        (1, "N", "Web", 9, 1.0, 9),
        (1, "S", "Web", 9, 1.0, 2),
        (2, "N", "Web", 9, 1.0, 9),
        (2, "S", "Web", 9, 1.0, 8),
    )
    assert [row[1] for row in merged(frame)] == [OTHER, "N", "S"]


def test_a_group_of_few_customers_becomes_one_cell() -> None:
    frame = cells((1, "N", "Web", 2, 1.0, 2), (1, "S", "Web", 1, 2.5, 1))
    assert merged(frame) == [[1, OTHER, OTHER, 3, 3.5, 2]]


def test_a_genuine_cell_called_other_joins_the_merged_one() -> None:
    frame = cells(
        (1, "N", "Web", 2, 1.0, 2), (1, OTHER, OTHER, 9, 1.0, 9), (1, "S", "Web", 9, 1.0, 8)
    )
    assert merged(frame) == [[1, OTHER, OTHER, 11, 2.0, 9], [1, "S", "Web", 9, 1.0, 8]]


def test_without_dimensions_nothing_can_be_merged() -> None:
    frame = cells((1, "All", "All", 2, 1.0, 2))
    found = merged_small_cells(frame, [], by=["month"], customers="customers", minimum=5)
    assert found.values.tolist() == frame.values.tolist()


def test_other_columns_of_text_are_kept() -> None:
    frame = cells((1, "N", "All", 2, 1.0, 2), (1, "S", "All", 9, 1.0, 9))
    found = merged_small_cells(frame, ["region"], by="month", customers="customers", minimum=5)
    assert found[NAMES].values.tolist() == [[OTHER, "All"]]


def test_an_unknown_amount_stays_unknown() -> None:
    frame = cells((1, "N", "Web", 2, None, 2), (1, "S", "Web", 9, None, 9)).astype(
        {"amount": "float64"}
    )
    found = merged_small_cells(frame, NAMES, by="month", customers="customers", minimum=5)
    assert found["amount"].isna().all()


TABLES = st.lists(
    st.tuples(
        st.integers(1, 3),
        st.sampled_from("NESW"),
        st.sampled_from(["Web", "Store", "Phone"]),
        st.integers(1, 500),
        st.integers(0, 10**9).map(lambda cents: cents / 100),
        st.integers(1, 12),
    ),
    min_size=1,
    max_size=36,
    unique_by=lambda row: row[:3],
)


@settings(max_examples=150, deadline=None, derandomize=True)
@given(rows=TABLES, minimum=st.integers(1, 9))
def test_totals_hold_and_no_cell_stands_for_few(
    rows: list[tuple[object, ...]], minimum: int
) -> None:
    frame = cells(*rows)
    found = merged_small_cells(frame, NAMES, by="month", customers="customers", minimum=minimum)
    for month, before in frame.groupby("month"):
        after = found[found["month"] == month]
        assert after["orders"].sum() == before["orders"].sum()
        cents = [round(amount * 100) for amount in before["amount"]]
        assert sum(round(amount * 100) for amount in after["amount"]) == sum(cents)
        kept = after[after["region"] != OTHER]
        if len(after) > 1:
            assert (after["customers"] >= minimum).all()
        if len(kept) < len(after):
            assert len(before) - len(kept) >= min(2, len(before))
        # What is kept is kept as it was.
        assert {*kept.itertuples(index=False, name=None)} <= {
            *before.itertuples(index=False, name=None)
        }


@pytest.mark.parametrize("by", ["month", ["month"]])
def test_dtypes_do_not_change(by: str | list[str]) -> None:
    frame = cells((1, "N", "Web", 2, 1.0, 2), (1, "S", "Web", 9, 1.0, 9))
    frame["region"] = frame["region"].astype("str")
    found = merged_small_cells(frame, NAMES, by=by, customers="customers", minimum=5)
    assert found.dtypes.tolist() == frame.dtypes.tolist()
