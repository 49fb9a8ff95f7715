"""The dashboard in a real browser: what it shows under any filter is what the mart adds up to."""

from __future__ import annotations

import json
import random
from pathlib import Path
from urllib.parse import urlencode

import pandas as pd
import pytest

KPIS = "site/descriptive/kpis.html"
DIMENSIONS = ("region", "segment", "category", "sales_channel")
FILTERS = 60
# What the cards show, unrounded, and what the line above them says may be missing.
SHOWN = """() => ({
  values: Object.fromEntries([...document.querySelectorAll('.kpi[data-kpi]')].map((card) => [
    card.dataset.kpi, card.querySelector('.kpi-value').dataset.value ?? null])),
  said: document.querySelector('.dash-choice').textContent,
  rows: Object.fromEntries([...document.querySelectorAll('figure[data-dash]')].map((figure) => [
    figure.dataset.dash, [...figure.querySelectorAll('tbody tr')].map((row) => [
      row.cells[0].textContent, row.cells[1].dataset.value])])),
})"""


@pytest.fixture(scope="session")
def orders(built_project: Path) -> pd.DataFrame:
    """Return completed orders with their dimensions, from the clean tables, by pandas alone."""
    clean = built_project / "data" / "clean" / "synthetic"
    rows = pd.read_parquet(clean / "transactions.parquet")
    rows = rows[rows["status"] == "completed"]
    people = pd.read_parquet(clean / "customers.parquet")[["customer_id", "region", "segment"]]
    rows = rows.merge(people, on="customer_id", how="left")
    lines = pd.read_parquet(clean / "transaction_items.parquet")
    lines["category"] = lines["category"].fillna("Unknown")
    lines = lines.sort_values(["transaction_id", "net", "category"], ascending=[True, False, True])
    first = lines.drop_duplicates("transaction_id")[["transaction_id", "category"]]
    rows = rows.merge(first, on="transaction_id", how="left")
    rows[list(DIMENSIONS)] = rows[list(DIMENSIONS)].fillna("Unknown")
    rows["month"] = rows["ordered_at"].dt.strftime("%Y-%m")
    costs = rows["cost_of_goods"] + rows["shipping_cost"].fillna(0) + rows["payment_cost"].fillna(0)
    rows["margin"] = rows["net"].astype(float) - costs.astype(float)
    rows["net"] = rows["net"].astype(float)
    return rows


@pytest.fixture(scope="session")
def cube(built_project: Path) -> pd.DataFrame:
    """Return the published cube."""
    folder = built_project / "data" / "results" / "synthetic" / "descriptive.cube"
    return pd.read_parquet(folder / "cells.parquet").assign(
        month=lambda cells: cells["month"].dt.strftime("%Y-%m")
    )


def random_choice(draw: random.Random, parts: dict[str, list[str]], months: list[str]) -> dict:  # type: ignore[type-arg]
    chosen = {
        name: sorted(draw.sample(parts[name], draw.randint(1, len(parts[name]) - 1)))
        for name in DIMENSIONS
        if draw.random() < 0.45
    }
    first, last = sorted(draw.choices(range(len(months)), k=2))
    if draw.random() < 0.4:
        last = first
    return {**chosen, "from": months[first], "to": months[last]}


def test_totals_under_random_filters_equal_the_mart(open_page, orders, cube) -> None:  # type: ignore[no-untyped-def]
    page, noise = open_page(KPIS)
    data = json.loads(page.locator("script.dash-data").text_content())
    parts = {each["name"]: each["parts"][: each["offered"]] for each in data["dimensions"]}
    draw = random.Random(5)
    tested = {0: 0, 1: 0, 2: 0}
    for _ in range(FILTERS):
        choice = random_choice(draw, parts, data["months"])
        page.goto(page.url.partition("?")[0] + "?" + urlencode(choice, doseq=True))
        shown = page.evaluate(SHOWN)
        chosen = {name: choice[name] for name in DIMENSIONS if name in choice}
        inside = orders["month"].between(choice["from"], choice["to"])
        for name, some in chosen.items():
            inside &= orders[name].isin(some)
        told = cube["month"].between(choice["from"], choice["to"])
        for name, some in chosen.items():
            told &= cube[name].isin(some)
        tested[min(len(chosen), 2)] += 1
        exact = {
            "net_revenue": orders.loc[inside, "net"].sum(),
            "contribution_margin": orders.loc[inside, "margin"].sum(),
            "orders": float(inside.sum()),
        }
        values = {name: float(shown["values"][name] or 0) for name in exact}
        if len(chosen) == 1 and "Other" in str(chosen):
            continue  # what is merged differs by month; only tables of one part know it
        if len(chosen) < 2:
            merged = "more net revenue may belong here" in shown["said"]
            for name, value in exact.items():
                if not merged:
                    assert values[name] == pytest.approx(value, abs=0.005), (choice, name)
                else:
                    assert values[name] <= value + 0.005
        else:
            columns = {"net_revenue": "net_revenue_amount", "orders": "orders",
                       "contribution_margin": "contribution_margin_amount"}  # fmt: skip
            for name, column in columns.items():
                assert values[name] == pytest.approx(cube.loc[told, column].sum(), abs=0.005)
            if "Other" not in str(chosen) and values["orders"] < exact["orders"]:
                assert "more net revenue may belong here" in shown["said"], choice
    assert min(tested.values()) >= 5, tested
    assert noise.errors == []


def test_customers_are_counted_once_or_not_told(open_page, orders) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(KPIS)
    data = json.loads(page.locator("script.dash-data").text_content())
    parts = {each["name"]: each["parts"][: each["offered"]] for each in data["dimensions"]}
    draw = random.Random(6)
    told = 0
    for _ in range(40):
        names = draw.sample(DIMENSIONS, draw.choice([0, 1, 1, 2, 3]))
        chosen = {name: [draw.choice(parts[name])] for name in names}
        month = draw.choice(data["months"])
        query = urlencode({**chosen, "from": month, "to": month}, doseq=True)
        page.goto(page.url.partition("?")[0] + "?" + query)
        value = page.evaluate(SHOWN)["values"]["active_customers"]
        inside = orders["month"] == month
        for name, some in chosen.items():
            inside &= orders[name].isin(some)
        if value is None:
            continue
        told += 1
        assert len(names) <= 2
        assert float(value) == orders.loc[inside, "customer_id"].nunique(), (chosen, month)
    assert told >= 8


def test_the_page_says_the_same_before_and_after_its_script(open_page) -> None:  # type: ignore[no-untyped-def]
    still, _ = open_page(KPIS, javascript=False)
    live, _ = open_page(KPIS)

    def locator(page: object, css: str) -> list[str]:
        return [" ".join(text.split()) for text in page.locator(css).all_text_contents()]  # type: ignore[attr-defined]

    for css in (".dashboard .kpi", "figure[data-dash] .chart-title", "figure[data-dash] td"):
        assert locator(still, css) == locator(live, css)
        assert locator(still, css)


def test_a_filter_is_in_the_address_and_the_back_button_takes_it_back(open_page) -> None:  # type: ignore[no-untyped-def]
    page, noise = open_page(KPIS)
    before = page.locator("[data-kpi=net_revenue] .kpi-value").get_attribute("data-value")
    page.locator(".dash-menu[data-dimension=region] summary").click()
    page.locator(".dash-parts input[name=region]").first.check()
    page.keyboard.press("Escape")
    part = page.locator(".dash-parts input[name=region]").first.get_attribute("value")
    assert f"region={part}" in page.url
    after = page.locator("[data-kpi=net_revenue] .kpi-value").get_attribute("data-value")
    assert float(after) < float(before)
    shared, _ = open_page(KPIS + "?" + page.url.partition("?")[2])
    assert shared.locator("[data-kpi=net_revenue] .kpi-value").get_attribute("data-value") == after
    assert shared.locator(".dash-parts input[name=region]").first.is_checked()
    page.go_back()
    page.wait_for_url(lambda url: "region=" not in url)
    assert page.locator("[data-kpi=net_revenue] .kpi-value").get_attribute("data-value") == before
    assert noise.errors == []


def test_a_click_on_a_bar_filters_everything_and_dims_the_rest(open_page, settled) -> None:  # type: ignore[no-untyped-def]
    page, noise = open_page(KPIS)
    settled(page)
    figure = page.locator("figure[data-dash=category]")
    page.wait_for_selector("figure[data-dash=category][data-live]")
    regions = page.locator("figure[data-dash=region] tbody td:nth-child(2)").all_text_contents()
    figure.locator(".chart-live .mark-rect path").nth(1).click(force=True)
    page.wait_for_url(lambda url: "category=" in url)
    assert (
        page.locator("figure[data-dash=region] tbody td:nth-child(2)").all_text_contents()
        != regions
    )
    page.wait_for_timeout(300)
    shades = figure.locator(".chart-live .mark-text.role-mark text").evaluate_all(
        "(texts) => texts.map((text) => text.getAttribute('opacity') ?? '1')"
    )
    assert sorted(set(shades)) == ["0.3", "1"]
    assert shades.count("1") == 1
    assert figure.locator("tbody tr").count() == len(shades)
    figure.locator(".chart-live .mark-rect path").nth(1).click(force=True)
    page.wait_for_url(lambda url: "category=" not in url)
    assert noise.errors == []


def test_a_choice_without_data_is_said(open_page) -> None:  # type: ignore[no-untyped-def]
    page, noise = open_page(KPIS + "?region=Atlantis&from=1999-01")
    said = page.locator(".dash-choice").text_content()
    assert "No data for this choice" in said
    assert "Not in this version: Atlantis and 1999-01" in said
    assert page.locator("[data-kpi=net_revenue] .kpi-value").text_content() == "–"
    assert noise.errors == []
