"""Prepared tables for drilling down below and beside the monthly cube, small parts not told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.diagnostic.drill_protection import told_inner, told_rows
from analytics.privacy import OTHER
from analytics.results import DailySeries, DrillTables, Kpis, PeriodReports

ALL = "all"
BESIDE = "beside the lines"
OF_THE_CUSTOMER = ("region", "segment", "acquisition_channel")
# The cube has the pairs of its own dimensions already.
CUBE = ("region", "segment", "category", "sales_channel")
BESIDE_THE_CUBE = ("acquisition_channel", "payment_method")
FIGURES = ["net_revenue_amount", "orders"]
_PAIR = ["month", "first_dimension", "first", "second_dimension", "second"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillMarts:
    """What the tables are made of, each exact.

    Attributes
    ----------
    city, product, hour : DataFrame or None
        month, outer, part, net_revenue_amount, orders (not of products) and customers.
    pairs : mapping
        Two dimensions to month, their two columns, the figures and customers.
    days : mapping
        Dimension to the mart `daily_by`.
    """

    city: pd.DataFrame | None
    product: pd.DataFrame | None
    hour: pd.DataFrame | None
    pairs: Mapping[tuple[str, str], pd.DataFrame]
    days: Mapping[str, pd.DataFrame]


def pairs_beside_the_cube(dimensions: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return the pairs of dimensions that a source has and the cube does not hold."""
    held = [name for name in (*CUBE, *BESIDE_THE_CUBE) if name in dimensions]
    return [
        (one, two)
        for place, one in enumerate(held)
        for two in held[place + 1 :]
        if two in BESIDE_THE_CUBE
    ]


def drill_tables(
    marts: DrillMarts,
    *,
    kpis: Kpis,
    daily: DailySeries,
    reports: PeriodReports,
    minimum_cell: int,
) -> DrillTables:
    """Return the tables with the parts that can be told beside all that is published.

    Parameters
    ----------
    marts : DrillMarts
        What the source has.
    kpis : Kpis
        Tells which parts of a dimension are published in which month, and their sums.
    daily : DailySeries
        Tells which days are published.
    reports : PeriodReports
        Tells which parts of a day are published there; others are not told here either.
    minimum_cell : int
        Fewest customers that a figure may stand for.
    """
    told = _published(kpis)
    open_days = daily.days.loc[daily.days["orders"].notna(), "day"]
    nested = []
    if marts.city is not None:
        nested.append(_nested(marts.city, "city", told, minimum_cell))
    if marts.product is not None:
        cells = _with_rest(marts.product, told)
        nested.append(_nested(cells, "product", told, minimum_cell))
    if marts.hour is not None:
        hours = _of_told_weekdays(marts.hour, daily.days["day"], open_days)
        nested.append(_nested(hours, "hour", None, minimum_cell))
    pairs = [
        _pair(cells, first, second, told, minimum_cell)
        for (first, second), cells in marts.pairs.items()
    ]
    withheld = set(_months(daily.days["day"][daily.days["orders"].isna()]))
    days = [
        _days(cells, name, told, withheld, _untold(reports, name, cells), minimum_cell)
        for name, cells in marts.days.items()
    ]
    names = [name for name in ("city", "product", "hour") if getattr(marts, name) is not None]
    return DrillTables(
        minimum_cell=minimum_cell,
        tables=(*names, "day", *(f"{first} x {second}" for first, second in marts.pairs)),
        nested=_joined(nested, DrillTables.FRAMES["nested"]),
        pairs=_joined(pairs, DrillTables.FRAMES["pairs"]),
        days=_joined(days, DrillTables.FRAMES["days"]),
    )


def _published(kpis: Kpis) -> pd.DataFrame:
    """Return month, dimension, part and net revenue of what is told under its own name."""
    rows = kpis.values
    rows = rows[(rows["kpi"] == "net_revenue") & rows["value"].notna() & (rows["part"] != OTHER)]
    return rows[["month", "dimension", "part", "value"]]


def _months(days: pd.Series[pd.Timestamp]) -> pd.Series[pd.Timestamp]:
    return pd.Series(days.dt.to_period("M").dt.to_timestamp()).astype("datetime64[us]")


def _is_told(cells: pd.DataFrame, part: str, told: pd.DataFrame, dimension: str) -> pd.Series[bool]:
    """Return whether each cell's month and part are published by the name of the part."""
    own = told[told["dimension"] == dimension]
    index = pd.MultiIndex.from_arrays([cells["month"], cells[part]])
    return pd.Series(
        index.isin(pd.MultiIndex.from_arrays([own["month"], own["part"]])), index=cells.index
    )


_OUTER = {"city": "region", "product": "category"}


def _nested(
    cells: pd.DataFrame, table: str, told: pd.DataFrame | None, minimum: int
) -> pd.DataFrame:
    if told is not None:
        whole = bool((cells["outer"] == ALL).all())
        cells = cells[_is_told(cells, "outer", told, ALL if whole else _OUTER[table])]
    kept = told_inner(cells, ["month", "outer"], "part", minimum=minimum, exclusive=table == "city")
    kept = kept[kept["part"] != OTHER]
    return kept.assign(table=table, orders=kept.get("orders", np.nan))


def _with_rest(cells: pd.DataFrame, told: pd.DataFrame) -> pd.DataFrame:
    """Return products, and a row for what the orders of a category have beside their lines."""
    whole = bool((cells["outer"] == ALL).all())
    sums = told[told["dimension"] == (ALL if whole else "category")]
    known = sums.rename(columns={"part": "outer", "value": "known"})[["month", "outer", "known"]]
    lines = cells.groupby(["month", "outer"], as_index=False)["net_revenue_amount"].sum()
    both = known.merge(lines, on=["month", "outer"], how="inner")
    both["net_revenue_amount"] = (both["known"] - both["net_revenue_amount"]).round(2)
    rest = both[both["net_revenue_amount"] != 0].drop(columns="known")
    rest = rest.assign(part=BESIDE, customers=np.nan)
    return pd.concat([cells.astype({"customers": "float64"}), rest], ignore_index=True)


def _of_told_weekdays(
    cells: pd.DataFrame, days: pd.Series[pd.Timestamp], open_days: pd.Series[pd.Timestamp]
) -> pd.DataFrame:
    """Return the hours of those weekdays of a month whose days are all published."""
    closed = days[~days.isin(open_days)]
    shut = pd.MultiIndex.from_arrays([_months(closed), closed.dt.day_of_week.astype("str")])
    index = pd.MultiIndex.from_arrays([cells["month"], cells["outer"]])
    return cells[~index.isin(shut)]


def _pair(
    cells: pd.DataFrame, first: str, second: str, told: pd.DataFrame, minimum: int
) -> pd.DataFrame:
    """Return the cells of the pair that are told, each month by whole rows or whole columns."""
    published = set(told.loc[told["dimension"] == ALL, "month"])
    cells = cells[cells["month"].isin(published)].reset_index(drop=True)
    named = {name: _is_told(cells, name, told, name).to_numpy() for name in (first, second)}
    label = {name: cells[name].to_numpy(dtype=object) for name in (first, second)}
    shown = {name: np.where(named[name], label[name], OTHER) for name in (first, second)}
    amounts = cells["net_revenue_amount"].to_numpy()
    kept = np.zeros(len(cells), dtype=bool)
    for at in cells.groupby("month", sort=True).indices.values():
        best = -np.inf
        for rows, columns in ((first, second), (second, first)):
            parts = told_rows(
                cells.iloc[at],
                rows=label[rows][at],
                columns=shown[columns][at],
                merged=~named[rows][at],
                minimum=minimum,
                exclusive=rows in OF_THE_CUSTOMER,
            )
            found = np.isin(label[rows][at], list(parts)) & named[columns][at]
            if amounts[at][found].sum() > best:
                best = amounts[at][found].sum()
                kept[at] = found
    rest = cells[kept].rename(columns={first: "first", second: "second"})
    return rest.assign(first_dimension=first, second_dimension=second)


def _untold(reports: PeriodReports, dimension: str, cells: pd.DataFrame) -> frozenset[str]:
    """Return the parts that the reports of days do not tell by their names."""
    rows = reports.movers
    rows = rows[(rows["kind"] == "day") & (rows["dimension"] == dimension)]
    if rows.empty:
        return frozenset()
    return frozenset(cells["part"].unique()) - frozenset(rows["part"].unique())


def _days(
    cells: pd.DataFrame,
    dimension: str,
    told: pd.DataFrame,
    withheld: set[pd.Timestamp],
    untold: frozenset[str],
    minimum: int,
) -> pd.DataFrame:
    """Return the days of the parts that can be told on every day.

    A part is told on all days or on none, so that what other pages tell of some days adds
    nothing; months with a day that is withheld are left out.
    """
    cells = cells.assign(month=_months(cells["day"]), customers=cells["active_customers"])
    cells = cells[~cells["month"].isin(withheld)].reset_index(drop=True)
    merged = ~_is_told(cells, "part", told, dimension).to_numpy()
    part, day = cells["part"].to_numpy(dtype=object), cells["day"].to_numpy(dtype=object)
    few = (cells["customers"] > 0) & (cells["customers"] < minimum)
    hidden = untold | frozenset(cells.loc[few, "part"])
    while True:
        found = hidden
        for at in cells.groupby("month", sort=True).indices.values():
            parts = told_rows(
                cells.iloc[at],
                rows=part[at],
                columns=day[at],
                merged=merged[at],
                minimum=minimum,
                exclusive=dimension in OF_THE_CUSTOMER,
                hidden=found,
            )
            found = found | (frozenset(part[at]) - parts)
        if found == hidden:
            break
        hidden = found
    kept = cells[~cells["part"].isin(hidden) & (cells["part"] != OTHER)]
    return kept.assign(dimension=dimension)


def _joined(tables: list[pd.DataFrame], columns: tuple[object, ...]) -> pd.DataFrame:
    names = [column.name for column in columns]  # type: ignore[attr-defined]
    if not tables:
        return pd.DataFrame(columns=names)
    frame = pd.concat([table[names] for table in tables], ignore_index=True)
    keys = [name for name in names if name not in FIGURES]
    return frame.sort_values(keys, ignore_index=True)
