"""What is told follows the data: opposite data, opposite words; nothing that they do not say."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import builders
import diagnostic_builders
import pandas as pd
import pytest

from analytics.presentation import (
    alerts,
    budget,
    churn_patterns,
    clv,
    correlation_drivers,
    correlations,
    drilldown,
    home,
    kpis,
    reports,
)
from analytics.presentation.budget_plan import gain_sentence, shifts
from analytics.presentation.wording import Change, compared, relative_growth, tone
from analytics.results import ChurnPatterns, Missing, Result, Strategies


def shop(folder: Path, monkeypatch: pytest.MonkeyPatch, **replaced: Result) -> None:
    builders.write_small_shop(folder, **replaced)
    monkeypatch.setenv("ANALYTICS_RESULTS", str(folder))


def change(size: float, unit: str = "currency") -> Change:
    return Change(change=size * 1000, rate=size, unit=unit)


def test_up_and_down_have_opposite_words() -> None:
    assert compared(change(0.06)) == "6.0\u202f% above"
    assert compared(change(-0.06)) == "6.0\u202f% below"
    assert compared(change(0.0)) == "level with"
    assert relative_growth(0.18) == "grew 18\u202f%"
    assert relative_growth(-0.18) == "shrank 18\u202f%"


@pytest.mark.parametrize(
    ("size", "good", "expected"),
    [(0.1, "up", "good"), (-0.1, "up", "bad"), (0.1, "down", "bad"), (-0.1, "down", "good"),
     (0.1, "neutral", "neutral"), (0.00001, "up", "neutral")],
)  # fmt: skip
def test_tone_follows_the_good_direction(size: float, good: str, expected: str) -> None:
    assert tone(change(size), good) == expected


def test_headline_of_a_growing_shop_says_above(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path, monkeypatch, kpis=builders.kpis(growth=0.08))
    assert "above the year before" in home.headline_text()


def test_headline_of_a_shrinking_shop_says_below(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path, monkeypatch, kpis=builders.kpis(growth=-0.08))
    assert "below the year before" in home.headline_text()
    assert "above" not in home.headline_text()


def test_headline_joins_opposites_by_while_and_likes_by_and(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    growing, shrinking = builders.kpis(growth=0.08), builders.kpis(growth=-0.08)
    shop(tmp_path / "a", monkeypatch, kpis=growing, alerts=builders.alerts(growing))
    assert ", while satisfaction is below its threshold" in home.headline_text()
    shop(tmp_path / "b", monkeypatch, kpis=shrinking, alerts=builders.alerts(shrinking))
    assert ", and satisfaction is below its threshold" in home.headline_text()


def test_headline_names_the_last_complete_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path, monkeypatch, kpis=builders.kpis(partial=True))
    assert home.headline_text().startswith("May 2024 closed at")


def test_value_in_the_headline_is_that_of_the_month(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = builders.kpis()
    shop(tmp_path, monkeypatch, kpis=own)
    values = own.values
    month = values[
        (values["kpi"] == "net_revenue")
        & (values["dimension"] == "all")
        & (values["month"] == pd.Timestamp("2024-06-01"))
    ]
    assert f"${month['value'].iloc[0] / 1e6:.2f}M" in home.headline_text()


def test_fired_rule_is_on_the_home_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(tmp_path, monkeypatch)
    html = home.attention().html
    assert "critical" in html
    assert "below its threshold of 3.80" in html
    assert "since May 2024" in html


def test_quiet_rules_are_no_alert(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = builders.kpis()
    shop(tmp_path, monkeypatch, kpis=own, alerts=builders.alerts(own, fired=False))
    assert "No alert" in home.attention().html
    assert "None of 3 rules fired." in alerts.summary().html


def test_worse_kpis_are_told_and_better_ones_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = builders.kpis(growth=-0.08)
    shop(tmp_path / "a", monkeypatch, kpis=own, alerts=builders.alerts(own, fired=False))
    assert "in a year" in home.attention().html
    better = builders.kpis(growth=0.08)
    better = replace(
        better,
        definitions=better.definitions[better.definitions["good"] == "up"],
        values=better.values[~better.values["kpi"].isin(["resolution_days",
                                                         "tickets_per_1000_orders"])],
    )  # fmt: skip
    shop(tmp_path / "b", monkeypatch, kpis=better,
         alerts=builders.alerts(builders.kpis(), fired=False))  # fmt: skip
    assert "in a year" not in home.attention().html


def test_a_kpi_with_an_alert_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = builders.kpis(growth=0.08)
    shop(tmp_path, monkeypatch, kpis=own, alerts=builders.alerts(own))
    assert home.attention().html.count("Tickets per 1,000 orders") == 1


def test_drilldown_tells_a_rise_and_a_fall(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(tmp_path / "up", monkeypatch, drill_down=builders.drill_down(growth=0.06))
    assert "up 6.0\u202f% ($732k) on Q2 2023" in drilldown.summary().html
    assert "Customers added" in drilldown.summary().html
    shop(tmp_path / "down", monkeypatch, drill_down=builders.drill_down(growth=-0.06))
    assert "down 6.0\u202f% ($732k) on Q2 2023" in drilldown.summary().html
    assert "Customers took" in drilldown.summary().html


def test_leading_part_is_told_as_rise_or_fall(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from analytics.presentation.findings import all_findings

    for growth, word, other in ((0.06, "rise", "fall"), (-0.06, "fall", "rise")):
        shop(tmp_path / word, monkeypatch, drill_down=builders.drill_down(growth=growth))
        told = " ".join(f"{sentence} {evidence}" for _, sentence, evidence in all_findings())
        assert f"of the {word} of net revenue" in told
        assert f"of the {other} of net revenue" not in told


def test_positive_and_negative_associations_have_opposite_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path / "a", monkeypatch, correlations=builders.correlations(strongest=0.41))
    assert "Number of orders and mean satisfaction rise together (moderate)" in (
        correlations.strongest().html
    )
    shop(tmp_path / "b", monkeypatch, correlations=builders.correlations(strongest=-0.41))
    assert "Number of orders and mean satisfaction move in opposite directions (moderate)" in (
        correlations.strongest().html
    )


def test_definitional_pairs_are_never_findings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path, monkeypatch)
    result = builders.correlations()
    found = correlations.findings(result)
    pairs = set(zip(found["left"], found["right"], strict=True))
    assert ("orders", "net_revenue_amount") not in pairs
    assert result.pairs["definitional"].any()


def test_no_page_claims_a_cause_from_an_association(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path, monkeypatch)
    told = correlations.strongest().html + home.findings().html + correlations.summary().html
    assert not re.search(r"\b(because of|causes|leads to|drives|due to)\b", told)
    assert "association, not cause" in home.findings().html


def test_drivers_are_told_with_intervals_and_definitions_marked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path, monkeypatch)
    told = correlation_drivers.drivers("revenue").html
    assert "Given segment and region" in told
    assert "by definition" in told
    first = told.split("<table")[0]
    assert "Number of orders" not in first
    assert not re.search(r"\b(because of|causes|leads to|due to)\b", first)
    assert "Nothing to compare" in correlation_drivers.drivers("churn").html


def test_what_leaving_is_told_by_is_never_the_strongest_association(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = diagnostic_builders.results(builders.source_facts())[1]
    assert isinstance(result, ChurnPatterns)
    alone = result.drivers[result.drivers["definitional"]]
    strong = alone.assign(p_value=0.0, proportional_p_value=0.0)
    own = replace(result, drivers=strong, proportional_p_value=0.0)
    shop(tmp_path, monkeypatch, churn_patterns=own)
    assert "Strongest association" not in churn_patterns.summary().html
    assert "Nothing to compare" in churn_patterns.drivers().html
    assert "by definition" in churn_patterns.table().html
    assert "p &lt; 0.001" in churn_patterns.check().html


def test_model_that_only_ties_is_not_called_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path / "a", monkeypatch, clv=builders.clv(beats=True))
    assert "better than every baseline" in clv.summary().html
    shop(tmp_path / "b", monkeypatch, clv=builders.clv(beats=False))
    assert "no better than the best baseline" in clv.summary().html
    assert "better than every baseline" not in clv.models().html


def test_model_within_the_best_baselines_interval_is_not_called_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = builders.clv(beats=True)
    close = result.scores.assign(
        low=result.scores["value"] - 0.1, high=result.scores["value"] + 0.1
    )
    shop(tmp_path, monkeypatch, clv=replace(result, scores=close))
    assert "do not tell the two apart" in clv.summary().html
    assert "about as well as the best baseline, run rate" in clv.models().html


def test_model_whose_amounts_a_baseline_fits_better_is_not_called_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = builders.clv(beats=True)
    baseline_fit = (result.scores["model"] == "bg_nbd") & (result.scores["metric"] == "r2")
    scores = result.scores.assign(value=result.scores["value"].mask(baseline_fit, 0.99))
    shop(tmp_path, monkeypatch, clv=replace(result, scores=scores))
    assert "better than every baseline" not in clv.summary().html + clv.models().html


def test_lifetime_value_names_follow_the_horizon(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = replace(builders.clv(), horizon_months=9, margin="30 % of net revenue, assumed")
    shop(tmp_path, monkeypatch, clv=result)
    told = clv.summary().html + clv.segments().html + clv.distribution().html + home.findings().html
    assert not re.search("CLV12|12 months", told)
    assert "9-month CLV" in told
    assert "The margin is assumed: 30 % of net revenue." in told


def test_unsure_gain_is_told_as_unsure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(tmp_path / "a", monkeypatch, budget=builders.budget(gain_low=9_000.0))
    assert "would bring" in budget.summary().html
    assert "Test before" not in home.actions().html
    shop(tmp_path / "b", monkeypatch, budget=builders.budget(gain_low=-2_000.0))
    assert "not sure" in budget.summary().html
    assert "Test before you act" in home.actions().html


def test_every_action_says_what_its_worth_rests_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path, monkeypatch)
    items = re.findall(r"<li>.*?</li>", home.actions().html)
    assert items
    said = ("observational, not causal", "effect measured by an experiment", "effect assumed")
    assert all(any(words in item for words in said) for item in items)
    assert all("observational, not causal" in item for item in items if "budget.html" in item)


def test_shifts_move_what_the_plan_moves() -> None:
    result = builders.budget()
    delta = (result.allocation["optimal_amount"] - result.allocation["current_amount"]).clip(
        lower=0
    )
    assert sum(shift.amount for shift in shifts(result)) == pytest.approx(delta.sum())
    takers = {shift.taker for shift in shifts(result)}
    assert takers == {"Search", "Direct"}


def test_plan_that_changes_nothing_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    same = builders.budget()
    same = replace(
        same,
        allocation=same.allocation.assign(optimal_amount=same.allocation["current_amount"]),
        gain_amount=0.0,
    )
    shop(tmp_path, monkeypatch, budget=same)
    assert "already spread" in gain_sentence(same)
    assert "budget.html" not in home.actions().html
    none = Missing(of=Strategies.KIND, needs=("transactions",), because="None.")
    shop(tmp_path / "alone", monkeypatch, budget=same, strategies=none)
    assert "Keep the marketing budget as it is" in home.actions().html


def test_partial_month_is_marked_and_compared_with_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import date

    shop(
        tmp_path,
        monkeypatch,
        kpis=builders.kpis(partial=True),
        source_facts=builders.source_facts(observation_end=date(2024, 6, 19)),
    )
    assert "Partial month" in reports.opening("2024-06").html
    assert "Partial month" not in reports.opening("2024-05").html
    assert "kpi-delta" not in reports.cards("2024-06").html
    assert "kpi-delta" in reports.cards("2024-05").html


def test_reports_are_linked_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shop(tmp_path, monkeypatch)
    html = reports.opening("2024-03").html
    assert 'rel="prev" href="2024-02.html"' in html
    assert 'rel="next" href="2024-04.html"' in html
    assert 'rel="prev"' not in reports.opening("2022-07").html
    assert 'rel="next"' not in reports.opening("2024-06").html


def test_reconciliation_that_fails_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analytics.presentation import quality

    shop(tmp_path / "a", monkeypatch)
    assert "holds to the cent" in quality.reconciliation().html
    off = replace(builders.data_quality(), clean_total_amount=98_399_990.0)
    shop(tmp_path / "b", monkeypatch, data_quality=off)
    assert "$10.00 is not explained" in quality.reconciliation().html


def test_what_the_audit_found_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from analytics.presentation import quality

    shop(tmp_path / "a", monkeypatch)
    told = quality.privacy().html
    assert "368 cells of the monthly cube are merged with others: those of fewer than 5" in told
    assert "a range of 5 orders, and of 29" in told
    assert "at least 4 others; 2,224 were made coarser" in told
    assert "earlier version" not in told
    found = builders.privacy_audit(pinned_before_cells=1, customer_rows=0, withheld_cells=1)
    shop(tmp_path / "b", monkeypatch, privacy_audit=found)
    told = quality.privacy().html
    assert "1 cell of the monthly cube is merged with others" in told
    assert "An earlier version gives 1 cell away" in told
    assert "Customer rows are not published" in told


def test_kpi_definitions_of_the_source_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop(tmp_path, monkeypatch)
    html = kpis.definitions_table().html
    assert all(title in html for title in builders.kpis().definitions["title"])
