"""The embedded renderer against pages that Quarto 1.9.38 made of the same documents.

Quarto's pages are recorded in `parity/recorded`; where Quarto is there, it renders them anew.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from analytics.render.choice import chosen_renderer, quarto_path
from analytics.render.embedded import EmbeddedRenderer
from analytics.render.parity import differences, page_content
from analytics.render.rendering import Renderer, render_site

FIXTURE = Path(__file__).parent / "parity"
RECORDED = FIXTURE / "recorded"


def rendered(tmp_path: Path, renderer: Renderer) -> Path:
    project = tmp_path / f"project-{renderer.name}"
    shutil.copytree(FIXTURE, project, ignore=shutil.ignore_patterns("recorded"))
    output = tmp_path / renderer.name
    render_site(project, output, renderer=renderer, environment={})
    return output


def test_recorded_pages_hold_what_is_to_be_compared():
    content = page_content((RECORDED / "site/d/kpis.html").read_text("utf-8"), "site/d/kpis.html")
    assert content.numbers == ("Figure 1", "Table 1", "Table 2")
    assert "h3 From markdown" in content.headings
    assert "fig-svg" in content.anchors
    assert content.contents == ("#revenue", "#asis-heading", "#from-markdown")


def test_pages_are_those_of_quarto(tmp_path):
    embedded = rendered(tmp_path, EmbeddedRenderer())
    assert [str(found) for found in differences(RECORDED, embedded)] == []
    if quarto_path(os.environ) is None:
        print("parity with a live Quarto: not run here: no Quarto")
        return
    live = rendered(tmp_path, chosen_renderer("quarto", os.environ))
    assert [str(found) for found in differences(live, embedded)] == []
