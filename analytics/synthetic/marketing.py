"""What marketing costs, what it brings about, and what its own reports claim.

The demand of a day in a region is season x (organic + the sum over channels of
gain x s / (s + half-saturation)), where s is the week's spend after geometric adstock (normalised:
constant spend s gives s). Half-saturation and spend are divided over the regions alike.
Demand is scaled so that its marketing factor averages 1 over the window.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.synthetic import assumptions as a
from analytics.synthetic.parameters import SyntheticShop
from analytics.synthetic.season import month_numbers, seasonal_demand

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
_TRIES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Marketing:
    """Spend and response by week, channel and region.

    Attributes
    ----------
    spend : array, shape (weeks, channels, regions)
        Dollars.
    scale : float
        Size of the shop's budget beside the default shop's.
    response : array, shape (weeks, channels, regions)
        What each channel adds to demand, as a share of the region's average demand.
    organic : array, shape (regions,)
        Demand without any marketing, likewise.
    season_kept : bool
        Whether every year's expected revenue peaks and is lowest in the right month.
    """

    spend: Floats
    scale: float
    response: Floats
    organic: Floats
    season_kept: bool

    @property
    def lift(self) -> Floats:
        """Demand beside the average by week and region, shape (weeks, regions)."""
        factors: Floats = self.organic + self.response.sum(axis=1)
        return factors


def gains() -> Floats:
    """Return each channel's demand at full saturation, as a share of average demand.

    Solved from the average ROI at average spend: margin = ROI x spend = gain x s / (s + half) x
    the default shop's margin a week.
    """
    spend, half = np.asarray(a.SPEND_A_WEEK), np.asarray(a.HALF_SATURATION)
    margin_a_week = a.NET_REVENUE * a.MARGIN_RATE / a.WEEKS
    shares: Floats = np.asarray(a.AVERAGE_ROI) * (spend + half) / margin_a_week
    return shares


def budget_scale(shop: SyntheticShop) -> float:
    """Return the shop's revenue a week beside the default shop's."""
    return shop.transactions / a.TRANSACTIONS * a.WEEKS * 7 / shop.days


def adstocked(spend: Floats, steady: Floats) -> Floats:
    """Return spend after adstock, week by week, from a steady state before the first week.

    Parameters
    ----------
    spend : array, shape (weeks, channels, regions)
        Dollars.
    steady : array, shape (channels, regions)
        Dollars a week before the first.
    """
    carry = np.asarray(a.ADSTOCK)[:, None]
    stock = steady
    stocks = np.empty_like(spend)
    for week, amount in enumerate(spend):
        stock = carry * stock + (1 - carry) * amount
        stocks[week] = stock
    return stocks


def saturated(stock: Floats, scale: float) -> Floats:
    """Return each channel's share of average demand, given spend after adstock.

    Parameters
    ----------
    stock : array, shape (..., channels, regions)
        Dollars a week after adstock.
    scale : float
        Size of the budget beside the default shop's.
    """
    half = scale * np.asarray(a.HALF_SATURATION)[:, None] * np.asarray(a.REGION_SHARES)
    response: Floats = gains()[:, None] * stock / (stock + half)
    return response


def _flighted_levels(weeks: int, random: np.random.Generator) -> Floats:
    """Return spend levels, shape (weeks, channels, regions), redrawn every two weeks."""
    blocks = -(-weeks // a.WEEKS_A_LEVEL)
    shape = (blocks, len(a.MARKETING_CHANNELS), len(a.REGIONS))
    national = random.uniform(*a.SPEND_LEVELS, shape[:2])[:, :, None]
    own = random.uniform(*a.SPEND_LEVELS, shape)
    planned = np.where(random.random(shape) < a.NATIONAL_PLAN, national, own)
    levels = np.repeat(planned, a.WEEKS_A_LEVEL, axis=0)[:weeks]
    # No plan is carried out to the dollar.
    executed: Floats = levels * np.exp(random.normal(0, 0.05, levels.shape) - 0.05**2 / 2)
    return executed


def week_numbers(shop: SyntheticShop) -> Integers:
    """Return for each day of the window the number of its week."""
    weeks: Integers = (shop.start.weekday() + np.arange(shop.days, dtype=np.int64)) // 7
    return weeks


def season_gaps(shop: SyntheticShop, daily: Floats) -> Floats:
    """Return by how much March leads and September trails in each year of the window.

    Parameters
    ----------
    shop : SyntheticShop
        For the window.
    daily : array, shape (days,)
        Expected revenue of each day of the window.

    Returns
    -------
    array, shape (full years,)
        The smaller relative distance of the two to the nearest other month of the same twelve;
        negative where another month is higher than March or lower than September.
    """
    totals = np.bincount(month_numbers(shop.start, shop.days), weights=daily)
    years = totals[: len(totals) // 12 * 12].reshape(-1, 12)
    names = (shop.start.month - 1 + np.arange(12)) % 12 + 1
    peak, low = years[:, names == a.SEASON_PEAK][:, 0], years[:, names == a.SEASON_LOW][:, 0]
    lead = peak / years[:, names != a.SEASON_PEAK].max(axis=1) - 1
    trail = years[:, names != a.SEASON_LOW].min(axis=1) / low - 1
    gaps: Floats = np.minimum(lead, trail)
    return gaps


def _spend(levels: Floats, average: Floats) -> Floats:
    cents = np.maximum(np.rint(average * levels * 100), 1)
    spend: Floats = cents / 100
    return spend


def shop_marketing(shop: SyntheticShop, active: Floats) -> Marketing:
    """Return a plan of spend, each year redrawn until it keeps the season, and its response.

    Parameters
    ----------
    shop : SyntheticShop
        For the window, the size of the budget and the seed.
    active : array, shape (days, regions)
        Expected revenue of each day at average demand: the customers there, by their worth.
    """
    random = shop.stream("marketing")
    scale = budget_scale(shop)
    average = scale * np.asarray(a.SPEND_A_WEEK)[:, None] * np.asarray(a.REGION_SHARES)
    # A day without customers still counts: no month's expected revenue may be zero.
    base = (active + 1e-9) * seasonal_demand(shop.start, shop.days)[:, None]
    week = week_numbers(shop)
    first_day = np.maximum(np.arange(len(shop.weeks)) * 7 - shop.start.weekday(), 0)
    year_of_week = month_numbers(shop.start, shop.days)[first_day] // 12
    levels = _flighted_levels(len(shop.weeks), random)
    for attempt in range(_TRIES):
        spend = _spend(levels, average)
        response = saturated(adstocked(spend, average), scale)
        organic = 1 - response.sum(axis=1)[week].mean(axis=0)
        lift = organic + response.sum(axis=1)
        failing = season_gaps(shop, (base * lift[week]).sum(axis=1)) < a.SEASON_MARGIN
        if not failing.any() or attempt == _TRIES - 1:
            break
        redrawn = np.isin(year_of_week, np.flatnonzero(failing))
        levels[redrawn] = _flighted_levels(len(shop.weeks), random)[redrawn]
    return Marketing(
        spend=spend,
        scale=scale,
        response=response,
        organic=organic,
        season_kept=not failing.any(),
    )


def order_drivers(
    marketing: Marketing, week: Integers, region: Integers, random: np.random.Generator
) -> Integers:
    """Return what brought each order about: 0 for nothing, else 1 + the channel's code."""
    weeks, channels, regions = marketing.response.shape
    parts = np.concatenate(
        [np.broadcast_to(marketing.organic, (weeks, 1, regions)), marketing.response], axis=1
    )
    cumulated = np.cumsum(parts, axis=1)
    cumulated /= cumulated[:, -1:, :]
    thresholds = cumulated[week, :, region]
    drivers = (random.random(len(week))[:, None] >= thresholds).sum(axis=1)
    codes: Integers = np.minimum(drivers, channels)
    return codes


def credited_channels(drivers: Integers, random: np.random.Generator) -> Integers:
    """Return the channel that last-touch attribution credits each order to.

    Organic orders go mostly to Email, which people open before they buy anyway; a fifth of the
    others go to a channel that did not bring them about.
    """
    count = len(drivers)
    organic = random.choice(len(a.ORGANIC_CREDIT), count, p=a.ORGANIC_CREDIT)
    other = (drivers - 1 + random.integers(1, len(a.MARKETING_CHANNELS), count)) % len(
        a.MARKETING_CHANNELS
    )
    own = np.where(random.random(count) < a.MISASSIGNED, other, drivers - 1)
    return np.where(drivers == 0, organic, own)
