"""The tables that are offered for download, with their columns, keys and meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from analytics.pipeline.published_customers import clean_beside, published_customers
from analytics.privacy import pseudonyms
from analytics.privacy.generalisation import QUASI_IDENTIFIERS
from analytics.results import (
    RESULT_TYPES,
    Alerts,
    Columns,
    CustomerScores,
    DailySeries,
    DistinctCounts,
    Kpis,
    Missing,
    MonthlyCube,
    MonthlyReports,
    PrivacyAudit,
    Result,
)
from analytics.results.declaration import text
from analytics.schema import Column
from analytics.store import has_result, read_result

Stored = TypeVar("Stored", bound=Result)
# Fewest customers that share all quasi-identifiers, where no audit says it.
GROUP = 5
CUSTOMER = text("customer", "Pseudonym of the customer: the same in every version of this site.")
AGE_BAND = text("age_band", "Age at the cut-off in bands; Unknown where not known, * for all.")
_COUNTED = ("active_customers", "new_customers", "previous_customers", "retained_customers")


@dataclass(frozen=True, slots=True, kw_only=True)
class Download:
    """A table that is offered.

    Attributes
    ----------
    name : str
        Name of its files.
    title, description : str
        What it is, in a few words and in a sentence.
    frame : DataFrame
        Its rows.
    columns : tuple of Column
        Type, unit and meaning of each column of `frame`, in order.
    key : tuple of str
        Columns that no two rows have in common.
    facts : mapping
        What its entry in the index adds.
    """

    name: str
    title: str
    description: str
    frame: pd.DataFrame
    columns: Columns
    key: tuple[str, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)


def offered_tables(results: Path, key: bytes | None) -> Iterator[Download]:
    """Yield the tables that a version offers, the analysed data set first.

    Parameters
    ----------
    results : Path
        The stored results.
    key : bytes or None
        Key of the pseudonyms; None where customer rows are not published.
    """
    customers = None if key is None else _customers(results, key)
    if customers is not None:
        yield customers
    cube = stored_result(results, MonthlyCube)
    if isinstance(cube, MonthlyCube):
        yield Download(
            name="monthly_cube",
            title="Monthly cube",
            description="Completed orders by month, region, segment, category and sales channel; "
            "small cells are merged into Other.",
            frame=cube.cells,
            columns=MonthlyCube.FRAMES["cells"],
            key=("month", "region", "segment", "category", "sales_channel"),
        )
    daily = stored_result(results, DailySeries)
    if isinstance(daily, DailySeries):
        yield Download(
            name="daily_series",
            title="Daily series",
            description="Totals of every observed day; null where a day stands for few customers.",
            frame=daily.days.astype({"orders": "Int64", "active_customers": "Int64"}),
            columns=_whole(DailySeries.FRAMES["days"], ("orders", "active_customers")),
            key=("day",),
        )
    counts = stored_result(results, DistinctCounts)
    if isinstance(counts, DistinctCounts):
        yield Download(
            name="distinct_counts",
            title="Customers by filter",
            description="Customers, each counted once, by period and under at most two filters.",
            frame=counts.counts.astype(dict.fromkeys(_COUNTED, "Int64")),
            columns=_whole(DistinctCounts.FRAMES["counts"], _COUNTED),
            key=("kind", "start", "region", "segment", "category", "sales_channel"),
        )
    kpis = stored_result(results, Kpis)
    if isinstance(kpis, Kpis):
        yield Download(
            name="kpis",
            title="KPIs by month and dimension",
            description="Every KPI for every month, in total and by the parts of each dimension.",
            frame=kpis.values,
            columns=Kpis.FRAMES["values"],
            key=("month", "kpi", "dimension", "part"),
        )
    reports = stored_result(results, MonthlyReports)
    if isinstance(reports, MonthlyReports):
        yield Download(
            name="monthly_figures",
            title="Comparisons of the monthly reports",
            description="Every KPI of every month against the month before and the year before.",
            frame=reports.figures,
            columns=MonthlyReports.FRAMES["figures"],
            key=("month", "kpi"),
        )
    alerts = stored_result(results, Alerts)
    if isinstance(alerts, Alerts):
        yield Download(
            name="alert_history",
            title="Alerts by month",
            description="Every alert rule for every complete month, and whether it fired.",
            frame=alerts.history,
            columns=Alerts.FRAMES["history"],
            key=("rule", "month"),
        )


def stored_result(results: Path, kind: type[Stored]) -> Stored | Missing | None:
    """Return the stored result of that type; None where a build wrote none."""
    return read_result(results, kind) if has_result(results, kind) else None


def _customers(results: Path, key: bytes) -> Download | None:
    """Return the analysed data set: one row a customer, all that the tiers say of each."""
    scores = stored_result(results, CustomerScores)
    if not isinstance(scores, CustomerScores):
        return None
    told = published_customers(scores, clean_beside(results), k=_group(results))
    if told is None:
        return None
    declared = {column.name: column for column in CustomerScores.FRAMES["customers"]}
    declared |= {CUSTOMER.name: CUSTOMER, AGE_BAND.name: AGE_BAND}
    frame = told.rows.copy()
    for columns, rows in _more_of_customers(results):
        new = [column for column in columns if column.name not in declared]
        if new:
            names = ["customer_id", *(column.name for column in new)]
            frame = frame.merge(rows[names], on="customer_id", how="left", validate="1:1")
            # Who is in one table and not in the other has no value there.
            declared |= {column.name: replace(column, nullable=True) for column in new}
            whole = [column.name for column in new if column.dtype == "integer"]
            frame = frame.astype(dict.fromkeys(whole, "Int64"))
    frame.insert(0, CUSTOMER.name, pseudonyms(frame.pop("customer_id"), key))
    frame = frame.sort_values(CUSTOMER.name, ignore_index=True)
    quasi = [name for name in QUASI_IDENTIFIERS if name in frame.columns]
    return Download(
        name="customers",
        title="Analysed customers",
        description="One row a customer with an order: the analysed data set under pseudonyms.",
        frame=frame,
        columns=tuple(declared[str(name)] for name in frame.columns),
        key=(CUSTOMER.name,),
        facts={"k": told.group, "quasi_identifiers": quasi, "coarsened_rows": told.coarsened},
    )


def _more_of_customers(results: Path) -> Iterator[tuple[Columns, pd.DataFrame]]:
    """Yield the frames of other results that have one row a customer, such as churn scores."""
    for kind in RESULT_TYPES:
        if kind is CustomerScores or not has_result(results, kind):
            continue
        names = [
            name
            for name, columns in kind.FRAMES.items()
            if any(column.name == "customer_id" for column in columns)
        ]
        if not names:
            continue
        result = read_result(results, kind)
        for name in () if isinstance(result, Missing) else names:
            rows = result.frames[name]
            if rows["customer_id"].is_unique:
                yield kind.FRAMES[name], rows


def _group(results: Path) -> int:
    """Return the fewest customers that have to share all quasi-identifiers."""
    audit = stored_result(results, PrivacyAudit)
    return audit.minimum_cell if isinstance(audit, PrivacyAudit) else GROUP


def _whole(columns: Columns, names: tuple[str, ...]) -> Columns:
    """Return the declarations with these as whole numbers, which nulls do not let frames hold."""
    return tuple(_integer(column) if column.name in names else column for column in columns)


def _integer(column: Column) -> Column:
    return replace(column, dtype="integer", nullable=True)
