"""The whole tree: what is written, what stops it, and that it is the same every time."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path

import pytest

from analytics.errors import DocumentError, Place, RenderError
from analytics.render.embedded import EmbeddedRenderer, rendered_page
from analytics.render.project import read_project
from analytics.render.rendering import render_site

CSP = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self'; connect-src 'self'"
)


def rendered(root: Path, output: Path, **more: object):
    return render_site(root, output, renderer=EmbeddedRenderer(), environment={}, **more)


def files(tree: Path) -> dict[str, bytes]:
    return {
        path.relative_to(tree).as_posix(): path.read_bytes()
        for path in sorted(tree.rglob("*"))
        if path.is_file()
    }


def test_tree_holds_pages_entry_points_assets_and_search(project, tmp_path):
    site = rendered(project(), tmp_path / "out")
    assert site.pages == (
        "404.html",
        "index.html",
        "site/descriptive/kpis.html",
        "site/descriptive/reports/2024-03.html",
        "site/descriptive/reports/index.html",
        "site/index.html",
    )
    assert site.renderer == "embedded"
    written = files(tmp_path / "out")
    assert {*site.pages, "sitemap.xml", "site/assets/site.css", "pagefind/pagefind.js"} <= set(
        written
    )
    assert not [name for name in written if name.endswith(".qmd")]


def test_two_renders_give_the_same_bytes(project, tmp_path):
    root = project()
    rendered(root, tmp_path / "a")
    rendered(root, tmp_path / "b")
    assert files(tmp_path / "a") == files(tmp_path / "b")


def test_page_rendered_alone_has_the_bytes_of_the_whole(project, tmp_path):
    leak = "---\ntitle: A\n---\n\n```{python}\nleft = 1\n```\n\n`{python} 'left' in globals()`\n"
    root = project({"site/a.qmd": leak, "site/b.qmd": leak.replace("left = 1", "right = 1")})
    rendered(root, tmp_path / "out")
    settings = read_project(root)
    assert len(settings.pages) == 6
    for path in settings.pages:
        alone = rendered_page(settings, path, environment={})
        assert alone == (tmp_path / "out" / path.replace(".qmd", ".html")).read_text("utf-8")
    assert ">False<" in (tmp_path / "out/site/b.html").read_text("utf-8")


def test_page_has_the_skeleton_that_the_style_sheet_knows(project, tmp_path):
    rendered(project(), tmp_path / "out")
    page = (tmp_path / "out/site/descriptive/kpis.html").read_text("utf-8")
    for part in (
        '<html lang="en">',
        f'<meta http-equiv="Content-Security-Policy" content="{CSP}">',
        "<title>KPIs – Example Shop</title>",
        '<meta name="description" content="The figures">',
        '<meta property="og:title" content="KPIs">',
        '<meta name="version-root" content="../../">',
        '<meta name="renderer" content="embedded">',
        '<link rel="stylesheet" href="../../site/assets/site.css">',
        '<a class="skip" href="#content">Skip to content</a>',
        '<a class="brand" href="../../site/index.html">Example Shop <span>analytics</span></a>',
        '<nav aria-label="Main" class="main-nav">',
        '<label class="version" hidden>Version <select id="version-switch"></select></label>',
        '<a class="versions-link" href="../../../versions/">Versions</a>',
        '<button id="theme-switch" type="button">Theme</button>',
        'title="Versions and reports" href="../../../feed.xml">',
        'title="Alerts" href="../../../alerts.xml">',
        '<a id="search-link" href="#search">Search</a>',
        '<div id="freshness" role="status" hidden></div>',
        '<nav class="side" aria-label="Section">',
        '<main id="content" data-pagefind-body>',
        '<h1>KPIs</h1>\n<p class="lead">The figures</p>',
        "<p>It is 42.</p>",
        '<nav class="toc" aria-label="On this page">',
        '<li><a href="#revenue" id="toc-revenue">Revenue</a></li>',
        '<footer class="foot">',
        "Version 2024-06-30 · data to 30 June 2024 · digest 4f2a91c · embedded renderer",
        '<script defer src="../../site/assets/site.js"></script>\n</body>',
    ):
        assert part in page
    order = [page.index(part) for part in ('class="skip"', "<header", 'id="freshness"',
             'class="side"', "<main", 'class="toc"', "<footer", "<script")]  # fmt: skip
    assert order == sorted(order)


def test_home_page_has_neither_sidebar_nor_contents(project, tmp_path):
    rendered(project(), tmp_path / "out")
    page = (tmp_path / "out/site/index.html").read_text("utf-8")
    assert 'class="side"' not in page
    assert 'class="toc"' not in page


@pytest.mark.parametrize(
    ("page", "current"),
    [
        ("index", {("Overview", "page")}),
        ("descriptive/kpis", {("What happened?", "page"), ("KPIs", "page")}),
        ("descriptive/reports/2024-03", {("What happened?", "true"), ("Archive", "true")}),
    ],
)
def test_navigation_marks_where_the_reader_is(page, current, project, tmp_path):
    rendered(project(), tmp_path / "out")
    html = (tmp_path / f"out/site/{page}.html").read_text("utf-8")
    marked = re.findall(r'aria-current="(\w+)">([^<]*)</a>', html)
    assert {(text, kind) for kind, text in marked} == current


def test_text_of_the_configuration_is_escaped(project, tmp_path):
    hostile = "<script>alert(1)</script>"
    root = project()
    configuration = (root / "_quarto.yml").read_text("utf-8")
    (root / "_quarto.yml").write_text(
        configuration.replace("Example Shop", hostile).replace("Archive", hostile)
    )
    rendered(root, tmp_path / "out")
    page = (tmp_path / "out/site/descriptive/kpis.html").read_text("utf-8")
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 4


def test_sitemap_lists_pages_under_the_site_url(project, tmp_path):
    root = project()
    text = (root / "_quarto.yml").read_text("utf-8")
    (root / "_quarto.yml").write_text(
        text.replace("  title: Example Shop", "  title: S\n  site-url: https://example.org/r/")
    )
    rendered(root, tmp_path / "out")
    sitemap = (tmp_path / "out/sitemap.xml").read_text("utf-8")
    assert "<loc>https://example.org/r/site/index.html</loc>" in sitemap
    assert "404" not in sitemap
    page = (tmp_path / "out/site/index.html").read_text("utf-8")
    assert '<link rel="canonical" href="https://example.org/r/site/index.html">' in page


def test_preview_of_a_page_has_title_description_and_image(project, tmp_path):
    root = project()
    text = (root / "_quarto.yml").read_text("utf-8")
    (root / "_quarto.yml").write_text(
        text.replace(
            "  title: Example Shop",
            "  title: Example Shop\n  site-url: https://example.org/r/\n"
            "  image: site/assets/card.png",
        )
    )
    rendered(root, tmp_path / "out")
    for path, title, description in (
        ("site/index.html", "Overview", "All about the shop"),
        ("site/descriptive/kpis.html", "KPIs", "The figures"),
    ):
        page = (tmp_path / "out" / path).read_text("utf-8")
        said = dict(re.findall(r'<meta (?:property|name)="([\w:]+)" content="([^"]*)">', page))
        assert said["og:title"] == title
        assert said["og:description"] == said["description"] == description
        assert said["og:url"] == f"https://example.org/r/{path}"
        assert said["og:image"] == "https://example.org/r/site/assets/card.png"
        assert said["twitter:card"] == "summary_large_image"


def test_search_finds_pages_but_not_the_missing_page(project, tmp_path):
    rendered(project(), tmp_path / "out")
    fragments = list((tmp_path / "out/pagefind/fragment").iterdir())
    assert len(fragments) == 4


def test_linked_files_are_copied(project, tmp_path):
    page = "---\ntitle: A\n---\n\n[plan](files/plan.txt)\n"
    rendered(project({"site/a.qmd": page, "site/files/plan.txt": "x"}), tmp_path / "out")
    assert (tmp_path / "out/site/files/plan.txt").read_text() == "x"


def page_with(body: str) -> str:
    return f"---\ntitle: A\n---\n\n{body}\n"


BROKEN = {
    "link": ("[a](none.qmd)", 5, "the link none.html leads nowhere"),
    "anchor": ("x\n\n[a](index.qmd#none)", 7, "the anchor of index.html#none is not there"),
    "own anchor": ("[a](#none)", 5, "the anchor #none is not there"),
    "link from the root of the host": (
        "```{=html}\n<a href='/x'>a</a>\n```", 6, "the link /x begins at the host's root"),
    "link out of the site": ("[a](../../../secret)", 5, "the link ../../../secret leaves the site"),
    "scheme": ("[a](javascript:alert)", 5, "the link javascript:alert has a scheme"),
    "other host": ("```{=html}\n<img alt='' src='https://example.org/a.png'>\n```", 6,
                   "the page loads https://example.org/a.png from another host"),
    "id": ("```{=html}\n<p id=x><b id='x'></b></p>\n```", 6, "the id x is there twice"),
    "image": ("```{=html}\n<img src='assets/site.css'>\n```", 6,
              "the image assets/site.css has no alt text"),
    "figure": ("```{=html}\n<figure id='f'><p>x</p></figure>\n```", 6,
               "the figure f has no alt text"),
    "chart": ("```{=html}\n<svg role='img' class='spark'></svg>\n```", 6,
              "the image spark has no alt text"),
    "reference": ("@fig-none", 5, "the cross-reference @fig-none leads nowhere"),
    "cell": ("```{python}\n1 / 0\n```", 5, "the cell failed: ZeroDivisionError: division by zero"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_defect_names_its_line_and_leaves_nothing(name, project, tmp_path):
    body, row, message = BROKEN[name]
    root = project({"site/a.qmd": page_with(body)})
    (tmp_path / "public").mkdir()
    with pytest.raises(DocumentError) as caught:
        rendered(root, tmp_path / "public" / "out")
    assert caught.value.message.startswith(message)
    assert caught.value.place == Place(file="site/a.qmd", row=row)
    assert list((tmp_path / "public").iterdir()) == []


def test_all_defects_are_told_at_once(project, tmp_path):
    root = project({"site/a.qmd": page_with("[a](no1.qmd)\n\n[b](no2.qmd)")})
    with pytest.raises(DocumentError) as caught:
        rendered(root, tmp_path / "out")
    assert "site/a.qmd, row 7: the link no2.html leads nowhere" in caught.value.remedy


def test_link_to_what_the_publisher_adds_is_whole(project, tmp_path):
    body = page_with("[d](../downloads/a.csv) [m](../manifest.json) [v](../../versions/)")
    root = project({"site/a.qmd": body})
    rendered(root, tmp_path / "out", later={"downloads/"})
    with pytest.raises(DocumentError, match=r"downloads/a\.csv leads nowhere"):
        rendered(root, tmp_path / "second")


def test_output_that_is_there_is_not_touched(project, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "kept").write_text("x")
    with pytest.raises(RenderError, match="is there already"):
        rendered(project(), tmp_path / "out")
    assert files(tmp_path / "out") == {"kept": b"x"}


def test_interrupt_leaves_nothing(project, tmp_path):
    def interrupt(label: str, done: int, total: int) -> None:
        raise KeyboardInterrupt

    (tmp_path / "public").mkdir()
    with pytest.raises(KeyboardInterrupt):
        rendered(project(), tmp_path / "public" / "out", progress=interrupt)
    assert list((tmp_path / "public").iterdir()) == []


REFUSED = {
    "title that is missing": ("---\ntoc: true\n---\n", "the page has no title"),
    "author": ("---\ntitle: A\nauthor: B\n---\n", "author: in the front matter is not supported"),
    "engine": ("---\ntitle: A\nengine: knitr\n---\n", "engine: knitr is not supported"),
    "option of the format": (
        "---\ntitle: A\nformat: {html: {css: a.css}}\n---\n",
        "format: html: css: is not supported"),
    "other format": ("---\ntitle: A\nformat: pdf\n---\n", "format: must be html"),
    "layout": ("---\ntitle: A\npage-layout: custom\n---\n", "page-layout: custom is not supported"),
    "sidebar": ("---\ntitle: A\nsidebar: none\n---\n", "there is no sidebar none"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_front_matter_that_would_change_the_page_is_refused(name, project, tmp_path):
    source, message = REFUSED[name]
    with pytest.raises(DocumentError) as caught:
        rendered(project({"site/a.qmd": source}), tmp_path / "out")
    assert caught.value.message == message
    assert caught.value.place.file == "site/a.qmd"


CONFIGURATIONS = {
    "website: announcement: is not supported": ("  title: Example Shop", "  announcement: x"),
    "format: html: number-sections: is not supported": ("toc: true", "number-sections: true"),
    "format: html: html-math-method: must be mathml": ("mathml", "mathjax"),
    "website: navbar: each item needs text and href": (
        "{text: Overview, href: site/index.qmd}", "{text: Menu, menu: []}"),
    "the navigation leads to site/none.qmd, which is not rendered": (
        "href: site/index.qmd", "href: site/none.qmd"),
}  # fmt: skip


@pytest.mark.parametrize("message", CONFIGURATIONS)
def test_configuration_that_would_change_the_page_is_refused(message, project, tmp_path):
    old, new = CONFIGURATIONS[message]
    root = project()
    text = (root / "_quarto.yml").read_text("utf-8")
    assert old in text
    (root / "_quarto.yml").write_text(text.replace(old, new))
    with pytest.raises(DocumentError) as caught:
        rendered(root, tmp_path / "out")
    assert caught.value.message == message
    assert caught.value.place.file == "_quarto.yml"


def test_page_may_bring_its_own_title(project, tmp_path):
    own = (
        "---\npagetitle: Overview\ndescription: D\n---\n\n"
        "```{=html}\n<h1>June closed at $4.31M</h1>\n```\n"
    )
    rendered(project({"site/index.qmd": own}), tmp_path / "out")
    page = (tmp_path / "out/site/index.html").read_text("utf-8")
    assert re.findall(r"<h1>.*?</h1>", page) == ["<h1>June closed at $4.31M</h1>"]
    assert "<title>Overview – Example Shop</title>" in page
    assert 'class="lead"' not in page


def test_page_without_a_heading_is_a_defect(project, tmp_path):
    own = "---\ntitle: A\ntitle-block-style: none\n---\n\nwords\n"
    with pytest.raises(DocumentError, match="0 headings of level 1"):
        rendered(project({"site/a.qmd": own}), tmp_path / "out")


def test_the_missing_page_names_its_one_script_in_its_policy(project, tmp_path):
    rendered(project(), tmp_path / "out")
    page = (tmp_path / "out/404.html").read_text("utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'self' 'wasm-unsafe-eval' 'sha256-{digest}';" in page
    assert page.index("<script>") < page.index("href=")
    other = (tmp_path / "out/site/index.html").read_text("utf-8")
    assert "<script>" not in other
    assert "script-src 'self' 'wasm-unsafe-eval';" in other


def test_equal_pages_give_equal_search_files(project, tmp_path):
    def written(name: str) -> dict[str, bytes]:
        rendered(project(), tmp_path / name)
        folder = tmp_path / name / "pagefind"
        return {
            path.relative_to(folder).as_posix(): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file()
        }

    assert written("one") == written("two")
