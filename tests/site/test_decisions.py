"""The controls of the pages that decide: what they show is what was computed before."""

from __future__ import annotations

import csv
import io
import random
import re
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.render import write_staged_project
from analytics.render.embedded import rendered_page
from analytics.render.project import read_project
from analytics.results import EarlyWarning
from analytics.store import Provenance, write_result
from tests.site.serving import served

BUDGET = "site/prescriptive/budget.html"
SCENARIOS = "site/predictive/scenarios.html"
WARNING = "site/prescriptive/early-warning.html"
ROOT = Path(__file__).parents[2]
RESULTS = Path("data") / "results" / "synthetic"
ROWS = 60
REASONS = ("=SUM(A1), silent", 'said "never again"; 2 tickets open', "low satisfaction")
PLAN = """() => Object.fromEntries([...document.querySelectorAll('.budget-now tbody tr')].map(
  (row) => [row.cells[0].textContent, Number(row.querySelector('meter').value)]))"""
YEAR = """() => Object.fromEntries([...document.querySelectorAll('.scenario-figure')].map(
  (figure) => [figure.dataset.figure, Number(figure.dataset.value)]))"""


# ---- Budget -----------------------------------------------------------------------------
@pytest.fixture(scope="session")
def plans(built_project: Path) -> pd.DataFrame:
    """Return the computed plans, one row a plan, a column a marketing channel."""
    rows = pd.read_parquet(built_project / RESULTS / "prescriptive.budget" / "plans.parquet")
    keys = ["minima", "maxima", "total_amount", "margin_amount"]
    return rows.pivot_table(index=keys, columns="marketing_channel", values="spend_amount")


@pytest.mark.parametrize(("minima", "maxima"), [(1, 1), (0, 1), (1, 0), (0, 0)])
def test_every_step_of_the_budget_slider_is_a_computed_plan(  # type: ignore[no-untyped-def]
    minima, maxima, open_page, plans
) -> None:
    page, noise = open_page(BUDGET)
    boxes = page.locator(".budget-controls input[type=checkbox]")
    for box, wanted in zip((boxes.first, boxes.last), (minima, maxima), strict=True):
        box.set_checked(bool(wanted))
    wanted = plans.loc[(bool(minima), bool(maxima))]
    slider = page.locator(".budget-controls input[type=range]")
    assert int(slider.get_attribute("max")) + 1 == len(wanted)
    said = set()
    for step, row in enumerate(wanted.to_dict("records")):
        slider.fill(str(step))
        shown = page.evaluate(PLAN)
        assert shown == {name: pytest.approx(value, abs=0.51) for name, value in row.items()}
        said.add(page.locator(".budget-controls output").inner_text())
    assert len(said) > len(wanted) / 2
    assert noise.errors == []


def test_switches_keep_or_free_the_bounds(open_page, built_project) -> None:  # type: ignore[no-untyped-def]
    folder = built_project / RESULTS / "prescriptive.budget"
    bounds = pd.read_parquet(folder / "allocation.parquet").set_index("marketing_channel")
    page, _ = open_page(BUDGET)
    slider = page.locator(".budget-controls input[type=range]")
    boxes = page.locator(".budget-controls input[type=checkbox]")

    def spent_at(step: int) -> pd.Series:
        slider.fill(str(step))
        return pd.Series(page.evaluate(PLAN))

    middle = int(slider.get_attribute("max")) // 2
    for step in (0, middle, middle * 2):
        plan = spent_at(step).reindex(bounds.index)
        assert (plan >= bounds["minimum_amount"] - 0.51).all()
        assert (plan <= bounds["maximum_amount"] + 0.51).all()
    boxes.first.uncheck()
    boxes.last.uncheck()
    free = pd.DataFrame([spent_at(step).reindex(bounds.index) for step in (0, middle)])
    below = free.lt(bounds["minimum_amount"] - 0.51, axis=1)
    above = free.gt(bounds["maximum_amount"] + 0.51, axis=1)
    assert below.any(axis=None) or above.any(axis=None)


def test_the_budget_slider_moves_by_keyboard_and_says_what_it_shows(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(BUDGET)
    slider = page.locator(".budget-controls input[type=range]")
    said = page.locator(".budget-controls output")
    before = said.inner_text()
    slider.focus()
    page.keyboard.press("End")
    assert said.inner_text() != before
    assert slider.get_attribute("aria-valuetext") in said.inner_text()
    assert said.get_attribute("aria-live") == "polite"


# ---- Scenarios --------------------------------------------------------------------------
@pytest.fixture(scope="session")
def scenarios(built_project: Path) -> pd.DataFrame:
    """Return the scenarios as the model computed them."""
    folder = built_project / RESULTS / "predictive.scenarios"
    return pd.read_parquet(folder / "scenarios.parquet").set_index("scenario")


def test_sliders_at_a_scenario_show_what_the_model_computed(open_page, scenarios) -> None:  # type: ignore[no-untyped-def]
    page, noise = open_page(SCENARIOS)
    for name, wanted in scenarios.iterrows():
        page.get_by_role("button", name=str(name).capitalize(), exact=True).click()
        shown = page.evaluate(YEAR)
        assert set(shown) == {"orders", "revenue_amount", "margin_amount", "result_amount"}
        for figure, value in shown.items():
            assert value == pytest.approx(wanted[figure], rel=0.01)
        for slider in page.locator(".scenario-sliders input").all():
            assumption = slider.get_attribute("id").removeprefix("scenario-")
            assert float(slider.input_value()) == pytest.approx(wanted[assumption], abs=0.006)
    assert noise.errors == []


def test_factors_multiply_and_more_of_each_brings_more(open_page, scenarios) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(SCENARIOS)
    page.get_by_role("button", name="Moderate").click()
    base = page.evaluate(YEAR)

    def year_with(name: str, value: float) -> dict[str, float]:
        page.get_by_role("button", name="Moderate").click()
        page.locator(f"#scenario-{name}").fill(str(value))
        return page.evaluate(YEAR)  # type: ignore[no-any-return]

    assert year_with("order_value", 1.2)["revenue_amount"] == pytest.approx(
        base["revenue_amount"] * 1.2
    )
    assert year_with("margin", 0.8)["margin_amount"] == pytest.approx(base["margin_amount"] * 0.8)
    spend = scenarios.loc["moderate", "spend_amount"]
    assert year_with("spend", 1.5)["result_amount"] == pytest.approx(
        base["result_amount"] - 0.5 * spend
    )
    for name in ("acquisition", "retention", "frequency"):
        more, less = year_with(name, 1.3)["orders"], year_with(name, 0.7)["orders"]
        assert less < base["orders"] < more, name


def test_a_scenario_slider_moves_by_keyboard_and_is_read_aloud(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(SCENARIOS)
    slider = page.locator("#scenario-order_value")
    before = page.evaluate(YEAR)["revenue_amount"]
    slider.focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate(YEAR)["revenue_amount"] > before
    assert slider.get_attribute("aria-valuetext") == "101 % of today"
    assert page.locator(".scenario-result").get_attribute("aria-live") == "polite"


# ---- Early warning ----------------------------------------------------------------------
@pytest.fixture(scope="session")
def listed() -> pd.DataFrame:
    """Return the rows of a list, hostile words among its reasons."""
    draw = np.random.default_rng(3)
    risk = np.sort(draw.uniform(10, 3_000, ROWS))[::-1]
    return pd.DataFrame(
        {
            "place": np.arange(1, ROWS + 1),
            "customer": [f"C{number:03d}QQ" for number in draw.permutation(ROWS)],
            "segment": draw.choice(["Premium", "Standard", "Basic"], ROWS),
            "risk_amount": risk,
            "churn_probability": draw.uniform(0.02, 0.9, ROWS),
            "clv12_amount": risk * draw.uniform(2, 9, ROWS),
            "reasons": [REASONS[at % len(REASONS)] for at in range(ROWS)],
            "action": draw.choice(["Make the retention offer", "Call, and solve it"], ROWS),
        }
    )


@pytest.fixture(scope="session")
def warning_site(  # type: ignore[no-untyped-def]
    site, built_project, listed, tmp_path_factory
) -> Iterator[str]:
    """Serve the page of a list of 60 customers; the small shop is too small for one of its own."""
    base = tmp_path_factory.mktemp("warning")
    results = base / RESULTS
    shutil.copytree(built_project / RESULTS, results)
    shutil.rmtree(results / EarlyWarning.KIND)
    empty = {
        name: pd.DataFrame({column.name: [] for column in columns})
        for name, columns in EarlyWarning.FRAMES.items()
    }
    told = EarlyWarning(
        cutoff=date(2024, 7, 1), window_days=180, ranked=300, listed=ROWS, published=True,
        risk_amount=2e5, listed_risk_amount=float(listed["risk_amount"].sum()), effect_rate=0.4,
        reference_cutoff=date(2024, 1, 3), before_cutoff=None, entered=0, left=0,
        **{**empty, "customers": listed},
    )  # fmt: skip
    write_result(results, told, Provenance(inputs={}))
    staged = base / "staged"
    known = {"version": site.version, "digest": "x", "renderer": "embedded", "data_to": "June"}
    write_staged_project(ROOT, staged, provenance=known, generated={})
    page = rendered_page(
        read_project(staged),
        "site/prescriptive/early-warning.qmd",
        environment={"ANALYTICS_RESULTS": str(results), "PYTHONPATH": str(ROOT)},
    )
    published = base / "published"
    shutil.copytree(site.folder / site.version, published / site.version)
    file = published / site.version / WARNING
    file.unlink()
    file.write_text(page, encoding="utf-8")
    with served(published) as address:
        yield f"{address}{site.version}/{WARNING}"


@pytest.fixture
def warning(warning_site, browser):  # type: ignore[no-untyped-def]
    """Return the page of the list, opened anew."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, accept_downloads=True)
    page = context.new_page()
    page.goto(warning_site, wait_until="load")
    page.wait_for_selector(".table-filters button")
    yield page
    context.close()


def visible_names(page) -> list[str]:  # type: ignore[no-untyped-def]
    return page.evaluate(  # type: ignore[no-any-return]
        """() => [...document.querySelectorAll('.filterable tbody tr')]
          .filter((row) => row.checkVisibility()).map((row) => row.cells[1].textContent.trim())"""
    )


def test_the_list_is_searched(warning, listed) -> None:  # type: ignore[no-untyped-def]
    assert visible_names(warning) == list(listed["customer"])
    warning.locator("input[type=search][aria-label*=risk]").fill("premium never")
    hits = listed[listed["segment"].eq("Premium") & listed["reasons"].str.contains("never")]
    assert visible_names(warning) == list(hits["customer"])
    assert f"{len(hits)} of {ROWS} rows" in warning.locator(".table-search").inner_text()


@pytest.mark.parametrize(
    ("heading", "column"), [("Churn", "churn_probability"), ("CLV12", "clv12_amount")]
)
def test_the_list_is_sorted_by_value_not_by_text(heading, column, warning, listed) -> None:  # type: ignore[no-untyped-def]
    button = warning.locator(".filterable thead button").filter(has_text=re.compile(f"^{heading}$"))
    button.click()
    order = listed.sort_values(column, ascending=False)["customer"]
    assert visible_names(warning) == list(order)
    button.click()
    assert visible_names(warning) == list(order)[::-1]


def test_filters_and_search_hold_together(warning, listed) -> None:  # type: ignore[no-untyped-def]
    filters = warning.locator(".table-filters select")
    filters.nth(0).select_option("Basic")
    filters.nth(1).select_option("Call, and solve it")
    warning.locator("input[type=search][aria-label*=risk]").fill("satisfaction")
    hits = listed[
        listed["segment"].eq("Basic")
        & listed["action"].str.startswith("Call")
        & listed["reasons"].str.contains("satisfaction")
    ]
    assert len(hits) > 0
    assert visible_names(warning) == list(hits["customer"])
    filters.nth(0).select_option("")
    filters.nth(1).select_option("")
    warning.locator("input[type=search][aria-label*=risk]").fill("")
    assert visible_names(warning) == list(listed["customer"])


def test_the_download_holds_the_rows_that_are_shown_with_exact_values(warning, listed) -> None:  # type: ignore[no-untyped-def]
    segment = random.Random(1).choice(["Premium", "Standard"])
    warning.locator(".table-filters select").nth(0).select_option(segment)
    with warning.expect_download() as waiting:
        warning.get_by_role("button", name="Rows as CSV").click()
    assert waiting.value.suggested_filename == "early-warning.csv"
    rows = list(csv.DictReader(io.StringIO(waiting.value.path().read_text("utf-8-sig"))))
    hits = listed[listed["segment"] == segment]
    assert [row["Customer"] for row in rows] == list(hits["customer"])
    assert [float(row["Margin at risk"]) for row in rows] == pytest.approx(
        list(hits["risk_amount"]), rel=1e-9
    )
    assert [float(row["Churn"]) for row in rows] == pytest.approx(
        list(hits["churn_probability"]), rel=1e-9
    )
    # No spreadsheet runs a reason as a formula; all else is as the list has it.
    assert [row["Why"].removeprefix("'") for row in rows] == list(hits["reasons"])
    assert not any(row["Why"].startswith("=") for row in rows)
