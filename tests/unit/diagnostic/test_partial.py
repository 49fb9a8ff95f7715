"""Partial rank correlation: what groups share is taken out."""

import numpy as np
import pytest
from scipy import stats

from analytics.diagnostic.partial import partial_spearman


def test_a_correlation_that_the_groups_make_is_gone() -> None:
    random = np.random.default_rng(3)
    group = random.integers(0, 3, 2000)
    x, y = (stats.rankdata(3 * group + random.normal(size=2000)) for _ in range(2))
    assert stats.spearmanr(x, y).statistic > 0.6
    found = partial_spearman(x, y, group[:, None])
    assert abs(found.coefficient) < 0.07
    assert found.low < 0 < found.high


def test_without_groups_it_is_spearman() -> None:
    random = np.random.default_rng(4)
    x = random.normal(size=100)
    y = x + random.normal(size=100)
    found = partial_spearman(
        stats.rankdata(x), stats.rankdata(y), np.zeros((100, 1), dtype=np.int64)
    )
    plain = stats.spearmanr(x, y)
    assert found.coefficient == pytest.approx(plain.statistic)
    assert found.p_value == pytest.approx(plain.pvalue)
