"""The predictive tier: what will happen, with how much trust."""

from analytics.predictive.lifetime_value import customer_lifetime_value

__all__ = ["customer_lifetime_value"]
