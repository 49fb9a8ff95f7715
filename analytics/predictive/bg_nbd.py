"""Purchases of customers without a contract: BG/NBD, and NBD where nobody seems to leave.

References
----------
Fader, Hardie & Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
_PENALTY = 1e-3  # on squared log parameters, per customer; used only where the fit diverges
_RANGE = (1e-4, 1e4)


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseModel:
    """A fitted model of how often customers buy.

    Attributes
    ----------
    r, alpha : float
        Shape and rate of the gamma mixture of purchase rates, alpha in the unit of time.
    a, b : float
        Beta mixture of the probability of leaving after a purchase; a = 0: nobody leaves (NBD).
    log_likelihood : float
        Without any penalty.
    penalised : bool
        Whether the unpenalised fit diverged and the penalty had to hold it.
    """

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float
    penalised: bool = False

    @property
    def name(self) -> str:
        """BG/NBD or NBD."""
        return "BG/NBD" if self.a > 0 else "NBD"


def bg_nbd_log_likelihoods(
    parameters: Floats, frequency: Floats, recency: Floats, age: Floats
) -> Floats:
    """Return each customer's log likelihood, shape (customers,).

    Parameters
    ----------
    parameters : array
        r, alpha, a, b, all above 0.
    frequency, recency, age : array, shape (customers,)
        Repeat purchases; time from the first to the last purchase; time from the first
        purchase to the end of observation (x, t_x, T of the paper).
    """
    from scipy.special import betaln, gammaln

    r, alpha, a, b = parameters
    x, t_x, T = frequency, recency, age
    common = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
    alive = betaln(a, b + x) - betaln(a, b) - (r + x) * np.log(alpha + T)
    repeat = np.maximum(x, 1)
    gone = betaln(a + 1, b + repeat - 1) - betaln(a, b) - (r + x) * np.log(alpha + t_x)
    likelihoods: Floats = common + np.where(x > 0, np.logaddexp(alive, gone), alive)
    return likelihoods


def nbd_log_likelihoods(parameters: Floats, frequency: Floats, age: Floats) -> Floats:
    """Return each customer's log likelihood where nobody leaves; parameters r, alpha.

    Up to the factor that the BG/NBD likelihood leaves out as well.
    """
    from scipy.special import gammaln

    r, alpha = parameters
    likelihoods: Floats = (
        gammaln(r + frequency)
        - gammaln(r)
        + r * np.log(alpha)
        - (r + frequency) * np.log(alpha + age)
    )
    return likelihoods


def fitted_purchase_model(frequency: Floats, recency: Floats, age: Floats) -> PurchaseModel:
    """Return BG/NBD by maximum likelihood; held by a penalty, then NBD, where it diverges.

    A fit diverges where the optimiser does not converge or a parameter leaves 1e-4 to 1e4.
    """
    scale = float(np.mean(age)) or 1.0
    x, t_x, T = frequency, recency / scale, age / scale

    def loss(parameters: Floats) -> float:
        return -float(bg_nbd_log_likelihoods(parameters, x, t_x, T).mean())

    for penalty in (0.0, _PENALTY):
        fitted = _minimum(loss, np.array([0.5, 0.5, 0.8, 2.5]), penalty)
        if fitted is not None:
            r, alpha, a, b = fitted * np.array([1, scale, 1, 1])
            return PurchaseModel(
                r=float(r),
                alpha=float(alpha),
                a=float(a),
                b=float(b),
                log_likelihood=float(
                    bg_nbd_log_likelihoods(
                        np.array([r, alpha, a, b]), frequency, recency, age
                    ).sum()
                ),
                penalised=penalty > 0,
            )

    def nbd_loss(parameters: Floats) -> float:
        return -float(nbd_log_likelihoods(parameters, x, T).mean())

    fitted = _minimum(nbd_loss, np.array([0.5, 0.5]), _PENALTY)
    r, alpha = (1.0, 1.0) if fitted is None else fitted
    alpha = alpha * scale
    return PurchaseModel(
        r=float(r),
        alpha=float(alpha),
        a=0.0,
        b=1.0,
        log_likelihood=float(nbd_log_likelihoods(np.array([r, alpha]), frequency, age).sum()),
        penalised=True,
    )


def expected_purchases(
    model: PurchaseModel, frequency: Floats, recency: Floats, age: Floats, horizon: float
) -> Floats:
    """Return each customer's expected purchases in the `horizon` after the observation.

    Equation 10 of the paper; the hypergeometric function after Euler's transformation, which
    keeps its arguments small whatever the frequency.

    Returns
    -------
    array, shape (customers,)
        At least 0.
    """
    from scipy.special import hyp2f1

    r, alpha, b = model.r, model.alpha, model.b
    x, t_x, T = frequency, recency, age
    if model.a == 0:
        expected: Floats = horizon * (r + x) / (alpha + T)
        return expected
    # The formula has a removable singularity at a = 1.
    a = model.a if abs(model.a - 1) > 1e-6 else 1 + 1e-6
    z = horizon / (alpha + T + horizon)
    series = hyp2f1(a + b - 1 - r, a - 1, a + b + x - 1, z)
    unconditional = (a + b + x - 1) / (a - 1) * (1 - (1 - z) ** (a - 1) * series)
    expected = np.maximum(unconditional, 0) * alive_probability(model, x, t_x, T)
    return expected


def alive_probability(
    model: PurchaseModel, frequency: Floats, recency: Floats, age: Floats
) -> Floats:
    """Return each customer's probability of not having left; 1 without a repeat purchase."""
    if model.a == 0:
        return np.ones(len(frequency))
    x = np.maximum(frequency, 1)
    log_odds = (
        np.log(model.a)
        - np.log(model.b + x - 1)
        + (model.r + x) * (np.log(model.alpha + age) - np.log(model.alpha + recency))
    )
    gone = np.where(frequency > 0, log_odds, -np.inf)
    alive: Floats = np.exp(-np.logaddexp(0, gone))
    return alive


def _minimum(loss, start: Floats, penalty: float) -> Floats | None:  # type: ignore[no-untyped-def]
    """Return positive parameters at the minimum; None where the search diverges."""
    from scipy.optimize import minimize

    def penalised(logs: Floats) -> float:
        value = loss(np.exp(logs)) + penalty * float((logs**2).sum())
        return value if np.isfinite(value) else 1e10

    bounds = [(np.log(_RANGE[0] / 10), np.log(_RANGE[1] * 10))] * len(start)
    found = minimize(
        penalised,
        np.log(start),
        method="L-BFGS-B",
        bounds=bounds,
        options={"ftol": 1e-13, "gtol": 1e-7, "maxiter": 500},
    )
    parameters: Floats = np.exp(found.x)
    inside = bool(((parameters > _RANGE[0]) & (parameters < _RANGE[1])).all())
    return parameters if inside and np.isfinite(found.fun) else None
