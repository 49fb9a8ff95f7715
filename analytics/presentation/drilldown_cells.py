"""What the drill-down adds up in the reader's browser, as one compact object.

Amounts are whole cents, so that the browser's sums are exact. A cell of a table is told by its
place, the number of its month and parts counted through, as the distance from the cell before.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from analytics.presentation.formats import currency_mark, sentence_start, words
from analytics.presentation.kpi_cells import CUBE_DIMENSIONS, cells_that_fit
from analytics.results import DailySeries, DrillTables, Kpis, Missing, MonthlyCube, SourceFacts

ALL, OTHER, UNKNOWN = "all", "Other", "Unknown"
# The page loads no Vega, so that its tables may weigh about 200 KB compressed in all.
MOST_MONTHS = 120
MOST_DAYS = 3_700
MOST_DAY_CELLS = 16_000
MOST_ROWS = {"city": 3_000, "product": 6_000, "hour": 4_500}
MOST_PAIRS = 6_000
MOST_PARTS = 300
_OUTER = {"city": "region", "product": "category", "hour": "weekday"}
_TITLES = {"city": "City", "product": "Product", "hour": "Hour"}


def drill_data(
    kpis: Kpis,
    cube: MonthlyCube | Missing,
    daily: DailySeries | Missing,
    tables: DrillTables | Missing,
    facts: SourceFacts,
) -> dict[str, Any]:
    """Return months, days, parts and every table as JSON can hold them.

    Tables that a page could not carry begin later: ``from`` is the first month (or day) that
    one tells. Parts beyond the `MOST_PARTS` largest of a table are left out, as are small ones.
    """
    values = kpis.values[kpis.values["kpi"].isin(["net_revenue", "orders"])]
    months = pd.DatetimeIndex(sorted(values["month"].unique()))[-MOST_MONTHS:]
    values = values[values["month"].isin(months)]
    total = values[values["dimension"] == ALL]
    complete = total.groupby("month")["complete"].max().reindex(months).fillna(False)
    names = _ordered(values["dimension"].unique())
    parts = {name: _parts(values, name) for name in names}
    content: dict[str, Any] = {
        "currency": currency_mark(facts.currency),
        "unit": facts.currency,
        "months": [f"{month:%Y-%m}" for month in months],
        "complete": [int(value) for value in complete],
        "observed": [facts.observation_start.isoformat(), facts.observation_end.isoformat()],
        "parts": {
            name: {"title": sentence_start(words(name)), "names": parts[name]} for name in names
        },
        "totals": _sums(total, [ALL], months),
        "byPart": {
            name: _sums(values[values["dimension"] == name], parts[name], months)
            for name in names
        },
        "cube": None,
        "nested": {},
        "pairs": {},
        "days": None,
        "daysBy": {},
    }  # fmt: skip
    if isinstance(cube, MonthlyCube) and len(cube.cells):
        content["cube"] = _cube(cube, parts, months)
    if isinstance(daily, DailySeries):
        content["days"] = _days(daily)
    if isinstance(tables, DrillTables):
        _add_tables(content, tables, parts, months)
    return content


def _ordered(names: Any) -> list[str]:
    known = [*CUBE_DIMENSIONS, "acquisition_channel", "payment_method"]
    return [name for name in known if name in set(names)]


def _parts(values: pd.DataFrame, dimension: str) -> list[str]:
    """Return the parts that are told by their names, largest first and unknown ones last."""
    rows = values[(values["dimension"] == dimension) & (values["kpi"] == "net_revenue")]
    sums = rows.groupby("part")["value"].sum().drop(OTHER, errors="ignore")
    size = {str(part): float(value) for part, value in sums.items()}
    return sorted(size, key=lambda part: (part == UNKNOWN, -size[part], part))


def _sums(rows: pd.DataFrame, parts: list[str], months: pd.DatetimeIndex) -> dict[str, Any]:
    found = {}
    for name, kpi, factor in (("net", "net_revenue", 100), ("orders", "orders", 1)):
        wide = rows[rows["kpi"] == kpi].pivot_table(index="month", columns="part", values="value")
        wide = wide.reindex(index=months, columns=parts)
        found[name] = [_whole(wide[part] * factor) for part in parts]
    return found


def _whole(values: pd.Series[float]) -> list[int | None]:
    return [None if value != value else round(value) for value in values.tolist()]


def _cube(
    cube: MonthlyCube, parts: dict[str, list[str]], months: pd.DatetimeIndex
) -> dict[str, Any] | None:
    held = tuple(name for name in cube.dimensions if name in parts)
    cells = cube.cells[cube.cells["month"].isin(months)]
    if len(held) < 2 or cells.empty:
        return None
    cells, held, first, _ = cells_that_fit(cells, held)
    told = np.logical_and.reduce([cells[name].isin(parts[name]) for name in held])
    cells = cells[told]
    names = {name: parts[name] for name in held}
    return {"dimensions": list(held), **_table(cells, names, months, first)}


def _table(
    cells: pd.DataFrame,
    parts: dict[str, list[str]],
    months: pd.DatetimeIndex,
    first: pd.Timestamp,
) -> dict[str, Any]:
    """Return the cells from a month on, in the order of their places."""
    cells = cells[cells["month"] >= first]
    place = months.get_indexer(pd.DatetimeIndex(cells["month"]))
    for name, all_parts in parts.items():
        place = place * len(all_parts) + pd.Index(all_parts).get_indexer(pd.Index(cells[name]))
    order = np.argsort(place, kind="stable")
    content = {
        "from": int(months.get_indexer(pd.DatetimeIndex([first]))[0]),
        "at": np.diff(place[order], prepend=0).tolist(),
        "net": _whole((cells["net_revenue_amount"] * 100).iloc[order]),
    }
    if cells["orders"].notna().any():
        content["orders"] = _whole(cells["orders"].iloc[order])
    return content


def _first_that_fits(rows: pd.DataFrame, most: int, months: pd.DatetimeIndex) -> pd.Timestamp:
    """Return the first month from which on at most `most` rows remain; the last at least."""
    sizes = rows.groupby("month").size().reindex(months, fill_value=0)
    after = sizes[::-1].cumsum()
    fitting = after.index[after <= most]
    return pd.Timestamp(fitting[-1] if len(fitting) else months[-1])


def _add_tables(
    content: dict[str, Any],
    tables: DrillTables,
    parts: dict[str, list[str]],
    months: pd.DatetimeIndex,
) -> None:
    """Add cities, products, hours, pairs and days by part to what the page holds."""
    nested = tables.nested[tables.nested["month"].isin(months)]
    for name, outer in _OUTER.items():
        rows = nested[nested["table"] == name]
        if name not in tables.tables or rows.empty:
            continue
        size = rows.groupby("part")["net_revenue_amount"].sum()
        largest = sorted(size.index, key=lambda part: (-size[part], part))[:MOST_PARTS]
        if name == "hour":
            largest = sorted(largest, key=int)
        rows = rows[rows["part"].isin(largest)]
        whole = bool((rows["outer"] == ALL).all())
        outers = [ALL] if whole else parts.get(outer, [str(day) for day in range(7)])
        rows = rows[rows["outer"].isin(outers)]
        first = _first_that_fits(rows, MOST_ROWS[name], months)
        content["parts"][name] = {"title": _TITLES[name], "names": largest}
        content["nested"][name] = {
            "outer": None if whole else outer,
            "outers": outers,
            **_table(rows, {"outer": outers, "part": largest}, months, first),
        }
    pairs = tables.pairs[tables.pairs["month"].isin(months)]
    first = _first_that_fits(pairs, MOST_PAIRS, months)
    for (one, two), rows in pairs.groupby(["first_dimension", "second_dimension"], sort=True):
        if one not in parts or two not in parts:
            continue
        names = {"first": parts[one], "second": parts[two]}
        known = rows["first"].isin(parts[one]) & rows["second"].isin(parts[two])
        content["pairs"][f"{one} {two}"] = _table(rows[known], names, months, first)
    days = content["days"]
    if days is None or tables.days.empty:
        return
    index = pd.date_range(days["first"], periods=len(days["net"]))
    told = {
        str(name): [part for part in all_parts if part in set(rows["part"])]
        for name, rows in tables.days.groupby("dimension", sort=True)
        if (all_parts := parts.get(str(name)))
    }
    index = index[-max(MOST_DAY_CELLS // max(sum(map(len, told.values())), 1), 1) :]
    for dimension, own in told.items():
        rows = tables.days[tables.days["dimension"] == dimension]
        rows = rows[rows["day"].isin(index)]
        wide = {
            figure: rows.pivot_table(index="day", columns="part", values=column).reindex(
                index=index, columns=own
            )
            for figure, column in (("net", "net_revenue_amount"), ("orders", "orders"))
        }
        content["daysBy"][dimension] = {
            "from": len(days["net"]) - len(index),
            "parts": [parts[dimension].index(part) for part in own],
            "net": [_whole(wide["net"][part] * 100) for part in own],
            "orders": [_whole(wide["orders"][part]) for part in own],
        }  # fmt: skip


def _days(daily: DailySeries) -> dict[str, Any]:
    rows = daily.days.sort_values("day").tail(MOST_DAYS)
    return {
        "first": f"{rows['day'].iloc[0]:%Y-%m-%d}",
        "net": _whole(rows["net_revenue_amount"] * 100),
        "orders": _whole(rows["orders"]),
    }
