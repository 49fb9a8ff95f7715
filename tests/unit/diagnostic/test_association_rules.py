"""What is bought together is told against baskets of the same size."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.diagnostic import association_rules
from analytics.diagnostic.association_rules import set_lift
from analytics.diagnostic.basket_windows import customer_baskets
from analytics.diagnostic.equal_baskets import Odds, fitted_odds
from analytics.results import AssociationRules, Missing

SHARES = np.array([0.35, 0.3, 0.2, 0.15])
NAMES = np.array(["Books", "Games", "Home", "Toys"])


def lines(seed: int, customers: int = 400, together: float = 0.0) -> pd.DataFrame:
    """Return orders of customers of very different activity; some Games come with Toys."""
    random = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        n = 1 + random.negative_binomial(1, 0.2)
        days = random.integers(0, 360, n)
        own = random.choice(NAMES, n, p=SHARES)
        for at in range(n):
            rows.append((f"{customer:04d}", f"{customer}-{at}", days[at], own[at]))
            if own[at] == "Games" and random.random() < together:
                rows.append((f"{customer:04d}", f"{customer}-{at}", days[at], "Toys"))
    frame = pd.DataFrame(rows, columns=["customer_id", "transaction_id", "day", "category"])
    frame["day"] = pd.Timestamp("2023-01-01") + pd.to_timedelta(frame["day"], unit="D")
    return frame.assign(lines=1)


def found(frame: pd.DataFrame, **settings: object) -> AssociationRules:
    result = association_rules(frame, **settings)
    assert isinstance(result, AssociationRules)
    return result


def test_chances_are_those_of_counting_all_ways_to_fill_a_basket():
    weights, n = SHARES, 5
    chance = np.zeros((5, 4, 4))
    total = np.zeros(5)
    for drawn in product(range(4), repeat=n):
        own, weight = set(drawn), float(np.prod(weights[list(drawn)]))
        total[len(own)] += weight
        for a, b in combinations(sorted(own), 2):
            chance[len(own), a, b] += weight
    odds = Odds(weights=weights[None, :], draws=n)
    for a, b in combinations(range(4), 2):
        for size in (2, 3, 4):
            expected = chance[size, a, b] / total[size]
            assert odds.probability((a, b))[0, size, n] == pytest.approx(expected)


def test_fitted_odds_give_every_category_as_many_baskets_as_it_has():
    held = np.array(list(product([False, True], repeat=4)))[3:]
    held = held[held.sum(axis=1) > 1]
    random = np.random.default_rng(1)
    counts = random.integers(1, 50, len(held)).astype(float)
    draws = held.sum(axis=1) + random.integers(0, 3, len(held))
    stratum = random.integers(0, 2, len(held))
    odds = fitted_odds(held, stratum, draws, counts)
    for category in range(4):
        expected = odds.probability((category,))[stratum, held.sum(axis=1), draws]
        for own in (stratum == 0, stratum == 1):
            fitted, real = counts[own] @ expected[own], counts[own] @ held[own, category]
            assert fitted == pytest.approx(real, rel=1e-5)


def test_lifts_of_independent_purchases_cover_one_at_the_stated_rate():
    inside, plain = 0, []
    for seed in range(100, 124):
        rules = found(lines(seed, customers=250)).rules
        # one pair a shop: those of one shop hang together
        row = rules[(rules["antecedent"] == "Toys") & (rules["consequent"] == "Home")]
        row = row if len(row) else rules[rules["consequent"] == "Toys"]
        inside += bool(row["low"].iloc[0] <= 1 <= row["high"].iloc[0])
        plain.append(row["plain_lift"].iloc[0])
    assert stats.binom.ppf(0.001, 24, 0.95) <= inside
    # the number of things in a basket makes the plain lift tell of what is not there
    assert abs(np.mean(plain) - 1) > 0.05


def test_what_comes_together_is_told_for_customers_and_within_orders():
    result = found(lines(3, together=0.4))
    assert set(result.scopes["scope"]) == {"customer", "order"}
    for scope, rows in result.rules.groupby("scope"):
        own = rows[rows["antecedent"].isin(["Games", "Toys"])]
        own = own[own["consequent"].isin(["Games", "Toys"])].iloc[0]
        assert own["significant"], scope
        assert own["low"] > 1
        assert own["lift"] >= rows["lift"].nlargest(2).iloc[-1]


def test_standard_errors_are_those_of_drawing_customers_anew():
    frame = lines(4, customers=150)
    pair = (0, 1)

    def lift(rows: pd.DataFrame) -> tuple[float, float]:
        baskets = customer_baskets(rows).of_few_things()
        odds = fitted_odds(baskets.held, baskets.stratum, baskets.draws, baskets.counts)
        one = set_lift(baskets, odds, pair)
        return one.lift, one.error

    customers = frame["customer_id"].unique()
    rows_of = dict(tuple(frame.groupby("customer_id")))
    random = np.random.default_rng(5)
    drawn = []
    for _ in range(25):
        chosen = random.choice(customers, len(customers))
        rows = [rows_of[name].assign(customer_id=str(at)) for at, name in enumerate(chosen)]
        drawn.append(np.log(lift(pd.concat(rows))[0]))
    assert lift(frame)[1] == pytest.approx(np.std(drawn), rel=0.4)


def test_few_customers_are_never_told_and_counts_are_rounded():
    frame = lines(6)
    rare = frame.head(3).assign(category="Rare", transaction_id=["r1", "r2", "r3"])
    result = found(pd.concat([frame, rare]), minimum_cell=5)
    assert "Rare" not in set(result.categories["category"])
    for table in (result.rules, result.categories):
        assert (table["baskets"] % 5 == 0).all()
        assert (table["customers"] % 5 == 0).all()


def test_a_set_that_few_lack_a_part_of_is_withheld():
    """Whoever buys Games buys Toys, but for three customers."""
    random = np.random.default_rng(8)
    rows = []
    for customer in range(300):
        own = ["Games", "Toys"] if customer % 2 else [random.choice(["Books", "Home", "Toys"])]
        own = ["Games"] if customer in (1, 3, 5) else own
        own = [*own, random.choice(["Books", "Home"])]
        rows += [(str(customer), f"{customer}", name) for name in dict.fromkeys(own)]
    frame = pd.DataFrame(rows, columns=["customer_id", "transaction_id", "category"])
    frame = frame.assign(day=pd.Timestamp("2023-05-05"), lines=1)
    result = found(frame, minimum_cell=5)
    pairs = set(zip(result.rules["antecedent"], result.rules["consequent"], strict=True))
    assert not {("Games", "Toys"), ("Toys", "Games")} & pairs
    assert result.withheld > 0


def test_categories_that_may_not_be_told_are_in_no_basket():
    result = found(lines(9), told=frozenset(NAMES[:3]))
    assert set(result.categories["category"]) == set(NAMES[:3])


def test_two_categories_are_too_few():
    frame = lines(10)
    result = association_rules(frame[frame["category"].isin(NAMES[:2])])
    assert isinstance(result, Missing)
    assert isinstance(association_rules(frame.head(0)), Missing)


def test_the_order_of_the_rows_does_not_matter():
    frame = lines(11, together=0.2)
    one = found(frame).rules
    other = found(frame.sample(frac=1, random_state=1)).rules
    pd.testing.assert_frame_equal(one, other)
