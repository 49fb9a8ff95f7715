"""Why it happened: drill-down into a change, and what goes with what."""

from analytics.diagnostic.correlations import correlations
from analytics.diagnostic.decomposition import lmdi_terms, shapley_terms
from analytics.diagnostic.drill_down import compared_periods, drill_down

__all__ = ["compared_periods", "correlations", "drill_down", "lmdi_terms", "shapley_terms"]
