"""What a retention campaign can expect to earn with a churn model.

References
----------
Verbraken, Verbeke & Baesens (2013), A Novel Profit Maximizing Metric for Measuring Classification
Performance of Customer Churn Prediction Models, IEEE TKDE 25(5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignCosts:
    """What a campaign costs and brings; the defaults are those of the paper.

    Attributes
    ----------
    alpha, beta : float
        Beta distribution of the share of would-be churners who accept the offer.
    value_amount : float
        Worth of a customer who stays.
    offer_amount, contact_amount : float
        Cost of an accepted offer, and of contacting a customer.
    """

    alpha: float = 6.0
    beta: float = 14.0
    value_amount: float = 200.0
    offer_amount: float = 10.0
    contact_amount: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedProfit:
    """Expected maximum profit a customer, and the share of customers to contact for it."""

    profit_amount: float
    contact_rate: float


def expected_maximum_profit(
    churned: Floats, probability: Floats, costs: CampaignCosts
) -> ExpectedProfit:
    """Return the expected maximum profit and the share to contact that goes with it.

    Exact for the convex hull of the ROC curve: between two of its corners the optimal share is
    constant in the rate of acceptance, whose beta distribution integrates in closed form.

    Parameters
    ----------
    churned : array, shape (customers,)
        1 or 0.
    probability : array, shape (customers,)
        What is ranked by.
    costs : CampaignCosts
        What acceptance, offer, contact and customer are worth.
    """
    from scipy.stats import beta

    did = float(churned.mean())
    did_not = 1 - did
    if did in (0.0, 1.0):
        return ExpectedProfit(profit_amount=float("nan"), contact_rate=float("nan"))
    found, wrong = roc_hull(churned, probability)
    value = costs.value_amount
    offer, contact = costs.offer_amount / value, costs.contact_amount / value
    # The rate of acceptance from which on the next corner of the hull pays.
    gain, loss = np.diff(found), np.diff(wrong)
    slope = np.divide(loss, gain, out=np.full(len(gain), np.inf), where=gain > 0)
    at = (did_not / did * (offer + contact) * slope + contact) / (1 - offer)
    edges = np.concatenate([[0.0], np.clip(at, 0, 1), [1.0]])
    weight = np.diff(beta.cdf(edges, costs.alpha, costs.beta))
    mean = costs.alpha / (costs.alpha + costs.beta)
    moment = mean * np.diff(beta.cdf(edges, costs.alpha + 1, costs.beta))
    earned = value * (
        (1 - offer) * did * found * moment
        - weight * (contact * did * found + (offer + contact) * did_not * wrong)
    )
    contacted = did * found + did_not * wrong
    return ExpectedProfit(
        profit_amount=float(earned.sum()), contact_rate=float((contacted * weight).sum())
    )


def profit_by_share(churned: Floats, probability: Floats, costs: CampaignCosts) -> Floats:
    """Return the profit a customer of contacting the first 0, 1, 2 … customers, at mean acceptance.

    Shape (customers + 1,).
    """
    order = np.argsort(-probability, kind="stable")
    hit = churned[order]
    accept = costs.alpha / (costs.alpha + costs.beta)
    won = accept * (costs.value_amount - costs.offer_amount) - costs.contact_amount
    lost = costs.offer_amount + costs.contact_amount
    profit = np.concatenate([[0.0], np.cumsum(np.where(hit > 0, won, -lost))])
    mean: Floats = profit / len(churned)
    return mean


def roc_hull(churned: Floats, probability: Floats) -> tuple[Floats, Floats]:
    """Return the corners of the ROC curve's convex hull: found and wrongly contacted shares."""
    order = np.argsort(-probability, kind="stable")
    hit, p = churned[order], probability[order]
    ends = np.append(np.flatnonzero(np.diff(p)), len(p) - 1)
    found = np.concatenate([[0.0], np.cumsum(hit)[ends]]) / hit.sum()
    wrong = np.concatenate([[0.0], np.cumsum(1 - hit)[ends]]) / (1 - hit).sum()
    corners: list[int] = []
    for place in range(len(found)):
        while len(corners) > 1 and _turns_left(found, wrong, corners[-2], corners[-1], place):
            corners.pop()
        corners.append(place)
    return found[corners], wrong[corners]


def _turns_left(found: Floats, wrong: Floats, a: int, b: int, c: int) -> bool:
    rise = (found[b] - found[a]) * (wrong[c] - wrong[a])
    run = (wrong[b] - wrong[a]) * (found[c] - found[a])
    return bool(rise <= run)
