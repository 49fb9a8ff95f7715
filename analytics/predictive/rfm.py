"""Recency, frequency and monetary scores."""

from __future__ import annotations

import pandas as pd


def quintile_scores(values: pd.Series, *, high_is_good: bool) -> pd.Series:
    """Return scores 1 to 5 by fifths of the customers, 5 the best.

    Equal values have equal scores (that of their mean rank), so that fifths may be uneven.

    Parameters
    ----------
    values : Series
        One a customer, none missing.
    high_is_good : bool
        False for days since the last order.
    """
    share = values.rank(method="average", ascending=high_is_good) - 0.5
    fifth = (share * 5) // max(len(values), 1)
    return fifth.clip(0, 4).astype("int64") + 1


def rfm_scores(features: pd.DataFrame) -> pd.DataFrame:
    """Return r_score, f_score, m_score of each customer.

    From days_since_last_order, orders and net_revenue_amount.
    """
    return pd.DataFrame(
        {
            "r_score": quintile_scores(features["days_since_last_order"], high_is_good=False),
            "f_score": quintile_scores(features["orders"], high_is_good=True),
            "m_score": quintile_scores(features["net_revenue_amount"], high_is_good=True),
        }
    )
