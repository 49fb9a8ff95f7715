"""Pairwise association of customer attributes and behaviour, corrected for their number."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats
from scipy.cluster import hierarchy
from scipy.spatial.distance import squareform

from analytics.diagnostic.association import (
    UNDEFINED,
    Association,
    correlation_ratio,
    cramers_v,
    spearman,
)
from analytics.diagnostic.partial import partial_spearman
from analytics.diagnostic.variables import (
    CATEGORIES,
    GIVEN,
    NUMBERS,
    OUTCOMES,
    is_definitional,
    is_definitional_driver,
)
from analytics.results import Correlations, Missing
from analytics.stats.multiple_testing import benjamini_hochberg

MINIMUM_CUSTOMERS = 30
FALSE_DISCOVERY_RATE = 0.05
_DRAWS = 400

Floats: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Variable:
    """A variable over all customers.

    ``values`` are category codes or midranks among the customers that have a value;
    ``known`` says which have, ``count`` how many.
    """

    name: str
    category: bool
    values: Floats
    known: NDArray[np.bool_]
    count: int


def correlations(features: pd.DataFrame, *, seed: int = 0) -> Correlations | Missing:
    """Return the association of every pair of customer features.

    Parameters
    ----------
    features : DataFrame
        One row a customer, columns as in the mart `customer_features`. ``Unknown``
        categories and nulls count as not known; a pair rests on the customers that have both.
    seed : int
        Of the bootstrap behind the intervals of Cramer's V.

    Returns
    -------
    Correlations or Missing
        Spearman's correlation between numbers, Cramer's V with bias correction between
        categories, correlation ratio of ranks between the two. A pair that fewer than 30
        customers have, or in which one is constant, has no coefficient. q-values correct for
        all pairs that could be tested and do not hold by definition; definitional pairs have
        none and are never significant. Drivers of revenue and of churn hold every variable
        against the outcome, numbers also given segment and region. Missing below 30 customers
        or two variables.
    """
    variables = _variables(features)
    if len(features) < MINIMUM_CUSTOMERS or len(variables) < 2:
        return Missing(
            of=Correlations.KIND,
            needs=("transactions",) if len(features) < MINIMUM_CUSTOMERS else ("customers",),
            because=(
                f"Correlations need at least {MINIMUM_CUSTOMERS} customers and two attributes "
                f"that differ between them; there are {len(features)} and {len(variables)}."
            ),
        )
    found = {
        (a, b): _association(variables[a], variables[b], seed=seed)
        for a, b in combinations(range(len(variables)), 2)
    }
    order = _clustered_order(len(variables), {pair: one for pair, (one, _) in found.items()})
    rows = []
    for left, right in combinations(order, 2):
        association, sample = found[min(left, right), max(left, right)]
        rows.append(
            {
                "left": variables[left].name,
                "right": variables[right].name,
                "method": _method(variables[left], variables[right]),
                "coefficient": association.coefficient,
                "low": association.low,
                "high": association.high,
                "p_value": association.p_value,
                "sample": sample,
                "definitional": is_definitional(variables[left].name, variables[right].name),
            }
        )
    pairs = pd.DataFrame(rows)
    # pairs that hold by definition would make the correction of the others too mild
    pairs["q_value"] = benjamini_hochberg(pairs["p_value"].where(~pairs["definitional"]))
    pairs["significant"] = pairs["q_value"] <= FALSE_DISCOVERY_RATE
    return Correlations(
        variables=tuple(variables[i].name for i in order),
        given=tuple(one.name for one in variables if one.name in GIVEN),
        drivers=_drivers(variables, pairs),
        pairs=pairs[[column.name for column in Correlations.FRAMES["pairs"]]],
    )


def _variables(features: pd.DataFrame) -> list[_Variable]:
    """Return the features that differ between customers."""
    found = []
    for name in (*CATEGORIES, *NUMBERS):
        if name not in features:
            continue
        category = name in CATEGORIES
        column = features[name]
        if category:
            codes, _ = pd.factorize(column.where(column != "Unknown"), sort=True)
            values, known = codes.astype(np.float64), codes >= 0
        else:
            numbers = column.to_numpy(dtype=np.float64, na_value=np.nan)
            known = np.isfinite(numbers)
            values = np.full(numbers.size, np.nan)
            values[known] = stats.rankdata(numbers[known])
        if np.unique(values[known]).size >= 2:
            found.append(
                _Variable(
                    name=name,
                    category=category,
                    values=values,
                    known=known,
                    count=int(known.sum()),
                )
            )
    return found


def _drivers(variables: list[_Variable], pairs: pd.DataFrame) -> pd.DataFrame:
    """Return what goes with each outcome, plainly and given segment and region.

    A segment or region itself has no partial coefficient, nor has any other category: ranks
    alone can be freed of what groups share. The q-value corrects the partial p-values, and the
    plain ones of categories, for all drivers of the same outcome that do not hold by definition.
    """
    columns = [column.name for column in Correlations.FRAMES["drivers"]]
    given = [one for one in variables if one.name in GIVEN]
    held = {one.name: one for one in variables}
    lists = []
    for outcome, measure in OUTCOMES.items():
        if measure not in held:
            continue
        of_outcome = (pairs["left"] == measure) | (pairs["right"] == measure)
        rows = pairs[of_outcome & pairs["coefficient"].notna()].copy()
        rows["driver"] = rows["left"].where(rows["left"] != measure, rows["right"])
        rows["definitional"] = [
            is_definitional_driver(outcome, name) for name in rows["driver"].tolist()
        ]
        partial = [_partial(held[name], held[measure], given) for name in rows["driver"]]
        rows["partial"] = [one.coefficient for one in partial]
        rows["partial_low"] = [one.low for one in partial]
        rows["partial_high"] = [one.high for one in partial]
        number = rows["method"] == "spearman"
        rows["p_value"] = rows["p_value"].mask(number, [one.p_value for one in partial])
        rows["q_value"] = benjamini_hochberg(rows["p_value"].where(~rows["definitional"]))
        rows["significant"] = rows["q_value"] <= FALSE_DISCOVERY_RATE
        rows["size"] = rows["partial"].where(number, rows["coefficient"]).abs().fillna(0.0)
        rows = rows.sort_values(
            ["definitional", "significant", "size", "driver"], ascending=[True, False, False, True]
        )
        lists.append(rows.assign(outcome=outcome, measure=measure, rank=range(1, len(rows) + 1)))
    found = pd.concat(lists) if lists else pd.DataFrame(columns=columns)
    return found[columns].astype(
        {column.name: column.pandas_dtype for column in Correlations.FRAMES["drivers"]}
    )


def _partial(driver: _Variable, outcome: _Variable, given: list[_Variable]) -> Association:
    """Return the partial correlation of two numbers among the customers that have both.

    Customers of unknown segment or region form a part of their own.
    """
    if driver.category:
        return UNDEFINED
    both = driver.known & outcome.known
    if int(both.sum()) < MINIMUM_CUSTOMERS:
        return UNDEFINED
    groups = [np.unique(one.values[both].astype(np.int64), return_inverse=True)[1] for one in given]
    design = np.column_stack([*groups, np.zeros(int(both.sum()), dtype=np.int64)])
    return partial_spearman(_ranks(driver, both), _ranks(outcome, both), design)


def _method(a: _Variable, b: _Variable) -> str:
    if a.category and b.category:
        return "cramers_v"
    return "correlation_ratio" if a.category or b.category else "spearman"


def _association(a: _Variable, b: _Variable, *, seed: int) -> tuple[Association, int]:
    """Return the association of two variables and the number of customers that have both."""
    both = a.known & b.known
    sample = int(both.sum())
    if sample < MINIMUM_CUSTOMERS:
        return UNDEFINED, sample
    match _method(a, b):
        case "cramers_v":
            codes = _codes(a, both), _codes(b, both)
            return cramers_v(*codes, draws=_DRAWS, seed=seed), sample
        case "correlation_ratio":
            groups, numbers = (a, b) if a.category else (b, a)
            return correlation_ratio(_codes(groups, both), _ranks(numbers, both)), sample
        case _:
            return spearman(_ranks(a, both), _ranks(b, both)), sample


def _codes(variable: _Variable, both: NDArray[np.bool_]) -> NDArray[np.int64]:
    return variable.values[both].astype(np.int64)


def _ranks(variable: _Variable, both: NDArray[np.bool_]) -> Floats:
    """Return midranks among the customers of `both`; ranked anew only where some are left out."""
    values = variable.values[both]
    if values.size == variable.count:
        return values
    return np.asarray(stats.rankdata(values), dtype=np.float64)


def _clustered_order(count: int, associations: dict[tuple[int, int], Association]) -> list[int]:
    """Return the variables in the order of an average-linkage clustering by strength."""
    distance = np.zeros((count, count))
    for (a, b), association in associations.items():
        strength = abs(association.coefficient)
        distance[a, b] = distance[b, a] = 1.0 if np.isnan(strength) else 1 - min(strength, 1.0)
    tree = hierarchy.linkage(squareform(distance), method="average", optimal_ordering=True)
    return [int(leaf) for leaf in hierarchy.leaves_list(tree)]
