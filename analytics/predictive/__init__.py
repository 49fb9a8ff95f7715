"""The predictive tier: what will happen, with how much trust."""

from analytics.predictive.churn import CutOff, churn_risk
from analytics.predictive.customer_scores import with_churn
from analytics.predictive.forecast import forecast
from analytics.predictive.lifetime_value import customer_lifetime_value
from analytics.predictive.scenarios import year_scenarios

__all__ = [
    "CutOff",
    "churn_risk",
    "customer_lifetime_value",
    "forecast",
    "with_churn",
    "year_scenarios",
]
