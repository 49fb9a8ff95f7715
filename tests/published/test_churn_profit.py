"""Expected maximum profit of churn models: Verbraken, Verbeke & Baesens (2013), IEEE TKDE 25(5).

The defaults of the paper: acceptance beta(6, 14), CLV 200, offer 10, contact 1. Its equation of the
average profit is integrated here numerically over the rate of acceptance and compared with the
closed form over the convex hull.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import beta

from analytics.predictive.churn_profit import CampaignCosts, expected_maximum_profit
from analytics.settings import ChurnSettings

CLV, OFFER, CONTACT = 200.0, 10.0, 1.0


def best_profit(accept: float, churned: np.ndarray, probability: np.ndarray) -> tuple[float, float]:
    """Return the profit of the best threshold and the share contacted, by trying them all."""
    best = (0.0, 0.0)
    for threshold in np.unique(probability):
        taken = probability >= threshold
        leavers = (taken & (churned > 0)).mean()
        stayers = (taken & (churned == 0)).mean()
        profit = leavers * (accept * (CLV - OFFER) - CONTACT) - stayers * (OFFER + CONTACT)
        best = max(best, (profit, taken.mean()))
    return best


def test_the_defaults_are_those_of_the_paper():
    assert CampaignCosts() == CampaignCosts(
        alpha=6, beta=14, value_amount=200, offer_amount=10, contact_amount=1
    )
    settings = ChurnSettings()
    assert (settings.accept_alpha, settings.accept_beta) == (6, 14)
    assert (settings.value_amount, settings.offer_amount, settings.contact_amount) == (200, 10, 1)


def test_profit_and_share_are_the_integral_over_acceptance():
    random = np.random.default_rng(1)
    churned = (random.random(60) < 0.25).astype(float)
    probability = np.round(random.beta(2, 5, 60) + 0.2 * churned, 1)
    found = expected_maximum_profit(churned, probability, CampaignCosts())
    density = beta(6, 14).pdf

    def weighted(accept: float, at: int) -> float:
        return best_profit(accept, churned, probability)[at] * density(accept)

    profit, share = (quad(weighted, 0, 1, args=(at,), limit=200)[0] for at in (0, 1))
    assert found.profit_amount == pytest.approx(profit, rel=2e-3)
    assert found.contact_rate == pytest.approx(share, rel=5e-3)


def test_a_perfect_ranking_contacts_the_leavers_alone():
    churned = np.array([1.0] * 20 + [0.0] * 80)
    found = expected_maximum_profit(churned, churned, CampaignCosts())
    # .2 x (E[acceptance] x (CLV - d) - f), as no rate of acceptance near 0 counts.
    assert found.profit_amount == pytest.approx(0.2 * (0.3 * 190 - 1), rel=1e-3)
    assert found.contact_rate == pytest.approx(0.2, rel=1e-3)
