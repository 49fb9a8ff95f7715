"""What a purchase of a customer is worth: the Gamma-Gamma model.

References
----------
Fader, Hardie & Lee (2005), RFM and CLV: Using Iso-Value Curves for Customer Base Analysis,
Journal of Marketing Research 42(4); Fader & Hardie (2013), The Gamma-Gamma Model of Monetary
Value.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueModel:
    """Fitted Gamma-Gamma parameters; `gamma` in the unit of the values."""

    p: float
    q: float
    gamma: float
    log_likelihood: float

    @property
    def mean(self) -> float:
        """Expected value of a purchase over all customers; infinite for q at most 1."""
        return self.p * self.gamma / (self.q - 1) if self.q > 1 else float("inf")


def gamma_gamma_log_likelihoods(
    parameters: Floats, purchases: Floats, mean_value: Floats
) -> Floats:
    """Return each customer's log likelihood, shape (customers,); equation 1a of the note.

    Parameters
    ----------
    parameters : array
        p, q, gamma, all above 0.
    purchases, mean_value : array, shape (customers,)
        Purchases (at least 1) and their mean value (above 0).
    """
    from scipy.special import gammaln

    p, q, gamma = parameters
    x, z = purchases, mean_value
    likelihoods: Floats = (
        gammaln(p * x + q)
        - gammaln(p * x)
        - gammaln(q)
        + q * np.log(gamma)
        + (p * x - 1) * np.log(z)
        + p * x * np.log(x)
        - (p * x + q) * np.log(gamma + x * z)
    )
    return likelihoods


def fitted_value_model(purchases: Floats, mean_value: Floats) -> ValueModel:
    """Return Gamma-Gamma by maximum likelihood over customers with a positive value."""
    from scipy.optimize import minimize

    kept = (purchases > 0) & (mean_value > 0)
    x, value = purchases[kept], mean_value[kept]
    scale = float(value.mean())
    z = value / scale

    def loss(logs: Floats) -> float:
        return -float(gamma_gamma_log_likelihoods(np.exp(logs), x, z).mean())

    found = minimize(
        loss,
        np.log([3.0, 3.0, 1.0]),
        method="L-BFGS-B",
        bounds=[(-7, 9)] * 3,
        options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500},
    )
    p, q, gamma = np.exp(found.x)
    parameters = np.array([p, q, gamma * scale])
    return ValueModel(
        p=float(p),
        q=float(q),
        gamma=float(gamma * scale),
        log_likelihood=float(gamma_gamma_log_likelihoods(parameters, x, value).sum()),
    )


def expected_value(model: ValueModel, purchases: Floats, mean_value: Floats) -> Floats:
    """Return each customer's expected value of a purchase, shape (customers,).

    A mean of the customer's own and everyone's, weighted by the number of purchases; everyone's
    for a customer without any. Negative means count as 0.
    """
    total = purchases * np.maximum(mean_value, 0)
    weight = model.p * purchases + model.q - 1
    value: Floats = model.p * (model.gamma + total) / np.maximum(weight, 1e-9)
    return value
