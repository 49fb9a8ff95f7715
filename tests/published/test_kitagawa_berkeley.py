"""Graduate admissions at Berkeley, autumn 1973, the six largest departments.

Bickel, Hammel & O'Connell (1975), Science 187; split as in Kitagawa (1955), Journal of the American
Statistical Association 50: the gap of .1416 is mix +.1777 and rate -.0360.
"""

import math

import pytest

from analytics.diagnostic.mix_and_rate import kitagawa_terms

MEN = [(825, 512), (560, 353), (325, 120), (417, 138), (191, 53), (373, 22)]
WOMEN = [(108, 89), (25, 17), (593, 202), (375, 131), (393, 94), (341, 24)]


def _shares_and_rates(applied_admitted) -> tuple[list[float], list[float]]:
    total = sum(applied for applied, _ in applied_admitted)
    return (
        [applied / total for applied, _ in applied_admitted],
        [admitted / applied for applied, admitted in applied_admitted],
    )


def test_the_gap_at_berkeley_is_mix_and_a_rate_the_other_way() -> None:
    mix, rate = kitagawa_terms(*_shares_and_rates(WOMEN), *_shares_and_rates(MEN))
    assert math.fsum(mix) == pytest.approx(0.1777, abs=5e-5)
    assert math.fsum(rate) == pytest.approx(-0.0360, abs=1e-4)
    assert math.fsum(mix) + math.fsum(rate) == pytest.approx(0.1416, abs=5e-5)
