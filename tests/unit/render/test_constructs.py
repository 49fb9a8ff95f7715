"""Each construct of the site's markdown, as the exact markup that it becomes."""

from __future__ import annotations

import pytest

CASES = {
    "callout": (
        "::: {.callout-note}\nWords.\n:::",
        '<aside class="callout callout-note"><p class="callout-title">Note</p>\n'
        "<p>Words.</p>\n</aside>",
    ),
    "callout with a heading for its title": (
        "::: {.callout-warning}\n## Mind *this*\nWords.\n:::",
        '<aside class="callout callout-warning">'
        '<p class="callout-title">Mind <em>this</em></p>\n<p>Words.</p>\n</aside>',
    ),
    "callout that folds": (
        '::: {.callout-tip title="A <b> title" collapse="true"}\nWords.\n:::',
        '<aside class="callout callout-tip"><details>'
        '<summary class="callout-title">A &lt;b&gt; title</summary>\n'
        "<p>Words.</p>\n</details></aside>",
    ),
    "callout that is unfolded": (
        '::: {.callout-tip collapse="false"}\nWords.\n:::',
        '<aside class="callout callout-tip"><details open>'
        '<summary class="callout-title">Tip</summary>\n<p>Words.</p>\n</details></aside>',
    ),
    "tabset": (
        "::: {.panel-tabset}\n## One\na\n\n## Two\nb\n:::",
        '<div class="tabset"><div class="tabset-tabs" role="tablist" hidden>'
        '<button type="button" role="tab" id="tabset-1-1-tab" aria-controls="tabset-1-1" '
        'aria-selected="true">One</button>'
        '<button type="button" role="tab" id="tabset-1-2-tab" aria-controls="tabset-1-2" '
        'aria-selected="false">Two</button></div>\n'
        '<div class="tabset-panel" id="tabset-1-1" role="tabpanel" '
        'aria-labelledby="tabset-1-1-tab"><p class="tabset-title">One</p>\n<p>a</p>\n</div>\n'
        '<div class="tabset-panel" id="tabset-1-2" role="tabpanel" '
        'aria-labelledby="tabset-1-2-tab"><p class="tabset-title">Two</p>\n<p>b</p>\n</div>\n'
        "</div>",
    ),
    "columns": (
        ':::: {.columns}\n::: {.column width="40%"}\na\n:::\n::: {.column width="60%"}\nb\n:::\n'
        "::::",
        '<div class="columns">\n<div class="column" style="width:40%;">\n<p>a</p>\n</div>'
        '<div class="column" style="width:60%;">\n<p>b</p>\n</div>\n</div>',
    ),
    "grid": (
        "::: {.grid}\n::: {.g-col-4}\na\n:::\n:::",
        '<div class="grid">\n<div class="g-col-4" style="--span: 4">\n<p>a</p>\n</div>\n</div>',
    ),
    "layout in columns": (
        "::: {layout-ncol=2}\na\n\nb\n:::",
        '<div class="layout layout-ncol-2">\n<p>a</p>\n<p>b</p>\n</div>',
    ),
    "figure in a block": (
        '::: {#fig-a .cell fig-alt="Up"}\n```{=html}\n<svg></svg>\n```\n\nRevenue *rose*\n:::',
        '<figure id="fig-a" class="figure" aria-label="Up">\n<svg></svg>\n'
        "<figcaption>Figure\u00a01: Revenue <em>rose</em></figcaption>\n</figure>",
    ),
    "figure of an image": (
        '![Revenue](../x.svg){#fig-a fig-alt="Up"}',
        '<figure id="fig-a" class="figure">\n<img src="../x.svg" alt="Up" />\n'
        "<figcaption>Figure\u00a01: Revenue</figcaption>\n</figure>",
    ),
    "figure without a label": (
        '![Revenue](../x.svg){fig-alt="Up"}',
        '<figure class="figure">\n<img src="../x.svg" alt="Up" />\n'
        "<figcaption>Revenue</figcaption></figure>",
    ),
    "table with a label": (
        "| a |\n|---|\n| 1 |\n\n: Sums {#tbl-a}",
        '<figure id="tbl-a" class="figure figure-table">\n'
        "<figcaption>Table\u00a01: Sums</figcaption>\n"
        '<div class="table-scroll" role="region" tabindex="0" aria-label="Table">\n'
        "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>1</td>\n</tr>\n"
        "</tbody>\n</table>\n</div>\n</figure>",
    ),
    "equation with a label": (
        "$$\ny = x\n$$ {#eq-a}",
        '<div class="equation" id="eq-a">\n<math display="block" '
        'xmlns="http://www.w3.org/1998/Math/MathML"><semantics><mrow><mi>y</mi><mo>=</mo>'
        '<mi>x</mi></mrow><annotation encoding="application/x-tex">\ny = x\n</annotation>'
        '</semantics></math><span class="equation-number">(1)</span>\n</div>',
    ),
    "mathematics as MathML": (
        "$x$",
        '<p><math display="inline" xmlns="http://www.w3.org/1998/Math/MathML"><semantics>'
        '<mi>x</mi><annotation encoding="application/x-tex">x</annotation></semantics></math></p>',
    ),
    "code that is highlighted": (
        "```python\nx\n```",
        '<div class="sourceCode" id="cb1"><pre class="sourceCode python">'
        '<code class="sourceCode python"><span id="cb1-1"><a href="#cb1-1" aria-hidden="true" '
        'tabindex="-1"></a>x</span></code></pre></div>',
    ),
    "code that folds": (
        '```{.text code-fold="true" code-summary="Show"}\nx\n```',
        '<details class="code-fold"><summary>Show</summary>\n'
        '<pre class="text"><code>x</code></pre>\n</details>',
    ),
    "heading with its anchor": (
        "## Net revenue",
        '<h2 id="net-revenue">Net revenue<a class="anchor" href="#net-revenue" '
        'aria-hidden="true" tabindex="-1"></a></h2>',
    ),
    "link to a document": (
        "[a](../b.qmd#c) [r](/site/index.qmd) [x](https://example.org/a.qmd)",
        '<p><a href="../b.html#c">a</a> <a href="../../site/index.html">r</a> '
        '<a href="https://example.org/a.qmd">x</a></p>',
    ),
    "footnote": (
        "a^[Note.]",
        '<p>a<a href="#fn1" class="footnote-ref" id="fnref1" role="doc-noteref"><sup>1</sup></a>'
        '</p>\n<section id="footnotes" class="footnotes footnotes-end-of-document" '
        'role="doc-endnotes">\n<h2>Footnotes</h2>\n<ol>\n<li id="fn1"><p>Note.<a href="#fnref1" '
        'class="footnote-back" role="doc-backlink">↩︎</a></p></li>\n</ol>\n</section>',
    ),
    "raw HTML untouched": (
        '```{=html}\n<p class=x>a</p  ><!-- {{< var x >}} -->\n```',
        "<p class=x>a</p  ><!-- {{< var x >}} -->",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_construct_becomes_exactly_this_markup(name, body):
    markdown, expected = CASES[name]
    assert body(markdown) == (expected, [])


REFERENCES = {
    "@fig-a": '<a href="#fig-a" class="quarto-xref">Figure\u00a01</a>',
    "@fig-b": '<a href="#fig-b" class="quarto-xref">Figure\u00a02</a>',
    "@Tbl-a": '<a href="#tbl-a" class="quarto-xref">Table\u00a01</a>',
    "@eq-a": '<a href="#eq-a" class="quarto-xref">Equation\u00a01</a>',
    "@sec-two": '<a href="#sec-two" class="quarto-xref">Section\u00a02</a>',
    "@sec-inner": '<a href="#sec-inner" class="quarto-xref">Section\u00a01.1</a>',
    "[-@fig-b]": '<a href="#fig-b" class="quarto-xref">2</a>',
    "[Chart @fig-b]": '<a href="#fig-b" class="quarto-xref">Chart\u00a02</a>',
    "[@fig-a; @fig-b]": '<a href="#fig-a" class="quarto-xref">Figure\u00a01</a>, '
    '<a href="#fig-b" class="quarto-xref">Figure\u00a02</a>',
}


@pytest.mark.parametrize("written", REFERENCES)
def test_cross_reference_names_kind_and_number(written, body):
    html, problems = body(
        f"{written}\n\n## One\n\n### Inner {{#sec-inner}}\n\n## Skipped {{.unnumbered}}\n\n"
        "## Two {#sec-two}\n\n"
        "::: {#fig-a}\nwords\n\nCaption\n:::\n\n"
        "::: {.callout-note}\n::: {#fig-b}\nwords\n\nCaption\n:::\n:::\n\n"
        "::: {#tbl-a}\nwords\n\nCaption\n:::\n\n$$x$$ {#eq-a}\n"
    )
    assert problems == []
    assert html.startswith(f"<p>{REFERENCES[written]}</p>")


PROBLEMS = {
    "$\\nosuchcommand{x}$": "Could not convert TeX math \\nosuchcommand{x}, rendering as TeX:",
    "@fig-none": "the cross-reference @fig-none leads nowhere",
    "@lst-a": "cross-references of the kind lst- are not supported",
    "@doe2020": "@doe2020 is neither a cross-reference nor, without bibliography, a citation",
    '![C](x.png){fig-alt="A" fig-align="left"}': "fig-align= is not supported",
    '```{.sql filename="a.sql"}\nx\n```': "filename= is not supported",
    "::: {.callout-danger}\nx\n:::": ".callout-danger is not supported",
    "::: {.content-visible when-format=pdf}\nx\n:::": ".content-visible is not supported",
    '::: {layout="[[1,1],[1]]"}\nx\n:::': "layout= is not supported",
    "::: {.panel-tabset}\nwords\n:::": "a panel-tabset must begin with the heading of its first "
    "tab",
    "::: {.grid}\n::: {.g-colour}\nx\n:::\n:::": ".g-colour is not supported",
    "# Big": "a heading of level 1 beside the title",
    "```{=latex}\nx\n```": "raw latex would be left out of the page",
    "![Caption](x.png)": "the figure has no fig-alt",
    "::: {#fig-a}\nonly a caption\n:::": "the block fig-a does not end in a caption",
    "::: {#fig-a}\nx\n\nc\n:::\n\n::: {#fig-a}\ny\n\nd\n:::": "the label fig-a is there twice",
    "Text $$x$$ {#eq-a} and more": "an equation with a label must stand in a paragraph of its own",
    "::: {#fig-a}\n::: {#fig-b}\nx\n\nb\n:::\n\na\n:::": "a figure or table inside another is not "
    "supported",
}


@pytest.mark.parametrize("markdown", PROBLEMS)
def test_what_is_not_understood_is_a_problem(markdown, body):
    assert PROBLEMS[markdown] in body(markdown)[1]


def test_citation_is_looked_up_in_the_bibliography(body, tmp_path):
    bibliography = tmp_path / "refs.bib"
    bibliography.write_text(
        "@article{doe2020, title={A Title}, author={Doe, Jane}, journal={J}, year={2020}}\n"
    )
    html, problems = body("See @doe2020.", metadata={"bibliography": str(bibliography)})
    assert problems == []
    assert 'Doe (<a href="#ref-doe2020" role="doc-biblioref">2020</a>)' in html
    assert '<div id="ref-doe2020" class="csl-entry" role="listitem">' in html


def test_citation_that_is_not_in_the_bibliography_is_a_problem(body, tmp_path):
    bibliography = tmp_path / "refs.bib"
    bibliography.write_text("@misc{other, title={A}}\n")
    _, problems = body("See @doe2020.", metadata={"bibliography": str(bibliography)})
    assert problems == ["@doe2020 is not in the bibliography"]


def test_hostile_text_is_shown_as_text(body):
    html, _ = body('\\<script\\>alert(1)\\</script\\> and [a](b.html "x\\"><i>")')
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "<i>" not in html
