"""What each month's report says: comparisons of every KPI, and what moved net revenue."""

from __future__ import annotations

import pandas as pd

from analytics.privacy import OTHER, Partition
from analytics.results import Kpis, MonthlyReports

_MONTHS_BEFORE = {"previous": 1, "year_before": 12}


def monthly_reports(
    kpis: Kpis, monthly: pd.DataFrame, *, parts: Partition | None = None
) -> MonthlyReports:
    """Return every month's comparisons with the month before and the same month a year before.

    Parameters
    ----------
    kpis : Kpis
        KPIs by month; those of the total are compared.
    monthly : DataFrame
        month, dimension, part, net_revenue_amount.
    parts : Partition, optional
        Which parts of few customers are merged; none by default.

    Returns
    -------
    MonthlyReports
        A partial month is compared with nothing and nothing with it. Movers are all parts of
        a dimension, largest absolute change first; they sum to the change of the total. Parts
        that are merged in either of two months are merged in both: what is told of a pair of
        months follows from what is told of each.
    """
    total = kpis.values[kpis.values["dimension"] == "all"]
    figures = _figures(total)
    months = sorted(total["month"].unique())
    revenue = total[total["kpi"] == "net_revenue"]
    told = revenue["complete"] & revenue["value"].notna()
    complete = pd.DatetimeIndex(revenue.loc[told, "month"])
    return MonthlyReports(
        months=tuple(f"{month:%Y-%m}" for month in months),
        figures=figures,
        movers=_movers(monthly, complete, parts),
    )


def _figures(total: pd.DataFrame) -> pd.DataFrame:
    order = {name: i for i, name in enumerate(total["kpi"].unique())}
    figures = total[["month", "complete", "kpi", "value"]]
    for name, months in _MONTHS_BEFORE.items():
        base = total.loc[total["complete"], ["month", "kpi", "value"]]
        base = base.assign(month=_later(base["month"], months))
        figures = figures.merge(
            base.rename(columns={"value": name}), on=["month", "kpi"], how="left"
        )
        figures[name] = figures[name].where(figures["complete"])
    for name, change in (("previous", "change"), ("year_before", "year_change")):
        figures[change] = figures["value"] - figures[name]
        # a relative change from zero is not defined, and from below zero it misleads
        figures[f"{change}_rate"] = figures[change] / figures[name].where(figures[name] > 0)
    figures = figures.sort_values(
        ["month", "kpi"], key=lambda column: column.map(order) if column.name == "kpi" else column
    )
    return figures[[column.name for column in MonthlyReports.FRAMES["figures"]]]


def _movers(
    monthly: pd.DataFrame, complete: pd.DatetimeIndex, merged: Partition | None
) -> pd.DataFrame:
    columns = [column.name for column in MonthlyReports.FRAMES["movers"]]
    parts = monthly.loc[
        (monthly["dimension"] != "all") & monthly["month"].isin(complete),
        ["month", "dimension", "part", "net_revenue_amount"],
    ]
    tables = [
        _compared(parts, complete, months, merged).assign(against=against)
        for against, months in _MONTHS_BEFORE.items()
    ]
    movers = pd.concat(tables, ignore_index=True)
    movers["change_amount"] = (movers["current_amount"] - movers["base_amount"]).round(2)
    level = movers.groupby(["month", "against", "dimension"])["change_amount"]
    change = level.transform("sum").round(2)
    movers["change_share_rate"] = movers["change_amount"] / change.where(change != 0)
    movers["size"] = -movers["change_amount"].abs()
    movers = movers.sort_values(["month", "against", "dimension", "size", "part"])
    return movers[columns]


def _compared(
    parts: pd.DataFrame, complete: pd.DatetimeIndex, months: int, merged: Partition | None
) -> pd.DataFrame:
    """Return the parts of each month beside those `months` before; absent ones are zero."""
    keys = ["month", "dimension", "part"]
    base = parts.assign(month=_later(parts["month"], months))
    compared = parts.rename(columns={"net_revenue_amount": "current_amount"}).merge(
        base.rename(columns={"net_revenue_amount": "base_amount"}), on=keys, how="outer"
    )
    comparable = complete.intersection(complete + pd.DateOffset(months=months))
    compared = compared[compared["month"].isin(comparable)]
    compared = compared.fillna({"current_amount": 0.0, "base_amount": 0.0})
    if merged is None or merged.merged.empty:
        return compared
    then = merged.merged.assign(month=_later(merged.merged["month"], months))
    either = pd.concat([merged.merged, then]).drop_duplicates()
    told = compared.merge(either.assign(_merged=True), on=keys, how="left")
    # A part that is called Other would be taken for the merged one.
    has_other = told["_merged"].notna().groupby([told["month"], told["dimension"]])
    genuine = told["part"].eq(OTHER) & has_other.transform("any")
    told["part"] = told["part"].mask(told.pop("_merged").notna() | genuine, OTHER)
    amounts = ["current_amount", "base_amount"]
    return told.groupby(keys, sort=True)[amounts].sum().round(2).reset_index()


def _later(month: pd.Series, months: int) -> pd.Series:
    return month + pd.DateOffset(months=months)
