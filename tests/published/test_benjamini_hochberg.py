"""The 15 p-values of Benjamini & Hochberg (1995), section 3.2: thrombolysis trial."""

import numpy as np
import pytest

from analytics.stats.multiple_testing import (
    benjamini_hochberg,
    benjamini_yekutieli,
    bonferroni,
    holm,
)

P_VALUES = (
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344,
    0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000,
)  # fmt: skip


@pytest.mark.parametrize(
    ("correction", "rejected"),
    [(bonferroni, 3), (holm, 3), (benjamini_hochberg, 4), (benjamini_yekutieli, 3)],
    ids=["Bonferroni", "Holm", "Benjamini-Hochberg", "Benjamini-Yekutieli"],
)
def test_rejects_as_many_hypotheses_at_5_percent_as_published(correction, rejected: int) -> None:
    assert int(np.sum(correction(P_VALUES) <= 0.05)) == rejected


def test_the_fourth_p_value_is_the_last_within_its_threshold() -> None:
    # "the first p-value to satisfy the constraint is p(4) as p(4) = .0095 <= 4 / 15 x .05 = .013"
    assert benjamini_hochberg(P_VALUES)[3] == pytest.approx(0.0095 * 15 / 4)
