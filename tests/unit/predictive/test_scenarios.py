from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.predictive.bg_nbd import PurchaseModel, alive_probability, expected_purchases
from analytics.predictive.response_surface import interpolated
from analytics.predictive.scenarios import year_scenarios
from analytics.predictive.season import Season
from analytics.predictive.year_ahead import purchases_if_alive, revenue_path, year_ahead
from analytics.results import Missing, Scenarios
from analytics.settings import Scenario, ScenarioSettings

CUTOFF = date(2024, 7, 1)
MODEL = PurchaseModel(r=1.9, alpha=8.9, a=0.16, b=8.2, log_likelihood=0.0)
RATES = pd.DataFrame(
    {"week": pd.to_datetime(["2022-07-04"]), "settled_orders": [0], "joining_customers": [0]}
)


@pytest.fixture(scope="module")
def monthly() -> pd.DataFrame:
    months = pd.date_range("2022-07-01", "2024-06-01", freq="MS")
    return pd.DataFrame(
        {
            "month": months, "dimension": "all", "part": "all", "net_revenue_amount": 60_000.0,
            "contribution_margin_amount": 24_000.0, "orders": 300, "new_customers": 10,
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def result(customers, monthly) -> Scenarios:
    found = year_scenarios(
        customers.score,
        RATES,
        monthly,
        settings=ScenarioSettings(),
        earlier=None,
        observation_start=date(2022, 7, 1),
        cutoff=CUTOFF,
        margin_rate=None,
        spend_amount=50_000.0,
        seed=1,
    )
    assert isinstance(found, Scenarios)
    return found


@pytest.fixture(scope="module")
def ahead(customers, monthly):
    season = Season(start=date(2022, 7, 1), coefficients=())
    return year_ahead(customers.score, monthly["new_customers"].tail(12), CUTOFF, season)


def test_without_changes_purchases_are_those_of_the_paper_given_being_alive():
    x, t_x, age = (
        np.array([0.0, 3.0, 20.0]),
        np.array([0.0, 20.0, 70.0]),
        np.array([9.0, 40.0, 72.0]),
    )
    whole = expected_purchases(MODEL, x, t_x, age, 52.0)
    own = purchases_if_alive(MODEL, x, age, 52.0, frequency=1, retention=1)
    assert own * alive_probability(MODEL, x, t_x, age) == pytest.approx(whole)


def test_purchases_under_assumptions_are_those_of_simulated_customers():
    random = np.random.default_rng(1)
    count, horizon, frequency, retention = 60_000, 52.0, 1.2, 1.5
    rate = random.gamma(MODEL.r, 1 / MODEL.alpha, count) * frequency
    # The chance of leaving a purchase falls so that the expected stay grows by `retention`.
    leave = random.beta(MODEL.a / (frequency * retention), MODEL.b, count)
    bought = np.zeros(count)
    at = random.exponential(1 / rate)
    there = at < horizon
    while there.any():
        bought[there] += 1
        there &= random.random(count) > leave
        at = at + random.exponential(1 / rate)
        there &= at < horizon
    found = purchases_if_alive(
        MODEL, np.zeros(1), np.zeros(1), horizon, frequency=frequency, retention=retention
    )
    assert found[0] == pytest.approx(bought.mean(), rel=0.02)


def test_the_surface_is_the_model_to_one_percent(result, ahead):
    random = np.random.default_rng(2)
    for _ in range(10):
        retention, frequency = np.exp(random.uniform(np.log(0.5), np.log(2), 2))
        path = revenue_path(
            ahead, replace(Scenario(), retention=float(retention), frequency=float(frequency))
        )
        found = interpolated(result.surface, float(retention), float(frequency))
        for whole, new, name in (
            (path.revenue, path.new_revenue, "revenue_amount"),
            (path.orders, path.new_orders, "orders"),
        ):
            assert found[name] + found[f"new_{name}"] == pytest.approx(whole.sum(), rel=0.001)
            assert found[f"new_{name}"] == pytest.approx(new.sum(), rel=0.001)


def test_factors_multiply_as_the_sliders_do(ahead):
    plain = revenue_path(ahead, Scenario())
    more = revenue_path(ahead, replace(Scenario(), acquisition=1.5, order_value=1.1))
    old = plain.revenue.sum() - plain.new_revenue.sum()
    assert more.revenue.sum() == pytest.approx(1.1 * (old + 1.5 * plain.new_revenue.sum()))


@pytest.mark.parametrize("name", ["acquisition", "retention", "order_value", "frequency"])
def test_more_of_anything_brings_more(name, ahead):
    less, more = (
        revenue_path(ahead, replace(Scenario(), **{name: value})).revenue.sum()
        for value in (0.8, 1.2)
    )
    assert less < more


def test_scenarios_are_in_order_and_their_margin_follows(result):
    rows = result.scenarios.set_index("scenario")
    revenue = rows["revenue_amount"]
    assert revenue["conservative"] < revenue["moderate"] < revenue["aggressive"]
    assert rows["margin_amount"]["moderate"] == pytest.approx(0.4 * revenue["moderate"])
    assert rows["result_amount"]["moderate"] == pytest.approx(
        rows["margin_amount"]["moderate"] - 50_000
    )
    assert (rows["revenue_low_amount"] < revenue).all()
    assert (revenue < rows["revenue_high_amount"]).all()


def test_months_sum_to_the_year(result):
    sums = result.months.groupby("scenario")["revenue_amount"].sum()
    rows = result.scenarios.set_index("scenario")["revenue_amount"]
    assert sums[rows.index].to_numpy() == pytest.approx(rows.to_numpy())


def test_few_customers_or_months_say_what_to_add(customers, monthly):
    arguments = {
        "settings": ScenarioSettings(), "earlier": None, "observation_start": date(2022, 7, 1),
        "cutoff": CUTOFF, "margin_rate": None, "spend_amount": None, "seed": 1,
    }  # fmt: skip
    few = year_scenarios(customers.score.head(50), RATES, monthly, **arguments)
    short = year_scenarios(customers.score, RATES, monthly.tail(6), **arguments)
    for found in (few, short):
        assert isinstance(found, Missing)
        assert "add older orders" in found.because
