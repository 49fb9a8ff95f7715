"""The directions of findings, computed anew from the monthly mart, which they were not made of."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pandas as pd


def monthly_directions(
    monthly: pd.DataFrame, first: date, middle: date, end: date
) -> dict[tuple[str, str, str, str], int]:
    """Return 1 or -1 by pattern, kpi, dimension and part.

    Parameters
    ----------
    monthly : DataFrame
        `Marts.monthly`, its month named start.
    first, middle, end : date
        The year before is [first, middle), the last one [middle, end).
    """
    rows = monthly.assign(start=pd.to_datetime(monthly["start"]))
    then = rows[(rows["start"] >= pd.Timestamp(first)) & (rows["start"] < pd.Timestamp(middle))]
    now = rows[(rows["start"] >= pd.Timestamp(middle)) & (rows["start"] < pd.Timestamp(end))]
    keys = ["dimension", "part"]
    names = ["net_revenue_amount", "contribution_margin_amount", "orders"]
    before, after = (part.groupby(keys)[names].sum() for part in (then, now))
    found: dict[tuple[str, str, str, str], int] = {}
    if ("all", "all") not in after.index:
        return found
    whole = _by_part(after)[("all", "all")]
    earlier = _by_part(before).get(("all", "all"))
    for key, row in _by_part(after).items():
        dimension, part = key
        if dimension == "all":
            continue
        rest = {name: whole[name] - row[name] for name in names}
        if rest["net_revenue_amount"] > 0 and row["net_revenue_amount"] > 0:
            own, other = (
                v["contribution_margin_amount"] / v["net_revenue_amount"] for v in (row, rest)
            )
            found[("rank", "contribution_margin_rate", dimension, part)] = _sign(own - other)
        if earlier is not None and key in _by_part(before):
            old = _by_part(before)[key]
            others = earlier["net_revenue_amount"] - old["net_revenue_amount"]
            if old["net_revenue_amount"] > 0 and others > 0:
                growth = row["net_revenue_amount"] / old["net_revenue_amount"]
                usual = rest["net_revenue_amount"] / others
                found[("growth", "net_revenue", dimension, part)] = _sign(growth - usual)
    if earlier is not None:
        for kpi, name in (("net_revenue", "net_revenue_amount"), ("orders", "orders")):
            found[("change", kpi, "all", "all")] = _sign(whole[name] - earlier[name])
        values = [v["net_revenue_amount"] / max(v["orders"], 1) for v in (whole, earlier)]
        found[("change", "average_order_value", "all", "all")] = _sign(values[0] - values[1])
    return found


def _by_part(frame: pd.DataFrame) -> dict[tuple[str, str], dict[str, float]]:
    rows: list[Any] = list(frame.itertuples())
    return {
        (str(row.Index[0]), str(row.Index[1])): {n: float(getattr(row, n)) for n in frame.columns}
        for row in rows
    }


def _sign(value: float) -> int:
    return 1 if np.isfinite(value) and value >= 0 else -1
