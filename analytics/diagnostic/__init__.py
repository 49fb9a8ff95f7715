"""Why it happened: drill-down, decline, churn, and what goes with what."""

from analytics.diagnostic.anomalies import anomalies
from analytics.diagnostic.association_rules import association_rules
from analytics.diagnostic.churn_patterns import churn_patterns
from analytics.diagnostic.clusters import clusters
from analytics.diagnostic.correlations import correlations
from analytics.diagnostic.decomposition import lmdi_terms, shapley_terms
from analytics.diagnostic.drill_down import compared_periods, drill_down
from analytics.diagnostic.drill_tables import DrillMarts, drill_tables, pairs_beside_the_cube
from analytics.diagnostic.revenue_decline import revenue_decline
from analytics.diagnostic.slices import REST
from analytics.diagnostic.told import told_orders

__all__ = [
    "REST",
    "DrillMarts",
    "anomalies",
    "association_rules",
    "churn_patterns",
    "clusters",
    "compared_periods",
    "correlations",
    "drill_down",
    "drill_tables",
    "lmdi_terms",
    "pairs_beside_the_cube",
    "revenue_decline",
    "shapley_terms",
    "told_orders",
]
