"""What the pages weigh, against the budgets; printed with their margins."""

from __future__ import annotations

import gzip

import pytest

HOME_BYTES = 40_000
PAGE_BYTES = 450_000


def compressed(content: bytes) -> int:
    return len(gzip.compress(content, 6, mtime=0))


@pytest.fixture
def weights(browser, site, settled):  # type: ignore[no-untyped-def]
    def weighed(name: str, *, scroll: bool) -> dict[str, int]:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        sizes: dict[str, int] = {}
        page.on("requestfinished", lambda request: answers.append(request))
        answers: list[object] = []
        page.goto(site.home + name, wait_until="load")
        if scroll:
            settled(page)
        for request in answers:
            answer = request.response()  # type: ignore[attr-defined]
            if answer and answer.ok:
                sizes[answer.url.removeprefix(site.home)] = compressed(answer.body())
        context.close()
        return sizes

    return weighed


def test_home_shows_its_charts_within_its_budget(weights, capsys) -> None:  # type: ignore[no-untyped-def]
    sizes = weights("site/index.html", scroll=False)
    before_vega = {name: size for name, size in sizes.items() if "vega-bundle" not in name}
    total = sum(before_vega.values())
    with capsys.disabled():
        print(f"\n  home: {total:,} of {HOME_BYTES:,} bytes, {HOME_BYTES - total:,} left")
    assert total <= HOME_BYTES


def test_page_is_within_its_budget(page_name, weights, capsys, site) -> None:  # type: ignore[no-untyped-def]
    name = site.path(page_name)
    total = sum(weights(name, scroll=True).values())
    with capsys.disabled():
        print(f"\n  {name}: {total:,} of {PAGE_BYTES:,} bytes, {PAGE_BYTES - total:,} left")
    assert total <= PAGE_BYTES
