"""Marts that several tiers read are computed once, and nobody sees another's changes."""

from datetime import date

import pandas as pd
import pytest

from analytics.engine import Engine
from analytics.marts import kept as keeping


def test_a_mart_is_computed_once_for_each_question(order_shop, monkeypatch):
    marts = order_shop("c1 2024-01-05 10", "c2 2024-02-07 20")
    first = {day: marts.customer_features(day) for day in (date(2024, 2, 1), date(2024, 3, 1))}
    asked = []
    monkeypatch.setattr(Engine, "frame", lambda *found, **_: asked.append(found))
    for day, frame in first.items():
        pd.testing.assert_frame_equal(marts.customer_features(day), frame)
    assert asked == []
    assert len(first[date(2024, 2, 1)]) == 1
    assert len(first[date(2024, 3, 1)]) == 2


def test_who_gets_a_mart_may_change_it(order_shop):
    marts = order_shop("c1 2024-01-05 10", "c2 2024-02-07 20")
    before = marts.monthly()
    changed = marts.monthly()
    changed["orders"] = -1
    changed.loc[0, "net_revenue_amount"] = -1.0
    changed.insert(0, "more", 1)
    pd.testing.assert_frame_equal(marts.monthly(), before)


def test_large_marts_are_not_kept(order_shop, monkeypatch):
    marts = order_shop("c1 2024-01-05 10", "c2 2024-02-07 20")
    monkeypatch.setattr(keeping, "MOST_ROWS", 1)
    marts.customer_features(date(2024, 3, 1))
    monkeypatch.setattr(Engine, "frame", lambda *_, **__: pytest.fail("asked again"))
    with pytest.raises(pytest.fail.Exception, match="asked again"):
        marts.customer_features(date(2024, 3, 1))
