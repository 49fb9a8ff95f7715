"""The prescriptive tier: what to do, what it is worth, how sure that is."""

from analytics.prescriptive.allocation import Allocation, optimal_allocation
from analytics.prescriptive.marketing_budget import marketing_budget

__all__ = ["Allocation", "marketing_budget", "optimal_allocation"]
