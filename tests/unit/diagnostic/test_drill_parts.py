"""The first level of the drill-down, made of what the months tell by one dimension."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.calendar import period_of
from analytics.diagnostic.drill_parts import are_told, certain_changes, parts_of_periods
from analytics.results import MonthlyCube

CURRENT, BASE = period_of(date(2024, 4, 1), "quarter"), period_of(date(2023, 4, 1), "quarter")


def revenue(parts: dict[str, dict[str, float]]) -> pd.DataFrame:
    """Return the rows of months to the net revenue of parts; the total is their sum."""
    rows = []
    for month, amounts in parts.items():
        start = pd.Timestamp(f"{month}-01")
        rows.append((start, "all", "all", sum(amounts.values())))
        rows += [(start, "region", part, value) for part, value in amounts.items()]
    return pd.DataFrame(rows, columns=["month", "dimension", "part", "value"])


def months(then: dict[str, float], now: dict[str, float], **last: float) -> pd.DataFrame:
    """Return two quarters of equal months, but for the last."""
    told = {f"2023-0{month}": then for month in (4, 5, 6)}
    told |= {f"2024-0{month}": now for month in (4, 5)}
    return revenue({**told, "2024-06": last or now})


def amounts(frame: pd.DataFrame) -> dict[str, tuple[float, float]]:
    return {row.part: (row.current_amount, row.base_amount) for row in frame.itertuples()}


def test_parts_that_every_month_tells_are_told() -> None:
    found = parts_of_periods(
        months({"N": 1.0, "S": 2.0}, {"N": 3.0, "S": 4.0}), "region", CURRENT, BASE
    )
    assert amounts(found) == {"N": (9.0, 3.0), "S": (12.0, 6.0)}


def test_a_part_that_one_month_merges_is_other_in_both_periods() -> None:
    frame = months({"N": 1.0, "S": 2.0, "E": 1.0}, {"N": 3.0, "S": 4.0, "E": 1.0}, N=3.0, Other=5.0)
    found = parts_of_periods(frame, "region", CURRENT, BASE)
    assert amounts(found) == {"N": (9.0, 3.0), "Other": (15.0, 9.0)}


def test_a_part_that_had_no_orders_where_nothing_is_merged_had_nothing() -> None:
    found = parts_of_periods(months({"N": 1.0}, {"N": 3.0, "S": 4.0}), "region", CURRENT, BASE)
    assert amounts(found) == {"N": (9.0, 3.0), "S": (12.0, 0.0)}


def test_periods_with_a_withheld_month_are_not_told() -> None:
    frame = months({"N": 1.0}, {"N": 3.0})
    assert are_told(frame, CURRENT, BASE)
    withheld = frame["month"] == pd.Timestamp("2024-05-01")
    assert not are_told(frame.assign(value=frame["value"].mask(withheld)), CURRENT, BASE)
    assert not are_told(frame[~withheld], CURRENT, BASE)
    assert np.isfinite(frame["value"]).all()


def cube_of(cells: list[tuple[str, str, str, float]]) -> MonthlyCube:
    """Return a cube of month, region, category and net revenue."""
    rows = [
        {"month": pd.Timestamp(f"{month}-01"), "region": region, "segment": "All",
         "category": category, "sales_channel": "All", "net_revenue_amount": value,
         "contribution_margin_amount": np.nan, "orders": 5}
        for month, region, category, value in cells
    ]  # fmt: skip
    columns = [column.name for column in MonthlyCube.FRAMES["cells"]]
    return MonthlyCube(
        dimensions=("region", "category"), minimum_cell=5, merged_cells=1,
        cells=pd.DataFrame(rows)[columns],
    )  # fmt: skip


@pytest.mark.parametrize(("hidden", "told"), [(0.0, True), (9.0, True), (11.0, False)])
def test_a_change_that_merged_cells_could_turn_round_is_not_told(hidden: float, told: bool) -> None:
    now, then = period_of(date(2024, 4, 1), "month"), period_of(date(2023, 4, 1), "month")
    cube = cube_of([("2024-04", "N", "Toys", 40.0), ("2023-04", "N", "Toys", 30.0)])
    rows = [
        (pd.Timestamp(f"{month}-01"), dimension, part, value)
        for month, value in (("2024-04", 40.0), ("2023-04", 30.0 + hidden))
        for dimension, part in (("region", "N"), ("category", "Toys"))
    ]
    revenue_rows = pd.DataFrame(rows, columns=["month", "dimension", "part", "value"])
    pairs = pd.DataFrame(
        {"outer_dimension": "region", "outer_part": ["N", "Other"], "dimension": "category",
         "part": ["Toys", "Other"], "change_amount": [10.0, 99.0]}
    )  # fmt: skip
    found = certain_changes(pairs, cube, revenue_rows, now, then)
    assert list(found["part"]) == (["Toys"] if told else [])
