"""Every construct that the embedded renderer has to understand, and what it refuses.

The supported ones stand in one site, rendered once; each is looked for on its page.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.errors import DocumentError
from analytics.render.embedded import EmbeddedRenderer, rendered_page
from analytics.render.project import read_project
from analytics.render.rendering import render_site

CELL = (
    "```{{python}}\n{options}\nfrom IPython.display import Markdown, display\n{code}\n```\n\n"
).format


def cell(code: str, *options: str) -> str:
    return CELL(options="\n".join(f"#| {option}" for option in options), code=code)


IMAGE = "Markdown('![A](x.svg){fig-alt=\"B\"}')"
CELLS = (
    cell("Markdown('<b>labelled</b>')", "label: cell-one")
    + cell("print('source shown')", "echo: true")
    + cell("raise ValueError", "eval: false", "echo: true")
    + cell("print('never shown')", "include: false")
    + cell("print('output left out')", "output: false")
    + cell("print('## As it is')", "output: asis")
    + cell("import warnings\nwarnings.warn('a warning shown')", "warning: true")
    + cell("import warnings\nwarnings.warn('a warning left out')", "warning: false")
    + cell(
        'Markdown(\'```{=html}\\n<svg role="img" aria-label="Up"></svg>\\n```\')',
        "label: fig-cell",
        "fig-cap: Revenue rose",
        "fig-alt: A line that rises",
    )
    + cell(
        "Markdown('| a |\\n|---|\\n| 1 |\\n')",
        "label: tbl-cell",
        "tbl-cap: Sums of a",
        "echo: false",
    )
    + cell("1", "echo: true", "code-fold: true", "code-summary: The source")
    + cell("Markdown('wide')", "column: page")
    + cell("display(Markdown('one'))\ndisplay(Markdown('two'))", "layout-ncol: 2")
)
BODY = """
Inline `{python} 20 + 22`. See @fig-cell, @tbl-cell, @sec-more, @eq-law and @doe2020.[^1]

[^1]: A note below.

{{< include _part.qmd >}}

{{< meta greeting >}} and {{< var version >}}

## More {#sec-more}

$$
y = x
$$ {#eq-law}

::: {.callout-note}
Set apart.
:::

::: {.panel-tabset}
### First
one

### Second
two
:::

:::: {.columns}
::: {.column width="40%"}
left
:::
::: {.column width="60%"}
right
:::
::::

:::: {.grid}
::: {.g-col-12 .g-col-md-4 .g-start-2}
third
:::
::::

```sql
SELECT 1
```
"""
FRONT = """---
title: Constructs
description: All of them
greeting: Good day
bibliography: site/refs.bib
toc: true
toc-depth: 2
toc-title: Inside
page-layout: full
format:
  html:
    code-fold: false
---

"""
FILES = {
    "site/all.qmd": FRONT + CELLS + BODY,
    "site/_part.qmd": "Put in from _part.\n",
    "site/refs.bib": "@misc{doe2020, title={On Shops}, author={Doe, Jane}, year={2020}}\n",
    "site/x.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}
SUPPORTED = {
    "front matter": ("<h1>Constructs</h1>", '<p class="lead">All of them</p>'),
    "page-level format options": ('class="page page-full"', '<p class="toc-title">Inside</p>'),
    "configuration: title": ("<title>Constructs – Example Shop</title>",),
    "configuration: navbar": ('<nav aria-label="Main" class="main-nav">\n<a href="../site/index',),
    "configuration: footer": ("Version 2024-06-30",),
    "configuration: resources": ('href="../site/assets/site.css"',),
    "cell: label": ('id="cell-one"',),
    "cell: echo": ('<span class="bu">print</span>', '<pre class="sourceCode python cell-code">'),
    "cell: eval": ("ValueError",),
    "cell: output asis": ('<h2 id="as-it-is">As it is',),
    "cell: warning": ("cell:3: UserWarning: a warning shown",),
    "cell: fig-cap": ("<figcaption>Figure\u00a01: Revenue rose</figcaption>",),
    "cell: fig-alt": ('aria-label="A line that rises"',),
    "cell: tbl-cap": ("<figcaption>Table\u00a01: Sums of a</figcaption>",),
    "cell: code-fold": ('<details class="code-fold"><summary>The source</summary>',),
    "cell: column": ("column-page",),
    "cell: layout-ncol": ("layout-ncol-2",),
    "inline code": ("Inline 42.",),
    "cross-reference to a figure": ('<a href="#fig-cell" class="quarto-xref">Figure\u00a01</a>',),
    "cross-reference to a table": ('<a href="#tbl-cell" class="quarto-xref">Table\u00a01</a>',),
    "cross-reference to a section": ('<a href="#sec-more" class="quarto-xref">Section\u00a0',),
    "cross-reference to an equation": (
        '<a href="#eq-law" class="quarto-xref">Equation\u00a01</a>',
    ),
    "callout": ('<aside class="callout callout-note">',),
    "panel-tabset": ('role="tablist" hidden>', 'id="tabset-1-2" role="tabpanel"'),
    "columns": ('<div class="column" style="width:60%;">',),
    "grid": ('style="--span: 12; --span-md: 4; --start: 2"',),
    "include": ("Put in from _part.",),
    "meta": ("Good day",),
    "var": ("and 2024-06-30",),
    "citation": ('<a href="#ref-doe2020" role="doc-biblioref">2020</a>', 'id="ref-doe2020"'),
    "footnote": ('<section id="footnotes"', "A note below."),
    "mathematics": ('<math display="block"', '<span class="equation-number">(1)</span>'),
    "table of contents": ('<a href="#sec-more" id="toc-sec-more">More</a>',),
    "code highlighting": ('<span class="kw">SELECT</span>',),
}  # fmt: skip
ABSENT = ("never shown", "output left out", "a warning left out", "Traceback", "{{<")


@pytest.fixture(scope="module")
def whole_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    from tests.unit.render.conftest import CONFIGURATION, PAGES

    root = tmp_path_factory.mktemp("supported")
    files = {
        **PAGES,
        **FILES,
        "_quarto.yml": CONFIGURATION,
        "_variables.yml": 'version: "2024-06-30"\n',
        "site/assets/site.css": "body {}\n",
        "site/assets/site.js": "\n",
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, "utf-8")
    render_site(root, root / "out", renderer=EmbeddedRenderer(), environment={})
    assert (root / "out/404.html").is_file()
    assert "site/all.html" in (root / "out/sitemap.xml").read_text("utf-8")
    return (root / "out/site/all.html").read_text("utf-8")


@pytest.mark.parametrize("construct", SUPPORTED)
def test_construct_is_on_the_page(construct: str, whole_page: str) -> None:
    for markup in SUPPORTED[construct]:
        assert markup in whole_page


def test_what_is_to_be_left_out_is_left_out(whole_page: str) -> None:
    assert [text for text in ABSENT if text in whole_page] == []


REFUSED = {
    "front matter key": ("---\ntitle: A\nauthor: B\n---\n", 3),
    "format option": ("---\ntitle: A\nformat:\n  html:\n    number-sections: true\n---\n", 5),
    "key that hides the reader's options": ("---\ntitle: A\ncode-annotations: hover\n---\n", 3),
    "cell in another language": ("---\ntitle: A\n---\n\n```{mermaid}\nx\n```\n", 5),
    "cell option": ("---\ntitle: A\n---\n\n```{python}\n#| fig-width: 3\n1\n```\n", 6),
    "cell option column: margin": (
        "---\ntitle: A\n---\n\n```{python}\n#| column: margin\n1\n```\n", 5),
    "cell option error": ("---\ntitle: A\n---\n\n```{python}\n#| error: true\n1\n```\n", 5),
    "inline code in another language": ("---\ntitle: A\n---\n\nx `{r} 1`\n", 5),
    "cross-reference to a listing": ("---\ntitle: A\n---\n\nSee @lst-a.\n", 5),
    "theorem": ("---\ntitle: A\n---\n\n::: {#thm-a}\nx\n:::\n", 5),
    "callout of another kind": ("---\ntitle: A\n---\n\n::: {.callout-danger}\nx\n:::\n", 5),
    "conditional content": ("---\ntitle: A\n---\n\n::: {.content-visible}\nx\n:::\n", 5),
    "margin content": ("---\ntitle: A\n---\n\n::: {.column-margin}\nx\n:::\n", 5),
    "aside": ("---\ntitle: A\n---\n\n[x]{.aside}\n", 5),
    "layout of rows": ('---\ntitle: A\n---\n\n::: {layout="[1,1]"}\nx\n:::\n', 5),
    "grid class": ("---\ntitle: A\n---\n\n::: {.g-col-13}\nx\n:::\n", 5),
    "tabset without headings": ("---\ntitle: A\n---\n\n::: {.panel-tabset}\nx\n:::\n", 5),
    "lightbox": ('---\ntitle: A\n---\n\n![c](x.svg){fig-alt="a" .lightbox}\n', 5),
    "code annotations": ("---\ntitle: A\n---\n\n```python\nx  # <1>\n```\n\n1. Note\n", 6),
    "raw LaTeX": ("---\ntitle: A\n---\n\n```{=latex}\nx\n```\n", 5),
    "shortcode": ("---\ntitle: A\n---\n\nx\n\n{{< video a.mp4 >}}\n", 7),
    "listing": ("---\ntitle: A\nlisting: default\n---\n", 3),
    "label in TeX": ("---\ntitle: A\n---\n\n$$\nx \\label{a}\n$$\n", 6),
    "fence that is open": ("---\ntitle: A\n---\n\n```python\nx\n", 5),
    "block that is open": ("---\ntitle: A\n---\n\n::: {.callout-note}\nx\n", 5),
    "include that is missing": ("---\ntitle: A\n---\n\n{{< include no.qmd >}}\n", 5),
    "citation without a bibliography": ("---\ntitle: A\n---\n\nSee @doe2020.\n", 5),
    "figure without alt text": ("---\ntitle: A\n---\n\n![caption](x.svg)\n", 5),
}  # fmt: skip


@pytest.mark.parametrize("construct", REFUSED)
def test_refusal_has_file_line_and_remedy(construct: str, project) -> None:  # type: ignore[no-untyped-def]
    source, row = REFUSED[construct]
    root = project({"site/a.qmd": source, "site/x.svg": "<svg/>"})
    with pytest.raises(DocumentError) as caught:
        rendered_page(read_project(root), "site/a.qmd", environment={})
    place = caught.value.place
    assert (place.file, place.row) == ("site/a.qmd", row)
    assert len(caught.value.remedy) > 10


CONFIGURATIONS = {
    "website": ("  title: Example Shop", "  title: A\n  announcement: x"),
    "navbar": ("  navbar:\n", "  navbar:\n    tools: [x]\n"),
    "sidebar": ("      title: What happened?\n", "      title: A\n      tools: [x]\n"),
    "format": ("toc: true", "toc: true, code-tools: true"),
    "mathematics": ("mathml", "katex"),
    "navigation": ("href: site/descriptive/kpis.qmd", "href: site/none.qmd"),
}


@pytest.mark.parametrize("section", CONFIGURATIONS)
def test_refusal_of_the_configuration_names_its_row(section: str, project) -> None:  # type: ignore[no-untyped-def]
    old, new = CONFIGURATIONS[section]
    root: Path = project()
    text = (root / "_quarto.yml").read_text("utf-8").replace(old, new, 1)
    (root / "_quarto.yml").write_text(text, "utf-8")
    wanted = new.strip().split("\n")[-1]
    row = next(at for at, line in enumerate(text.split("\n"), start=1) if wanted in line)
    with pytest.raises(DocumentError) as caught:
        rendered_page(read_project(root), "site/index.qmd", environment={})
    assert (caught.value.place.file, caught.value.place.row) == ("_quarto.yml", row)
    assert len(caught.value.remedy) > 10
