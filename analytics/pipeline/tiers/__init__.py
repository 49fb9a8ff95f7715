"""Hands each tier its marts and settings, and one tier's result to the next."""

from analytics.pipeline.tiers.descriptive import descriptive
from analytics.pipeline.tiers.diagnostic import diagnostic
from analytics.pipeline.tiers.facts import clv_horizon_months, observation_cutoff, source_facts
from analytics.pipeline.tiers.predictive import predictive
from analytics.pipeline.tiers.prescriptive import prescriptive
from analytics.pipeline.tiers.privacy import privacy

__all__ = [
    "clv_horizon_months",
    "descriptive",
    "diagnostic",
    "observation_cutoff",
    "predictive",
    "prescriptive",
    "privacy",
    "source_facts",
]
