"""What to offer whom: the category that goes with what a customer has bought already."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np
import pandas as pd

from analytics.prescriptive.levers import CROSS_SELL
from analytics.results import AssociationRules, Missing, Strategies

_SCOPE = "customer"
_JOINED = " + "
_COLUMNS = ["customer_id", "offer", "goes_with", "lift", "low", "high"]


def category_offers(bought: pd.DataFrame, rules: AssociationRules | Missing) -> pd.DataFrame:
    """Return the offer of every customer whom a rule beyond chance applies to.

    A rule applies to who has bought all of its antecedent and nothing of its consequent; of those
    that apply the one with the highest lower end of the lift is taken.

    Parameters
    ----------
    bought : DataFrame
        customer_id, category: what each customer has bought, repeats allowed.
    rules : AssociationRules or Missing
        Which categories are bought by the same customers.

    Returns
    -------
    DataFrame
        customer_id, offer, goes_with, lift, low, high; one row a customer, sorted.
    """
    if isinstance(rules, Missing) or bought.empty:
        return no_offers()
    rows = rules.rules
    sure = rows[(rows["scope"] == _SCOPE) & rows["significant"] & (rows["low"] > 1)]
    sure = sure.sort_values(["low", "antecedent", "consequent"], ascending=[False, True, True])
    pairs = bought[["customer_id", "category"]].drop_duplicates()
    has = pd.crosstab(pairs["customer_id"], pairs["category"]).astype(bool)
    names = {str(name) for name in has.columns}
    found: list[pd.DataFrame] = []
    open_ = pd.Series(True, index=has.index)
    told: list[Any] = list(sure.itertuples(index=False))
    for rule in told:
        antecedent = _categories(str(rule.antecedent), names)
        if not antecedent or str(rule.consequent) not in names:
            continue
        fits = open_ & has[antecedent].all(axis=1) & ~has[str(rule.consequent)]
        open_ &= ~fits
        found.append(
            pd.DataFrame({"customer_id": has.index[fits].astype("str")}).assign(
                offer=str(rule.consequent),
                goes_with=str(rule.antecedent),
                lift=float(rule.lift),
                low=float(rule.low),
                high=float(rule.high),
            )
        )
    if not found:
        return no_offers()
    return pd.concat(found).sort_values("customer_id", ignore_index=True)[_COLUMNS]


def no_offers() -> pd.DataFrame:
    """Return the offers of a source that no rule is known of."""
    return pd.DataFrame(columns=_COLUMNS)


def offers_table(every: pd.DataFrame, offers: pd.DataFrame, *, minimum_cell: int) -> pd.DataFrame:
    """Return what the cross-sell list is offered, the offer to most customers first.

    Parameters
    ----------
    every : DataFrame
        All levers that are worth their cost, from `customer_levers`.
    offers : DataFrame
        `category_offers`.
    minimum_cell : int
        Offers to fewer customers are left out.
    """
    columns = [column.name for column in Strategies.FRAMES["offers"]]
    sold = every.loc[every["lever"] == CROSS_SELL, "customer_id"]
    rows = offers[offers["customer_id"].isin(sold)]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    keys = ["offer", "goes_with", "lift", "low", "high"]
    counted = rows.groupby(keys, sort=True).size().rename("customers").reset_index()
    counted = counted[counted["customers"] >= minimum_cell]
    return counted.sort_values(
        ["customers", "offer", "goes_with"], ascending=[False, True, True], ignore_index=True
    )[columns]


def offered_actions(levers: pd.DataFrame, actions: list[str], offers: pd.DataFrame) -> list[str]:
    """Return the actions with the category to offer put in where cross-selling is the lever."""
    offer = offers.set_index("customer_id")["offer"].reindex(levers["customer_id"])
    return [
        f"Offer {category}" if lever == CROSS_SELL and isinstance(category, str) else action
        for lever, action, category in zip(levers["lever"], actions, offer, strict=True)
    ]


def _categories(joined: str, names: Set[str]) -> list[str]:
    """Return the categories of a rule's side; empty where they are not those that are known."""
    if joined in names:
        return [joined]
    parts = joined.split(_JOINED)
    return parts if np.all([part in names for part in parts]) else []
