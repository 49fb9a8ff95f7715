"""What happened: KPIs, the cube, distinct customers, daily totals, reports and alerts."""

from analytics.descriptive.alerts import alerts
from analytics.descriptive.comparisons import comparisons
from analytics.descriptive.cube import monthly_cube
from analytics.descriptive.customer_base import customer_base
from analytics.descriptive.daily import daily_series
from analytics.descriptive.definitions import KPI_DEFINITIONS, KPI_NAMES, KpiDefinition
from analytics.descriptive.distinct_counts import distinct_counts
from analytics.descriptive.kpis import kpis
from analytics.descriptive.period_reports import period_reports
from analytics.descriptive.protection import Protection, protected_tables
from analytics.descriptive.reports import monthly_reports

__all__ = [
    "KPI_DEFINITIONS",
    "KPI_NAMES",
    "KpiDefinition",
    "Protection",
    "alerts",
    "comparisons",
    "customer_base",
    "daily_series",
    "distinct_counts",
    "kpis",
    "monthly_cube",
    "monthly_reports",
    "period_reports",
    "protected_tables",
]
