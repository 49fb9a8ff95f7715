"""The prescriptive tier: what to do, what it is worth, how sure that is."""

from analytics.prescriptive.allocation import Allocation, optimal_allocation
from analytics.prescriptive.assignment import assigned_variant
from analytics.prescriptive.experiments import experiments
from analytics.prescriptive.marketing_budget import marketing_budget

__all__ = [
    "Allocation",
    "assigned_variant",
    "experiments",
    "marketing_budget",
    "optimal_allocation",
]
