"""KPIs of quarters, from what is published of their months."""

from __future__ import annotations

import pandas as pd

from analytics.calendar import complete_periods
from analytics.descriptive.definitions import KPI_DEFINITIONS, KpiDefinition
from analytics.privacy import OTHER
from analytics.results import DistinctCounts, Kpis, SourceFacts

_MONTHS = 3
# Customers who are counted once: those of months do not add up to those of a quarter.
_DISTINCT = frozenset({"active_customers", "previous_customers", "active_customers_before"})
_SUMS = {
    "net_revenue_amount": "net_revenue",
    "contribution_margin_amount": "contribution_margin",
    "spend_amount": "marketing_spend",
    "orders": "orders",
}
_ALL = ("region", "segment", "category", "sales_channel")


def quarterly_figures(kpis: Kpis, counts: DistinctCounts, *, facts: SourceFacts) -> pd.DataFrame:
    """Return quarter (its first day), complete, kpi and value of the totals.

    Parameters
    ----------
    kpis : Kpis
        KPIs by month: sums of a quarter are those of its months, means are weighted by their
        observations. A quarter with a month that is withheld or unknown has no value.
    counts : DistinctCounts
        Customers by quarter, counted once in each.
    facts : SourceFacts
        Says which quarters are complete.
    """
    total = kpis.values[kpis.values["dimension"] == "all"]
    months = total.assign(quarter=quarter_starts(total["month"]))
    observed = pd.DatetimeIndex(
        [
            pd.Timestamp(period.start)
            for period in complete_periods(
                facts.observation_start, facts.observation_end, "quarter"
            )
        ]
    )
    sums = {name: _summed(months, name) for name in dict.fromkeys(_SUMS.values())}
    told = [
        rows
        for definition in KPI_DEFINITIONS
        if (rows := _quarters(definition, months, sums)) is not None
    ]
    told += _customers(counts, set(kpis.definitions["kpi"]))
    columns = ["quarter", "complete", "kpi", "value"]
    if not told:
        return pd.DataFrame(columns=columns)
    figures = pd.concat(told, ignore_index=True)
    figures["complete"] &= figures["quarter"].isin(observed)
    order = {name: at for at, name in enumerate(kpis.definitions["kpi"])}
    figures = figures[figures["kpi"].isin(order)]
    return figures.sort_values(
        ["quarter", "kpi"], key=lambda column: column.map(order) if column.name == "kpi" else column
    )[columns].reset_index(drop=True)


def quarter_starts(month: pd.Series) -> pd.Series:
    """Return the first day of the quarter of each month."""
    starts: pd.Series = month.dt.to_period("Q").dt.to_timestamp().astype("datetime64[us]")
    return starts


def _summed(months: pd.DataFrame, kpi: str) -> pd.DataFrame | None:
    """Return the sum of a KPI over the observed months of each quarter; null where one is."""
    rows = months[months["kpi"] == kpi]
    if rows.empty:
        return None
    return _by_quarter(rows, rows["value"])


def _by_quarter(rows: pd.DataFrame, value: pd.Series) -> pd.DataFrame:
    groups = rows.assign(_value=value, _known=value.notna()).groupby("quarter", sort=True)
    return pd.DataFrame(
        {
            "value": groups["_value"].sum().where(groups["_known"].all()),
            "complete": groups["complete"].all() & (groups["month"].nunique() == _MONTHS),
        }
    )


def _quarters(
    definition: KpiDefinition, months: pd.DataFrame, sums: dict[str, pd.DataFrame | None]
) -> pd.DataFrame | None:
    rows = months[months["kpi"] == definition.name]
    if rows.empty or _DISTINCT & {definition.numerator, definition.denominator}:
        return None
    if not definition.denominator:
        if not definition.additive:
            return None
        made = _by_quarter(rows, rows["value"])
        if definition.unit == "currency":
            made["value"] = made["value"].round(2)
    elif {definition.numerator, definition.denominator} <= set(_SUMS):
        above, below = (sums[_SUMS[n]] for n in (definition.numerator, definition.denominator))
        if above is None or below is None:
            return None
        below = below.reindex(above.index)
        made = pd.DataFrame(
            {
                "value": above["value"] / below["value"].where(below["value"] != 0),
                "complete": above["complete"] & below["complete"].eq(True),
            }
        )
        made["value"] *= definition.scale
    elif definition.denominator == definition.sample:
        made = _weighted(rows)
    else:
        return None
    return made.reset_index().assign(kpi=definition.name)


def _weighted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return means over the observations of all months; null where a month tells none."""
    above = _by_quarter(rows, rows["value"] * rows["sample"])
    below = rows.groupby("quarter", sort=True)["sample"].sum()
    above["value"] = above["value"] / below.where(below > 0)
    return above


def _customers(counts: DistinctCounts, had: set[str]) -> list[pd.DataFrame]:
    rows = counts.counts
    whole = rows[(rows["kind"] == "quarter") & (rows[list(_ALL)] == "all").all(axis=1)]
    if whole.empty:
        return []
    whole = whole.sort_values("start", ignore_index=True)
    active = whole["active_customers"].mask(whole["withheld"])
    before = active.shift().where(whole["complete"].shift(fill_value=False) & whole["complete"])
    previous = whole["previous_customers"]
    values = {
        "active_customers": active,
        "returning_customers": active - whole["new_customers"],
        "customer_growth_rate": (active - before) / before.where(before > 0),
        "retention_rate": whole["retained_customers"] / previous.where(previous > 0),
    }
    return [
        pd.DataFrame(
            {
                "quarter": whole["start"],
                "complete": whole["complete"],
                "kpi": name,
                "value": value.astype("float64"),
            }
        )
        for name, value in values.items()
        if name in had
    ]


def quarterly_movers(kpis: Kpis, quarters: pd.DatetimeIndex) -> pd.DataFrame:
    """Return net revenue by part of each two compared quarters, from that of their months.

    A part that is merged in a month of either quarter is in ``Other`` in both, with what is
    told of it in the other months: nothing is told that the months do not tell.

    Parameters
    ----------
    kpis : Kpis
        KPIs by month and part.
    quarters : DatetimeIndex
        First days of the complete quarters whose net revenue is told.

    Returns
    -------
    DataFrame
        start, against (previous, year_before), dimension, part, current_amount, base_amount.
    """
    values = kpis.values
    parts = values[(values["kpi"] == "net_revenue") & (values["dimension"] != "all")]
    parts = parts.assign(quarter=quarter_starts(parts["month"]))
    by_quarter = dict(iter(parts.groupby("quarter", sort=True)))
    tables = []
    for against, months in (("previous", _MONTHS), ("year_before", 12)):
        for quarter in quarters:
            base = quarter - pd.DateOffset(months=months)
            if base not in quarters or quarter not in by_quarter or base not in by_quarter:
                continue
            pair = pd.concat([by_quarter[quarter], by_quarter[base]])
            tables.append(_compared(pair, quarter).assign(start=quarter, against=against))
    columns = ["start", "against", "dimension", "part", "current_amount", "base_amount"]
    if not tables:
        return pd.DataFrame(columns=columns)
    return pd.concat(tables, ignore_index=True)[columns]


def _compared(pair: pd.DataFrame, quarter: pd.Timestamp) -> pd.DataFrame:
    keys = ["dimension", "month"]
    with_other = pair.loc[pair["part"] == OTHER, keys].drop_duplicates()
    months = with_other.groupby("dimension")["month"].nunique()
    # In a month that has Other, a part without a row may be in it.
    beside = pair.merge(with_other, on=keys)
    seen = beside.groupby(["dimension", "part"])["month"].nunique().rename("_seen")
    told = pair.join(seen, on=["dimension", "part"])
    merged = told.pop("_seen").fillna(0) < pair["dimension"].map(months).fillna(0).to_numpy()
    told["part"] = told["part"].mask(merged, OTHER)
    told["current_amount"] = told["value"].where(told["quarter"] == quarter, 0.0)
    told["base_amount"] = told["value"].where(told["quarter"] != quarter, 0.0)
    amounts = ["current_amount", "base_amount"]
    return told.groupby(["dimension", "part"], sort=True)[amounts].sum().round(2).reset_index()
