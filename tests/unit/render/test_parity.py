"""The comparer finds each planted difference, and none where the renderers differ in form."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.render.parity import differences, page_content

QUARTO = """<!doctype html><html><body><nav><a href="x.html">nav</a></nav>
<main class="content" id="quarto-document-content">
<header id="title-block-header"><h1 class="title">KPIs</h1><p class="subtitle lead">The state</p>
</header>
<section id="sales" class="level2"><h2 class="anchored" data-anchor-id="sales">Sales</h2>
<p>Up 6&nbsp;%, see <a href="../../site/a/b.html#c" class="quarto-xref">Figure&nbsp;1</a>.</p>
<div id="fig-a" class="quarto-float anchored"><figure>
<div aria-describedby="fig-a-caption-0ceaefa1-69ba-4598-a22c-09a6ac19f8ca"><svg id="v1"><text>9
</text></svg></div>
<figcaption id="fig-a-caption-0ceaefa1-69ba-4598-a22c-09a6ac19f8ca">
Figure&nbsp;1: Sales</figcaption></figure></div>
<div class="callout"><div class="callout-icon-container"><i class="callout-icon"></i></div>
<div class="callout-title-container"><span class="screen-reader-only">Tip</span>Mind</div></div>
<ul class="nav nav-tabs" role="tablist"><li><a id="tabset-1-1-tab" href="">One</a></li></ul>
<div id="tabset-1-1">a</div></section>
</main><nav id="TOC" role="doc-toc" class="toc-active">
<ul><li><a href="#sales" id="toc-sales">Sales</a></li></ul></nav></body></html>"""

EMBEDDED = """<!doctype html><html><body><nav><a href="y.html">other</a></nav>
<main id="content" data-pagefind-body>
<h1>KPIs</h1>
<p class="lead">The state</p>
<h2 id="sales">Sales<a class="anchor" href="#sales" aria-hidden="true" tabindex="-1"></a></h2>
<p>Up 6\u00a0%, see <a href="b.html#c" class="quarto-xref">Figure\u00a01</a>.</p>
<figure id="fig-a" class="figure"><svg id="v1"><text>9</text></svg>
<figcaption>Figure\u00a01: Sales</figcaption></figure>
<aside class="callout callout-tip"><p class="callout-title">Mind</p></aside>
<div class="tabset"><div class="tabset-tabs" role="tablist" hidden><button>One</button></div>
<div id="tabset-1-1"><p class="tabset-title">One</p>a</div></div>
</main><nav class="toc" aria-label="On this page">
<ul><li><a href="#sales" id="toc-sales">Sales</a></li></ul></nav></body></html>"""


def tree(root: Path, **pages: str) -> Path:
    for name, html in pages.items():
        path = root / "site" / "a" / f"{name}.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(html, "utf-8")
    return root


def test_same_page_by_either_renderer_has_no_difference(tmp_path):
    one, other = tree(tmp_path / "q", kpis=QUARTO), tree(tmp_path / "e", kpis=EMBEDDED)
    assert differences(one, other) == ()


def test_content_is_what_a_reader_finds():
    content = page_content(EMBEDDED, "site/a/kpis.html")
    assert content.headings == ("h1 KPIs", "h2 Sales")
    assert content.anchors == frozenset({"sales", "fig-a"})
    assert content.numbers == ("Figure 1",)
    assert content.captions == ("Figure 1: Sales",)
    assert content.links == ("Figure 1 -> site/a/b.html#c",)
    assert content.text == ("KPIs The state Sales Up 6 %, see Figure 1. Figure 1: Sales Mind One a")


PLANTED = {
    "headings": ("<h1>KPIs</h1>", "<h1>Figures</h1>"),
    "anchors": ('id="sales"', 'id="sale"'),
    "numbers": ("<figcaption>Figure\u00a01: Sales", "<figcaption>Figure\u00a02: Sales"),
    "captions": ("1: Sales</figcaption>", "1: Sale</figcaption>"),
    "links": ('href="b.html#c"', 'href="b.html#d"'),
    "contents": ('<li><a href="#sales"', '<li><a href="#sale"'),
    "text": ("Up 6\u00a0%", "Up 7\u00a0%"),
}


@pytest.mark.parametrize("kind", PLANTED)
def test_planted_difference_is_found(kind, tmp_path):
    old, new = PLANTED[kind]
    assert EMBEDDED.count(old) == 1
    changed = EMBEDDED.replace(old, new)
    one, other = tree(tmp_path / "q", kpis=QUARTO), tree(tmp_path / "e", kpis=changed)
    assert kind in {found.kind for found in differences(one, other)}


def test_page_that_only_one_tree_has_is_a_difference(tmp_path):
    one = tree(tmp_path / "q", kpis=QUARTO, more=QUARTO)
    other = tree(tmp_path / "e", kpis=EMBEDDED)
    assert [str(found) for found in differences(one, other)] == [
        ": pages: 'site/a/more.html' against ''"
    ]
