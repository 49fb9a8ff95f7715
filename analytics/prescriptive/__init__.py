"""The prescriptive tier: what to do, what it is worth, how sure that is."""

from analytics.prescriptive.allocation import Allocation, optimal_allocation
from analytics.prescriptive.assignment import assigned_variant
from analytics.prescriptive.backtest import Edition
from analytics.prescriptive.behaviour_groups import behaviour_groups
from analytics.prescriptive.cross_sell import category_offers
from analytics.prescriptive.early_warning import early_warning, warning_list
from analytics.prescriptive.experiments import experiments
from analytics.prescriptive.insights import insights
from analytics.prescriptive.levers import RETENTION, Effect, customer_levers, lever_effects
from analytics.prescriptive.list_changes import MonthBefore, levers_before
from analytics.prescriptive.marketing_budget import marketing_budget
from analytics.prescriptive.strategies import strategies

__all__ = [
    "RETENTION",
    "Allocation",
    "Edition",
    "Effect",
    "MonthBefore",
    "assigned_variant",
    "behaviour_groups",
    "category_offers",
    "customer_levers",
    "early_warning",
    "experiments",
    "insights",
    "lever_effects",
    "levers_before",
    "marketing_budget",
    "optimal_allocation",
    "strategies",
    "warning_list",
]
