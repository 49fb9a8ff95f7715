"""The drill-down in a real browser: every path tells what the mart adds up to."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import pandas as pd
import pytest

DRILL = "site/diagnostic/drilldown.html"
CUBE = ("region", "segment", "category", "sales_channel")
SINGLE = (*CUBE, "acquisition_channel", "payment_method")
MINIMUM = 5
PATHS = 30
SHOWN = """() => {
  const number = (element) => element?.dataset.value ? Number(element.dataset.value) : null;
  const rows = [...document.querySelectorAll('.drill-table tbody tr')];
  const heads = [...document.querySelectorAll('.drill-table thead th')].map((th) => th.textContent);
  return {
    level: number(document.querySelector('.drill-level strong[data-value]')),
    change: number(document.querySelector('.drill-level .drill-change')),
    said: document.querySelector('.drill-level').textContent,
    by: document.querySelector('.drill-splits a[aria-current]')?.textContent ?? '',
    measure: document.querySelector('.drill-fields [name=measure]').value,
    isShown: !document.querySelector('.drill-figure').hidden,
    hasChange: heads.includes('Change'),
    offered: [...document.querySelectorAll('.drill-splits a')].map((a) => a.getAttribute('href')),
    rows: rows.map((row) => ({
      name: row.cells[1].firstChild.textContent,
      href: row.cells[1].querySelector('a')?.getAttribute('href') ?? null,
      value: number(row.cells[2]), change: heads.includes('Change') ? number(row.cells[5]) : null,
    })),
  };
}"""

FOLLOWED = """(href) => [...document.querySelectorAll('#drill a[data-go]')]
  .find((link) => link.getAttribute('href') === href).click()"""


@pytest.fixture(scope="session")
def sold(built_project: Path) -> pd.DataFrame:
    """Return completed orders with all that a path can name, from the clean tables."""
    clean = built_project / "data" / "clean" / "synthetic"
    rows = pd.read_parquet(clean / "transactions.parquet")
    rows = rows[rows["status"] == "completed"]
    people = pd.read_parquet(clean / "customers.parquet")
    names = ["customer_id", "region", "city", "segment", "acquisition_channel"]
    rows = rows.merge(people[names], on="customer_id", how="left")
    lines = pd.read_parquet(clean / "transaction_items.parquet").fillna({"category": "Unknown"})
    lines = lines.sort_values(["transaction_id", "net", "category"], ascending=[True, False, True])
    first = lines.drop_duplicates("transaction_id")[["transaction_id", "category"]]
    rows = rows.merge(first, on="transaction_id", how="left")
    held = [*SINGLE, "city"]
    rows[held] = rows[held].fillna("Unknown")
    when = rows["ordered_at"]
    timed = rows.assign(
        net=rows["net"].astype(float),
        year=when.dt.strftime("%Y"),
        quarter=when.dt.year.astype(str) + "-Q" + when.dt.quarter.astype(str),
        month=when.dt.strftime("%Y-%m"),
        week=(when - pd.to_timedelta(when.dt.day_of_week, unit="D")).dt.strftime("%Y-%m-%d"),
        day=when.dt.strftime("%Y-%m-%d"),
        weekday=when.dt.day_of_week.astype(str),
        hour=when.dt.hour.astype(str),
    )
    named = [*held, "year", "quarter", "month", "week", "day", "weekday", "hour"]
    return timed.astype(dict.fromkeys(named, "category"))


@pytest.fixture(scope="session")
def sold_lines(built_project: Path, sold: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of completed orders with the category of their order."""
    clean = built_project / "data" / "clean" / "synthetic"
    lines = pd.read_parquet(clean / "transaction_items.parquet").drop(columns="category")
    lines = lines.assign(net=lines["net"].astype(float), product=lines["product_id"])
    return lines.merge(sold.drop(columns=["net", "discount", "cost_of_goods"]), on="transaction_id")


@pytest.fixture(scope="session")
def cells(built_project: Path) -> pd.DataFrame:
    """Return the published cube."""
    folder = built_project / "data" / "results" / "synthetic" / "descriptive.cube"
    frame = pd.read_parquet(folder / "cells.parquet")
    month = frame["month"].dt
    return frame.assign(
        net=frame["net_revenue_amount"],
        year=month.strftime("%Y"),
        quarter=month.year.astype(str) + "-Q" + month.quarter.astype(str),
        month=month.strftime("%Y-%m"),
    )


def steps_of(href: str) -> dict[str, str]:
    asked = dict(parse_qsl(href.lstrip("?")))
    return {name: value for name, value in asked.items() if name not in
            ("by", "against", "measure", "sort")}  # fmt: skip


def inside(frame: pd.DataFrame, steps: dict[str, str]) -> pd.DataFrame:
    for name, value in steps.items():
        frame = frame[frame[name] == value]
    return frame


def expected(steps: dict[str, str], sold: pd.DataFrame, lines: pd.DataFrame, cells: pd.DataFrame,
             measure: str) -> tuple[float, int]:  # fmt: skip
    """Return the figure of a path, and how many customers it stands for."""
    of_the_cube = [name for name in CUBE if name in steps]
    source = sold
    if "product" in steps:
        source = lines
    elif len(of_the_cube) > 1:
        own = inside(cells, steps)
        total = own["net"].sum() if measure == "net" else own["orders"].sum()
        return float(total), 0
    own = inside(source, steps)
    total = own["net"].sum() if measure == "net" else len(own)
    return float(total), own["customer_id"].nunique()


def test_random_paths_tell_what_the_mart_adds_up_to(
    open_page: Any, sold: pd.DataFrame, sold_lines: pd.DataFrame, cells: pd.DataFrame
) -> None:
    page, noise = open_page(DRILL)
    draw = random.Random(11)
    seen: dict[str, int] = {}
    told = 0
    address = page.url.partition("?")[0]
    for turn in range(PATHS):
        page.goto(f"{address}?by=region&measure={'orders' if turn % 4 == 3 else 'net'}")
        asked: dict[str, str] = {}
        for _ in range(4):
            offered = page.evaluate(SHOWN)["offered"]
            if not offered:
                break
            page.evaluate(FOLLOWED, draw.choice(offered))
            shown = page.evaluate(SHOWN)
            measure = shown["measure"]
            if shown["level"] is None:
                assert "nothing can be told" in shown["said"]
                break
            value, _ = expected(asked, sold, sold_lines, cells, measure)
            assert shown["level"] == pytest.approx(value, abs=0.006), asked
            if not shown["isShown"]:
                break
            seen[shown["by"]] = seen.get(shown["by"], 0) + 1
            more = page.locator(".drill-more")
            if more.is_visible():
                more.click()
                shown = page.evaluate(SHOWN)
            parts = sum(row["value"] for row in shown["rows"])
            assert parts == pytest.approx(shown["level"], abs=0.006), (asked, shown["by"])
            if shown["change"] is not None:
                changes = sum(row["change"] for row in shown["rows"])
                assert changes == pytest.approx(shown["change"], abs=0.006), (asked, shown["by"])
            linked = [row for row in shown["rows"] if row["href"]]
            for row in linked:
                steps = steps_of(row["href"])
                value, customers = expected(steps, sold, sold_lines, cells, measure)
                assert row["value"] == pytest.approx(value, abs=0.006), steps
                assert customers == 0 or customers >= MINIMUM or len(
                    [name for name in CUBE if name in steps]) > 1, steps  # fmt: skip
                told += 1
            if not linked:
                break
            part = draw.choice(linked)["href"]
            page.evaluate(FOLLOWED, part)
            asked = steps_of(part)
    assert told > 300
    assert {"Region", "Month", "Week", "Day", "Weekday", "Product", "City"} <= set(seen), seen
    assert noise.errors == []


def test_the_change_is_that_against_the_year_before(open_page: Any, sold: pd.DataFrame) -> None:
    page, _ = open_page(DRILL + "?quarter=2024-Q1&by=payment_method")
    shown = page.evaluate(SHOWN)
    now, then = (inside(sold, {"quarter": f"{year}-Q1"})["net"].sum() for year in (2024, 2023))
    assert shown["change"] == pytest.approx(now - then, abs=0.006)
    for row in shown["rows"]:
        if row["href"]:
            part = {"payment_method": row["name"]}
            now, then = (
                inside(sold, {"quarter": f"{year}-Q1", **part})["net"].sum()
                for year in (2024, 2023)
            )
            assert row["change"] == pytest.approx(now - then, abs=0.006)


def test_the_first_level_is_the_same_before_and_after_the_script(open_page: Any) -> None:
    still, _ = open_page(DRILL, javascript=False)
    live, _ = open_page(DRILL)
    for css in (".drill-level", ".drill-finding", ".drill-subtitle", ".drill-table tbody td"):
        texts = [
            [" ".join(text.split()) for text in page.locator(css).all_text_contents()]
            for page in (still, live)
        ]
        assert texts[0] == texts[1], css
        assert any(texts[0]), css
    assert still.locator(".drill-fields:visible, .drill-more:visible").count() == 0


def test_a_path_is_in_the_address_and_the_back_button_walks_it(open_page: Any) -> None:
    page, noise = open_page(DRILL)
    start = page.locator(".drill-level").text_content()
    page.locator(".drill-table tbody a").first.click()
    part = page.locator(".drill-crumbs [aria-current]").text_content()
    assert f"region={part}" in page.url
    below = page.locator(".drill-level").text_content()
    assert below != start
    page.locator(".drill-splits a", has_text="Month").click()
    assert "by=month" in page.url
    shared, _ = open_page(DRILL + "?" + page.url.partition("?")[2])
    assert shared.locator(".drill-level").text_content() == below
    assert (
        shared.locator(".drill-table td").all_text_contents()
        == page.locator(".drill-table td").all_text_contents()
    )
    page.go_back()
    page.go_back()
    page.wait_for_url(lambda url: "region=" not in url)
    assert page.locator(".drill-level").text_content() == start
    page.go_forward()
    page.wait_for_url(lambda url: "region=" in url)
    page.locator(".drill-crumbs a", has_text="Everything").click()
    assert page.locator(".drill-crumbs li").count() == 1
    assert noise.errors == []


def test_the_keyboard_goes_down_and_up(open_page: Any) -> None:
    page, _ = open_page(DRILL)
    page.locator(".drill-table tbody a").first.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.className") == "drill-level"
    assert page.locator(".drill-crumbs li").count() == 3
    page.locator(".drill-crumbs a").first.focus()
    page.keyboard.press("Enter")
    assert page.locator(".drill-crumbs li").count() == 1
    page.locator(".drill-splits a", has_text="Region").focus()
    page.keyboard.press("Enter")
    page.locator(".drill-table thead button", has_text="Region").focus()
    page.keyboard.press("Enter")
    assert "sort=name" in page.url
    names = page.locator(".drill-table tbody tr td:nth-child(2) a").all_text_contents()
    assert names == sorted(names)


def test_what_is_not_prepared_is_said_and_not_offered(open_page: Any) -> None:
    page, _ = open_page(DRILL + "?region=North&segment=Basic&by=hour")
    assert "Not prepared by hour" in page.locator(".drill-why").text_content()
    assert page.locator(".drill-splits a", has_text="Hour").count() == 0
    assert "cities" in page.locator(".drill-refused").text_content()
    page, _ = open_page(DRILL + "?region=Atlantis&by=region")
    assert "Not in this version: Atlantis" in page.locator(".drill-level").text_content()


def test_a_partial_period_is_compared_with_nothing(open_page: Any) -> None:
    page, _ = open_page(DRILL + "?by=year")
    shown = page.evaluate(SHOWN)
    assert shown["change"] is None
    first = shown["rows"][0]
    assert first["change"] is None
    assert "partial" in page.locator(".drill-table tbody tr").first.text_content()


def test_the_page_keeps_to_its_budget(open_page: Any, settled: Any) -> None:
    page, _ = open_page(DRILL)
    settled(page)
    assert page.locator("script[src*='vega']").count() == 0
    names = page.evaluate("performance.getEntriesByType('resource').map((each) => each.name)")
    assert not [name for name in names if "vega" in name]
