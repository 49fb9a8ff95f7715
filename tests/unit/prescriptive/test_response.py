from __future__ import annotations

import numpy as np
import pytest

from analytics.prescriptive.response import ResponseCurves, adstocked
from analytics.prescriptive.response_model import Priors, ResponseModel, season_columns


def test_constant_spend_stays_what_it_is():
    spend = np.full((30, 2), 7.0)
    stock, slope = adstocked(spend, np.array([0.0, 0.8]))
    assert stock == pytest.approx(spend)
    assert slope == pytest.approx(np.zeros((30, 2)))


def test_adstock_is_the_geometrically_weighted_past():
    random = np.random.default_rng(1)
    spend, carry = random.uniform(0, 10, (25, 1)), 0.6
    stock, _ = adstocked(spend, np.array([carry]))
    for week in (0, 3, 24):
        past = sum((1 - carry) * carry**lag * spend[week - lag, 0] for lag in range(week + 1))
        assert stock[week, 0] == pytest.approx(past + carry ** (week + 1) * spend.mean())


def test_a_marginal_return_is_the_slope_of_its_curve():
    curves = ResponseCurves(gain=np.array([[100.0, 40.0]]), half=np.array([[20.0, 5.0]]))
    spend, step = np.array([12.0, 9.0]), 1e-5
    slope = (curves.margin(spend + step) - curves.margin(spend - step)) / (2 * step)
    assert curves.marginal(spend) == pytest.approx(slope)


def test_half_saturation_brings_half_of_the_gain():
    curves = ResponseCurves(gain=np.array([[100.0]]), half=np.array([[20.0]]))
    assert curves.channel_margin(0, np.array([0.0, 20.0])).tolist() == [[0.0, 50.0]]


@pytest.fixture
def model() -> ResponseModel:
    random = np.random.default_rng(2)
    weeks, channels, regions = 60, 3, 2
    spend = random.uniform(0.1, 1.9, (weeks, channels, regions))
    years = np.arange(weeks) / 52.18
    return ResponseModel(
        margin=np.ones((weeks, regions)),
        observed=np.ones((weeks, regions), dtype=bool),
        spend=spend / spend.mean(axis=0),
        years=years - years.mean(),
        season=season_columns(years),
        priors=Priors(),
    )


def test_the_model_is_the_stated_formula(model):
    random = np.random.default_rng(3)
    parameters = np.abs(model.start() + random.normal(0, 0.2, len(model.start())))
    margin, _ = model.model(parameters)
    levels, trends = parameters[:2], parameters[2:4]
    season, effects = parameters[4:8], parameters[8:11]
    half, carry = np.exp(parameters[11:14]), 0.9 / (1 + np.exp(-parameters[14:17]))
    week, region = 40, 1
    stock = np.ones(3)
    for past in range(week + 1):
        stock = carry * stock + (1 - carry) * model.spend[past, :, region]
    response = (effects * (1 + half) * stock / (stock + half)).sum()
    logs = levels[region] + trends[region] * model.years[week] + model.season[week] @ season
    assert margin[week, region] == pytest.approx(np.exp(logs) * (1 + response))


def test_derivatives_are_those_of_the_formula(model):
    random = np.random.default_rng(4)
    parameters = np.abs(model.start() + random.normal(0, 0.2, len(model.start())))
    _, jacobian = model.model(parameters)
    step = 1e-6
    for number in range(len(parameters)):
        shift = np.zeros(len(parameters))
        shift[number] = step
        up, down = model.model(parameters + shift)[0], model.model(parameters - shift)[0]
        assert jacobian[:, :, number] == pytest.approx((up - down) / (2 * step), abs=1e-7)
