from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest

from analytics.prescriptive.drift import drift_table, population_stability_index
from analytics.prescriptive.early_warning import warning_list
from analytics.prescriptive.levers import (
    RETENTION,
    SERVICE,
    WIN_BACK,
    customer_levers,
    lever_effects,
)
from analytics.prescriptive.portfolio import chosen_tranches, tranches
from analytics.prescriptive.strategies import strategies
from analytics.results import Experiments, Missing
from analytics.settings import StrategySettings

SETTINGS = StrategySettings()
NO_TEST = Missing(of=Experiments.KIND, needs=("experiments",), because="None.")


def people(count: int = 60, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    random = np.random.default_rng(seed)
    ids = [f"c{number:03d}" for number in range(count)]
    value = random.gamma(2, 500, count)
    customers = pd.DataFrame(
        {
            "customer_id": ids,
            "segment": random.choice(["Premium", "Basic"], count),
            "acquisition_channel": random.choice(["Search", "Email"], count),
            "orders": random.integers(1, 30, count),
            "contribution_margin_amount": value,
            "clv12_amount": value,
            "clv12_low_amount": value * 0.5,
            "clv12_high_amount": value * 1.5,
            "churn_probability": random.beta(1, 4, count),
            "churn_reasons": "region East; silent for 50 days",
        }
    )
    features = pd.DataFrame(
        {
            "customer_id": ids,
            "last_satisfaction": random.choice([1.0, 3.0, np.nan], count),
            "unresolved_tickets": random.integers(0, 2, count),
            "categories": random.integers(1, 7, count),
            "mean_gap_days": 30.0,
            "days_since_last_order": random.integers(0, 200, count),
            "mean_order_amount": 100.0,
        }
    )
    return customers, features


def planned(customers, features, **changes):
    settings = StrategySettings(**changes)
    effects = lever_effects(NO_TEST, settings)
    own, every = customer_levers(customers, features, effects, settings)
    result = strategies(own, every, customers, effects, settings=settings, seed=1, minimum_cell=5)
    return own, every, result


def test_the_gain_of_a_retention_offer_is_value_times_churn_times_effect_less_cost():
    customers, features = people()
    _, every, _ = planned(customers, features)
    row = every[every["lever"] == RETENTION].iloc[0]
    person = customers.set_index("customer_id").loc[row["customer_id"]]
    expected = person["clv12_amount"] * person["churn_probability"] * 0.1 - 0.1 * 100
    assert row["gain_amount"] == pytest.approx(expected)


def test_who_has_left_gets_no_offer_to_stay():
    _, every, _ = planned(*people(), win_back_cost=0.0)
    assert set(every.loc[every["lapsed"], "lever"]) == {WIN_BACK}
    assert not every.loc[every["lever"] == WIN_BACK, "lapsed"].eq(False).any()


def test_a_service_fix_goes_to_those_with_a_problem_alone():
    customers, features = people()
    _, every, _ = planned(customers, features)
    fixed = every.loc[every["lever"] == SERVICE, "customer_id"]
    known = features.set_index("customer_id").loc[fixed]
    assert ((known["unresolved_tickets"] > 0) | (known["last_satisfaction"] <= 2)).all()


def test_margin_and_cost_are_equal_at_the_break_even_effect():
    *_, result = planned(*people(300))
    rows = result.levers
    assert np.allclose(rows["break_even_rate"] * rows["base_amount"], rows["cost_amount"])


def test_the_portfolio_is_the_best_of_all_choices():
    own, _, _ = planned(*people(300))
    parts = tranches(own, minimum_cell=20).head(12).reset_index(drop=True)
    budget, contacts = 0.4 * parts["cost_amount"].sum(), 0.5 * parts["customers"].sum()
    chosen = chosen_tranches(parts, budget=budget, contacts=contacts)
    best = max(
        sum(parts["gain_amount"][list(pick)])
        for size in range(len(parts) + 1)
        for pick in itertools.combinations(range(len(parts)), size)
        if parts["cost_amount"][list(pick)].sum() <= budget
        and parts["customers"][list(pick)].sum() <= contacts
    )
    assert parts.loc[chosen, "gain_amount"].sum() == pytest.approx(best)


def test_the_portfolio_keeps_its_limits_and_contacts_nobody_twice():
    own, _, result = planned(*people(300), contact_rate=0.1)
    assert result.chosen_customers <= 30
    assert result.chosen_cost_amount <= result.budget_amount + 1e-9
    assert own["customer_id"].is_unique


def test_lists_of_few_customers_are_left_out():
    *_, result = planned(*people(12))
    assert (result.levers["customers"] >= 5).all()


def test_the_interval_covers_the_expectation():
    *_, result = planned(*people(300))
    assert (result.levers["margin_low_amount"] <= result.levers["margin_amount"]).all()
    assert (result.levers["margin_amount"] <= result.levers["margin_high_amount"]).all()


def test_the_list_is_ranked_by_margin_at_risk_and_leaves_out_who_has_left():
    customers, features = people()
    own, _, _ = planned(customers, features)
    listed = warning_list(own, customers, features, size=10)
    risk = customers.set_index("customer_id")
    here = features.loc[features["days_since_last_order"] <= 90, "customer_id"]
    expected = (risk["clv12_amount"] * risk["churn_probability"]).loc[here].nlargest(10)
    assert listed["customer_id"].tolist() == expected.index.tolist()
    assert listed["risk_amount"].tolist() == pytest.approx(expected.tolist())


def test_reasons_do_not_tell_where_a_customer_lives():
    customers, features = people()
    own, _, _ = planned(customers, features)
    listed = warning_list(own, customers, features, size=10)
    assert listed["reasons"].str.startswith("silent for 50 days").all()


def test_the_stability_index_is_the_sum_of_its_definition():
    then = np.repeat(np.arange(10.0), 100)
    now = np.repeat(np.arange(10.0), [50, 150, *[100] * 8])
    expected = (0.05 - 0.1) * np.log(0.5) + (0.15 - 0.1) * np.log(1.5)
    assert population_stability_index(then, now) == pytest.approx(expected)


def test_a_shift_is_seen_and_none_where_there_is_none():
    random = np.random.default_rng(5)
    base = random.normal(size=3000)
    table = drift_table({"moved": (base, base + 1), "same": (base, random.normal(size=3000))})
    assert table.set_index("measure")["state"].to_dict() == {"moved": "shifted", "same": "stable"}
