from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.predictive.split import customer_split

IDS = pd.Series([f"{number:06d}" for number in range(20_000)])


def test_every_customer_is_in_one_part():
    split = customer_split(IDS, test_rate=0.25, seed=1)
    assert (split.train.astype(int) + split.validation + split.test == 1).all()


def test_parts_have_their_shares():
    split = customer_split(IDS, test_rate=0.25, seed=1)
    assert split.test.mean() == pytest.approx(0.25, abs=0.01)
    assert split.validation.mean() == pytest.approx(0.20, abs=0.01)


def test_a_customers_part_depends_on_nobody_else():
    split = customer_split(IDS, test_rate=0.25, seed=1)
    some = np.random.default_rng(1).permutation(len(IDS))[:500]
    alone = customer_split(IDS.iloc[some], test_rate=0.25, seed=1)
    assert (alone.test == split.test[some]).all()
    assert (alone.validation == split.validation[some]).all()


def test_another_seed_splits_otherwise():
    first, second = (customer_split(IDS, test_rate=0.25, seed=seed) for seed in (1, 2))
    both = (first.test & second.test).mean()
    assert both == pytest.approx(0.25**2, abs=0.01)
