"""Alert rules: what fires, since when, and what keeps silent."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.descriptive import alerts, kpis
from analytics.errors import SettingsError
from analytics.settings import AlertRule


@pytest.fixture
def found(order, monthly, facts):
    """Return KPIs of a shop with 3, 2, 5, 1 and 1 orders in whole months, and one day of June."""
    counts = {"2023-01": 3, "2023-02": 2, "2023-03": 5, "2023-04": 1, "2023-05": 1, "2023-06": 9}
    orders = [
        order(f"c{i}", f"{month}-01") for month, count in counts.items() for i in range(count)
    ]
    return kpis(monthly(orders), None, None, None, facts=facts("2023-01-01", "2023-06-01"))


def rule(kpi: str = "orders", when: str = "below", threshold: float = 3, **more) -> AlertRule:
    return AlertRule(
        name="Watch", kpi=kpi, when=when, threshold=threshold, **{"minimum_sample": 1, **more}
    )


def state(found, one: AlertRule) -> pd.Series:
    return alerts(found, (one,)).rules.iloc[0]


def test_a_rule_fires_beyond_its_threshold_and_not_on_it(found) -> None:
    history = alerts(found, (rule(threshold=3),)).history
    assert history["value"].tolist() == [3, 2, 5, 1, 1]
    assert history["fired"].tolist() == [False, True, False, True, True]


def test_a_rule_above_fires_above(found) -> None:
    history = alerts(found, (rule(when="above", threshold=2),)).history
    assert history["fired"].tolist() == [True, False, True, False, False]


def test_partial_months_are_not_judged(found) -> None:
    history = alerts(found, (rule(when="above", threshold=8),)).history
    assert history["month"].max() == pd.Timestamp("2023-05-01")
    assert not history["fired"].any()


def test_the_state_is_that_of_the_last_complete_month_with_the_start_of_its_run(found) -> None:
    row = state(found, rule())
    assert (row["state"], row["value"], row["since"]) == ("fired", 1.0, "2023-04")


def test_a_run_may_go_back_to_the_first_month(found) -> None:
    assert state(found, rule(threshold=6))["since"] == "2023-01"


def test_a_rule_that_fired_before_but_not_last_is_quiet(found) -> None:
    row = state(found, rule(when="above", threshold=4))
    assert (row["state"], row["since"]) == ("quiet", "")


def test_too_few_observations_silence_a_rule(found) -> None:
    result = alerts(found, (rule(minimum_sample=2),))
    assert result.rules.iloc[0]["state"] == "silent"
    assert result.rules.iloc[0]["value"] == 1.0
    assert result.history["fired"].tolist() == [False, True, False, False, False]


def test_a_kpi_that_the_source_lacks_silences_its_rule(found) -> None:
    result = alerts(found, (rule("satisfaction_score", threshold=3.6),))
    assert result.rules.iloc[0]["state"] == "silent"
    assert pd.isna(result.rules.iloc[0]["value"])
    assert result.history.empty


def test_a_kpi_that_is_not_defined_in_the_last_month_silences_its_rule(
    order, monthly, facts
) -> None:
    mart = monthly([order("a", "2023-01-05"), order("b", "2023-03-05")])
    found = kpis(mart, None, None, None, facts=facts("2023-01-01", "2023-03-31"))
    row = state(found, rule("retention_rate", threshold=0.9, minimum_sample=0))
    assert row["state"] == "silent"


def test_no_complete_month_silences_every_rule(order, monthly, facts) -> None:
    mart = monthly([order("a", "2023-01-05")])
    found = kpis(mart, None, None, None, facts=facts("2023-01-05", "2023-01-05"))
    result = alerts(found, (rule(threshold=100),))
    assert result.rules["state"].tolist() == ["silent"]
    assert result.history.empty


def test_rules_stand_in_the_order_of_the_settings(found) -> None:
    rules = (rule(), AlertRule(name="Another", kpi="net_revenue", when="below", threshold=1.0))
    result = alerts(found, rules)
    assert result.rules["rule"].tolist() == ["Watch", "Another"]
    assert len(result.history) == 10


def test_no_rules_give_no_rows(found) -> None:
    result = alerts(found, ())
    assert result.rules.empty
    assert result.history.empty


def test_a_kpi_that_there_is_not_is_an_error_that_names_the_nearest(found) -> None:
    with pytest.raises(SettingsError, match="Did you mean retention_rate") as caught:
        alerts(found, (rule("retention"),))
    assert "analytics.toml" in str(caught.value)


def test_the_shipped_rules_watch_kpis_that_there_are() -> None:
    from pathlib import Path

    from analytics.descriptive import KPI_NAMES
    from analytics.settings import read_settings

    shipped = read_settings(Path(__file__).parents[3] / "analytics.toml").alerts
    assert {one.kpi for one in shipped} <= set(KPI_NAMES)
    assert [one.name for one in shipped][:3] == ["Satisfaction", "Retention", "Ticket volume"]
