"""Every page, both themes, both widths: quiet, at home, accessible, within the screen."""

from __future__ import annotations

import pytest
from axe_playwright_python.sync_playwright import Axe

RULES = {"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}}
SCREENS = [(width, scheme) for width in (375, 1440) for scheme in ("light", "dark")]


@pytest.mark.parametrize(("width", "scheme"), SCREENS)
def test_page_is_quiet_accessible_and_fits(
    page_name, width, scheme, open_page, site, settled
) -> None:  # type: ignore[no-untyped-def]
    page, noise = open_page(site.path(page_name), width=width, scheme=scheme)
    settled(page)
    wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    found = Axe().run(page, options=RULES)
    violations = [
        f"{violation['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert noise.errors == []
    assert noise.strangers == []
    assert wide <= 0, f"{wide} px wider than the screen"
    assert violations == []


def test_every_page_of_the_site_is_tested(site, page_names) -> None:  # type: ignore[no-untyped-def]
    tested = {*page_names}
    assert {path for path in site.pages() if "/reports/2" not in path} <= tested


def test_print_leaves_out_controls_and_keeps_the_text(open_page, site) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page("site/index.html", javascript=False)
    page.emulate_media(media="print", color_scheme="dark")
    page.set_viewport_size({"width": 680, "height": 900})  # A4 within its margins
    for path in site.pages():
        page.goto(site.home + path)
        assert page.locator("h1").is_visible(), path
        shown = page.evaluate(
            """() => ['#theme-switch', '#search-link', '.main-nav', '.side', '.toc', '.chart-tools',
                      '.tabset-tabs', '.table-search'].filter((selector) =>
                [...document.querySelectorAll(selector)].some((e) => e.checkVisibility()))"""
        )
        assert shown == [], path
        assert page.locator(".tabset-panel:not(:visible)").count() == 0, path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == (
            "rgb(255, 255, 255)"
        ), path


def test_print_shows_every_panel_of_tabs_that_were_folded(open_page) -> None:  # type: ignore[no-untyped-def]
    page, _ = open_page("site/descriptive/kpis.html")
    page.wait_for_selector(".tabset.is-live")
    page.emulate_media(media="print")
    assert page.locator(".tabset-panel:not(:visible)").count() == 0
