"""Pages kept from one render to the next, in a project whose cells call real presentation."""

import json
import re

import pytest

from analytics.render import executed_documents, render_site
from analytics.render.documents import document
from analytics.render.embedded import EmbeddedRenderer
from analytics.render.kept import KeptPages
from analytics.render.known_reads import known_modules

GLOSSARY = "from analytics.presentation import glossary\n\nglossary.terms()"
CELL = f"```{{python}}\n{GLOSSARY}\n```\n"
FILES = {
    "GLOSSARY.md": "# Glossary\n\nFirst terms.\n",
    "site/descriptive/kpis.qmd": f"---\ntitle: KPIs\n---\n\n## Revenue\n\n{CELL}",
}
REPORT = f"---\npagetitle: {{{{period}}}}\n---\n\n# {{{{period}}}}\n\n{CELL}"


class Renders:
    """Renders one project again and again, with what was kept."""

    def __init__(self, root, folder, monkeypatch, kernel):
        self.root, self.folder, self.count = root, folder, 0
        self.executed: list[int] = []
        monkeypatch.setattr(kernel, "_root", root.resolve())

        def counted(tasks, **_):
            self.executed.append(len(tasks))
            made = []
            for task in tasks:
                kernel.reset()
                made.append(task(kernel))
            return made

        for module in ("embedded", "reports"):
            monkeypatch.setattr(f"analytics.render.{module}.executed", counted)

    def kept(self, **more):
        options = {"results": self.folder / "none", "salt": "lock", "fresh": False, **more}
        return KeptPages(self.folder / "kept", root=self.root, **options)

    def tree(self, *, kept=True, **more):
        """Return the rendered tree, and forget what it did not use."""
        self.count += 1
        output = self.folder / f"out{self.count}"
        pages = self.kept(**more) if kept else None
        render_site(self.root, output, renderer=EmbeddedRenderer(), environment={}, kept=pages)
        if pages:
            pages.forget_unused()
        return {
            path.relative_to(output).as_posix(): path.read_bytes()
            for path in output.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def renders(project, tmp_path, monkeypatch, kernel):
    return Renders(project(FILES), tmp_path, monkeypatch, kernel)


def test_what_is_kept_gives_the_tree_of_a_clean_render(renders):
    first = renders.tree()
    assert renders.tree() == first == renders.tree(kept=False)
    assert renders.executed == [1, 0, 1]


def test_a_page_is_executed_again_when_a_file_that_it_read_changes(renders):
    renders.tree()
    (renders.root / "GLOSSARY.md").write_text("# Glossary\n\nOther terms.\n", "utf-8")
    page = renders.tree()["site/descriptive/kpis.html"].decode()
    assert "Other terms." in page
    assert renders.executed == [1, 1]


def test_a_page_is_executed_again_when_its_document_changes(renders):
    renders.tree()
    path = renders.root / "site/descriptive/kpis.qmd"
    path.write_text(path.read_text("utf-8") + "\nMore words.\n", "utf-8")
    page = renders.tree()["site/descriptive/kpis.html"].decode()
    assert "More words." in page
    assert renders.executed == [1, 1]


@pytest.mark.parametrize("other", [{"salt": "another lock"}, {"fresh": True}])
def test_another_lock_or_force_makes_all_pages_anew(other, renders):
    first = renders.tree()
    assert renders.tree(**other) == first
    assert renders.executed == [1, 1]


def test_a_new_version_changes_footers_without_making_pages_anew(renders, monkeypatch):
    renders.tree()
    variables = renders.root / "_variables.yml"
    variables.write_text(variables.read_text("utf-8").replace("4f2a91c", "77e0aa1"), "utf-8")
    configuration = renders.root / "_quarto.yml"
    footer = "  page-footer: {left: 'Digest {{< var digest >}}'}\n"
    text = configuration.read_text("utf-8").replace("  navbar:\n", footer + "  navbar:\n")
    configuration.write_text(text, "utf-8")
    converted = []
    real = __import__("analytics.render.embedded", fromlist=["x"]).converted_pages

    def counted(jobs, **more):
        converted.append(len(jobs))
        return real(jobs, **more)

    monkeypatch.setattr("analytics.render.embedded.converted_pages", counted)
    renders.tree()
    variables.write_text(variables.read_text("utf-8").replace("77e0aa1", "0123abc"), "utf-8")
    pages = renders.tree()
    assert converted == [5, 0]
    assert "Digest 0123abc" in pages["site/descriptive/kpis.html"].decode()
    assert not [name for name, content in pages.items() if re.search(rb"stamp0[0-9a-f]+0", content)]
    assert pages == renders.tree(kept=False)


def test_a_new_title_changes_the_navigation_of_other_pages(renders):
    renders.tree()
    path = renders.root / "site/descriptive/kpis.qmd"
    path.write_text(path.read_text("utf-8").replace("title: KPIs", "title: Figures"), "utf-8")
    assert "Figures" in renders.tree()["site/descriptive/reports/index.html"].decode()


def test_what_was_damaged_on_disk_is_made_anew(renders):
    first = renders.tree()
    for file in (renders.folder / "kept").iterdir():
        file.write_bytes(file.read_bytes()[:-9])
    assert renders.tree() == first
    assert renders.executed == [1, 1]


def test_what_a_render_did_not_use_is_gone(renders):
    renders.tree()
    before = {file.name for file in (renders.folder / "kept").iterdir()}
    path = renders.root / "site/descriptive/kpis.qmd"
    path.write_text(path.read_text("utf-8") + "\nMore words.\n", "utf-8")
    renders.tree()
    after = {file.name for file in (renders.folder / "kept").iterdir()}
    assert len(after) == len(before)
    assert len(before - after) == 2  # what its cell showed, and its page


def test_a_report_is_executed_once(renders):
    (renders.root / "site/_report.qmd").write_text(REPORT, "utf-8")

    def documents():
        entries = {f"{month}.qmd": {"period": month} for month in ("2024-01", "2024-02")}
        return executed_documents(
            renders.root, "site/_report.qmd", entries, environment={}, kept=renders.kept()
        )

    first = documents()
    assert documents() == first
    assert list(first) == ["2024-01.qmd", "2024-02.qmd"]
    assert renders.executed == [2, 0]


@pytest.mark.parametrize(
    "cell",
    [
        "import pandas as pd\n\npd.read_csv('a.csv')",
        "open('a.csv').read()",
        "from analytics.presentation import kpis\n\nkpis.__dict__['stored'](1)",
        "from analytics.store import read_result",
        "from analytics.presentation import nothing",
        "%time 1",
    ],
)
def test_a_cell_that_may_read_anything_is_never_kept(cell, tmp_path):
    text = f"---\ntitle: A\n---\n\n```{{python}}\n{cell}\n```\n"
    assert known_modules(document("site/a.qmd", text, root=tmp_path)) is None


def test_reads_of_every_page_of_the_project_are_known():
    from pathlib import Path

    from analytics.render.documents import read_document

    root = Path(__file__).parents[3]
    paths = [path.relative_to(root).as_posix() for path in sorted(root.glob("site/**/*.qmd"))]
    coded = [read_document(root, path) for path in paths]
    coded = [each for each in coded if each.has_code]
    assert len(coded) > 20
    assert [each.path for each in coded if known_modules(each) is None] == []


def test_kept_answers_name_what_was_read(renders):
    renders.tree()
    kept = [
        json.loads(file.read_bytes().partition(b"\n")[2])
        for file in (renders.folder / "kept").iterdir()
    ]
    reads = [name for each in kept for name, _ in each.get("reads", ())]
    assert reads == ["file GLOSSARY.md"]
