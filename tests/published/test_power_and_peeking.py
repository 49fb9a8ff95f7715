"""Sample sizes and the cost of peeking, as published."""

import pytest

from analytics.stats.group_sequential import (
    crossing_probability,
    obrien_fleming_bound,
    pocock_bound,
)
from analytics.stats.sample_size import (
    arcsine_sample_size,
    mean_sample_size,
    mean_test_power,
    proportion_sample_size,
)


@pytest.mark.parametrize(("looks", "published"), [(1, 0.050), (2, 0.083), (5, 0.142), (10, 0.193)])
def test_uncorrected_looks_have_the_error_of_armitage_1969_table_2(looks, published):
    assert crossing_probability([1.959964] * looks) == pytest.approx(published, abs=0.0005)


def test_five_looks_have_the_bound_of_pocock_1977_table_1():
    assert pocock_bound(5) == pytest.approx(2.413, abs=0.0005)


def test_five_looks_have_the_bound_of_obrien_and_fleming_1979():
    assert obrien_fleming_bound(5) == pytest.approx(2.040, abs=0.0005)


def test_half_against_three_quarters_takes_76_7_customers():
    assert proportion_sample_size(0.5, 0.75, power=0.9) == pytest.approx(76.7, abs=0.05)
    assert arcsine_sample_size(0.5, 0.75, power=0.9) == pytest.approx(76.653, abs=0.0005)


def test_one_standard_deviation_takes_22_02_customers():
    size = mean_sample_size(1.0, power=0.9)
    assert size == pytest.approx(22.02, abs=0.005)
    assert mean_test_power(1.0, size) == pytest.approx(0.9, abs=1e-9)


def test_large_samples_keep_the_power_that_was_asked_for():
    assert mean_test_power(0.05, mean_sample_size(0.05)) == pytest.approx(0.8, abs=1e-4)
