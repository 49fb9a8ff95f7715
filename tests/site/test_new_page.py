"""A page is added by one document and one presentation module, and nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("## Add a page")[2]
DOCUMENT = GUIDE.partition("````markdown\n")[2].partition("````\n")[0]
MODULE = GUIDE.partition("\n```python\n")[2].partition("```\n")[0]
RENDER = """
import sys
from pathlib import Path
from analytics.render import write_staged_project
from analytics.render.embedded import rendered_page
from analytics.render.project import read_project

staged, results = Path("staged"), sys.argv[1]
known = {"version": "2024-06-30", "digest": "x", "renderer": "embedded", "data_to": "30 June 2024"}
write_staged_project(Path(), staged, provenance=known, generated={})
page = rendered_page(
    read_project(staged),
    "site/descriptive/returns.qmd",
    environment={"ANALYTICS_RESULTS": results, "PYTHONDONTWRITEBYTECODE": "1"},
)
sys.stdout.buffer.write(page.encode())
"""


def test_page_is_added_by_a_document_and_a_module(built_project: Path, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "site", tmp_path / "site")
    shutil.copyfile(ROOT / "_quarto.yml", tmp_path / "_quarto.yml")
    shutil.copytree(
        ROOT / "analytics", tmp_path / "analytics", ignore=shutil.ignore_patterns("__pycache__")
    )
    (tmp_path / "analytics/presentation/returns.py").write_text(MODULE, "utf-8")
    (tmp_path / "site/descriptive/returns.qmd").write_text(DOCUMENT, "utf-8")
    results = built_project / "data" / "results" / "synthetic"
    done = subprocess.run(
        [sys.executable, "-c", RENDER, str(results)],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "<h1>Returns</h1>" in done.stdout
    assert "% of orders came back." in done.stdout
    assert '<meta name="version-root" content="../../">' in done.stdout
