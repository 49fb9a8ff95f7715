"""Frozen result types: the only thing that the tiers hand to the pages."""

from analytics.results.base import Columns, Missing, Result, conformed
from analytics.results.churn import Churn
from analytics.results.comparisons import Comparisons
from analytics.results.customer_base import CustomerBase
from analytics.results.data import DataQuality, SourceFacts
from analytics.results.descriptive import (
    Alerts,
    DailySeries,
    DistinctCounts,
    Kpis,
    MonthlyCube,
    MonthlyReports,
    PeriodReports,
)
from analytics.results.diagnostic import (
    ChurnPatterns,
    Correlations,
    DrillDown,
    DrillTables,
    RevenueDecline,
)
from analytics.results.experiments import Experiments
from analytics.results.forecast import Forecast, Scenarios
from analytics.results.insights import Insights
from analytics.results.lifetime_value import Clv, CustomerScores
from analytics.results.patterns import Anomalies, AssociationRules, Clusters
from analytics.results.prescriptive import Budget
from analytics.results.privacy import PrivacyAudit
from analytics.results.strategies import EarlyWarning, Strategies

# What a build writes.
RESULT_TYPES: tuple[type[Result], ...] = (
    SourceFacts,
    DataQuality,
    Kpis,
    MonthlyCube,
    DailySeries,
    DistinctCounts,
    Comparisons,
    CustomerBase,
    MonthlyReports,
    PeriodReports,
    Alerts,
    DrillDown,
    DrillTables,
    RevenueDecline,
    ChurnPatterns,
    Correlations,
    Anomalies,
    AssociationRules,
    Clusters,
    Clv,
    Churn,
    Forecast,
    Scenarios,
    CustomerScores,
    Experiments,
    Strategies,
    EarlyWarning,
    Budget,
    Insights,
    PrivacyAudit,
)

__all__ = [
    "RESULT_TYPES",
    "Alerts",
    "Anomalies",
    "AssociationRules",
    "Budget",
    "Churn",
    "ChurnPatterns",
    "Clusters",
    "Clv",
    "Columns",
    "Comparisons",
    "Correlations",
    "CustomerBase",
    "CustomerScores",
    "DailySeries",
    "DataQuality",
    "DistinctCounts",
    "DrillDown",
    "DrillTables",
    "EarlyWarning",
    "Experiments",
    "Forecast",
    "Insights",
    "Kpis",
    "Missing",
    "MonthlyCube",
    "MonthlyReports",
    "PeriodReports",
    "PrivacyAudit",
    "Result",
    "RevenueDecline",
    "Scenarios",
    "SourceFacts",
    "Strategies",
    "conformed",
]
