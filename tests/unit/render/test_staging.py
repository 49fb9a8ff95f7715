"""The staged project, and documents made of a template."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from analytics.errors import DocumentError, Place
from analytics.render import staging
from analytics.render.embedded import EmbeddedRenderer
from analytics.render.rendering import render_site
from analytics.render.reports import executed_documents
from analytics.render.staging import write_staged_project

TEMPLATE = """---
title: "Report {{period}}"
sidebar: descriptive
---

```{python}
#| include: false
from IPython.display import Markdown
```

## Sales

```{python}
#| label: fig-sales
#| fig-cap: "Sales in {{period}}"
#| fig-alt: "Alt"
Markdown("```{=html}\\n<svg></svg>\\n```")
```

@fig-sales, made by {{< var version >}}; `{python} "{{period}}"[:4]`.
"""


@pytest.fixture(autouse=True)
def quick_bundle(monkeypatch):
    monkeypatch.setattr(staging, "vega_script", lambda folder: "/* vega */")


def staged_project(project, tmp_path, generated=None, files=None):
    staged = tmp_path / "staged"
    root = project({"_variables.yml": None, **(files or {})})
    write_staged_project(
        root,
        staged,
        provenance={"version": "2024-06-30", "data.to": "30 June 2024"},
        generated=generated or {},
    )
    return staged


def test_staged_project_holds_documents_assets_provenance_and_bundle(project, tmp_path):
    staged = staged_project(project, tmp_path, {"descriptive/reports/2024-04.qmd": "text"})
    assert (staged / "_quarto.yml").is_file()
    assert (staged / "site/assets/site.css").is_file()
    assert (staged / "site/assets/vega-bundle.js").read_text() == "/* vega */"
    assert (staged / "site/descriptive/reports/2024-04.qmd").read_text() == "text"
    assert yaml.safe_load((staged / "_variables.yml").read_text()) == {
        "version": "2024-06-30",
        "data": {"to": "30 June 2024"},
    }


def test_generated_document_does_not_hide_a_written_one(project, tmp_path):
    with pytest.raises(DocumentError, match="both written and generated"):
        staged_project(project, tmp_path, {"index.qmd": "text"})


@pytest.mark.parametrize("name", ["../out.qmd", "/tmp/x.qmd", "a.html"])
def test_generated_document_stays_below_site(name, project, tmp_path):
    with pytest.raises(DocumentError, match="below site/"):
        staged_project(project, tmp_path, {name: "text"})


def test_project_without_documents_is_refused(tmp_path):
    (tmp_path / "_quarto.yml").write_text("")
    with pytest.raises(DocumentError) as caught:
        write_staged_project(tmp_path, tmp_path / "staged", provenance={}, generated={})
    assert caught.value.place == Place(file="site")


def template_project(project, tmp_path, template=TEMPLATE):
    files = {"site/descriptive/reports/_monthly.qmd": template}
    return staged_project(project, tmp_path, files=files)


def executed(staged, *periods):
    return executed_documents(
        staged,
        "site/descriptive/reports/_monthly.qmd",
        {f"descriptive/reports/{period}.qmd": {"period": period} for period in periods},
        environment={},
    )


def test_document_of_a_template_has_output_in_place_of_cells(project, tmp_path):
    made = executed(template_project(project, tmp_path), "2024-01", "2024-02")
    assert list(made) == ["descriptive/reports/2024-01.qmd", "descriptive/reports/2024-02.qmd"]
    words = " ".join(made["descriptive/reports/2024-02.qmd"].split())
    assert words == (
        '--- title: "Report 2024-02" sidebar: descriptive engine: markdown --- '
        '## Sales ::: {#fig-sales .cell fig-alt="Alt"} ```{=html} <svg></svg> ``` '
        "Sales in 2024-02 ::: @fig-sales, made by {{< var version >}}; 2024."
    )


def test_executed_document_makes_the_page_that_the_cells_would_make(project, tmp_path):
    staged = template_project(project, tmp_path)
    made = executed(staged, "2024-01")
    (staged / "site/executed.qmd").write_text(made["descriptive/reports/2024-01.qmd"])
    (staged / "site/cells.qmd").write_text(TEMPLATE.replace("{{period}}", "2024-01"))
    render_site(staged, tmp_path / "out", renderer=EmbeddedRenderer(), environment={})
    pages = [(tmp_path / f"out/site/{name}.html").read_text() for name in ("executed", "cells")]
    assert pages[0] == pages[1]
    assert "Figure\u00a01: Sales in 2024-01" in pages[0]


def test_placeholder_without_a_value_is_refused_with_its_line(project, tmp_path):
    staged = template_project(project, tmp_path, TEMPLATE + "\n{{quarter}}\n")
    with pytest.raises(DocumentError) as caught:
        executed(staged, "2024-01")
    row = TEMPLATE.count("\n") + 2
    assert caught.value.message == "the placeholder {{quarter}} has no value"
    assert caught.value.place == Place(file="site/descriptive/reports/_monthly.qmd", row=row)


def test_failing_cell_of_a_template_names_the_template(project, tmp_path):
    staged = template_project(project, tmp_path, "a\n\n```{python}\n1 / 0\n```\n")
    with pytest.raises(DocumentError) as caught:
        executed(staged, "2024-01")
    assert caught.value.place == Place(file="site/descriptive/reports/_monthly.qmd", row=3)


def test_template_makes_no_page_of_its_own(project, tmp_path):
    staged = template_project(project, tmp_path)
    site = render_site(staged, tmp_path / "out", renderer=EmbeddedRenderer(), environment={})
    assert not [page for page in site.pages if "_monthly" in page]


def test_a_preview_of_quarto_knows_every_variable_that_pages_name():
    root = Path(__file__).parents[3]
    documents = [root / "_quarto.yml", *(root / "site").rglob("*.qmd")]
    named = {
        name
        for document in documents
        for name in re.findall(r"\{\{< var ([\w.]+) >\}\}", document.read_text("utf-8"))
    }
    known = yaml.safe_load((root / "_variables.yml").read_text("utf-8"))
    assert named
    assert named <= set(known)
