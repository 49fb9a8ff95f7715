"""Scores by fifths of a sample."""

from __future__ import annotations

import pandas as pd


def quintile_scores(values: pd.Series, *, high_is_good: bool) -> pd.Series:
    """Return scores 1 to 5 by fifths, 5 the best; equal values have equal scores.

    Parameters
    ----------
    values : Series
        None missing. A value's score is that of its mean rank, so that fifths may be uneven.
    high_is_good : bool
        Whether the highest values score 5.
    """
    share = values.rank(method="average", ascending=high_is_good) - 0.5
    fifth = (share * 5) // max(len(values), 1)
    return fifth.clip(0, 4).astype("int64") + 1
