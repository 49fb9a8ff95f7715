"""KPIs by month, in total and by each single dimension."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.calendar import complete_periods
from analytics.descriptive.definitions import KPI_DEFINITIONS, KpiDefinition
from analytics.descriptive.monthly_sums import MonthlySums, monthly_sums
from analytics.descriptive.published_sums import (
    counted_partition,
    merged_counts,
    merged_monthly,
    orders_partition,
)
from analytics.privacy import Partition
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
    minimum_cell: int = 1,
    parts: Partition | None = None,
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
    minimum_cell : int
        Fewest customers (answers, closed tickets) that a published part may stand for. Smaller
        parts merge, per month and dimension, into ``Other``; 1 merges nothing.
    parts : Partition, optional
        Which parts the figures of orders merge; by default those of too few customers.

    Returns
    -------
    Kpis
        Rates carry Wilson intervals, tickets per 1,000 orders exact Poisson intervals, means
        normal ones; sums and counts of everything observed carry none. A KPI that the source
        cannot have is in neither frame. A month whose total stands for too few has null values
        and no sample; so have distinct customers of a merged part whose parts share customers,
        and comparisons with a month in which the part stood for other parts.
    """
    bases = _bases(monthly, satisfaction, tickets, marketing, facts, minimum_cell, parts)
    had = [
        definition
        for definition in KPI_DEFINITIONS
        if bases[_base(definition)].known_by(definition.columns)
    ]
    values = pd.concat(
        [_values(definition, bases[_base(definition)]) for definition in had], ignore_index=True
    )
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


def _base(definition: KpiDefinition) -> str:
    """Return what a KPI's parts are counted by, when it is decided whether they are told."""
    return definition.denominator if definition.interval == "mean" else "active_customers"


def _bases(
    monthly: pd.DataFrame,
    satisfaction: pd.DataFrame | None,
    tickets: pd.DataFrame | None,
    marketing: pd.DataFrame | None,
    facts: SourceFacts,
    minimum: int,
    parts: Partition | None,
) -> dict[str, MonthlySums]:
    """Return the sums by what the parts are counted by, small ones merged by that count."""

    def sums(parts: Partition) -> MonthlySums:
        return monthly_sums(
            merged_monthly(monthly, parts),
            None if satisfaction is None else merged_counts(satisfaction, parts),
            None if tickets is None else merged_counts(tickets, parts),
            marketing,
            facts=facts,
            parts=parts,
        )

    by_customers = sums(orders_partition(monthly, minimum=minimum) if parts is None else parts)
    bases = {"active_customers": by_customers, "answers": by_customers}
    bases["closed_tickets"] = by_customers
    for base, counted in (("answers", satisfaction), ("closed_tickets", tickets)):
        if counted is not None and minimum > 1:
            bases[base] = sums(counted_partition(counted, base, minimum=minimum))
    return bases


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
    told = ~rows["withheld"]
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
            "sample": rows[definition.sample].where(~rows["withheld"]).fillna(0).astype("int64"),
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
