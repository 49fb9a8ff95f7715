"""A small project per test, its kernel shared by all of them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from analytics.render.conversion import converted_pages
from analytics.render.kernel import Kernel, running_kernel

CONFIGURATION = """
project:
  type: website
  output-dir: _site
  execute-dir: project
  render: [site/*.qmd, "site/**/*.qmd"]
  resources: [site/assets]
lang: en
website:
  title: Example Shop
  description: All about the shop
  navbar:
    left:
      - {text: Overview, href: site/index.qmd}
      - {text: "What happened?", href: site/descriptive/kpis.qmd}
  sidebar:
    - id: descriptive
      title: What happened?
      contents:
        - site/descriptive/kpis.qmd
        - section: Reports
          contents: [{text: Archive, href: site/descriptive/reports/index.qmd}]
execute: {echo: false}
format:
  html: {toc: true, html-math-method: mathml}
"""

PAGES = {
    "site/index.qmd": (
        "---\ntitle: Overview\ntoc: false\n---\n\nSee [KPIs](descriptive/kpis.qmd#revenue).\n"
    ),
    "site/descriptive/kpis.qmd": (
        "---\ntitle: KPIs\ndescription: The figures\n---\n\n## Revenue\n\nIt is 42.\n"
    ),
    "site/descriptive/reports/index.qmd": "---\ntitle: Reports\n---\n\n- [March](2024-03.qmd)\n",
    "site/descriptive/reports/2024-03.qmd": (
        "---\ntitle: March 2024\nsidebar: descriptive\n---\n\n## Sales\n\n[Back](index.qmd)\n"
    ),
}

Write = Callable[..., Path]


@pytest.fixture
def project(tmp_path: Path) -> Write:
    """Return a function that writes a project: files over the default ones, None to leave out."""

    def write(files: dict[str, str | None] | None = None) -> Path:
        root = tmp_path / "project"
        whole: dict[str, str | None] = {
            "_quarto.yml": CONFIGURATION,
            "_variables.yml": 'version: "2024-06-30"\ndigest: 4f2a91c\ndata_to: 30 June 2024\n',
            "site/assets/site.css": "body {}\n",
            "site/assets/site.js": "\n",
            **PAGES,
            **(files or {}),
        }
        for name, text in whole.items():
            if text is not None:
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, "utf-8")
        return root

    return write


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    with running_kernel(tmp_path_factory.mktemp("kernel"), {}) as running:
        yield running


@pytest.fixture
def body() -> Callable[..., tuple[str, list[str]]]:
    """Return a function from markdown to the HTML of `<main>` and the problems found."""

    def convert(markdown: str, **job: object) -> tuple[str, list[str]]:
        whole = {
            "path": "site/a/page.qmd",
            "markdown": markdown,
            "title": "Title",
            "title_block": True,
            "texts": {},
            "metadata": {},
            "variables": {"lang": "en", "root": "../../", "site_title": "Shop"},
            "root": "../../",
            "toc": False,
            "toc_depth": 3,
            **job,
        }
        page = converted_pages([whole], cwd=Path(os.getcwd()))[0]
        main = page.html.split("<main", 1)[1].split("</main>", 1)[0].split(">", 1)[1]
        inner = main.split("</h1>", 1)[-1].strip()
        return inner, [problem.message for problem in page.problems]

    return convert
