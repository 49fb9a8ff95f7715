"""What each report says as a table: its figures with every comparison, and its movers."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analytics.results import Kpis, MonthlyReports, PeriodReports
from analytics.store import has_result, read_result

_BASES = {
    "previous": "the period before",
    "usual": "mean of the same weekday of the four weeks before",
    "year_before": "the year before",
    "week_before": "the same weekday of the week before",
}
COLUMNS = (
    *("period", "table", "against", "kpi", "dimension", "part"),
    *("unit", "value", "base", "change", "change_rate"),
)
# Text that begins with one of these is run by spreadsheets.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def report_labels(results: Path) -> dict[str, tuple[str, ...]]:
    """Return the periods that have a report, by kind: day, month, quarter."""
    months = _stored(results, MonthlyReports)
    periods = _stored(results, PeriodReports)
    return {
        "day": periods.days if isinstance(periods, PeriodReports) else (),
        "month": months.months if isinstance(months, MonthlyReports) else (),
        "quarter": periods.quarters if isinstance(periods, PeriodReports) else (),
    }


def report_tables(results: Path) -> dict[str, pd.DataFrame]:
    """Return, for each report's label, a row a figure, comparison or mover.

    Parameters
    ----------
    results : Path
        The stored results.

    Returns
    -------
    dict of str to DataFrame
        Columns are `COLUMNS`; ``table`` is figures or movers; ``against`` is empty for the
        value itself.
    """
    labels = {label for held in report_labels(results).values() for label in held}
    figures, movers = _frames(results)
    figures, movers = _long_figures(figures, _units(results)), _long_movers(movers)
    rows = pd.concat([figures, movers], ignore_index=True)
    if rows.empty:
        return {label: rows.reindex(columns=list(COLUMNS)) for label in sorted(labels)}
    by_label = dict(iter(rows.groupby("period", sort=True)))
    empty = rows.head(0)
    return {label: by_label.get(label, empty)[list(COLUMNS)] for label in sorted(labels)}


def write_report_tables(results: Path, folder: Path) -> None:
    """Write each report's table as CSV into `folder`, named by the report's label."""
    folder.mkdir(parents=True, exist_ok=True)
    for label, table in report_tables(results).items():
        _safe(table).to_csv(folder / f"{label}.csv", index=False, lineterminator="\n")


def _stored(results: Path, kind: type) -> object:
    return read_result(results, kind) if has_result(results, kind) else None


def _frames(results: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    months, periods = _stored(results, MonthlyReports), _stored(results, PeriodReports)
    figures, movers = [], []
    if isinstance(months, MonthlyReports):
        figures.append(months.figures.rename(columns={"month": "start"}).assign(kind="month"))
        movers.append(months.movers.rename(columns={"month": "start"}).assign(kind="month"))
    if isinstance(periods, PeriodReports):
        figures.append(periods.figures)
        movers.append(periods.movers)
    if not figures:
        return pd.DataFrame(), pd.DataFrame()
    return pd.concat(figures, ignore_index=True), pd.concat(movers, ignore_index=True)


def _units(results: Path) -> Mapping[str, str]:
    kpis = _stored(results, Kpis)
    if not isinstance(kpis, Kpis):
        return {}
    return dict(zip(kpis.definitions["kpi"], kpis.definitions["unit"], strict=True))


def _period(rows: pd.DataFrame) -> pd.Series:
    """Return the labels of the periods of rows with `kind` and `start`."""
    start = rows["start"]
    quarter = start.dt.strftime("%Y-Q") + start.dt.quarter.astype("str")
    labels: pd.Series = (
        start.dt.strftime("%Y-%m-%d")
        .mask(rows["kind"] == "month", start.dt.strftime("%Y-%m"))
        .mask(rows["kind"] == "quarter", quarter)
    )
    return labels


def _long_figures(figures: pd.DataFrame, units: Mapping[str, str]) -> pd.DataFrame:
    if figures.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    figures = figures[figures["value"].notna()]
    base = figures.assign(
        period=_period(figures), table="figures", dimension="", part="",
        unit=figures["kpi"].map(units).fillna(""),
    )  # fmt: skip
    tables = [base.assign(against="", base=float("nan"))]
    for name in ("previous", "usual", "year_before"):
        if name in base.columns:
            rows = base[base[name].notna()]
            tables.append(rows.assign(against=_BASES[name], base=rows[name]))
    told = pd.concat(tables, ignore_index=True)
    told["change"] = told["value"] - told["base"]
    told["change_rate"] = told["change"] / told["base"].where(told["base"] > 0)
    return told[list(COLUMNS)]


def _long_movers(movers: pd.DataFrame) -> pd.DataFrame:
    if movers.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    base = movers["base_amount"]
    told = movers.assign(
        period=_period(movers), table="movers", kpi="net_revenue", unit="currency",
        against=movers["against"].map(_BASES), value=movers["current_amount"],
        base=base, change=movers["change_amount"],
        change_rate=movers["change_amount"] / base.where(base > 0),
    )  # fmt: skip
    return told[list(COLUMNS)]


def _safe(table: pd.DataFrame) -> pd.DataFrame:
    """Return the table with an apostrophe before text that a spreadsheet would run."""
    safe = table.copy()
    for name in ("dimension", "part"):
        risky = safe[name].astype("str").str.startswith(_FORMULA_STARTS)
        safe[name] = safe[name].where(~risky, "'" + safe[name].astype("str"))
    return safe
