"""The audit: what it cracks, what it cannot, and that its bounds are the true ones."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.privacy import CELL, PublishedTable, cell_bounds, is_protected, merged_small_cells
from analytics.privacy.audit import _enough, _is_wide, _whole, _width_rate
from analytics.privacy.linear_bounds import _by_form, _by_program, linear_bounds

MONTH = pd.Timestamp("2024-05-01")


def shop(cells: dict[tuple[str, str], tuple[int, float, int]]) -> pd.DataFrame:
    """Return the cells of one month by region and category: orders, net revenue, customers."""
    rows = [
        (MONTH, region, "All", category, "All", *figures)
        for (region, category), figures in sorted(cells.items())
    ]
    names = ["month", *CELL, "orders", "net_revenue_amount", "customers"]
    return pd.DataFrame(rows, columns=names)


def by_dimension(cells: pd.DataFrame) -> PublishedTable:
    tables = []
    for name in (None, "region", "category"):
        rows = cells.assign(
            **{each: "all" for each in CELL if each != name},
        )
        keys = ["month", *CELL]
        tables.append(rows.groupby(keys, as_index=False)[["orders", "net_revenue_amount"]].sum())
    return PublishedTable(name="KPIs", sums=pd.concat(tables, ignore_index=True))


def naive_cube(cells: pd.DataFrame) -> PublishedTable:
    merged = merged_small_cells(
        cells, ["region", "category"], by="month", customers="customers", minimum=5
    )
    return PublishedTable(name="cube", sums=merged)


CRACKED = shop(
    {
        ("North", "Toys"): (40, 400.0, 30),
        ("North", "Books"): (20, 250.0, 15),
        ("South", "Toys"): (30, 310.0, 20),
        ("South", "Books"): (2, 77.5, 2),
        ("South", "Games"): (9, 90.0, 8),
        ("North", "Games"): (12, 100.0, 9),
    }
)


def test_a_merged_cell_beside_exact_totals_is_cracked_to_the_cent() -> None:
    bounds = cell_bounds(CRACKED, [naive_cube(CRACKED), by_dimension(CRACKED)], minimum=5)
    found = bounds.iloc[0]
    assert (found["orders_low"], found["orders_high"]) == (2, 2)
    assert found["net_revenue_amount_low"] == pytest.approx(77.5, abs=0.03)
    assert found["net_revenue_amount_high"] == pytest.approx(77.5, abs=0.03)
    assert not is_protected(bounds, minimum=5).any()


def test_a_merged_cell_without_other_tables_is_not_cracked() -> None:
    bounds = cell_bounds(CRACKED, [naive_cube(CRACKED)], minimum=5)
    assert is_protected(bounds, minimum=5).all()


def test_a_cell_that_stands_in_a_table_is_told_to_the_digit() -> None:
    table = PublishedTable(name="cube", sums=CRACKED)
    bounds = cell_bounds(CRACKED, [table], minimum=5)
    assert (bounds["orders_low"] == bounds["orders_high"]).all()
    assert bounds["withheld_cells"].tolist() == [0]


def test_sums_of_other_data_say_nothing() -> None:
    other = CRACKED.assign(orders=CRACKED["orders"] + 1)
    earlier = PublishedTable(name="earlier", sums=other.assign(net_revenue_amount=float("nan")))
    bounds = cell_bounds(CRACKED, [naive_cube(CRACKED), earlier], minimum=5)
    assert is_protected(bounds, minimum=5).all()


def test_an_earlier_version_that_told_the_cell_tells_it_still() -> None:
    earlier = PublishedTable(name="earlier", sums=CRACKED)
    bounds = cell_bounds(CRACKED, [naive_cube(CRACKED), earlier], minimum=5)
    assert not is_protected(bounds, minimum=5).any()


def brute_force(members: np.ndarray, totals: np.ndarray, cell: int) -> tuple[int, int]:
    most = int(totals.max())
    values = [
        each[cell]
        for each in product(range(most + 1), repeat=members.shape[1])
        if (members @ np.array(each) == totals).all()
    ]
    return min(values), max(values)


@settings(max_examples=60, deadline=None)
@given(
    true=st.lists(st.integers(0, 4), min_size=4, max_size=6),
    rows=st.integers(2, 3),
    data=st.data(),
)
def test_bounds_of_any_small_table_are_those_of_counting_all_shops(true, rows, data) -> None:
    # Cells of a table of regions by categories, some of which do not exist: such bounds are
    # whole numbers where the sums are.
    place = [divmod(at, rows) for at in range(len(true))]
    lines = [[r == row for r, _ in place] for row in {r for r, _ in place}]
    lines += [[c == column for _, c in place] for column in {c for _, c in place}]
    kept = data.draw(st.lists(st.sampled_from(range(len(lines))), min_size=1, unique=True))
    members = np.array([lines[at] for at in kept] + [[True] * len(true)])
    totals = members @ np.array(true, dtype=float)
    if totals.max() > 9:
        return
    low, high = linear_bounds(members, totals, np.arange(len(true)))
    for cell in range(len(true)):
        expected = brute_force(members, totals, cell)
        assert (round(low[cell], 3), round(high[cell], 3)) == pytest.approx(expected, abs=0.01)


@given(true=st.lists(st.integers(0, 50), min_size=1, max_size=8))
def test_the_closed_form_of_a_single_sum_equals_the_program(true) -> None:
    members = np.ones((1, len(true)), dtype=bool)
    totals, wanted = np.array([float(sum(true))]), np.arange(len(true))
    form = _by_form(members, totals, wanted, 0.0, 0.0)
    program = _by_program(members, totals, wanted, 0.0, 0.0)
    assert np.allclose(form, program, atol=1e-4)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("figure", ["orders", "net_revenue_amount"])
def test_ranges_that_are_not_solved_are_wide_and_the_narrowest_is_exact(seed, figure) -> None:
    chance = np.random.default_rng(seed)
    table = np.floor(chance.exponential(6.0, size=(5, 7)))
    places = np.array([divmod(at, 7) for at in range(35)])
    lines = [places[:, 0] == row for row in range(5)] + [places[:, 1] == at for at in range(7)]
    members = np.array(lines)
    totals = members @ table.ravel()
    wanted = np.arange(0, 35, 2)
    exact_low, exact_high = linear_bounds(members, totals, wanted, tolerance=0.02)
    for narrowest in (False, True):
        enough = _enough(figure, 5, narrowest=narrowest)
        low, high = linear_bounds(members, totals, wanted, tolerance=0.02, enough=enough)
        assert (low >= exact_low - 1e-3).all()
        assert (high <= exact_high + 1e-3).all()
        ends = (exact_low, exact_high)
        shown = (low, high)
        if figure == "orders":
            ends, shown = _whole(*ends), _whole(*shown)
        wide, told = _is_wide(figure, *ends, 5), _is_wide(figure, *shown, 5)
        assert wide.tolist() == told.tolist()
        assert np.allclose(shown[0][~told], ends[0][~told], atol=1e-3)
        assert np.allclose(shown[1][~told], ends[1][~told], atol=1e-3)
        if narrowest:
            assert (shown[1] - shown[0]).min() == pytest.approx((ends[1] - ends[0]).min(), abs=1e-3)
            assert _width_rate(*shown).min() == pytest.approx(_width_rate(*ends).min(), abs=1e-5)


def test_cells_that_no_sum_is_over_have_no_upper_bound() -> None:
    members = np.array([[True, True, False]])
    low, high = linear_bounds(members, np.array([7.0]), np.array([2, 0]))
    assert low.tolist() == [0.0, 0.0]
    assert high.tolist() == [np.inf, 7.0]


def test_cells_of_any_sign_are_bounded_only_where_sums_give_them() -> None:
    members = np.array([[True, True, False], [True, True, True], [False, False, True]])
    totals = np.array([5.0, 3.0, -2.0])
    low, high = linear_bounds(members, totals, np.array([0, 2]), floor=-np.inf)
    assert (low[0], high[0]) == (-np.inf, np.inf)
    assert low[1] == pytest.approx(-2, abs=1e-3)
    assert high[1] == pytest.approx(-2, abs=1e-3)


def test_sums_that_contradict_each_other_are_an_error() -> None:
    members = np.array([[True, False], [True, True]])
    with pytest.raises(ArithmeticError, match="contradict"):
        linear_bounds(members, np.array([5.0, 3.0]), np.array([1]))
