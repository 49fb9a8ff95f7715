"""The sums that KPIs are computed from: a row a month, dimension and part."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.calendar import complete_periods
from analytics.privacy import OTHER, Partition
from analytics.results import SourceFacts

KEYS = ["month", "dimension", "part"]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
_ORDER_SUMS = (
    "net_revenue_amount",
    "contribution_margin_amount",
    "orders",
    "all_orders",
    "returned_orders",
    "active_customers",
    "new_customers",
    "retained_customers",
    "repeat_customers",
)
_TICKET_SUMS = (
    "tickets",
    "closed_tickets",
    "resolution_days_sum",
    "resolution_days_square_sum",
)
_SATISFACTION_SUMS = ("answers", "score_sum", "score_square_sum")
_CUSTOMER_CHANGES = (
    "returning_customers",
    "active_customers_before",
    "active_customers_change",
    "previous_customers",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthlySums:
    """Sums by month, dimension and part, and what the source has of them.

    Attributes
    ----------
    rows : DataFrame
        month, dimension, part, complete, month_before_complete, spend_complete, withheld and
        the sums. A part has a row for every month from its first to the last observed in
        which it is told by itself.
    dimensions : tuple of (str, frozenset of str)
        Per column that the source has: the dimensions that it is known by.
    """

    rows: pd.DataFrame
    dimensions: tuple[tuple[str, frozenset[str]], ...]

    def known_by(self, columns: tuple[str, ...]) -> frozenset[str]:
        """Return the dimensions that all of `columns` are known by; empty where one is not."""
        known = dict(self.dimensions)
        return frozenset.intersection(*(known.get(name, frozenset()) for name in columns))


def monthly_sums(
    monthly: pd.DataFrame,
    satisfaction: pd.DataFrame | None,
    tickets: pd.DataFrame | None,
    marketing: pd.DataFrame | None,
    *,
    facts: SourceFacts,
    parts: Partition | None = None,
) -> MonthlySums:
    """Return the sums behind the KPIs, from the marts of the same names.

    `parts` says which parts the marts have merged, and which months are withheld.


    Months without orders get zeros. Months before the first and after the last answer or
    ticket get nulls: whether there were none, or none were recorded, is not known.
    """
    had = {
        name: None if frame is None or frame.empty else frame
        for name, frame in (
            ("satisfaction", satisfaction),
            ("tickets", tickets),
            ("marketing", marketing),
        )
    }
    spend = None if had["marketing"] is None else monthly_spend(had["marketing"])
    rows = _grid(monthly, had["satisfaction"], had["tickets"], spend)
    if parts is not None:
        rows = _told(rows, monthly, parts)
    rows = rows.merge(monthly, on=KEYS, how="left").sort_values(["dimension", "part", "month"])
    by_orders = frozenset(monthly["dimension"].unique())
    known: dict[str, frozenset[str]] = {}

    rows = _with_orders(rows, by_orders, parts)
    for name in (*_ORDER_SUMS, *_CUSTOMER_CHANGES):
        known[name] = by_orders
    if not monthly["contribution_margin_amount"].notna().any():
        del known["contribution_margin_amount"]
    if "transactions.status" not in facts.tables:
        del known["returned_orders"]

    for name, columns in (("satisfaction", _SATISFACTION_SUMS), ("tickets", _TICKET_SUMS)):
        frame = had[name]
        if frame is None:
            continue
        rows = rows.merge(frame[[*KEYS, *columns]], on=KEYS, how="left")
        dimensions = frozenset(frame["dimension"].unique())
        inside = rows["month"].between(frame["month"].min(), frame["month"].max())
        inside &= rows["dimension"].isin(dimensions)
        for column in columns:
            rows[column] = rows[column].astype("float64").mask(rows[column].isna() & inside, 0.0)
            known[column] = dimensions
    if "closed_tickets" in known and not rows["closed_tickets"].gt(0).any():
        del known["closed_tickets"]
    if spend is not None:
        rows = rows.merge(spend, on=KEYS, how="left")
        rows["spend_complete"] = rows["month"].isin(_months_of_whole_spend(had["marketing"]))
        known["spend_amount"] = known["spend_weeks"] = frozenset(spend["dimension"].unique())
    else:
        rows["spend_complete"] = False

    rows["withheld"] = False
    if parts is not None:
        rows["withheld"] = _among(rows, parts.withheld)
    complete = _complete_months(facts)
    rows["complete"] = rows["month"].isin(complete)
    rows["month_before_complete"] = (rows["month"] - pd.DateOffset(months=1)).isin(complete)
    return MonthlySums(rows=rows, dimensions=tuple(sorted(known.items())))


def monthly_spend(marketing: pd.DataFrame) -> pd.DataFrame:
    """Return marketing spend by month, in total and by marketing channel.

    Parameters
    ----------
    marketing : DataFrame
        week (its Monday), marketing_channel, spend_amount.

    Returns
    -------
    DataFrame
        month, dimension (all, marketing_channel), part, spend_amount, spend_weeks (weeks that
        touch the month). A week's two halves sum to its spend to the cent.
    """
    week = marketing["week"]
    month = week.dt.to_period("M").dt.to_timestamp().astype("datetime64[us]")
    next_month = month + pd.DateOffset(months=1)
    days_in_first = (next_month - week).dt.days.clip(upper=7)
    first = (marketing["spend_amount"] * days_in_first / 7).round(2)
    straddles = days_in_first < 7
    halves = pd.concat(
        [
            pd.DataFrame({"month": month, "spend_amount": first}),
            pd.DataFrame(
                {"month": next_month, "spend_amount": (marketing["spend_amount"] - first).round(2)}
            )[straddles],
        ],
    )
    halves = halves.join(marketing[["week", "marketing_channel"]])
    by_channel = _spend_by(halves, ["month", "marketing_channel"]).rename(
        columns={"marketing_channel": "part"}
    )
    total = _spend_by(halves, ["month"]).assign(part="all")
    spend = pd.concat(
        [total.assign(dimension="all"), by_channel.assign(dimension="marketing_channel")]
    )
    return spend[[*KEYS, "spend_amount", "spend_weeks"]].reset_index(drop=True)


def _spend_by(halves: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    sums = halves.groupby(keys, sort=True).agg(
        spend_amount=("spend_amount", "sum"), spend_weeks=("week", "nunique")
    )
    sums["spend_amount"] = sums["spend_amount"].round(2)
    return sums.reset_index()


def _grid(monthly: pd.DataFrame, *others: pd.DataFrame | None) -> pd.DataFrame:
    """Return month, dimension, part: each part from its first month to the last observed."""
    months = pd.DataFrame(
        {"month": pd.date_range(monthly["month"].min(), monthly["month"].max(), freq="MS")}
    ).astype({"month": "datetime64[us]"})
    frames = [monthly[KEYS], *(other[KEYS] for other in others if other is not None)]
    first = (
        pd.concat(frames)
        .groupby(["dimension", "part"], sort=True)["month"]
        .min()
        .rename("first_month")
        .reset_index()
    )
    grid = first.merge(months, how="cross")
    return grid.loc[grid["month"] >= grid["first_month"], KEYS].reset_index(drop=True)


def _among(rows: pd.DataFrame, keys: pd.DataFrame) -> Flags:
    names = list(keys.columns)
    if keys.empty:
        return np.zeros(len(rows), dtype=bool)
    return pd.MultiIndex.from_frame(rows[names]).isin(pd.MultiIndex.from_frame(keys))


def _told(rows: pd.DataFrame, monthly: pd.DataFrame, parts: Partition) -> pd.DataFrame:
    """Return the rows without merged parts, and without `OTHER` where nothing was merged."""
    if parts.merged.empty:
        return rows
    merged = _among(rows, parts.merged) & ~(rows["part"] == OTHER)
    others = rows["part"].eq(OTHER) & rows["dimension"].isin(parts.merged["dimension"])
    nothing = others & ~_among(rows, monthly[KEYS])
    return rows[~(merged | nothing)].reset_index(drop=True)


def _before(rows: pd.DataFrame) -> pd.Series:
    """Return the active customers of each row's part in the month before; null where untold."""
    earlier = rows[[*KEYS, "active_customers"]].copy()
    earlier["month"] = (earlier["month"] + pd.DateOffset(months=1)).astype(rows["month"].dtype)
    both = rows[KEYS].merge(earlier, on=KEYS, how="left")
    return both["active_customers"].set_axis(rows.index)


def _with_orders(
    rows: pd.DataFrame, by_orders: frozenset[str], parts: Partition | None
) -> pd.DataFrame:
    rows = rows.copy()
    known = rows["dimension"].isin(by_orders)
    absent = rows["orders"].isna() & known
    for name in _ORDER_SUMS:
        rows[name] = rows[name].astype("float64").mask(absent, 0.0)
    before = _before(rows)
    previous = before.fillna(0.0)
    if parts is not None:
        merged = parts.merged.assign(month=parts.merged["month"] + pd.DateOffset(months=1))
        untold = _among(rows, parts.broken) | _among(rows, merged)
        before, previous = before.mask(untold), previous.mask(untold)
    rows["active_customers_before"] = before
    rows["previous_customers"] = rows["previous_customers"].astype("float64").mask(absent, previous)
    rows["returning_customers"] = rows["active_customers"] - rows["new_customers"]
    rows["active_customers_change"] = rows["active_customers"] - rows["active_customers_before"]
    return rows


def _complete_months(facts: SourceFacts) -> pd.DatetimeIndex:
    months = complete_periods(facts.observation_start, facts.observation_end, "month")
    return pd.DatetimeIndex([pd.Timestamp(month.start) for month in months]).as_unit("us")


def _months_of_whole_spend(marketing: pd.DataFrame | None) -> pd.DatetimeIndex:
    """Return the months from the first week's first day to the last week's last."""
    assert marketing is not None
    first = marketing["week"].min().date()
    last = (marketing["week"].max() + np.timedelta64(6, "D")).date()
    months = complete_periods(first, last, "month")
    return pd.DatetimeIndex([pd.Timestamp(month.start) for month in months]).as_unit("us")
