"""The parts of the process, each against a plain computation of the same."""

from __future__ import annotations

import numpy as np
import pytest

from analytics.synthetic import SyntheticShop
from analytics.synthetic import assumptions as a
from analytics.synthetic.customers import present_shares, shop_customers
from analytics.synthetic.marketing import (
    adstocked,
    credited_channels,
    gains,
    saturated,
    season_gaps,
)
from analytics.synthetic.order_plan import Batch, OrderPlan, Spells, cumulated_demand, signup_orders
from analytics.synthetic.orders import batch_orders
from analytics.synthetic.season import month_numbers, seasonal_demand
from analytics.synthetic.tenure import Tickets, shop_tenure, unresolved_counts

DEFAULT = SyntheticShop()


def test_seasonal_demand_averages_1_over_the_window() -> None:
    demand = seasonal_demand(DEFAULT.start, 731)
    assert demand.mean() == pytest.approx(1, abs=0.003)


def test_seasonal_demand_peaks_in_mid_march_and_is_lowest_in_mid_september() -> None:
    weekly = np.convolve(seasonal_demand(DEFAULT.start, 730), np.ones(7) / 7, "valid")
    day = np.datetime64("2022-07-04") + np.array([weekly.argmax(), weekly.argmin()])
    assert [str(moment)[5:7] for moment in day] == ["03", "09"]
    assert all(5 <= int(str(moment)[8:]) <= 26 for moment in day)


def test_months_are_numbered_by_the_calendar() -> None:
    numbers = month_numbers(DEFAULT.start, 731)
    assert np.bincount(numbers)[:9].tolist() == [31, 31, 30, 31, 30, 31, 31, 28, 31]
    assert numbers[-1] == 23


def test_adstock_of_constant_spend_is_that_spend() -> None:
    steady = np.full((6, 4), 50.0)
    stock = adstocked(np.full((5, 6, 4), 50.0), steady)
    assert stock == pytest.approx(np.full((5, 6, 4), 50.0))


def test_adstock_of_one_week_of_spend_decays_geometrically() -> None:
    spend = np.zeros((4, 6, 4))
    spend[0] = 100.0
    stock = adstocked(spend, np.zeros((6, 4)))
    for channel, carry in enumerate(a.ADSTOCK):
        expected = [(1 - carry) * 100 * carry**week for week in range(4)]
        assert stock[:, channel, 0] == pytest.approx(expected)


def test_response_is_half_of_its_limit_at_half_saturation_in_every_region() -> None:
    half = np.asarray(a.HALF_SATURATION)[:, None] * np.asarray(a.REGION_SHARES)
    assert saturated(half, 1.0) == pytest.approx(np.repeat(gains()[:, None] / 2, 4, axis=1))


def test_response_has_falling_returns() -> None:
    spend = np.linspace(0, 60_000, 50)[:, None, None] * np.ones((6, 4))
    steps = np.diff(saturated(spend, 1.0), axis=0)
    assert (steps > 0).all()
    assert (np.diff(steps, axis=0) < 0).all()


def test_season_gaps_are_the_distances_to_the_nearest_month() -> None:
    monthly = np.full(24, 100.0)
    monthly[[8, 20]] = 110, 90  # March
    monthly[[2, 14]] = 80, 50  # September
    months = month_numbers(DEFAULT.start, 731)
    gaps = season_gaps(DEFAULT, (monthly / np.bincount(months))[months])
    assert gaps == pytest.approx([0.10, -0.10])


def test_a_fifth_of_the_orders_that_a_channel_brings_is_credited_to_another() -> None:
    random = np.random.default_rng(1)
    drivers = np.repeat(np.arange(7), 20_000)
    credited = credited_channels(drivers, random)
    own = credited[20_000:] == drivers[20_000:] - 1
    assert own.mean() == pytest.approx(0.8, abs=0.01)
    organic = np.bincount(credited[:20_000], minlength=6)
    assert organic.argmax() == a.MARKETING_CHANNELS.index("Email")
    assert organic.max() > 10_000


def test_unresolved_tickets_are_counted_for_three_months() -> None:
    opened = np.array([-91.5, -80.2, 3.7, 10.1, 0.5])
    resolved = np.array([np.inf, np.inf, np.inf, 12.0, np.inf])
    tickets = Tickets(customer=np.array([4, 4, 4, 4, 6]), opened=opened, resolved=resolved)
    counts = unresolved_counts(tickets, np.arange(4, 7), 0, 120)
    naive = np.zeros((3, 120))
    for customer, at, until in zip(tickets.customer, opened, resolved, strict=True):
        for day in range(120):
            open_for = day - np.floor(at)
            naive[customer - 4, day] += bool(np.isinf(until) and 0 <= open_for < 91)
    assert counts.tolist() == naive.tolist()


def test_customers_leave_at_the_hazard_of_their_tickets() -> None:
    shop = SyntheticShop(customers=20_000, transactions=1, seed=5)
    customers = shop_customers(shop)
    tenure = shop_tenure(shop, customers)
    counts = unresolved_counts(tenure.tickets, np.arange(20_000), 0, shop.days)
    day = np.arange(shop.days)[None, :]
    there = (day >= tenure.first_day[:, None]) & (day < tenure.end_day[:, None])
    last = np.minimum(tenure.end_day, shop.days - 1)
    state_at_leaving = np.minimum(counts[np.arange(20_000), last], 2)[tenure.left]
    for state, log_hazard in enumerate(a.UNRESOLVED_LOG_HAZARD):
        exposure = ((np.minimum(counts, 2) == state) & there).sum(axis=1) / 365.25
        expected = float((exposure * tenure.hazard).sum() * np.exp(log_hazard))
        found = int((state_at_leaving == state).sum())
        assert abs(found - expected) < 4 * np.sqrt(expected)


def test_hazard_rises_e_fold_with_a_point_less_of_satisfaction() -> None:
    shop = SyntheticShop(customers=500, transactions=1)
    customers = shop_customers(shop)
    tenure = shop_tenure(shop, customers)
    base = np.asarray(a.HAZARD_A_YEAR)[customers.segment]
    assert np.log(tenure.hazard / base) == pytest.approx(3.7 - customers.satisfaction)


def test_regions_win_as_many_customers_a_year_whatever_the_window() -> None:
    for years in (0.5, 1.0, 2.0, 5.0):
        present = present_shares(years)
        won_a_year = (1 - present) / present / years
        assert won_a_year == pytest.approx((1 - present_shares(2.0)) / present_shares(2.0) / 2)
    assert present_shares(2.0) == pytest.approx(a.PRESENT_AT_START)


def test_orders_are_drawn_in_proportion_to_rate_and_demand() -> None:
    shop = SyntheticShop(customers=4, transactions=60_000, months=2, seed=9)
    customers = shop_customers(shop)
    spells = Spells(
        customer=np.arange(4),
        first=np.array([0, 10, 0, 30]),
        end=np.array([62, 62, 20, 31]),
        rate=np.array([10.0, 20.0, 5.0, 100.0]),
    )
    demand = np.ones((62, 4))
    demand[:31] = 3.0
    signups = signup_orders(shop, customers, None, shop.stream("orders"))
    first_orders = len(signups["day"])
    batch = Batch(
        number=0,
        stream=0,
        first=0,
        end=62,
        month=0,
        orders=60_000,
        signups=slice(0, first_orders),
    )
    plan = OrderPlan(
        spells=spells,
        cumulated=cumulated_demand(demand),
        decline=None,
        signups=signups,
        expected=1.0,
        lost=0.0,
        batches=(batch,),
    )
    orders = batch_orders(shop, customers, plan, batch)
    drawn = len(orders.day) - first_orders
    intensity = np.zeros((4, 62))
    for customer in range(4):
        days = slice(spells.first[customer], spells.end[customer])
        intensity[customer, days] = spells.rate[customer] * demand[days, 0]
    expected = intensity / intensity.sum() * drawn
    found = np.zeros((4, 62))
    np.add.at(found, (orders.customer, orders.day), 1)
    assert found.sum() == 60_000
    assert (found[expected == 0].sum()) <= first_orders
    used = expected > 0
    chi_square = ((found - expected)[used] ** 2 / expected[used]).sum()
    degrees = used.sum() - 1
    assert abs(chi_square - degrees) < 4 * np.sqrt(2 * degrees)
