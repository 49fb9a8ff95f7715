"""Association rules between categories: what is bought together more than size would bring."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from analytics.diagnostic.basket_windows import ORDER, Baskets, customer_baskets, order_baskets
from analytics.diagnostic.equal_baskets import Odds, fitted_odds
from analytics.results import AssociationRules, Columns, Missing
from analytics.stats.multiple_testing import benjamini_hochberg

Floats: TypeAlias = NDArray[np.float64]
Members: TypeAlias = tuple[int, ...]
LEAST_CATEGORIES = 3
LEAST_BASKETS = 30
LEAST_SUPPORT = 0.01
MOST_MINED = 50_000  # baskets that frequent sets are looked for in; counted in all
MOST_SETS = 500
_LEVEL = 0.05
_FOUR_IN_FIVE = 1.96 + 0.8416  # standard errors at which a lift is found in four of five shops


@dataclass(frozen=True, slots=True, kw_only=True)
class Lift:
    """The lift of a set of categories, its logarithm's standard error, and its baskets."""

    lift: float
    error: float
    observed: float


def association_rules(
    lines: pd.DataFrame,
    *,
    told: frozenset[str] | None = None,
    minimum_cell: int = 1,
    customers_every: int = 1,
) -> AssociationRules | Missing:
    """Return what is bought together, by customers and within orders.

    Parameters
    ----------
    lines : DataFrame
        customer_id, transaction_id, day, category, lines: a row for each category of an order.
    told : frozenset of str, optional
        Categories that may be told of; all if left out. Others are in no basket.
    minimum_cell : int
        Fewest customers that a told number stands for; counts are rounded to multiples of it.
    customers_every : int
        Of every how many customers the orders are.

    Returns
    -------
    AssociationRules or Missing
        Missing with fewer than three categories: with two, baskets of the same size are equal.
    """
    known = lines[lines["category"].isin(told)] if told is not None else lines
    names = known["category"].unique()
    found = [customer_baskets(known), order_baskets(known)] if len(names) else []
    scopes = [one for one in found if one is not None and len(one.categories) >= LEAST_CATEGORIES]
    if not scopes:
        return Missing(
            of=AssociationRules.KIND,
            needs=("transaction_items.category",),
            because=(
                f"What is bought together needs orders of at least {LEAST_CATEGORIES} categories "
                f"by customers who buy several; there are {len(names)} categories to be told of."
            ),
        )
    tables = [_scope(one, minimum_cell) for one in scopes]
    return AssociationRules(
        minimum_support_rate=LEAST_SUPPORT,
        customers_every=customers_every,
        withheld=sum(withheld for *_, withheld in tables),
        rules=_frame("rules", pd.concat([rules for rules, *_ in tables])),
        categories=_frame("categories", pd.concat([parts for _, parts, *_ in tables])),
        scopes=_frame("scopes", pd.concat([scope for _, _, scope, _ in tables])),
    )


def frequent_sets(baskets: Baskets, *, most: int = 3) -> list[Members]:
    """Return the sets of two to `most` categories that enough baskets have, most common first.

    References
    ----------
    Han, Pei & Yin (2000), Mining frequent patterns without candidate generation, SIGMOD.
    """
    from mlxtend.frequent_patterns import fpgrowth

    step = max(1, -(-len(baskets.kind) // MOST_MINED))
    rows = baskets.held[baskets.kind[::step]]
    least = max(LEAST_SUPPORT, LEAST_BASKETS / max(len(baskets.kind), 1))
    if least > 1 or not len(rows):
        return []
    # a margin below, since a sample may miss what all baskets have just enough of
    mined = fpgrowth(
        pd.DataFrame(rows), min_support=0.9 * least if step > 1 else least, max_len=most
    )
    sets = [tuple(sorted(int(item) for item in one)) for one in mined["itemsets"]]
    count = {one: baskets.count(one) for one in sets if len(one) > 1}
    enough = [one for one in count if count[one] >= least * len(baskets.kind)]
    return sorted(enough, key=lambda one: (-count[one], one))[:MOST_SETS]


def set_lift(baskets: Baskets, odds: Odds, chosen: Members) -> Lift:
    """Return the baskets that have all chosen categories over those expected by chance.

    The standard error takes a customer's baskets together, and takes into account that the
    odds are fitted to the same baskets: what a basket adds is freed of what its categories'
    frequencies explain (the projection on the scores of the odds).
    """
    has = baskets.held[:, list(chosen)].all(axis=1).astype(np.float64)
    size = baskets.held.sum(axis=1)
    at = baskets.stratum, size, baskets.draws
    whole = odds.ways(list(range(baskets.held.shape[1])))
    chance = odds.probability(chosen, whole)[at]
    observed, expected = float(baskets.counts @ has), float(baskets.counts @ chance)
    if observed <= 0 or expected <= 0:
        return Lift(lift=np.nan, error=np.nan, observed=observed)
    added = has / observed - chance / expected
    scores = baskets.held - np.column_stack(
        [odds.probability((c,), whole)[at] for c in range(baskets.held.shape[1])]
    )
    root = np.sqrt(baskets.counts)
    explained = np.linalg.lstsq(scores * root[:, None], added * root, rcond=1e-10)[0]
    left = added - scores @ explained
    by_customer = np.bincount(baskets.customer, left[baskets.kind])
    return Lift(
        lift=observed / expected, error=float(np.sqrt((by_customer**2).sum())), observed=observed
    )


def _scope(every: Baskets, minimum: int) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame, int]:
    """Return rules, categories and the facts of one scope, and how many rules are withheld."""
    held = every.of_few_things()
    mixed = every.counts @ (every.held.sum(axis=1) > 1)
    sets = frequent_sets(held) if mixed >= LEAST_BASKETS else []
    rows: list[dict[str, object]] = []
    lifts: dict[Members, Lift] = {}
    withheld = 0
    if sets:
        odds = fitted_odds(held.held, held.stratum, held.draws, held.counts)
        lifts = {one: set_lift(held, odds, one) for one in sets}
    for chosen, lift in lifts.items():
        if not np.isfinite(lift.lift):
            continue
        if len(chosen) > 2 and not _adds(chosen, lifts):
            continue
        if any(every.cell_is_small(chosen, part, minimum) for part in _parts(chosen)):
            withheld += 1
            continue
        rows.append(_rule(every, chosen, lift, minimum))
    rules = pd.DataFrame(rows)
    if len(rules):
        rules["q_value"] = benjamini_hochberg(rules["p_value"])
        rules["significant"] = rules["q_value"] <= _LEVEL
        # by the lower end: a large lift of a few baskets is not the surest
        rules["sure"] = rules["low"].where(rules["significant"], 0.0)
        rules = rules.sort_values(
            ["sure", "baskets", "antecedent", "consequent"], ascending=[False, False, True, True]
        )
        rules = rules.assign(scope=every.scope, rank=range(1, len(rules) + 1))
    kept = [c for c in range(len(every.categories)) if every.customers((c,)) >= minimum]
    parts = pd.DataFrame(
        {
            "scope": every.scope,
            "category": every.categories[c],
            "baskets": _told(every.count((c,)), minimum),
            "customers": _told(every.customers((c,)), minimum),
            "support_rate": _told(every.count((c,)), minimum)
            / max(_told(len(every.kind), minimum), 1),
        }
        for c in kept
    )
    errors = [one.error for chosen, one in lifts.items() if len(chosen) == 2]
    errors = [error for error in errors if np.isfinite(error)]
    scope = pd.DataFrame(
        [
            {
                "scope": every.scope,
                "window": every.window,
                "baskets": _told(len(every.kind), minimum),
                "mixed": _told(mixed, minimum),
                "customers": _told(len(np.unique(every.customer)), minimum),
                "tested": len(rules),
                "detectable_lift": (
                    float(np.exp(_FOUR_IN_FIVE * np.median(errors))) if errors else np.nan
                ),
            }
        ]
    )
    return rules, parts, scope, withheld


def _adds(chosen: Members, lifts: dict[Members, Lift]) -> bool:
    """Return whether a set of three goes together clearly more than each of its pairs."""
    own = lifts[chosen]
    low = np.log(own.lift) - 1.96 * own.error
    pairs = [lifts.get(pair) for pair in combinations(chosen, 2)]
    return all(pair is not None and low > max(np.log(pair.lift), 0.0) for pair in pairs)


def _parts(chosen: Members) -> Iterator[Members]:
    """Yield the proper parts of a set."""
    for size in range(1, len(chosen)):
        yield from combinations(chosen, size)


def _rule(baskets: Baskets, chosen: Members, lift: Lift, minimum: int) -> dict[str, object]:
    """Return the rule of a set in the direction in which it is surest."""
    least = min(chosen, key=lambda c: (baskets.count(tuple(x for x in chosen if x != c)), c))
    before = tuple(c for c in chosen if c != least)
    both = _told(baskets.count(chosen), minimum)
    whole = max(_told(len(baskets.kind), minimum), 1)
    confidence = min(both / max(_told(baskets.count(before), minimum), 1), 1.0)
    share = _told(baskets.count((least,)), minimum) / whole
    # an error of 0 says that no basket of the same size could differ
    distance = np.log(lift.lift) / lift.error if lift.error > 0 else 0.0
    reach = 1.96 * lift.error
    return {
        "antecedent": " + ".join(baskets.categories[c] for c in before),
        "consequent": baskets.categories[least],
        "baskets": both,
        "customers": _told(baskets.customers(chosen), minimum),
        "support_rate": both / whole,
        "confidence_rate": confidence,
        "plain_lift": confidence / share if share else np.nan,
        "lift": lift.lift,
        "low": lift.lift * float(np.exp(-reach)),
        "high": lift.lift * float(np.exp(reach)),
        "p_value": float(2 * stats.norm.sf(abs(distance))),
    }


def _told(count: float, minimum: int) -> int:
    """Return a count rounded to a multiple of the minimum: no subtraction tells a few."""
    return int(np.floor(count / minimum + 0.5)) * minimum


def _frame(name: str, rows: pd.DataFrame) -> pd.DataFrame:
    columns: Columns = AssociationRules.FRAMES[name]
    frame = rows.reindex(columns=[column.name for column in columns]).reset_index(drop=True)
    return frame.astype({column.name: column.pandas_dtype for column in columns})


__all__ = ["ORDER", "association_rules", "frequent_sets", "set_lift"]
