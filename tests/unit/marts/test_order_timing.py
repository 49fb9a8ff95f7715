from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pandas as pd

from analytics.marts import Marts


def test_the_next_order_is_the_first_completed_one_from_the_cutoff_on(
    order_shop: Callable[..., Marts],
) -> None:
    marts = order_shop(
        "a 2024-01-01 5", "a 2024-01-11 8", "a 2024-01-20 8", "b 2024-01-11 8 returned",
        "b 2024-01-15 8", "c 2024-01-05 8",
    )  # fmt: skip
    frame = marts.next_orders(date(2024, 1, 11))
    assert frame.values.tolist() == [["a", 0], ["b", 4]]


def test_orders_of_settled_customers_are_those_90_days_after_their_first(shop: Any) -> None:
    done = shop.done
    first = done.groupby("customer_id")["day"].transform("min")
    settled = done[(done["day"] - first).dt.days >= 90]
    weeks = settled["day"] - pd.to_timedelta(settled["day"].dt.day_of_week, unit="D")
    frame = shop.marts.order_rates().set_index("week")
    counts = weeks.value_counts()
    assert frame["settled_orders"].sum() == len(settled)
    assert (frame.loc[counts.index, "settled_orders"] == counts).all()
    assert frame["joining_customers"].sum() == done["customer_id"].nunique()
    assert (frame.index.to_series().diff().dropna().dt.days == 7).all()
