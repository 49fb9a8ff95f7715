"""CLV12 of every customer, and what it sums to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import numpy.typing as npt
import pandas as pd

from analytics.predictive.rfm import rfm_scores
from analytics.results import CustomerScores

Floats = npt.NDArray[np.float64]
ALL, OTHER, UNKNOWN = "all", "Other", "Unknown"
_CLASSES = 24
_Z = 1.959963984540054


def customer_scores(
    features: pd.DataFrame,
    clv12: Floats | None,
    ends: tuple[Floats, Floats] | None,
    *,
    cutoff: date,
    churn: pd.DataFrame | None = None,
    before: pd.DataFrame | None = None,
) -> CustomerScores:
    """Return one row a customer, sorted by customer.

    Parameters
    ----------
    features : DataFrame
        `Marts.customer_features` at the scoring cut-off.
    clv12, ends : arrays of shape (customers,), or None
        Predictions and the ends of their intervals; null where there is no model.
    cutoff : date
        Scoring cut-off.
    churn : DataFrame, optional
        customer_id, churn_probability, churn_reasons.
    before : DataFrame, optional
        customer_id, clv12_amount of a month earlier.
    """
    nothing = np.full(len(features), np.nan)
    low, high = ends if ends is not None else (nothing, nothing)
    # Nullable where the source knows no sign-up.
    signed_up = features["signed_up_on"].fillna(features["first_order_on"])
    quarters = signed_up.dt.year.astype(str) + "-Q" + signed_up.dt.quarter.astype(str)
    copied = [
        *("orders", "net_revenue_amount", "contribution_margin_amount", "days_since_last_order"),
    ]
    frame = pd.concat(
        [
            features[["customer_id", "segment", "region"]],
            quarters.rename("signup_quarter"),
            features[["acquisition_channel", *copied]],
            rfm_scores(features),
            features[["satisfaction", "tickets"]],
        ],
        axis=1,
    )
    frame["tickets"] = frame["tickets"].fillna(0)
    frame["clv12_amount"] = nothing if clv12 is None else clv12
    frame["clv12_low_amount"] = low
    frame["clv12_high_amount"] = high
    frame["churn_probability"] = nothing
    frame["churn_reasons"] = ""
    frame = frame.sort_values("customer_id", ignore_index=True)
    if churn is not None:
        frame = with_churn(frame, churn)
    scores = CustomerScores(cutoff=cutoff, customers=frame)
    if before is None:
        return scores
    told = before.assign(churn_probability=np.nan).sort_values("customer_id", ignore_index=True)
    return replace(scores, before=told)


def with_churn(customers: pd.DataFrame, churn: pd.DataFrame) -> pd.DataFrame:
    """Return the customers' rows with probability of churn and its reasons put in."""
    risk = churn.set_index("customer_id").reindex(customers["customer_id"])
    return customers.assign(
        churn_probability=risk["churn_probability"].to_numpy(dtype=float),
        churn_reasons=risk["churn_reasons"].fillna("").to_numpy(),
    )


def with_churn_before(before: pd.DataFrame, churn: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of a month earlier with their probability of churn put in."""
    risk = churn.set_index("customer_id")["churn_probability_before"]
    values = risk.reindex(before["customer_id"]).to_numpy(dtype=float)
    return before.assign(churn_probability=values)


def segment_means(
    segment: pd.Series,
    clv12: Floats,
    held_out_segment: pd.Series,
    held_out_errors: Floats,
    *,
    minimum: int,
) -> pd.DataFrame:
    """Return mean CLV12 of everyone (`all`, first) and of each segment, highest mean first.

    A source that knows no segments has the row of everyone alone.

    The 95 % interval is that of what these customers will come to on average: the errors on
    held-out customers of the segment say how far one customer is off, and how well the mean
    error is known. Normal approximation; null with fewer than 2 held-out customers.

    Parameters
    ----------
    segment, clv12
        Of the customers scored.
    held_out_segment, held_out_errors
        Of customers that the model was not fitted on: what came minus what was predicted.
    minimum : int
        Segments with fewer customers are counted together as `Other`, as far as that reaches
        the minimum; else they are in `all` only.
    """
    counts = segment.value_counts()
    small = set(counts[counts < minimum].index)
    groups = segment.where(~segment.isin(small), OTHER)
    held_out = held_out_segment.where(~held_out_segment.isin(small), OTHER)
    rows = [_segment_row(ALL, clv12, held_out_errors)]
    named = [] if set(groups) == {UNKNOWN} else sorted(groups.unique())
    for name in named:
        inside = (groups == name).to_numpy()
        if inside.sum() >= minimum:
            errors = held_out_errors[(held_out == name).to_numpy()]
            rows.append(_segment_row(str(name), clv12[inside], errors))
    frame = pd.DataFrame(rows)
    rest = frame.iloc[1:].sort_values(["mean_amount", "segment"], ascending=[False, True])
    return pd.concat([frame.iloc[:1], rest], ignore_index=True)


def _segment_row(name: str, clv12: Floats, errors: Floats) -> dict[str, object]:
    mean = float(clv12.mean())
    spread = float(errors.std(ddof=1)) if len(errors) > 1 else float("nan")
    half = _Z * spread * np.sqrt(1 / len(clv12) + 1 / max(len(errors), 1))
    return {
        "segment": name,
        "customers": len(clv12),
        "mean_amount": mean,
        "low_amount": mean - half,
        "high_amount": mean + half,
        "total_amount": float(clv12.sum()),
    }


def value_classes(clv12: Floats, *, minimum: int) -> pd.DataFrame:
    """Return a histogram with round class limits, each class with at least `minimum` customers.

    Classes of one width to about the 98th percentile; the last one holds all above it.
    """
    top = float(np.quantile(clv12, 0.98))
    start = min(0.0, float(clv12.min()))
    width = _round_width(max(top - start, float(np.ptp(clv12)) / 100, 1e-6) / _CLASSES)
    first = np.floor(start / width) * width
    regular = first + width * np.arange(int(np.ceil((top - first) / width)) + 1)
    highest = np.ceil(np.nextafter(clv12.max(), np.inf) / width) * width
    edges = np.append(regular, highest) if highest > regular[-1] else regular
    counts = np.histogram(clv12, edges)[0]
    rows: list[tuple[float, float, int]] = []
    for low, high, count in zip(edges[:-1], edges[1:], counts.tolist(), strict=True):
        if rows and rows[-1][2] < minimum:
            rows[-1] = (rows[-1][0], high, rows[-1][2] + count)
        else:
            rows.append((low, high, count))
    if len(rows) > 1 and rows[-1][2] < minimum:
        _, high, count = rows.pop()
        rows[-1] = (rows[-1][0], high, rows[-1][2] + count)
    return pd.DataFrame(rows, columns=["from_amount", "to_amount", "customers"])


def _round_width(width: float) -> float:
    """Return the next number of the form 1, 2, 2.5 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(width))
    for step in (1, 2, 2.5, 5, 10):
        if step * power >= width * (1 - 1e-9):
            return float(step * power)
    return float(10 * power)
