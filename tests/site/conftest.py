"""The published site in a real browser, served from localhost; every other host is blocked."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, sync_playwright

from tests.site.serving import served

REMEDY = "apt-get install -y chromium"
DOCUMENTS = Path(__file__).parents[2] / "site"
# The last report of each kind stands for all of that kind.
LAST_REPORTS = {
    "last daily report": r"20\d\d-\d\d-\d\d\.html$",
    "last monthly report": r"20\d\d-\d\d\.html$",
    "last quarterly report": r"20\d\d-Q\d\.html$",
}
_REPORTS = "site/descriptive/reports/2"


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedSite:
    """A published tree and where it is served.

    `version` is the folder of its latest version below `folder` and below `address`.
    """

    folder: Path
    address: str
    version: str

    @property
    def home(self) -> str:
        """Address of the latest version's folder, with a slash."""
        return f"{self.address}{self.version}/"

    def pages(self) -> list[str]:
        """Paths of the pages below the version; of the reports the last of each kind alone."""
        root = self.folder / self.version
        found = sorted(
            path.relative_to(root).as_posix()
            for path in (root / "site").rglob("*.html")
            if "site_libs" not in path.parts
        )
        last = {self.report(kind) for kind in LAST_REPORTS}
        return [path for path in found if not path.startswith(_REPORTS) or path in last]

    def report(self, kind: str) -> str:
        """Return the path of the last report of a kind of `LAST_REPORTS`."""
        folder = self.folder / self.version / "site" / "descriptive" / "reports"
        names = sorted(path.name for path in folder.glob("2*.html"))
        last = [name for name in names if re.match(LAST_REPORTS[kind], name)][-1]
        return f"site/descriptive/reports/{last}"

    def path(self, name: str) -> str:
        """Return the path of a page that is named by its path, or by a kind of report."""
        return self.report(name) if name in LAST_REPORTS else name


@dataclass(slots=True)
class Noise:
    """What a page must not do: errors in the console, requests to another host."""

    errors: list[str] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)


def written_pages() -> list[str]:
    """The pages that the project has, known before the site is built."""
    return [
        f"site/{path.relative_to(DOCUMENTS).with_suffix('.html').as_posix()}"
        for path in sorted(DOCUMENTS.rglob("*.qmd"))
        if not path.name.startswith("_")
    ]


def published_reports() -> list[str]:
    """Return every report of the tree that ANALYTICS_SITE names, which is there already."""
    root = Path(os.environ["ANALYTICS_SITE"]).resolve() / "latest"
    found = sorted((root / "site/descriptive/reports").glob("2*.html"))
    return [path.relative_to(root).as_posix() for path in found]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run a test that asks for `page_name` on every page, and on the last report of each kind.

    On every report where ANALYTICS_REPORTS is `all`.
    """
    if "page_name" in metafunc.fixturenames:
        every = os.environ.get("ANALYTICS_REPORTS") == "all"
        reports = published_reports() if every else [*LAST_REPORTS]
        metafunc.parametrize("page_name", [*written_pages(), *reports])


@pytest.fixture(scope="session")
def page_names() -> list[str]:
    """Return the pages that `page_name` goes through, the report aside."""
    return written_pages()


@pytest.fixture
def settled() -> Callable[[Page], None]:
    """Return a function that scrolls through a page and waits for its charts."""

    def wait(page: Page) -> None:
        page.evaluate(
            """async () => {
              for (let y = 0; y <= document.body.scrollHeight; y += 600) {
                window.scrollTo(0, y);
                await new Promise((done) => setTimeout(done, 60));
              }
              window.scrollTo(0, 0);
            }"""
        )
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)

    return wait


def chromium_path() -> str | None:
    """Return the browser named by CHROME_PATH, else the first on PATH, else None."""
    named = os.environ.get("CHROME_PATH")
    if named:
        return named
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def site_folder(request: pytest.FixtureRequest) -> Path:
    """Return the published tree that ANALYTICS_SITE names, else one built for the tests."""
    named = os.environ.get("ANALYTICS_SITE")
    folder: Path = Path(named).resolve() if named else request.getfixturevalue("built_site")
    return folder


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[PublishedSite]:
    """Serve the published tree on a free port of localhost."""
    import json

    versions = json.loads((site_folder / "versions.json").read_text("utf-8"))
    with served(site_folder) as address:
        yield PublishedSite(folder=site_folder, address=address, version=versions["latest"])


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the system's Chromium, once."""
    path = chromium_path()
    if path is None:
        pytest.fail(f"the browser tests need Chromium: {REMEDY}", pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
        )
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser, site: PublishedSite) -> Iterator[object]:
    """Return a function that opens a page in a new context and notes what it must not do."""
    contexts: list[BrowserContext] = []

    def opened(
        path: str, *, width: int = 1440, scheme: str = "light", javascript: bool = True
    ) -> tuple[Page, Noise]:
        context = browser.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,  # type: ignore[arg-type]
            java_script_enabled=javascript,
            reduced_motion="reduce",
            accept_downloads=True,
        )
        contexts.append(context)
        noise = Noise()

        def route(request_route: Route) -> None:
            url = request_route.request.url
            if url.startswith(site.address) or urlsplit(url).scheme in ("data", "blob"):
                request_route.continue_()
            else:
                noise.strangers.append(url)
                request_route.abort()

        context.route("**/*", route)
        page = context.new_page()
        page.on(
            "console",
            lambda message: noise.errors.append(message.text) if message.type == "error" else None,
        )
        page.on("pageerror", lambda error: noise.errors.append(str(error)))
        page.goto(site.home + path, wait_until="load")
        return page, noise

    yield opened
    for context in contexts:
        context.close()
