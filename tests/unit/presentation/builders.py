"""Plausible results of a small shop, written into a store; and of one with orders alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import diagnostic_builders
import numpy as np
import pandas as pd
import predictive_builders
import prescriptive_builders

from analytics.descriptive import period_reports as computed_reports
from analytics.results import (
    Alerts,
    Budget,
    ChurnPatterns,
    Clv,
    Comparisons,
    Correlations,
    CustomerBase,
    CustomerScores,
    DailySeries,
    DataQuality,
    DistinctCounts,
    DrillDown,
    DrillTables,
    Kpis,
    Missing,
    MonthlyCube,
    MonthlyReports,
    PeriodReports,
    PrivacyAudit,
    Result,
    RevenueDecline,
    SourceFacts,
)
from analytics.store import Provenance, write_result

PARTS = {
    "region": ("North", "East", "West", "South"),
    "segment": ("Premium", "Standard", "Basic"),
    "category": ("Electronics", "Home", "Garden", "Sports", "Toys", "Books"),
    "sales_channel": ("Online", "Store", "Marketplace"),
}
SHARES = {
    "region": (0.42, 0.26, 0.22, 0.10),
    "segment": (0.45, 0.40, 0.15),
    "category": (0.28, 0.22, 0.18, 0.14, 0.10, 0.08),
    "sales_channel": (0.55, 0.30, 0.15),
}
GROWTHS = {"region": (0.03, 0.04, -0.02, 0.30)}
DEFINITIONS = (
    ("net_revenue", "Net revenue", "Value of completed orders", "currency", "up", True, 4.1e6),
    ("contribution_margin", "Contribution margin", "Net revenue less costs", "currency", "up", True,
     1.9e6),
    ("contribution_margin_rate", "Contribution margin rate", "Margin / net revenue", "rate", "up",
     False, 0.457),
    ("orders", "Orders", "Completed orders", "count", "up", True, 7700.0),
    ("average_order_value", "Average order value", "Net revenue / orders", "currency", "up", False,
     532.0),
    ("active_customers", "Active customers", "Customers with an order", "count", "up", False,
     5200.0),
    ("new_customers", "New customers", "First order in the month", "count", "up", False, 310.0),
    ("retention_rate", "Retention rate", "Active again", "rate", "up", False, 0.58),
    ("satisfaction_score", "Satisfaction", "Mean answer", "score", "up", False, 3.7),
    ("tickets_per_1000_orders", "Tickets per 1,000 orders", "Tickets / orders", "per_1000", "down",
     False, 118.0),
    ("resolution_days", "Resolution time", "Opening to closing", "days", "down", False, 2.6),
    ("marketing_return", "Marketing return", "Margin / spend", "ratio", "up", False, 4.9),
)  # fmt: skip


def months(first: str = "2022-07-01", number: int = 24) -> pd.DatetimeIndex:
    return pd.date_range(first, periods=number, freq="MS")


def source_facts(**changes: object) -> SourceFacts:
    facts = SourceFacts(
        name="small",
        title="Small Shop",
        currency="USD",
        time_zone="UTC",
        synthetic=True,
        public=True,
        observation_start=date(2022, 7, 1),
        observation_end=date(2024, 6, 30),
        customers=9_812,
        orders=184_939,
        tables=(
            "customers", "customers.customer_id", "customers.region", "customers.segment",
            "transactions", "transactions.customer_id", "transactions.ordered_at",
            "transactions.net", "transaction_items", "transaction_items.category",
            "marketing_spend", "satisfaction", "support_tickets",
        ),
    )  # fmt: skip
    return replace(facts, **changes)  # type: ignore[arg-type]


def data_quality() -> DataQuality:
    return DataQuality(
        raw_total_amount=99_512_345.67,
        clean_total_amount=98_400_000.00,
        tables=pd.DataFrame(
            {
                "table": ["customers", "transactions"],
                "file": ["customers.csv", "orders.csv"],
                "raw_rows": [10_102, 187_440],
                "removed_rows": [102, 2_481],
                "quarantined_rows": [0, 20],
                "clean_rows": [10_000, 184_939],
            }
        ),
        removals=pd.DataFrame(
            {
                "table": ["transactions", "transactions", "customers"],
                "outcome": ["removed", "quarantined", "removed"],
                "reason": ["exact duplicate", "date not understood", "exact duplicate"],
                "rows": [2_481, 20, 102],
                "amount": [1_101_345.67, 11_000.00, np.nan],
            }
        ),
        changes=pd.DataFrame(
            {
                "table": ["transactions", "customers"],
                "column": ["status", "region"],
                "change": ["set by a reversal", "letter case made canonical"],
                "rows": [240, 31],
                "amount": [0.0, np.nan],
            }
        ),
        missing_values=pd.DataFrame(
            {
                "table": ["customers", "customers"],
                "column": ["region", "segment"],
                "rows": [52, 0],
                "rate": [0.0052, 0.0],
                "rule": ["kept as missing; shown as Unknown"] * 2,
            }
        ),
    )


def kpis(*, growth: float = 0.06, partial: bool = False) -> Kpis:
    """Return KPIs whose year-on-year change has the sign of `growth`."""
    generator = np.random.default_rng(1)
    rows = []
    index = months()
    for name, _, _, unit, _, _, level in DEFINITIONS:
        season = 0.14 if unit in ("currency", "count") else 0.02
        slope = growth if unit in ("currency", "count", "per_1000", "days") else growth / 3
        for at, month in enumerate(index):
            wave = 1 + season * np.cos((month.month - 3) * np.pi / 6)
            noise = 1 + generator.normal(0, 0.004)
            total = level * wave * noise * (1 + slope) ** ((at - 12) / 12)
            complete = not (partial and at == len(index) - 1)
            rows.append(_value(month, complete, name, "all", "all", total, unit))
            for dimension, parts in PARTS.items():
                for place, part in enumerate(parts):
                    share = SHARES[dimension][place] if unit in ("currency", "count") else 1.0
                    extra = GROWTHS.get(dimension, (0.0,) * 6)[place]
                    own = total * share * (1 + extra) ** ((at - 12) / 12)
                    rows.append(_value(month, complete, name, dimension, part, own, unit))
    return Kpis(
        latest_month=date(2024, 5, 1) if partial else date(2024, 6, 1),
        definitions=pd.DataFrame(
            [row[:6] for row in DEFINITIONS],
            columns=["kpi", "title", "formula", "unit", "good", "additive"],
        ),
        values=pd.DataFrame(rows),
    )


def _value(
    month: pd.Timestamp, complete: bool, kpi: str, dimension: str, part: str, value: float,
    unit: str,
) -> dict[str, object]:  # fmt: skip
    estimate = unit == "score"
    return {
        "month": month, "complete": complete, "kpi": kpi, "dimension": dimension, "part": part,
        "value": value, "low": value - 0.05 if estimate else np.nan,
        "high": value + 0.05 if estimate else np.nan, "sample": 1200,
    }  # fmt: skip


def monthly_reports(source: Kpis) -> MonthlyReports:
    values = source.values
    totals = values[values["dimension"] == "all"]
    wide = totals.pivot_table(index="kpi", columns="month", values="value", sort=False)
    complete = set(totals.loc[totals["complete"], "month"])
    figures, movers = [], []
    index = sorted(wide.columns)
    for month in index:
        year_ago, before = month - pd.DateOffset(years=1), month - pd.DateOffset(months=1)
        known = month in complete
        for kpi in wide.index:
            value = wide.at[kpi, month]
            then = wide.at[kpi, before] if known and before in wide.columns else np.nan
            year = wide.at[kpi, year_ago] if known and year_ago in wide.columns else np.nan
            figures.append(
                {
                    "month": month, "complete": known, "kpi": kpi, "value": value,
                    "previous": then, "year_before": year, "change": value - then,
                    "change_rate": value / then - 1, "year_change": value - year,
                    "year_change_rate": value / year - 1,
                }
            )  # fmt: skip
        parts = values[(values["kpi"] == "net_revenue") & (values["dimension"] != "all")]
        table = parts.pivot_table(index=["dimension", "part"], columns="month", values="value")
        for against, base in (("previous", before), ("year_before", year_ago)):
            if not known or base not in table.columns:
                continue
            total = wide.at["net_revenue", month] - wide.at["net_revenue", base]
            for (dimension, part), row in table.iterrows():
                movers.append(
                    {
                        "month": month, "against": against, "dimension": dimension, "part": part,
                        "current_amount": row[month], "base_amount": row[base],
                        "change_amount": row[month] - row[base],
                        "change_share_rate": (row[month] - row[base]) / total,
                    }
                )  # fmt: skip
    return MonthlyReports(
        months=tuple(f"{month:%Y-%m}" for month in index),
        figures=pd.DataFrame(figures),
        movers=pd.DataFrame(
            movers, columns=[column.name for column in MonthlyReports.FRAMES["movers"]]
        ),
    )


def period_reports(source: Kpis) -> PeriodReports:
    """Return what days and quarters report of the small shop, of one dimension each day."""
    random = np.random.default_rng(5)
    days = daily_series().days["day"]
    parts = pd.DataFrame({"day": days.repeat(4), "part": list(PARTS["region"]) * len(days)})
    parts = parts.assign(net_revenue_amount=random.uniform(2e4, 5e4, len(parts)).round(2),
                         active_customers=60)  # fmt: skip
    by_day = {} if (source.values["dimension"] == "all").all() else {"region": parts}
    return computed_reports(
        source, distinct_counts(), daily_series(), by_day, facts=source_facts(), minimum_cell=5
    )


def monthly_cube() -> MonthlyCube:
    cells = pd.DataFrame(
        {
            "month": [months()[0]], "region": ["North"], "segment": ["Premium"],
            "category": ["Books"], "sales_channel": ["Online"], "net_revenue_amount": [1.0],
            "contribution_margin_amount": [0.5], "orders": [1],
        }
    )  # fmt: skip
    return MonthlyCube(dimensions=tuple(PARTS), minimum_cell=5, merged_cells=0, cells=cells)


def distinct_counts() -> DistinctCounts:
    """Return the customers of every month, in total and by region."""
    parts = ("all", *PARTS["region"])
    rows = pd.DataFrame(
        [(month, part) for month in months() for part in parts], columns=["start", "region"]
    )
    rows = rows.assign(
        kind="month", complete=True, segment="all", category="all", sales_channel="all",
        active_customers=np.where(rows["region"] == "all", 5200.0, 1300.0),
        new_customers=np.where(rows["region"] == "all", 320.0, 80.0),
        previous_customers=np.where(rows["region"] == "all", 5200.0, 1300.0),
        retained_customers=np.where(rows["region"] == "all", 3000.0, 750.0),
        withheld=False,
    )  # fmt: skip
    return DistinctCounts(
        minimum_cell=5,
        most_filters=2,
        withheld_combinations=0,
        narrowest_range=float("nan"),
        pinned_combinations=0,
        counts=rows[[column.name for column in DistinctCounts.FRAMES["counts"]]],
    )


def comparisons() -> Comparisons:
    """Return the last month against what is usual, and one event of two years."""
    last = months()[-1]
    return Comparisons(
        months=pd.DataFrame(
            {
                "month": [last, last], "kpi": ["net_revenue", "retention_rate"],
                "value": [4.4e6, 0.6], "trailing_average": [4e6, 0.55],
                "trailing_months": [12, 12], "trailing_change": [4e5, 0.05],
                "trailing_change_rate": [0.1, 0.09], "aligned": [4.1e6, np.nan],
                "aligned_change_rate": [0.07, np.nan],
            }
        ),
        events=pd.DataFrame(
            {
                "event": "Black Friday",
                "start": pd.to_datetime(["2022-11-25", "2023-11-24"]),
                "last": pd.to_datetime(["2022-11-28", "2023-11-27"]),
                "complete": True, "net_revenue_amount": [9e5, 9.5e5], "orders": [1700.0, 1800.0],
                "usual_amount": 5e5, "usual_low_amount": 4.5e5, "usual_high_amount": 5.5e5,
                "lift_rate": [0.8, 0.9], "year_before_amount": [np.nan, 9e5],
                "year_change_rate": [np.nan, 0.055], "same_weekdays_amount": [np.nan, 9e5],
                "same_weekdays_change_rate": [np.nan, 0.055],
            }
        ),
        calendar=pd.DataFrame(
            {"month": [last], "event": ["Summer"], "event_days": [3], "year_before_days": [0]}
        ),
    )  # fmt: skip


def customer_base() -> CustomerBase:
    """Return two years of cohorts, whose retention falls from month to month."""
    cohorts = pd.DataFrame(
        [
            (cohort, month, at - first, True, 200.0, 200.0 if at == first else 100.0 - (at - first))
            for first, cohort in enumerate(months())
            for at, month in enumerate(months())
            if at >= first
        ],
        columns=["cohort", "month", "months_since", "complete", "customers", "active_customers"],
    )
    cohorts["retention_rate"] = cohorts["active_customers"] / cohorts["customers"]
    cohorts = cohorts.assign(
        low=cohorts["retention_rate"] - 0.05, high=cohorts["retention_rate"] + 0.05
    )
    years = cohorts["cohort"].dt.year.astype("str")
    both = pd.concat([cohorts.assign(series="all"), cohorts.assign(series=years)])
    curves = both.groupby(["series", "months_since"], as_index=False)[
        ["customers", "active_customers"]
    ].sum()
    curves["retention_rate"] = curves["active_customers"] / curves["customers"]
    curves = curves.assign(
        low=curves["retention_rate"] - 0.01, high=curves["retention_rate"] + 0.01
    )
    return CustomerBase(
        customers=4800, minimum_cell=5, observation_days=731, median_gap_days=17.0,
        followed_rate=0.96, top_tenth_rate=0.42, top_fifth_rate=0.61, half_revenue_rate=0.14,
        cohorts=cohorts,
        curves=curves[[column.name for column in CustomerBase.FRAMES["curves"]]],
        rfm_groups=pd.DataFrame(
            {
                "group": ["Champions", "Dormant"], "scores": ["r 4-5, f 4-5", "r 1-2, f 1-2"],
                "customers": [2400, 2400], "customers_rate": 0.5,
                "net_revenue_amount": [9e6, 1e6], "net_revenue_rate": [0.9, 0.1],
                "days_since_last_order": [10.0, 200.0], "orders": [30.0, 3.0],
            }
        ),
        rfm_grid=pd.DataFrame(
            {
                "r_score": [1, 5], "f_score": [1, 5], "group": ["Dormant", "Champions"],
                "customers": [2400.0, 2400.0], "net_revenue_amount": [1e6, 9e6],
            }
        ),
        gaps=pd.DataFrame(
            {
                "days_from": [0, 7, 14], "days_to": [7, 14, 90], "gaps": [500, 300, 200],
                "gaps_rate": [0.5, 0.3, 0.2], "followed_rate": [0.4, 0.7, 0.96],
            }
        ),
        concentration=pd.DataFrame(
            {
                "customers_rate": [0.1, 0.2, 1.0], "customers": [480, 960, 4800],
                "net_revenue_amount": [4.2e6, 6.1e6, 1e7], "net_revenue_rate": [0.42, 0.61, 1.0],
            }
        ),
    )  # fmt: skip


def daily_series() -> DailySeries:
    days = pd.date_range("2022-07-01", "2024-06-30", freq="D")
    return DailySeries(
        days=pd.DataFrame(
            {
                "day": days, "net_revenue_amount": 134_000.0,
                "contribution_margin_amount": 61_000.0, "orders": 253, "active_customers": 249,
            }
        )
    )  # fmt: skip


def alerts(source: Kpis, *, fired: bool = True) -> Alerts:
    rules = (
        ("Satisfaction", "satisfaction_score", "below", 3.8 if fired else 3.0, "critical"),
        ("Retention", "retention_rate", "below", 0.55, "warning"),
        ("Ticket volume", "tickets_per_1000_orders", "above", 120.0 if fired else 300.0, "warning"),
    )
    values = source.values
    rows, history = [], []
    for name, kpi, when, threshold, severity in rules:
        course = values[
            (values["kpi"] == kpi) & (values["dimension"] == "all") & values["complete"]
        ].sort_values("month")
        crossed = course["value"] < threshold if when == "below" else course["value"] > threshold
        last = bool(crossed.iloc[-1])
        rows.append(
            {
                "rule": name, "kpi": kpi, "when": when, "threshold": threshold,
                "severity": severity, "state": "fired" if last else "quiet",
                "value": course["value"].iloc[-1], "since": "2024-05" if last else "",
                "test": "threshold", "slice": "", "expected": np.nan, "gap_rate": np.nan,
                "slices": 1, "fired_slices": int(last), "false_alarm_rate": np.nan,
            }
        )  # fmt: skip
        history += [
            {
                "rule": name, "month": month, "slice": "", "value": value, "sample": 1200,
                "expected": np.nan, "low": threshold if when == "below" else np.nan,
                "high": threshold if when == "above" else np.nan, "gap_rate": np.nan,
                "judged": True, "fired": bool(flag),
            }
            for month, value, flag in zip(course["month"], course["value"], crossed, strict=True)
        ]  # fmt: skip
    return Alerts(rules=pd.DataFrame(rows), history=pd.DataFrame(history))


def drill_down(*, growth: float = 0.06) -> DrillDown:
    base = 12.2e6
    current = base * (1 + growth)
    rows = []
    for dimension, parts in PARTS.items():
        rows += _split("all", "all", dimension, parts, SHARES[dimension], base, current)
    for place, part in enumerate(PARTS["region"]):
        share = SHARES["region"][place]
        rows += _split("region", part, "category", PARTS["category"], SHARES["category"],
                       base * share, current * share)  # fmt: skip
    change = current - base
    return DrillDown(
        current_label="2024-Q2",
        base_label="2023-Q2",
        current_start=date(2024, 4, 1),
        base_start=date(2023, 4, 1),
        current_amount=current,
        base_amount=base,
        change_amount=change,
        dimensions=tuple(PARTS),
        parts=pd.DataFrame(rows),
        drivers=pd.DataFrame(
            {
                "factor": ["customers", "orders per customer", "order value"],
                "change_amount": [change * 0.8, change * 0.5, -change * 0.3],
                "current": [6400.0, 3.4, 560.0],
                "base": [6100.0, 3.3, 566.0],
            }
        ),
    )


def drill_tables() -> DrillTables:
    """Return two cities of the first region, one product and one hour, a pair and a day."""
    month = pd.Timestamp(2024, 6, 1)
    figures = {"net_revenue_amount": 1200.5, "orders": 12.0}
    within = {"city": PARTS["region"][0], "product": PARTS["category"][0], "hour": "0"}
    nested = [
        {"table": table, "month": month, "outer": outer, "part": part, **figures}
        for table, outer in within.items()
        for part in {"city": ("Anytown", "Elsewhere"), "product": ("P-1",), "hour": ("9",)}[table]
    ]
    pair = {
        "month": month,
        "first_dimension": "region",
        "first": PARTS["region"][0],
        "second_dimension": "segment",
        "second": PARTS["segment"][0],
        **figures,
    }
    day = {"day": month, "dimension": "region", "part": PARTS["region"][0], **figures}
    return DrillTables(
        minimum_cell=5,
        tables=("city", "product", "hour", "day", "region x segment"),
        nested=pd.DataFrame(nested),
        pairs=pd.DataFrame([pair]),
        days=pd.DataFrame([day]),
    )  # fmt: skip


def _split(
    outer: str, outer_part: str, dimension: str, parts: tuple[str, ...],
    shares: tuple[float, ...], base: float, current: float,
) -> list[dict[str, object]]:  # fmt: skip
    change = current - base
    weights = np.linspace(1.6, 0.2, len(parts))
    weights = weights / weights.sum()
    rows = []
    for part, share, weight in zip(parts, shares, weights, strict=True):
        then = base * share
        now = then + change * weight
        rows.append(
            {
                "outer_dimension": outer, "outer_part": outer_part, "dimension": dimension,
                "part": part, "current_amount": now, "base_amount": then,
                "change_amount": now - then, "change_rate": now / then - 1,
                "share_rate": now / current,
                "change_share_rate": (now - then) / change if change else np.nan,
            }
        )  # fmt: skip
    return rows


def correlations(*, strongest: float = 0.41) -> Correlations:
    variables = ("orders", "net_revenue_amount", "satisfaction", "unresolved_tickets",
                 "discount_rate", "segment", "region")  # fmt: skip
    generator = np.random.default_rng(3)
    rows = []
    for first, left in enumerate(variables):
        for right in variables[first + 1 :]:
            words = left in ("segment", "region"), right in ("segment", "region")
            method = ("cramers_v" if all(words) else "correlation_ratio" if any(words)
                      else "spearman")  # fmt: skip
            value = float(generator.uniform(-0.2, 0.2))
            value = abs(value) if method != "spearman" else value
            definitional = (left, right) == ("orders", "net_revenue_amount")
            if definitional:
                value = 0.86
            if (left, right) == ("orders", "satisfaction"):
                value = strongest
            rows.append(
                {
                    "left": left, "right": right, "method": method, "coefficient": value,
                    "low": value - 0.02, "high": value + 0.02,
                    "p_value": 0.0001 if abs(value) > 0.05 else 0.3,
                    "q_value": 0.0004 if abs(value) > 0.05 else 0.35, "sample": 9_812,
                    "significant": abs(value) > 0.05, "definitional": definitional,
                }
            )  # fmt: skip
    pairs = pd.DataFrame(rows)
    return Correlations(
        variables=variables, given=("segment", "region"), pairs=pairs, drivers=_associated(pairs)
    )


def _associated(pairs: pd.DataFrame) -> pd.DataFrame:
    """Return the drivers of revenue as the pairs with it tell them."""
    measure = "net_revenue_amount"
    rows = pairs[(pairs["left"] == measure) | (pairs["right"] == measure)].copy()
    rows["driver"] = rows["left"].where(rows["left"] != measure, rows["right"])
    number = rows["method"] == "spearman"
    for name, own in (("partial", "coefficient"), ("partial_low", "low"), ("partial_high", "high")):
        rows[name] = rows[own].where(number)
    rows = rows.assign(outcome="revenue", measure=measure).sort_values("definitional")
    rows["rank"] = range(1, len(rows) + 1)
    return rows[[column.name for column in Correlations.FRAMES["drivers"]]]


def clv(*, beats: bool = True) -> Clv:
    models = (("linear_regression", "model", 0.77), ("random_forest", "model", 0.76),
              ("gradient_boosting", "model", 0.79), ("xgboost", "model", 0.78),
              ("run_rate", "baseline", 0.74), ("bg_nbd", "baseline", 0.72),
              ("mean", "baseline", 0.0))  # fmt: skip
    scores = [
        {"model": model, "role": role, "part": part, "metric": metric, "value": value,
         "low": value * 0.97, "high": value * 1.03}
        for model, role, level in models
        for part in ("validation", "test")
        for metric, value in (("r2", level * 0.95), ("mae", 900.0 * (1.4 - level)),
                              ("spearman", level), ("decile_lift", 3.2 * level),
                              ("calibration_slope", 0.98))
    ]  # fmt: skip
    predicted = np.linspace(200, 5200, 10)
    segments = (("all", 9812, 2070.0), ("Premium", 1960, 5010.0), ("Standard", 4900, 1990.0),
                ("Basic", 2952, 790.0))  # fmt: skip
    edges = np.arange(0, 12_001, 500.0)
    return Clv(
        training_cutoff=date(2023, 7, 1),
        scoring_cutoff=date(2024, 7, 1),
        horizon_months=12,
        discount_rate=0.10,
        margin="contribution margin",
        winner="gradient_boosting",
        winner_beats_baseline=beats,
        in_use="gradient_boosting" if beats else "run_rate",
        **predictive_builders.clv_more(models),
        training_customers=4600,
        validation_customers=1500,
        test_customers=2030,
        interval_coverage=0.81,
        scores=pd.DataFrame(scores),
        calibration=pd.DataFrame(
            {
                "model": "gradient_boosting", "decile": range(1, 11),
                "predicted_amount": predicted, "actual_amount": predicted * 1.02 - 30,
                "customers": 203,
            }
        ),
        tuning=pd.DataFrame(
            {
                "model": ["gradient_boosting"], "parameter": ["learning_rate"],
                "chosen": ["0.05"], "candidates": ["0.02, 0.05, 0.1"],
            }
        ),
        importance=pd.DataFrame(
            {
                "feature": ["orders_last_365_days", "mean_order_amount", "days_since_last_order",
                            "satisfaction", "unresolved_tickets"],
                "mean_absolute_shap_amount": [820.0, 510.0, 300.0, 120.0, 45.0],
                "low": [700.0, 400.0, 200.0, 60.0, 10.0],
                "high": [900.0, 600.0, 400.0, 200.0, 90.0],
                "permutation_loss": [300.0, 120.0, 60.0, 8.0, -1.0], "best_rank": [1, 2, 2, 4, 4],
                "worst_rank": [1, 3, 3, 5, 5],
            }
        ),
        segments=pd.DataFrame(
            [
                {"segment": name, "customers": customers, "mean_amount": mean,
                 "low_amount": mean * 0.96, "high_amount": mean * 1.04,
                 "total_amount": mean * customers}
                for name, customers, mean in segments
            ]
        ),
        distribution=pd.DataFrame(
            {
                "from_amount": edges[:-1], "to_amount": edges[1:],
                "customers": (2400 * np.exp(-edges[:-1] / 2200)).astype(int),
            }
        ),
    )  # fmt: skip


def customer_scores() -> CustomerScores:
    return CustomerScores(
        cutoff=date(2024, 7, 1),
        customers=pd.DataFrame(
            {
                "customer_id": ["000042"], "segment": ["Premium"], "region": ["North"],
                "signup_quarter": ["2022-Q3"], "acquisition_channel": ["Search"], "orders": [12],
                "net_revenue_amount": [7000.0], "contribution_margin_amount": [3000.0],
                "days_since_last_order": [12.0], "r_score": [5], "f_score": [4], "m_score": [4],
                "satisfaction": [4.1], "tickets": [1], "clv12_amount": [2900.0],
                "clv12_low_amount": [1800.0], "clv12_high_amount": [4100.0],
                "churn_probability": [0.08], "churn_reasons": ["unresolved tickets: 1"],
            }
        ),
    )  # fmt: skip


def budget(*, gain_low: float = 9_000.0) -> Budget:
    channels = {
        "Search": (18e3, 28e3, 2.2, 9e4, 36e3), "Direct": (15e3, 22e3, 2.0, 7e4, 30e3),
        "Social": (15e3, 9e3, 0.6, 2.6e4, 18.8e3), "Email": (12e3, 6e3, 0.7, 5e4, 3e3),
        "Display": (15e3, 10e3, 0.4, 2e4, 15e3), "Affiliate": (12e3, 12e3, 0.9, 2e4, 12e3),
    }  # fmt: skip
    allocation, curves = [], []
    for name, (current, optimal, marginal, ceiling, half) in channels.items():
        allocation.append(
            {
                "marketing_channel": name, "current_amount": current, "optimal_amount": optimal,
                "minimum_amount": current / 2, "maximum_amount": current * 2,
                "average_roi": ceiling / (half + current), "marginal_roi": marginal,
                "marginal_roi_low": marginal * 0.7, "marginal_roi_high": marginal * 1.35,
                "floor_amount": 0.0, "robust_amount": (current + optimal) / 2,
                "optimal_low_amount": optimal * 0.8, "optimal_high_amount": optimal * 1.2,
                "bound_price": 0.0,
            }
        )  # fmt: skip
        for spend in np.linspace(0, 40e3, 21):
            value = ceiling * spend / (half + spend)
            curves.append(
                {"marketing_channel": name, "spend_amount": spend, "margin_amount": value,
                 "low_amount": value * 0.8, "high_amount": value * 1.2}
            )  # fmt: skip
    totals = np.linspace(40e3, 160e3, 13)
    return Budget(
        first_week=date(2022, 7, 4),
        last_week=date(2024, 6, 24),
        weeks=104,
        current_total_amount=87e3,
        budget_amount=87e3,
        current_margin_amount=182e3,
        optimal_margin_amount=196e3,
        gain_amount=14e3,
        gain_low_amount=gain_low,
        gain_high_amount=21e3,
        shadow_price=1.1,
        robust_gain_amount=12e3,
        robust_low_amount=9e3,
        plan_low_amount=8e3,
        target_margin_amount=182e3,
        target_cost_amount=70e3,
        experiment_weeks=12.0,
        fit_r2=0.83,
        solver="CBC",
        allocation=pd.DataFrame(allocation),
        curves=pd.DataFrame(curves),
        frontier=pd.DataFrame(
            {"total_amount": totals, "margin_amount": 600 * np.sqrt(totals), "shadow_price": 1.0}
        ),
        plans=pd.DataFrame(
            [
                (minima, maxima, 87e3 * factor, name, current * factor, 190e3 * factor, 1.1)
                for minima in (True, False)
                for maxima in (True, False)
                for factor in (0.8, 1.0, 1.2)
                for name, (current, *_) in channels.items()
            ],
            columns=[column.name for column in Budget.FRAMES["plans"]],
        ),
        pacing=pd.DataFrame(
            [
                (pd.Timestamp("2024-07-01") + pd.Timedelta(weeks=week), name, current, 1.0)
                for week in range(3)
                for name, (current, *_) in channels.items()
            ],
            columns=[column.name for column in Budget.FRAMES["pacing"]],
        ),
    )


def privacy_audit(**changes: object) -> PrivacyAudit:
    audit = PrivacyAudit(
        minimum_cell=5,
        withheld_cells=368,
        pinned_cells=0,
        pinned_before_cells=0,
        narrowest_orders=5.0,
        narrowest_net_revenue_rate=0.29,
        customer_rows=9_733,
        customer_group=5,
        coarsened_rows=2_224,
        groups=pd.DataFrame(
            {
                "table": ["monthly cube"],
                "month": [pd.Timestamp("2024-06-01")],
                "withheld_cells": [368],
                "orders_width": [5.0],
                "net_revenue_width_amount": [640.0],
                "net_revenue_width_rate": [0.29],
                "pinned": [False],
            }
        ),
        generalised=pd.DataFrame({"attribute": ["region"], "level": ["region"], "rows": [9_733]}),
    )
    return replace(audit, **changes)  # type: ignore[arg-type]


def write_small_shop(folder: Path, **replaced: Result) -> Path:
    """Write every result of the small shop; `replaced` maps names of builders to results."""
    own = replaced.get("kpis", kpis())
    assert isinstance(own, Kpis)
    made: dict[str, Result] = {
        "source_facts": source_facts(),
        "data_quality": data_quality(),
        "kpis": own,
        "monthly_reports": monthly_reports(own),
        "period_reports": period_reports(own),
        "monthly_cube": monthly_cube(),
        "distinct_counts": distinct_counts(),
        "customer_base": customer_base(),
        "comparisons": comparisons(),
        "daily_series": daily_series(),
        "alerts": replaced.get("alerts") or alerts(own),
        "drill_down": drill_down(),
        "drill_tables": drill_tables(),
        "correlations": correlations(),
        **dict(
            zip(
                ("revenue_decline", "churn_patterns"),
                diagnostic_builders.results(source_facts()),
                strict=True,
            )
        ),
        **dict(
            zip(
                ("anomalies", "association_rules", "clusters"),
                diagnostic_builders.patterns(),
                strict=True,
            )
        ),
        "clv": clv(),
        **predictive_builders.results(),
        "customer_scores": customer_scores(),
        "budget": budget(),
        **prescriptive_builders.results(),
        "privacy_audit": privacy_audit(),
    }
    for result in (made | replaced).values():
        write_result(folder, result, Provenance())
    return folder


def write_orders_alone(folder: Path) -> Path:
    """Write the results of a source with nothing but orders: no parts, no costs, no marketing."""
    whole = kpis()
    told = ("net_revenue", "orders", "average_order_value", "active_customers", "retention_rate")
    own = Kpis(
        latest_month=whole.latest_month,
        definitions=whole.definitions[whole.definitions["kpi"].isin(told)],
        values=whole.values[whole.values["kpi"].isin(told) & (whole.values["dimension"] == "all")],
    )
    reports = monthly_reports(own)
    facts = source_facts(
        name="orders", title="Orders Alone", synthetic=False,
        tables=("transactions", "transactions.customer_id", "transactions.ordered_at",
                "transactions.net"),
    )  # fmt: skip
    results: list[Result] = [facts, data_quality(), own, reports, daily_series()]
    results.append(period_reports(own))
    nobody = privacy_audit(customer_rows=0, customer_group=0, coarsened_rows=0, withheld_cells=0)
    results.append(nobody)
    whole_alerts = alerts(whole)
    results.append(
        Alerts(
            rules=whole_alerts.rules.assign(state="silent", value=np.nan, since=""),
            history=whole_alerts.history.iloc[:0],
        )
    )
    absent = (
        (MonthlyCube, ("customers.region",), "The source has no dimension to split by."),
        (Comparisons, ("transactions",), "There is no complete month."),
        (CustomerBase, ("transactions",), "There are fewer than 5 customers."),
        (DistinctCounts, ("customers.region",), "The source has no dimension to split by."),
        (DrillDown, ("customers.region", "transaction_items.category"),
         "The source has no dimension to split by."),
        (DrillTables, ("customers.region",), "The source has no dimension to split by."),
        (RevenueDecline, ("customers.region", "transactions.sales_channel"),
         "The source has no dimension to look for declines in."),
        (ChurnPatterns, ("transactions",), "Too few customers left."),
        (Correlations, ("customers", "satisfaction"), "The source says too little of customers."),
        (Clv, ("transactions.cost_of_goods",), "There are too few customers."),
        (CustomerScores, ("transactions.cost_of_goods",), "There are too few customers."),
        *diagnostic_builders.ABSENT,
        *predictive_builders.ABSENT,
        *prescriptive_builders.ABSENT,
        (Budget, ("marketing_spend",), "The source has no marketing spend."),
    )  # fmt: skip
    results += [
        Missing(of=kind.KIND, needs=needs, because=because) for kind, needs, because in absent
    ]
    for result in results:
        write_result(folder, result, Provenance())
    return folder
