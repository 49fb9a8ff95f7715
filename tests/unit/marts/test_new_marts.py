from __future__ import annotations

from itertools import product
from typing import Any

import pandas as pd
import pytest

CUBE = ("region", "segment", "category", "sales_channel")


def test_distinct_counts_are_those_of_sets_of_customers(shop: Any) -> None:
    frame = shop.marts.distinct_counts()
    done = shop.done
    first = done.drop_duplicates("customer_id")
    found = frame[frame["kind"] == "month"].set_index(["start", *CUBE])
    seen = 0
    for month in pd.date_range("2023-11-01", done["month"].max(), freq="MS"):
        before = month - pd.DateOffset(months=1)
        for choice in product(*[["all", *sorted(done[name].unique())] for name in CUBE]):
            rows, new = done, first
            for name, part in zip(CUBE, choice, strict=True):
                if part != "all":
                    rows, new = rows[rows[name] == part], new[new[name] == part]
            active = set(rows.loc[rows["month"] == month, "customer_id"])
            previous = set(rows.loc[rows["month"] == before, "customer_id"])
            if not active | previous:
                assert (month, *choice) not in found.index
                continue
            row = found.loc[(month, *choice)]
            assert row["active_customers"] == len(active)
            assert row["previous_customers"] == len(previous)
            assert row["retained_customers"] == len(active & previous)
            assert row["new_customers"] == (new["month"] == month).sum()
            seen += 1
    assert seen == len(found)


def test_counts_of_the_window_are_all_customers(shop: Any) -> None:
    frame = shop.marts.distinct_counts()
    whole = frame[(frame["kind"] == "window") & (frame[list(CUBE)] == "all").all(axis=1)]
    assert whole["active_customers"].tolist() == [shop.done["customer_id"].nunique()]


def test_cohorts_follow_their_customers(shop: Any) -> None:
    done = shop.done.copy()
    done["cohort"] = done.groupby("customer_id")["month"].transform("min")
    for row in shop.marts.cohorts().to_dict("records"):
        cohort = done[done["cohort"] == row["cohort"]]
        rows = cohort[cohort["month"] == row["month"]]
        assert row["customers"] == cohort["customer_id"].nunique()
        assert row["active_customers"] == rows["customer_id"].nunique()
        assert row["orders"] == len(rows)
        assert row["net_revenue_amount"] == pytest.approx(rows["net"].sum(), abs=0.001)


def test_daily_figures_of_parts_are_those_of_orders(shop: Any) -> None:
    for name in shop.marts.dimensions:
        expected = shop.done.groupby(["day", name])["net"].agg(["sum", "count"])
        frame = shop.marts.daily_by(name)
        assert frame["orders"].tolist() == expected["count"].tolist()
        assert frame["net_revenue_amount"].tolist() == pytest.approx(expected["sum"].tolist())


def test_orders_of_drill_downs_add_up(shop: Any) -> None:
    for name in shop.marts.drills:
        if name != "product":
            assert shop.marts.drill(name)["orders"].sum() == len(shop.done)


def test_a_bare_shop_has_what_orders_give(bare_shop: Any) -> None:
    assert list(bare_shop.marts.drills) == ["time"]
    assert bare_shop.marts.drill("time")["contribution_margin_amount"].isna().all()
    assert bare_shop.marts.cohorts()["customers"].min() >= 1
    assert len(bare_shop.marts.distinct_counts()) > 0
