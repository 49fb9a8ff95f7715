"""What the pages do for those who click, type, print or have no JavaScript."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest

HOME = "site/index.html"
KPIS = "site/descriptive/kpis.html"


def test_home_is_complete_without_javascript(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(HOME, javascript=False)
    assert re.search(r"closed at .* net revenue", page.locator("h1").inner_text())
    assert page.locator(".kpi").count() >= 4
    assert page.locator(".three .list li, .three .quiet").count() >= 3
    charts = page.locator("figure.chart")
    assert charts.count() >= 1
    for at in range(charts.count()):
        assert charts.nth(at).locator("svg:visible").count() == 1


READS = """() => ({
  title: document.querySelectorAll('h1').length,
  words: document.querySelector('main').innerText.length,
  hidden: [...document.querySelectorAll('main [role=tabpanel], main .tabset-title')]
    .filter((e) => !e.checkVisibility()).length,
  charts: [...document.querySelectorAll('main figure.chart')]
    .filter((e) => ![...e.querySelectorAll('svg, :not(details) > table')]
      .some((s) => s.checkVisibility())).length,
  tables: [...document.querySelectorAll('main table')]
    .filter((e) => !e.rows.length || (!e.closest('details') && !e.checkVisibility())).length,
  styled: getComputedStyle(document.querySelector('.bar')).display,
})"""
COMPLETE = {"title": 1, "hidden": 0, "charts": 0, "tables": 0, "styled": "flex"}


@pytest.mark.parametrize("where", ["served", "disk"])
def test_every_page_reads_completely_without_javascript(where, browser, site) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    home = site.home if where == "served" else (site.folder / site.version).resolve().as_uri() + "/"
    for path in site.pages():
        page.goto(home + path)
        found = page.evaluate(READS)
        words = found.pop("words")
        assert found == COMPLETE, path
        assert words > 100, path
    context.close()


def test_every_tab_can_be_read_without_javascript(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(KPIS, javascript=False)
    assert page.locator(".tabset-panel").count() == page.locator(".tabset-panel:visible").count()


def test_controls_that_need_javascript_are_absent_without_it(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(KPIS, javascript=False)
    for control in (".chart-tools", ".tabset-tabs", "#theme-switch", "#search-link", ".version"):
        assert page.locator(f"{control}:visible").count() == 0, control


def test_vega_takes_over_and_keeps_name_and_role(open_page) -> None:  # type: ignore[no-untyped-def]
    page, noise = open_page(HOME)
    figure = page.locator("figure.chart").first
    still = figure.locator(".chart-wide svg").get_attribute("aria-label")
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("figure.chart[data-live]")
    live = figure.locator(".chart-live svg")
    assert live.get_attribute("aria-label") == still
    assert live.get_attribute("role") == "img"
    assert figure.locator("svg:visible").count() == 1
    assert noise.errors == []


def test_a_point_of_a_live_chart_has_a_tooltip(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(HOME)
    figure = page.locator("figure.chart").first
    figure.scroll_into_view_if_needed()
    page.wait_for_selector("figure.chart[data-live]")
    box = figure.locator(".chart-live svg").bounding_box()
    for step in range(1, 40):
        page.mouse.move(box["x"] + box["width"] * step / 40, box["y"] + box["height"] * 0.5)
        for down in (0.2, 0.35, 0.65, 0.8):
            page.mouse.move(box["x"] + box["width"] * step / 40, box["y"] + box["height"] * down)
            if page.locator("#vg-tooltip-element.visible").count():
                return
    # The line was crossed nowhere: ask a mark directly.
    figure.locator(".chart-live svg path").last.hover(force=True)
    assert page.locator("#vg-tooltip-element.visible").count() == 1


def test_still_charts_stay_when_the_bundle_is_blocked(open_page, site, browser) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.route("**/vega-bundle.js", lambda route: route.abort())
    page = context.new_page()
    page.goto(site.home + HOME)
    page.wait_for_timeout(500)
    assert page.locator("figure.chart[data-live]").count() == 0
    assert page.locator("figure.chart svg:visible").count() >= 1
    context.close()


@pytest.mark.parametrize("kind", ["csv", "svg", "png"])
def test_chart_downloads(kind: str, open_page) -> None:  # type: ignore[no-untyped-def]
    page, noise = open_page(HOME)
    figure = page.locator("figure.chart").first
    figure.locator("summary").click()
    with page.expect_download() as waiting:
        figure.locator(f"button[data-download={kind}]").click()
    content = waiting.value.path().read_bytes()
    if kind == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8"))))
        assert rows[0][0] == "Month"
        assert len(rows) == 1 + figure.locator("tbody tr").count()
        assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", rows[1][0])
        assert float(rows[1][1]) > 0
    elif kind == "svg":
        text = content.decode("utf-8")
        assert text.startswith("<svg")
        assert "var(--" not in text
        assert figure.locator(".chart-title").inner_text()[:20] in text
    else:
        assert content[:8] == b"\x89PNG\r\n\x1a\n"
        assert len(content) > 5_000
    assert noise.errors == []
    assert noise.strangers == []


def test_theme_follows_the_system_until_it_is_chosen(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(HOME, scheme="dark")
    paper = "getComputedStyle(document.body).backgroundColor"
    dark = page.evaluate(paper)
    page.locator("#theme-switch").click()
    light = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == light
    page.emulate_media(color_scheme="light")
    assert page.evaluate(paper) == light


def test_version_switch_leads_to_the_same_page(browser, site) -> None:  # type: ignore[no-untyped-def]
    other = "2020-01-31"
    versions = json.loads((site.folder / "versions.json").read_text("utf-8"))
    first = versions["versions"][0]
    versions["versions"].append({**first, "name": other, "data_to": other})
    context = browser.new_context()
    context.route("**/versions.json", lambda route: route.fulfill(json=versions))
    context.route(
        f"**/{other}/site/descriptive/kpis.html",
        lambda route: route.fulfill(body="<title>old</title>", content_type="text/html"),
    )
    context.route(
        f"**/{other}/site/index.html",
        lambda route: route.fulfill(body="<title>home</title>", content_type="text/html"),
    )
    for path, title in ((KPIS, "old"), ("site/data/index.html", "home")):
        page = context.new_page()
        page.goto(site.home + path)
        page.locator("#version-switch").select_option(other)
        page.wait_for_url(f"**/{other}/**")
        assert page.title() == title
    context.close()


def test_header_is_one_row_from_960_on(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(HOME)
    page.wait_for_selector("#version-switch:visible")
    for width in (960, 1024, 1152, 1280, 1344, 1345, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        centres, hidden = page.evaluate(
            """() => {
              const middle = (selector) => {
                const box = document.querySelector(selector).getBoundingClientRect();
                return (box.top + box.bottom) / 2;
              };
              const nav = document.querySelector(".main-nav");
              return [[".brand", ".main-nav a", "#theme-switch"].map(middle),
                      nav.scrollWidth - nav.clientWidth];
            }"""
        )
        assert max(centres) - min(centres) < 20, width
        assert hidden == 0, width


def test_version_switch_leads_to_all_versions(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(KPIS)
    page.wait_for_selector("#version-switch:visible")
    page.locator("#version-switch").select_option(label="All versions")
    page.wait_for_url("**/versions/index.html")


@pytest.mark.parametrize("width", [375, 1024])
def test_versions_are_reached_without_javascript(width: int, open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(KPIS, width=width, javascript=False)
    page.locator(".versions-link").click()
    page.wait_for_url("**/versions/**")


def test_stale_site_says_so_on_every_page(browser, site) -> None:  # type: ignore[no-untyped-def]
    stale = {"state": "stale", "since": "2024-07-02T06:00:00Z", "because": "a data test <b> failed"}
    context = browser.new_context()
    context.route("**/status.json", lambda route: route.fulfill(json=stale))
    page = context.new_page()
    page.goto(site.home + KPIS)
    page.wait_for_selector("#freshness:visible")
    said = page.locator("#freshness").inner_text()
    assert "2 July 2024" in said
    assert "a data test <b> failed" in said
    context.close()


def test_long_tables_are_sorted_and_searched(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page("site/diagnostic/correlations.html")
    frame = page.locator(".table-frame", has=page.locator("[aria-label='All pairs']"))
    frame.locator("th button", has_text="Coefficient").click()
    shown = frame.locator("tbody tr td:nth-child(2) data")
    values = [float(shown.nth(at).get_attribute("value")) for at in range(shown.count())]
    assert values == sorted(values, reverse=True)
    frame.locator("th button", has_text="Coefficient").click()
    values = [float(shown.nth(at).get_attribute("value")) for at in range(shown.count())]
    assert values == sorted(values)
    frame.locator("input[type=search]").fill("satisfaction tickets")
    rows = frame.locator("tbody tr:visible")
    assert 0 < rows.count() < shown.count()
    for at in range(rows.count()):
        assert "satisfaction" in rows.nth(at).inner_text().lower()


def test_tabs_follow_the_keyboard(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(KPIS)
    tabs = page.locator(".tabset [role=tab]")
    tabs.first.focus()
    page.keyboard.press("ArrowRight")
    assert tabs.nth(1).get_attribute("aria-selected") == "true"
    assert page.locator(".tabset-panel:visible").count() == 1
    page.keyboard.press("End")
    assert tabs.last.get_attribute("aria-selected") == "true"


def test_search_finds_a_page(open_page) -> None:  # type: ignore[no-untyped-def]
    page, noise = open_page(HOME)
    page.locator("#search-link").click()
    page.locator("dialog input").fill("marketing budget")
    page.wait_for_selector("dialog .search-results a")
    hrefs = [link.get_attribute("href") for link in page.locator("dialog .search-results a").all()]
    assert any(href and href.endswith("/site/prescriptive/budget.html") for href in hrefs)
    page.keyboard.press("Escape")
    assert page.locator("dialog").is_hidden()
    assert noise.errors == []


def test_every_control_is_reached_by_keyboard(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page(KPIS)
    page.wait_for_timeout(300)
    wanted = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, select, summary, input')]
          .filter((e) => e.checkVisibility() && e.tabIndex >= 0).length"""
    )
    page.evaluate("document.body.focus()")
    reached = set()
    for _ in range(wanted + 60):
        page.keyboard.press("Tab")
        key = page.evaluate(
            """() => { const all = [...document.querySelectorAll('*')];
              return all.indexOf(document.activeElement); }"""
        )
        if key in reached and len(reached) >= wanted:
            break
        reached.add(key)
    assert len(reached) >= wanted


def test_pages_read_completely_from_disk(browser, site) -> None:  # type: ignore[no-untyped-def]
    context = browser.new_context()
    page = context.new_page()
    page.goto((site.folder / site.version / HOME).resolve().as_uri())
    assert "net revenue" in page.locator("h1").inner_text()
    assert page.locator("figure.chart svg:visible").count() >= 1
    assert page.evaluate("getComputedStyle(document.querySelector('.bar')).display") == "flex"
    context.close()


def test_nothing_leaks_into_the_window(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page("site/methods/about.html")
    own = page.evaluate(
        """() => { const frame = document.createElement('iframe');
          document.body.append(frame);
          const plain = new Set(Object.getOwnPropertyNames(frame.contentWindow));
          const own = Object.getOwnPropertyNames(window).filter((name) => !plain.has(name));
          frame.remove();
          return own; }"""
    )
    assert [name for name in own if not name.isdigit()] == []
