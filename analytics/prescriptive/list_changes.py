"""Who came onto the early-warning list within the last month, and who left it, and why.

Both lists are by today's models: that of a month ago is made of what was known then. A difference
is therefore a change of the customers, never one of the models.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.prescriptive.levers import Effect, customer_levers
from analytics.settings import StrategySettings

ENTERED, LEFT = "entered", "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBefore:
    """The list of a month earlier.

    Attributes
    ----------
    cutoff : date
        Its first day that was not known.
    levers : DataFrame
        `customer_levers` then.
    listed : DataFrame
        `warning_list` then.
    """

    cutoff: date
    levers: pd.DataFrame
    listed: pd.DataFrame


def levers_before(
    before: pd.DataFrame,
    features: pd.DataFrame,
    effects: dict[str, Effect],
    settings: StrategySettings,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the customers' rows as the list wants them, and their levers, a month earlier.

    Parameters
    ----------
    before : DataFrame
        `CustomerScores.before`.
    features : DataFrame
        `Marts.customer_features` of that day.
    effects, settings
        As for today's levers.
    """
    known = ["customer_id", "segment", "orders", "contribution_margin_amount"]
    customers = before.merge(features[known], on="customer_id", how="inner", validate="1:1")
    # The list does not read how sure CLV12 is.
    customers = customers.assign(clv12_low_amount=np.nan, clv12_high_amount=np.nan)
    levers, _ = customer_levers(customers, features, effects, settings)
    return customers, levers


def changes_table(
    listed: pd.DataFrame,
    levers: pd.DataFrame,
    features: pd.DataFrame,
    before: MonthBefore,
    *,
    cutoff: date,
) -> pd.DataFrame:
    """Return a row for everyone who entered or left: real ids, highest margin at risk first.

    Parameters
    ----------
    listed, levers, features : DataFrame
        `warning_list`, `customer_levers` and `Marts.customer_features` at `cutoff`.
    before : MonthBefore
        The list of a month earlier.
    cutoff : date
        First day that is not known.

    Returns
    -------
    DataFrame
        customer_id, segment, change, place, place_before (0: not on the list), risk_amount,
        risk_before_amount (null for who had not ordered yet), because.
    """
    now, then = set(listed["customer_id"]), set(before.listed["customer_id"])
    moved = [(name, ENTERED) for name in now - then] + [(name, LEFT) for name in then - now]
    rows = pd.DataFrame(moved, columns=["customer_id", "change"]).astype("str")
    ids = rows["customer_id"]
    person, earlier = (
        table.set_index("customer_id").reindex(ids) for table in (levers, before.levers)
    )
    silent = features.set_index("customer_id")["days_since_last_order"].reindex(ids)
    ordered = silent.to_numpy(dtype=float) <= (cutoff - before.cutoff).days
    rows["segment"] = person["segment"].to_numpy()
    rows["place"] = _places(listed, ids)
    rows["place_before"] = _places(before.listed, ids)
    rows["risk_amount"] = person["risk_amount"].to_numpy(dtype=float)
    rows["risk_before_amount"] = earlier["risk_amount"].to_numpy(dtype=float)
    higher = rows["risk_amount"] > rows["risk_before_amount"].fillna(0.0)
    entered = rows["change"] == ENTERED
    rows["because"] = np.select(
        [
            entered & earlier["risk_amount"].isna().to_numpy(),
            entered & earlier["lapsed"].eq(True).to_numpy(),
            entered & ordered,
            entered & higher,
            ~entered & person["lapsed"].eq(True).to_numpy(),
            ~entered & ordered,
            ~entered & ~higher,
        ],
        [
            "first order within the month",
            "came back after a long silence",
            "ordered, and is worth more",
            "no order within the month",
            "silent beyond the own window",
            "ordered again",
            "the risk fell",
        ],
        "others rank higher or lower than before",
    )
    rows["largest"] = rows[["risk_amount", "risk_before_amount"]].max(axis=1)
    rows = rows.sort_values(
        ["change", "largest", "customer_id"], ascending=[True, False, True], ignore_index=True
    )
    return rows.drop(columns="largest")


def _places(listed: pd.DataFrame, ids: pd.Series) -> np.ndarray:
    places = listed.set_index("customer_id")["place"].reindex(ids)
    return places.fillna(0).to_numpy(dtype=np.int64)
