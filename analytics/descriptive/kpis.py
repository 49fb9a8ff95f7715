"""KPIs by month, in total and by each single dimension."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.calendar import complete_periods
from analytics.descriptive.definitions import KPI_DEFINITIONS, KpiDefinition
from analytics.descriptive.monthly_sums import MonthlySums, monthly_sums
from analytics.results import Kpis, SourceFacts
from analytics.stats.intervals import (
    Interval,
    mean_interval,
    poisson_interval,
    wilson_interval,
)

_DIMENSIONS = (
    "all",
    "region",
    "segment",
    "category",
    "sales_channel",
    "acquisition_channel",
    "payment_method",
    "marketing_channel",
)


def kpis(
    monthly: pd.DataFrame,
    satisfaction: pd.DataFrame | None,
    tickets: pd.DataFrame | None,
    marketing: pd.DataFrame | None,
    *,
    facts: SourceFacts,
) -> Kpis:
    """Return every KPI that the source can have, for every month and part.

    Parameters
    ----------
    monthly : DataFrame
        Sums of orders by month, dimension and part; dimension ``all`` for the total.
    satisfaction, tickets : DataFrame or None
        Sums of answers and of tickets by month, dimension and part.
    marketing : DataFrame or None
        week, marketing_channel, spend_amount.
    facts : SourceFacts
        Its observation says which months are complete, its tables which columns there are.

    Returns
    -------
    Kpis
        Rates carry Wilson intervals, tickets per 1,000 orders exact Poisson intervals, means
        normal ones; sums and counts of everything observed carry none. A KPI that the source
        cannot have is in neither frame.
    """
    sums = monthly_sums(monthly, satisfaction, tickets, marketing, facts=facts)
    had = [definition for definition in KPI_DEFINITIONS if sums.known_by(definition.columns)]
    values = pd.concat([_values(definition, sums) for definition in had], ignore_index=True)
    values["order"] = values["kpi"].map({definition.name: i for i, definition in enumerate(had)})
    values["rank"] = (
        values["dimension"]
        .map({name: i for i, name in enumerate(_DIMENSIONS)})
        .fillna(len(_DIMENSIONS))
    )
    values = values.sort_values(["month", "order", "rank", "dimension", "part"], kind="stable")
    months = complete_periods(facts.observation_start, facts.observation_end, "month")
    return Kpis(
        latest_month=months[-1].start if months else None,
        definitions=_definitions_frame(had),
        values=values.drop(columns=["order", "rank"]),
    )


def _definitions_frame(definitions: list[KpiDefinition]) -> pd.DataFrame:
    names = ("title", "formula", "unit", "good", "additive")
    frame = pd.DataFrame({"kpi": [definition.name for definition in definitions]})
    for name in names:
        frame[name] = [getattr(definition, name) for definition in definitions]
    return frame


def _values(definition: KpiDefinition, sums: MonthlySums) -> pd.DataFrame:
    told_by = sums.known_by(definition.columns)
    if definition.dimensions:
        told_by &= definition.dimensions
    rows = sums.rows[sums.rows["dimension"].isin(told_by)]
    complete = rows["complete"]
    if "spend_amount" in definition.columns:
        rows = rows[rows["spend_amount"].notna()]
        complete = rows["complete"] & rows["spend_complete"]
    value = rows[definition.numerator]
    low, high = _interval(definition, rows)
    if definition.denominator:
        base = rows[definition.denominator]
        value = value / base.where(base != 0) * definition.scale
    told = pd.Series(True, index=rows.index)
    if definition.needs_whole_month_before:
        told &= rows["month_before_complete"]
    if definition.needs_whole_month:
        told &= complete
    return pd.DataFrame(
        {
            "month": rows["month"],
            "complete": complete,
            "kpi": definition.name,
            "dimension": rows["dimension"],
            "part": rows["part"],
            "value": value.where(told),
            "low": pd.Series(low, index=rows.index).where(told),
            "high": pd.Series(high, index=rows.index).where(told),
            "sample": rows[definition.sample].fillna(0).astype("int64"),
        }
    )


def _interval(definition: KpiDefinition, rows: pd.DataFrame) -> Interval:
    if definition.interval == "none":
        nothing = np.full(len(rows), np.nan)
        return nothing, nothing
    counted, base = rows[definition.numerator], rows[definition.denominator]
    match definition.interval:
        case "proportion":
            low, high = wilson_interval(counted, base)
        case "events":
            low, high = poisson_interval(counted, base)
        case "mean":
            low, high = mean_interval(base, counted, rows[definition.squares])
    return (
        np.clip(low * definition.scale, definition.floor, definition.ceiling),
        np.clip(high * definition.scale, definition.floor, definition.ceiling),
    )
