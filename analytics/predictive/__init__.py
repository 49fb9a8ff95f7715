"""The predictive tier: what will happen, with how much trust."""

from analytics.predictive.churn import CutOff, churn_risk
from analytics.predictive.customer_scores import with_churn, with_churn_before
from analytics.predictive.forecast import forecast
from analytics.predictive.lifetime_value import customer_lifetime_value
from analytics.predictive.out_of_time import LaterTest
from analytics.predictive.scenarios import year_scenarios
from analytics.predictive.season import fitted_season
from analytics.predictive.threads import one_thread

__all__ = [
    "CutOff",
    "LaterTest",
    "churn_risk",
    "customer_lifetime_value",
    "fitted_season",
    "forecast",
    "one_thread",
    "with_churn",
    "with_churn_before",
    "year_scenarios",
]
