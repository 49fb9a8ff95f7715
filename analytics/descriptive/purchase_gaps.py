"""How long customers take between purchases, those who have not come back yet included."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.results import CustomerBase

WEEK = 7
# About as many classes as a chart of gaps shows.
MOST_CLASSES = 26


def gap_classes(gaps: pd.DataFrame, *, minimum_cell: int) -> tuple[pd.DataFrame, float]:
    """Return classes of whole weeks, and the median gap in days (null where not reached).

    Parameters
    ----------
    gaps : DataFrame
        The mart `purchase_gaps`.
    minimum_cell : int
        Fewest customers of a class: smaller ones are told with the next.

    Notes
    -----
    A gap that no purchase has closed yet is at least as long as it has lasted. The share of
    orders followed within some days is 1 - the estimate of Kaplan and Meier (1958, section 2),
    which counts such gaps for as long as they have lasted; the closed gaps alone would look
    shorter than they are.
    """
    columns = [column.name for column in CustomerBase.FRAMES["gaps"]]
    closed = gaps[gaps["closed"]]
    if closed.empty or int(closed["customers"].max()) < minimum_cell:
        return pd.DataFrame({name: [] for name in columns}), float("nan")
    followed = _followed(gaps)
    longest = int(closed["gap_days"].max())
    step = WEEK * max(1, -(-(longest + 1) // (WEEK * MOST_CLASSES)))
    if longest + 1 > WEEK * MOST_CLASSES:
        # A few very long gaps would leave the classes of most of them too wide.
        share = closed.sort_values("gap_days")["gaps"].cumsum() / closed["gaps"].sum()
        usual = int(closed.sort_values("gap_days")["gap_days"][share >= 0.98].iloc[0])
        step = WEEK * max(1, -(-(usual + 1) // (WEEK * (MOST_CLASSES - 1))))
    rows: list[list[int]] = []
    start = held = most = 0
    edge = 0
    while edge <= longest:
        is_tail = len(rows) >= MOST_CLASSES - 1
        end = longest + 1 if is_tail else edge + step
        inside = closed[(closed["gap_days"] >= edge) & (closed["gap_days"] < end)]
        held += int(inside["gaps"].sum())
        most = max(most, int(inside["customers"].max()) if len(inside) else 0)
        edge = end
        if most >= minimum_cell:
            rows.append([start, end, held])
            start, held, most = end, 0, 0
    if held and rows:
        rows[-1] = [rows[-1][0], edge, rows[-1][2] + held]
    frame = pd.DataFrame(rows, columns=["days_from", "days_to", "gaps"])
    frame["gaps_rate"] = frame["gaps"] / frame["gaps"].sum()
    at = np.searchsorted(followed.index.to_numpy(), frame["days_to"].to_numpy() - 1, side="right")
    frame["followed_rate"] = np.where(at > 0, followed.to_numpy()[np.maximum(at - 1, 0)], 0.0)
    half = followed.index[followed.to_numpy() >= 0.5]
    return frame[columns], float(half[0]) if len(half) else float("nan")


def _followed(gaps: pd.DataFrame) -> pd.Series:
    """Return the share of orders followed within so many days, by days."""
    wide = gaps.pivot_table(
        index="gap_days", columns="closed", values="gaps", aggfunc="sum", fill_value=0
    ).reindex(columns=[False, True], fill_value=0)
    ended = wide.sum(axis=1)
    waiting = ended[::-1].cumsum()[::-1]
    followed: pd.Series = 1 - (1 - wide[True] / waiting).cumprod()
    return followed
