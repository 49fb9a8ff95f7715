"""Volume, mix and rate add up to the cent."""

import math

import numpy as np
import pytest

from analytics.diagnostic.decomposition import lmdi_terms, shapley_terms
from analytics.diagnostic.mix_and_rate import kitagawa_terms, to_the_cent, volume_mix_rate


def _cents(values) -> int:
    return sum(round(value * 100) for value in values)


def test_a_thousand_pairs_of_periods_add_up_to_the_cent() -> None:
    random = np.random.default_rng(11)
    for _ in range(1000):
        parts = int(random.integers(1, 7))
        counts = random.integers(0, 400, (2, parts)) * (random.random((2, parts)) > 0.25)
        amounts = np.round(counts * random.lognormal(4, 1, (2, parts)), 2)
        terms = volume_mix_rate(*(row.tolist() for pair in zip(counts, amounts, strict=True) for row in pair))  # fmt: skip # noqa: E501
        for own, change in zip(terms, (amounts[1] - amounts[0]).tolist(), strict=True):
            assert _cents(to_the_cent(own, change)) == round(change * 100)
        factors = [
            (float(n.sum()), 1.0, v.sum() / n.sum() if n.sum() else math.nan)
            for n, v in zip(counts, amounts, strict=True)
        ]
        change = float(amounts[1].sum() - amounts[0].sum())
        for split in (lmdi_terms, shapley_terms):
            assert _cents(to_the_cent(split(*factors), change)) == round(change * 100)


def test_a_new_part_is_all_mix() -> None:
    mix, rate = kitagawa_terms((1.0, 0.0), (10.0, math.nan), (0.5, 0.5), (10.0, 20.0))
    assert mix == pytest.approx((-5.0, 10.0))
    assert rate == pytest.approx((0.0, 0.0))


def test_terms_that_miss_the_total_are_refused() -> None:
    with pytest.raises(ValueError, match="sum to"):
        to_the_cent((1.0, 2.0), 4.0)
