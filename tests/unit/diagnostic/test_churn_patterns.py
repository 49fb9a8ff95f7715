"""Who left is told from silence; what raises the hazard is found, what does not is not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.diagnostic import churn_patterns
from analytics.diagnostic.churn_label import at_risk
from analytics.results import ChurnPatterns, Missing

WINDOW = ("2022-01-01", "2024-01-01")


def _days(numbers) -> pd.Series:
    return pd.Series(pd.Timestamp("2022-01-01") + pd.to_timedelta(np.asarray(numbers), unit="D"))


@pytest.fixture(scope="module")
def result(facts) -> ChurnPatterns:
    """A shop in which Basic customers leave four times as fast; regions leave alike."""
    random = np.random.default_rng(5)
    rows = []
    for customer in range(1500):
        segment = "Basic" if customer % 2 else "Premium"
        leaving = random.exponential(400 if segment == "Basic" else 1600)
        times = np.cumsum(random.exponential(20, 60))
        region = random.choice(["North", "South"])
        rows += [(f"{customer:04d}", t, segment, region) for t in times if t < min(leaving, 730)]
    orders = pd.DataFrame(rows, columns=["customer_id", "day", "segment", "region"])
    orders["day"] = _days(np.floor(orders["day"])).to_numpy()
    return churn_patterns(orders, None, None, facts=facts(*WINDOW))


def test_the_hazard_ratio_of_the_segment_is_inside_its_interval(result) -> None:
    rows = result.drivers.set_index("driver")
    row = rows.loc[[name for name in rows.index if name.startswith("segment")][0]]  # noqa: RUF015
    planted = 4.0 if "Basic" in row.name else 0.25
    assert row["low"] < planted < row["high"]
    assert row["significant"]


def test_a_region_that_leaves_as_others_do_is_no_driver(result) -> None:
    rows = result.drivers[result.drivers["driver"].str.startswith("region")]
    assert len(rows) == 1
    assert not rows["significant"].any()
    compared = result.comparisons.set_index("dimension")["corrected_p_value"]
    assert compared["segment"] < 1e-6
    assert compared["region"] > 0.01


def test_what_the_label_is_made_from_is_marked_and_no_finding(result) -> None:
    rows = result.drivers
    own = rows[rows["definitional"]]
    assert own["driver"].tolist() == ["usual gap"]
    assert not own["significant"].any()
    assert own["q_value"].isna().all()
    assert own["rank"].tolist() == [len(rows)]
    tested = rows[~rows["definitional"]].drop_duplicates("p_value")
    assert tested["q_value"].to_numpy() == pytest.approx(
        stats.false_discovery_control(tested["p_value"], method="bh")
    )


def test_curves_start_at_one_fall_and_stay_in_their_bands(result) -> None:
    for _, curve in result.curves.groupby(["dimension", "part"]):
        assert curve["survival_rate"].iloc[0] == 1
        assert curve["survival_rate"].is_monotonic_decreasing
        known = curve.dropna(subset=["low"])
        assert (known["low"] <= known["survival_rate"]).all()
        assert (known["high"] >= known["survival_rate"]).all()


def test_silence_is_leaving_only_where_it_lasts_for_the_window(facts) -> None:
    regular = np.arange(0, 720, 20)
    gone = np.arange(0, 400, 20)
    rare = np.arange(0, 720, 100)
    orders = pd.DataFrame(
        {
            "customer_id": ["a"] * len(regular) + ["b"] * len(gone) + ["c"] * len(rare),
            "day": _days(np.concatenate([regular, gone, rare])),
        }
    )
    risk = at_risk(orders, facts(*WINDOW))
    assert risk is not None
    assert risk.customers.tolist() == ["a", "b"]
    assert risk.left_out == 1
    assert risk.left.any(axis=1).tolist() == [False, True]
    last_day_plus_gap = 380 + 20
    assert risk.starts[risk.left[1].argmax()] <= last_day_plus_gap
    assert last_day_plus_gap < risk.starts[risk.left[1].argmax()] + 14


def test_few_who_left_are_missing(facts) -> None:
    orders = pd.DataFrame({"customer_id": ["a"] * 30, "day": _days(np.arange(0, 600, 20))})
    assert isinstance(churn_patterns(orders, None, None, facts=facts(*WINDOW)), Missing)
