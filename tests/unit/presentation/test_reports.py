"""Reports of days, months and quarters: linked, compared, told from what is stored."""

from __future__ import annotations

from pathlib import Path

import builders
import numpy as np
import pytest

from analytics.calendar import parsed_period
from analytics.presentation import alerts, reports
from analytics.presentation.report_content import report_content
from analytics.presentation.report_figures import report_figures, report_labels

LABELS = ("2024-05-15", "2024-05", "2024-Q1")


@pytest.fixture(autouse=True)
def _results(small_shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_RESULTS", str(small_shop))


@pytest.mark.parametrize("label", LABELS)
@pytest.mark.parametrize("part", ["opening", "cards", "movers", "fired", "comparison", "download"])
def test_every_part_of_every_kind_of_report_is_shown(part: str, label: str) -> None:
    html = getattr(reports, part)(label).html
    assert html
    assert "nan" not in html.lower().replace("finance", "")


@pytest.mark.parametrize(
    ("label", "before", "after"),
    [
        ("2024-05-15", "2024-05-14", "2024-05-16"),
        ("2024-05", "2024-04", "2024-06"),
        ("2024-Q1", "2023-Q4", "2024-Q2"),
    ],
)
def test_reports_lead_to_the_ones_before_and_after(label: str, before: str, after: str) -> None:
    html = reports.opening(label).html
    assert f'rel="prev" href="{before}.html"' in html
    assert f'rel="next" href="{after}.html"' in html


def test_a_day_leads_to_its_month_and_a_month_to_its_quarter() -> None:
    assert 'href="2024-05.html"' in reports.opening("2024-05-15").html
    assert 'href="2024-Q2.html"' in reports.opening("2024-05").html


def test_the_archive_lists_every_report_once() -> None:
    html = reports.archive().html
    for kind in ("day", "month", "quarter"):
        for label in report_labels(kind)[:-1]:
            assert html.count(f'href="{label}.html"') == 1, label


def test_a_day_is_compared_with_its_usual_weekday_first() -> None:
    figure = report_figures(parsed_period("2024-05-15"))["net_revenue"]
    assert [one.name for one in figure.comparisons] == [
        "usual Wednesday", "17 May 2023", "14 May 2024",
    ]  # fmt: skip


def test_only_the_year_before_is_judged() -> None:
    for label in LABELS:
        figure = report_figures(parsed_period(label))["net_revenue"]
        assert [one.judged for one in figure.comparisons].count(True) == 1


def test_alerts_of_a_quarter_are_those_of_its_months(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = builders.kpis()
    found = builders.alerts(own)
    builders.write_small_shop(tmp_path, kpis=own, alerts=found)
    monkeypatch.setenv("ANALYTICS_RESULTS", str(tmp_path))
    rows = found.history[found.history["fired"]]
    quarter = rows[rows["month"].dt.to_period("Q") == "2024Q1"]
    assert reports.fired("2024-Q1").html.count("<li>") == len(quarter)


def test_a_day_before_the_archive_says_that_its_parts_are_not_told() -> None:
    assert "last 90 days" in reports.movers("2023-05-15").html
    assert "$134k" in reports.opening("2023-05-15").html


def test_paper_says_what_the_page_says() -> None:
    for label in LABELS:
        content = report_content(label)
        assert content.headline in reports.opening(label).html.replace("&#x27;", "'")
        assert len(content.rows) == len(report_figures(parsed_period(label)))
        assert all(len(row) == len(content.columns) for row in content.rows)
        assert content.chart is not None
        assert content.chart.title in reports.movers(label).html


ROW = {
    "rule": "Watch", "kpi": "orders", "when": "below", "threshold": 455.0, "severity": "warning",
    "state": "fired", "value": 372.0, "since": "", "test": "expectation",
    "slice": "North x Books", "expected": 530.0, "gap_rate": -0.298, "slices": 20,
    "fired_slices": 1, "false_alarm_rate": 0.05,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "Orders of North × Books 372, 29.8\u202f% below the expected 530"),
        ({"fired_slices": 3}, "29.8\u202f% below the expected 530, and 2 slices more"),
        ({"value": np.nan, "expected": np.nan, "gap_rate": -0.3},
         "Orders of North × Books: about 30\u202f% below what was expected"),
        ({"when": "outside"}, "29.8\u202f% below the expected 530"),
        ({"slice": "", "test": "threshold"}, "Orders 372, below its threshold of 455"),
        ({"slice": "", "test": "change"}, "Orders 372, 29.8\u202f% below the compared month's 530"),
    ],
)  # fmt: skip
def test_an_alert_says_what_was_seen_and_what_was_expected(changed: dict, said: str) -> None:
    kpis = builders.kpis()
    from analytics.presentation.figures import definitions

    assert said in alerts.alert_sentence({**ROW, **changed}, definitions(kpis)["orders"], "USD")
