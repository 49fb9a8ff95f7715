"""Remission of 42 leukaemia patients, in weeks, under 6-MP and placebo.

Freireich et al. (1963), Blood 21, as in Cox (1972) and R's ``MASS::gehan``: the survival of 6-MP is
that of Kalbfleisch & Prentice (2002), table 1.1 and section 1.4; the log-rank chi-square is 16.79
(R: ``survdiff``), the coefficient 1.572 with standard error .412 (R: ``coxph``, Efron's ties).
"""

import numpy as np
import pytest

from analytics.stats.survival import cox_model, kaplan_meier, log_rank

DRUG = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
DRUG_RELAPSED = np.array([True] * 9 + [False] * 12)
PLACEBO = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
WEEKS = np.array([*DRUG, *PLACEBO], dtype=float)
RELAPSED = np.concatenate([DRUG_RELAPSED, np.ones(21, dtype=bool)])
ON_PLACEBO = np.repeat([0, 1], 21)


def test_survival_under_the_drug() -> None:
    curve = kaplan_meier(np.array(DRUG, dtype=float), DRUG_RELAPSED)
    assert curve.times.tolist() == [6, 7, 10, 13, 16, 22, 23]
    assert curve.at_risk.tolist() == [21, 17, 15, 12, 11, 7, 6]
    expected = [0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448]
    assert curve.survival == pytest.approx(expected, abs=5e-4)


def test_log_rank_of_both_groups() -> None:
    chi_square, p_value = log_rank(WEEKS, RELAPSED, ON_PLACEBO)
    assert chi_square == pytest.approx(16.79, abs=0.005)
    assert p_value == pytest.approx(4e-5, rel=0.1)


def test_hazard_ratio_of_the_placebo() -> None:
    model = cox_model(np.zeros(42), WEEKS, RELAPSED, ON_PLACEBO[:, None].astype(float))
    assert model.coefficients[0] == pytest.approx(1.572, abs=5e-4)
    assert model.covariance[0, 0] ** 0.5 == pytest.approx(0.412, abs=5e-4)
    assert np.exp(model.coefficients[0]) == pytest.approx(4.817, abs=5e-4)
