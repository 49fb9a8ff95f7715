from __future__ import annotations

from typing import Any

import pandas as pd
import pytest


def voices(shop: Any, name: str, moment: str) -> pd.DataFrame:
    frame = shop.frames[name].merge(shop.frames["customers"], "left", "customer_id")
    frame = frame.fillna({"region": "Unknown", "segment": "Unknown"})
    return frame.assign(month=frame[moment].dt.to_period("M").dt.to_timestamp())


def parts_of(rows: pd.DataFrame, dimension: str, part: str) -> pd.DataFrame:
    return rows if dimension == "all" else rows[rows[dimension] == part]


def test_scores_are_summed_by_month_region_and_segment(shop: Any) -> None:
    frame = shop.marts.monthly_satisfaction()
    rows = voices(shop, "satisfaction", "surveyed_on")
    assert set(frame["dimension"]) == {"all", "region", "segment"}
    for row in frame.itertuples():
        scores = parts_of(rows[rows["month"] == row.month], row.dimension, row.part)["score"]
        assert row.answers == len(scores)
        assert row.score_sum == pytest.approx(scores.sum(), abs=1e-9)
        assert row.score_square_sum == pytest.approx((scores**2).sum(), abs=1e-9)
    assert frame[frame["dimension"] == "region"]["answers"].sum() == len(rows)


def test_tickets_count_in_the_month_they_were_opened_in(shop: Any) -> None:
    frame = shop.marts.monthly_tickets()
    rows = voices(shop, "support_tickets", "opened_at")
    rows["days"] = (rows["closed_at"] - rows["opened_at"]).dt.total_seconds() / 86_400
    for row in frame.itertuples():
        of_part = parts_of(rows[rows["month"] == row.month], row.dimension, row.part)
        assert row.tickets == len(of_part)
        assert row.closed_tickets == of_part["days"].notna().sum()
        assert row.resolution_days_sum == pytest.approx(of_part["days"].sum(), abs=1e-4)
        squares = (of_part["days"] ** 2).sum()
        assert row.resolution_days_square_sum == pytest.approx(squares, abs=1e-4)
    assert frame[frame["dimension"] == "all"]["tickets"].sum() == len(rows)
