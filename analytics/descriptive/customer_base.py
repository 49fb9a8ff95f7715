"""Who the customers are, put together."""

from __future__ import annotations

import pandas as pd

from analytics.descriptive.cohorts import cohort_triangle, retention_curves
from analytics.descriptive.concentration import concentration, customers_of_half, share_of_top
from analytics.descriptive.purchase_gaps import gap_classes
from analytics.descriptive.rfm import rfm_tables
from analytics.results import CustomerBase, Missing, SourceFacts


def customer_base(
    calendar: pd.DataFrame,
    features: pd.DataFrame,
    gaps: pd.DataFrame,
    *,
    facts: SourceFacts,
    minimum_cell: int,
) -> CustomerBase | Missing:
    """Return cohorts, RFM groups, purchase gaps and concentration of the observed customers.

    Parameters
    ----------
    calendar : DataFrame
        The mart `cohorts`.
    features : DataFrame
        The mart `customer_features` at the end of observation.
    gaps : DataFrame
        The mart `purchase_gaps`.
    facts : SourceFacts
        What is observed.
    minimum_cell : int
        Fewest customers that a published figure stands for; with fewer in all there is
        nothing to tell.
    """
    if len(features) < max(minimum_cell, 1):
        return Missing(
            of=CustomerBase.KIND,
            needs=(),
            because=(
                f"There are fewer than {max(minimum_cell, 1)} customers with a completed order: "
                "figures of so few would be figures of persons."
            ),
        )
    triangle = cohort_triangle(calendar, facts=facts, minimum_cell=minimum_cell)
    groups, grid = rfm_tables(features, minimum_cell=minimum_cell)
    classes, median = gap_classes(gaps, minimum_cell=minimum_cell)
    shares = concentration(features["net_revenue_amount"], minimum_cell=minimum_cell)
    return CustomerBase(
        customers=len(features),
        minimum_cell=minimum_cell,
        observation_days=(facts.observation_end - facts.observation_start).days + 1,
        median_gap_days=median,
        followed_rate=float(classes["followed_rate"].iloc[-1]) if len(classes) else float("nan"),
        top_tenth_rate=share_of_top(shares, 0.1),
        top_fifth_rate=share_of_top(shares, 0.2),
        half_revenue_rate=customers_of_half(shares),
        cohorts=triangle,
        curves=retention_curves(triangle),
        rfm_groups=groups,
        rfm_grid=grid,
        gaps=classes,
        concentration=shares,
    )
