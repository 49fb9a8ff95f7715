"""A shop whose every name is an attack: its whole site shows them as text and runs nothing."""

from __future__ import annotations

import csv
import functools
import io
import json
import random
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page

from tests.site.serving import served

SCRIPT = "<script>alert(1)</script>"
IMAGE = '"><img src=x onerror=window.attacked=1>'
INCLUDE = "{{< include /etc/passwd >}}"
FORMULA = '=HYPERLINK("http://evil.example";"x")'
MARKDOWN = "**bold** [a](javascript:alert(1)) `code` $x^2$ @fig-one"
WORD = "Donaudampfschifffahrt" * 6
OVERRIDE = "\u202eshown backwards"
BREAKS = "first\nsecond"
PARTS = {
    "region": (SCRIPT, IMAGE, INCLUDE, "North"),
    "segment": (FORMULA, MARKDOWN, BREAKS),
    "category": (WORD, "</script><svg onload=alert(2)>", OVERRIDE, "\u05e9\u05dc\u05d5\u05dd"),
    "sales_channel": ("' onmouseover='window.attacked=1", "::: {.callout-note} ```"),
    "acquisition_channel": ("javascript:alert(1)", "| pipe | <b>b</b> |", "&lt;i&gt; &amp; \\"),
    "payment_method": ("+SUM(1)", "-card"),
    "marketing_channel": ("<b>Search</b>", "@SUM(A1)", "datum.value = alert(3)"),
    "topic": ("<iframe src=javascript:alert(4)>", "${7*7}"),
}
FIRST, LAST = date(2023, 1, 1), date(2024, 6, 30)
CUSTOMERS, ORDERS = 300, 4_500

SOURCE = f"""
title = {json.dumps(f"Shop {SCRIPT}")}
currency = "USD"
time_zone = "UTC"
folder = "data/raw/hostile"
public = true
publish_customers = true
"""
TABLES = {
    "customers": ("customer_id", "signed_up_on", "region", "segment", "acquisition_channel"),
    "transactions": ("transaction_id", "customer_id", "ordered_at", "sales_channel",
                     "payment_method", "status", "net", "cost_of_goods"),
    "transaction_items": ("transaction_id", "product_id", "category", "quantity", "unit_price",
                          "net", "cost_of_goods"),
    "marketing_spend": ("week", "marketing_channel", "spend", "clicks"),
    "satisfaction": ("customer_id", "surveyed_on", "score"),
    "support_tickets": ("ticket_id", "customer_id", "opened_at", "closed_at", "topic"),
}  # fmt: skip
DATES = {"signed_up_on": "%Y-%m-%d", "surveyed_on": "%Y-%m-%d", "week": "%Y-%m-%d",
         "ordered_at": "%Y-%m-%d %H:%M:%S", "opened_at": "%Y-%m-%d %H:%M:%S",
         "closed_at": "%Y-%m-%d %H:%M:%S"}  # fmt: skip


def hostile_rows() -> dict[str, list[tuple[object, ...]]]:
    """Rows of every table: an ordinary small shop, but for its names."""
    chance = random.Random(7)
    pick = {name: functools.partial(chance.choice, values) for name, values in PARTS.items()}
    days = (LAST - FIRST).days
    rows: dict[str, list[tuple[object, ...]]] = {name: [] for name in TABLES}
    for number in range(CUSTOMERS):
        rows["customers"].append(
            (f"c{number:04}", FIRST, pick["region"](), pick["segment"](),
             pick["acquisition_channel"]())
        )  # fmt: skip
    for number in range(ORDERS):
        day = 0 if number == 0 else days if number == 1 else chance.randint(0, days)
        moment = datetime(FIRST.year, FIRST.month, FIRST.day, 12) + timedelta(days=day)
        net = round(chance.uniform(10, 200), 2)
        cost = round(net * 0.6, 2)
        status = "returned" if chance.random() < 0.05 else "completed"
        customer = f"c{chance.randrange(CUSTOMERS):04}"
        rows["transactions"].append(
            (f"o{number:05}", customer, moment, pick["sales_channel"](),
             pick["payment_method"](), status, net, cost)
        )  # fmt: skip
        rows["transaction_items"].append(
            (f"o{number:05}", f"p{number % 30}", pick["category"](), 1, net, net, cost)
        )
        if number % 5 == 0:
            rows["satisfaction"].append((customer, moment.date(), chance.randint(1, 5)))
        if number % 9 == 0:
            rows["support_tickets"].append(
                (f"t{number}", customer, moment, moment + timedelta(days=2), pick["topic"]())
            )
    monday = date(2023, 1, 2)
    while monday <= LAST:
        for channel in PARTS["marketing_channel"]:
            spend = round(chance.uniform(200, 900), 2)
            rows["marketing_spend"].append((monday, channel, spend, int(spend)))
        monday += timedelta(days=7)
    return rows


def write_hostile_shop(project: Path) -> None:
    """Write the raw files and their source file into a project."""
    raw = project / "data" / "raw" / "hostile"
    raw.mkdir(parents=True)
    declaration = [SOURCE]
    for name, rows in hostile_rows().items():
        with (raw / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(TABLES[name])
            writer.writerows(rows)
        declaration += [f"[tables.{name}]", f'file = "{name}.csv"', 'format = "csv"']
        declaration += [f"[tables.{name}.columns]"]
        declaration += [f'{column} = "{column}"' for column in TABLES[name]]
        dates = [column for column in TABLES[name] if column in DATES]
        if dates:
            declaration += [f"[tables.{name}.dates]"]
            declaration += [f'{column} = ["{DATES[column]}"]' for column in dates]
    text = "\n".join(declaration)
    (project / "data" / "sources" / "hostile.toml").write_text(text, encoding="utf-8")


@pytest.fixture(scope="session")
def hostile_folder(
    tmp_path_factory: pytest.TempPathFactory,
    project_writer: Callable[..., Path],
    analytics: Callable[..., object],
) -> Path:
    """Return the published tree of the hostile shop, built once for all workers."""
    shared = tmp_path_factory.getbasetemp()
    shared = shared.parent if "gw" in shared.name else shared
    project = shared / "hostile-project"
    public = project / "public-hostile"
    with FileLock(f"{project}.lock"):
        if not (public / "versions.json").is_file():
            shutil.rmtree(project, ignore_errors=True)
            project_writer(project)
            write_hostile_shop(project)
            done = analytics(
                project, "build", "--source", "hostile", "--renderer", "embedded",
                ANALYTICS_KEY="0123456789abcdef" * 4,
            )  # fmt: skip
            assert done.returncode == 0, done.stderr  # type: ignore[attr-defined]
    return public


@pytest.fixture(scope="session")
def hostile_address(hostile_folder: Path) -> Iterator[str]:
    """Serve the hostile shop's latest version."""
    with served(hostile_folder) as address:
        yield f"{address}latest/"


@dataclass(slots=True)
class Harm:
    """What an attack that ran would leave."""

    dialogs: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


Open = Callable[..., tuple[Page, Harm]]


@pytest.fixture
def open_hostile(browser: Browser, hostile_address: str) -> Iterator[Open]:
    """Return a function that opens a page of the hostile shop."""
    contexts: list[BrowserContext] = []

    def opened(path: str, *, width: int = 1440) -> tuple[Page, Harm]:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, reduced_motion="reduce"
        )
        contexts.append(context)
        page, harm = context.new_page(), Harm()

        def dismiss(dialog: object) -> None:
            harm.dialogs.append(dialog.message)  # type: ignore[attr-defined]
            dialog.dismiss()  # type: ignore[attr-defined]

        page.on("dialog", dismiss)
        page.on("pageerror", lambda error: harm.errors.append(str(error)))
        page.on(
            "console",
            lambda said: harm.errors.append(said.text) if said.type == "error" else None,
        )
        page.on(
            "request",
            lambda asked: (
                None
                if asked.url.startswith((hostile_address.removesuffix("latest/"), "data:", "blob:"))
                else harm.strangers.append(asked.url)
            ),
        )
        page.goto(hostile_address + path, wait_until="load")
        return page, harm

    yield opened
    for context in contexts:
        context.close()


INJECTED = """() => [
  ...document.querySelectorAll(
    'img[src="x"], iframe, object, embed, svg[onload], b, ' +
    'a[href^="javascript:" i], a[href*="evil.example"]'),
  ...[...document.querySelectorAll('script')].filter(
    (script) => !script.src && script.type !== 'application/json'),
  ...[...document.querySelectorAll('*')].filter(
    (element) => [...element.attributes].some((attribute) => attribute.name.startsWith('on'))),
].map((element) => element.outerHTML.slice(0, 200))"""


def pages_of(folder: Path) -> list[str]:
    """Paths of the pages of the latest version, of the reports the last of each kind alone."""
    root = folder / "latest"
    found = sorted(path.relative_to(root).as_posix() for path in (root / "site").rglob("*.html"))
    # Sorted, the last three are of a day, a month and a quarter.
    reports = [path for path in found if "/reports/2" in path]
    return [path for path in found if path not in reports[:-3]]


@pytest.mark.parametrize("width", [375, 1440])
def test_no_page_runs_an_attack_or_breaks_under_it(
    width: int, open_hostile: Open, hostile_folder: Path, settled: Callable[[Page], None]
) -> None:
    paths = pages_of(hostile_folder)
    assert len(paths) > 12
    for path in paths:
        page, harm = open_hostile(path, width=width)
        settled(page)
        assert harm == Harm(), path
        assert page.evaluate("window.attacked") is None, path
        assert page.evaluate(INJECTED) == [], path
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert over <= 0, f"{path} is {over} px wider than {width}"
        page.context.close()


def test_names_are_shown_as_they_are(open_hostile: Open) -> None:
    page, _ = open_hostile("site/descriptive/kpis.html", width=1440)
    text = page.evaluate("document.body.textContent")
    drawn = page.evaluate(
        "[...document.querySelectorAll('.chart-box svg text')].map((t) => t.textContent).join('|')"
    )
    for name in (SCRIPT, IMAGE, INCLUDE, FORMULA, MARKDOWN, WORD):
        assert name in text
    for name in (SCRIPT, INCLUDE):
        assert name in drawn


def test_names_in_the_head_are_text(open_hostile: Open) -> None:
    page, _ = open_hostile("site/index.html")
    assert page.title().endswith(f"Shop {SCRIPT}")
    assert page.evaluate("document.head.querySelectorAll('script').length") == 0


def test_no_name_turns_what_follows_it_around(open_hostile: Open) -> None:
    for path in ("site/index.html", "site/descriptive/kpis.html"):
        page, _ = open_hostile(path)
        assert page.evaluate(
            "!/[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.documentElement.outerHTML)"
        )


def test_tooltips_of_live_charts_show_names_as_text(
    open_hostile: Open, settled: Callable[[Page], None]
) -> None:
    told: list[str] = []
    for path in ("site/diagnostic/revenue-decline.html", "site/descriptive/kpis.html"):
        page, harm = open_hostile(path)
        settled(page)
        figures = page.locator("figure.chart[data-live]:visible")
        assert figures.count() > 0
        for at in range(figures.count()):
            marks = figures.nth(at).locator(
                ".chart-live .mark-symbol path, .chart-live .mark-rect path"
            )
            for mark in range(min(marks.count(), 6)):
                marks.nth(mark).hover(force=True)
                tooltip = page.locator("#vg-tooltip-element.visible")
                if tooltip.count():
                    told.append(tooltip.inner_text())
                    assert tooltip.evaluate(
                        "(e) => [...e.querySelectorAll('*')].every((c) => "
                        "['TABLE', 'TBODY', 'TR', 'TD', 'H2'].includes(c.tagName))"
                    )
        assert harm == Harm()
    assert any(SCRIPT in text for text in told)
    assert any(IMAGE in text for text in told)


def test_a_table_saved_from_a_chart_holds_no_formula(open_hostile: Open) -> None:
    page, _ = open_hostile("site/diagnostic/drilldown.html")
    figure = page.locator("figure.chart").filter(has_text=FORMULA).first
    figure.evaluate(
        "(figure) => { for (let e = figure; e; e = e.parentElement) e.hidden = false; }"
    )
    figure.locator(".chart-data").evaluate("(details) => { details.open = true; }")
    with page.expect_download() as saved:
        figure.locator("button[data-download=csv]").click()
    rows = list(csv.reader(io.StringIO(Path(saved.value.path()).read_text("utf-8"))))
    cells = [cell for row in rows for cell in row]
    assert f"'{FORMULA}" in cells
    assert not [cell for cell in cells if cell.startswith(("=", "@"))]
