"""One report alone, and alerts as a workflow sees them."""

import re

import pandas as pd
import pytest

from analytics.cli.alerts import Alert, AlertState, Slice, alert_lines


@pytest.fixture(scope="module", params=["2024-03", "2024-Q1", "2024-06-15"])
def report(request, built_project, analytics, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    done = analytics(built_project, "report", request.param, "--out", str(folder))
    assert done.returncode == 0, done.stderr
    return folder / f"{request.param}.html", folder / f"{request.param}.pdf"


def test_a_report_alone_needs_nothing_else(report):
    html = report[0].read_text("utf-8")
    assert "<script" not in html
    assert not re.search(r'(src|href)="(?!#)', html)
    assert "default-src 'none'" in html
    assert html.count("<h1") == 1
    assert "All KPIs" in html


def test_a_report_alone_is_a_pdf_too(report):
    assert report[1].read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("period", ["2030-01", "2024", "2024-13", "march"])
def test_a_period_that_there_is_no_report_of_is_refused_with_a_remedy(
    period, built_project, analytics
):
    done = analytics(built_project, "report", period)
    assert done.returncode == 2
    assert "such as 2024-06, 2024-Q2 or 2024-06-30" in done.stderr


def test_the_table_of_a_report_equals_the_orders(built_project, built_site):
    table = pd.read_csv(built_site / "2024-06-30/site/descriptive/reports/2024-Q1.csv")
    row = table[(table["kpi"] == "net_revenue") & table["against"].isna()].iloc[0]
    orders = pd.read_parquet(built_project / "data/clean/synthetic/transactions.parquet")
    own = orders[
        (orders["status"] == "completed")
        & orders["ordered_at"].between("2024-01-01", "2024-03-31 23:59:59")
    ]
    assert row["value"] == pytest.approx(float(own["net"].sum()), abs=0.01)


def state(**more) -> AlertState:
    given = {
        "rule": "Orders of a slice", "kpi": "orders", "when": "below", "threshold": float("nan"),
        "severity": "warning", "state": "fired", "value": None, "since": "2023-10",
        "test": "expectation", "slices": (),
    }  # fmt: skip
    return AlertState(month="2023-10", rules=(Alert(**{**given, **more}),))


def test_every_slice_that_fired_is_a_line(monkeypatch):
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    slices = (
        Slice(name="North x Books", value=None, gap_rate=-0.3),
        Slice(name="East x Books", value=40.0, gap_rate=-0.251),
    )
    assert list(alert_lines(state(slices=slices))) == [
        "fired warning Orders of a slice: orders of North x Books in 2023-10, "
        "-30% against what was expected, since 2023-10",
        "fired warning Orders of a slice: orders 40 of East x Books in 2023-10, "
        "-25% against what was expected, since 2023-10",
    ]


def test_in_a_workflow_every_slice_that_fired_is_annotated_and_no_name_begins_a_command(
    monkeypatch,
):
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    slices = (Slice(name="North\n::error::x", value=None, gap_rate=-0.3),)
    lines = [line for said in alert_lines(state(slices=slices)) for line in said.split("\n")]
    commands = [line for line in lines if line.startswith("::")]
    assert len(commands) == 1
    assert commands[0].startswith("::warning title=Orders of a slice::")
