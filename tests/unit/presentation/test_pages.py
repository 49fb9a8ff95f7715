"""Every cell of every document: runs on any source, shows safe markdown, hides no data."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import builders
import pytest

from analytics.presentation.fragments import Fragment
from analytics.results import SourceFacts

SITE = Path(__file__).parents[3] / "site"
CELL = re.compile(r"```\{python\}\n(.*?)```", re.DOTALL)
IMPORT = re.compile(r"from analytics\.presentation import (\w+)\n\n")
CALL = re.compile(r"(\w+)\.(\w+)\((?:\"([^\"]*)\")?\)\n")
HOSTILE = '<script>alert(1)</script> "q" {{< var x >}} ```` $x$ @fig-1'


def documents() -> list[Path]:
    return sorted(SITE.rglob("*.qmd"))


def cells() -> list[tuple[str, str, str, str]]:
    found = []
    for document in documents():
        for code in CELL.findall(document.read_text("utf-8")):
            name = IMPORT.match(code)
            assert name, f"{document}: a cell imports more than one page: {code}"
            call = CALL.fullmatch(code[name.end() :])
            assert call, f"{document}: a cell is more than one call: {code}"
            assert call[1] == name[1]
            found.append((document.relative_to(SITE).as_posix(), *call.groups()))
    return found


CELLS = sorted({(module, function, argument or "") for _, module, function, argument in cells()})


def shown(module: str, function: str, argument: str) -> object:
    page = import_module(f"analytics.presentation.{module}")
    arguments = [argument.replace("{{period}}", "2024-03")] if argument else []
    return getattr(page, function)(*arguments)


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_documents_say_what_they_are(document: Path) -> None:
    front = document.read_text("utf-8").split("---")[1]
    assert re.search(r"^(page)?title: \S", front, re.MULTILINE)
    assert "\ndescription: " in front


@pytest.mark.parametrize("cell", CELLS, ids=".".join)
def test_cells_show_markdown_and_nothing_else_and_the_same_again(
    cell: tuple[str, str, str], small_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYTICS_RESULTS", str(small_shop))
    value = shown(*cell)
    assert value._repr_markdown_()  # type: ignore[attr-defined]
    assert not hasattr(value, "_repr_html_")
    assert not hasattr(value, "_repr_mimebundle_")
    assert len(repr(value)) < 200
    assert shown(*cell)._repr_markdown_() == value._repr_markdown_()  # type: ignore[attr-defined]


@pytest.mark.parametrize("cell", CELLS, ids=".".join)
def test_cells_stand_on_a_source_with_orders_alone(
    cell: tuple[str, str, str], orders_alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYTICS_RESULTS", str(orders_alone))
    value = shown(*cell)
    assert isinstance(value._repr_markdown_(), str)  # type: ignore[attr-defined]
    assert "nan" not in re.sub(r"<[^>]*>", " ", value._repr_markdown_()).split()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("module", "function", "needs"),
    [
        ("budget", "summary", "<code>marketing_spend</code>"),
        ("correlations", "summary", "<code>satisfaction</code>"),
        ("clv", "summary", "<code>cost_of_goods</code> of <code>transactions</code>"),
        ("drilldown", "summary", "<code>region</code> of <code>customers</code>"),
    ],
)
def test_missing_results_name_what_to_add_and_what_comes_of_it(
    module: str, function: str, needs: str, orders_alone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYTICS_RESULTS", str(orders_alone))
    value = shown(module, function, "")
    assert isinstance(value, Fragment)
    assert needs in value.html
    assert "Then this page shows" in value.html


def test_hostile_names_show_as_text_on_every_cell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def named(frame, *columns):  # type: ignore[no-untyped-def]
        return frame.assign(
            **{c: frame[c].replace({"North": HOSTILE, "Search": HOSTILE}) for c in columns}
        )

    from dataclasses import replace

    own, split, plan = builders.kpis(), builders.drill_down(), builders.budget()
    own = replace(own, values=named(own.values, "part"))
    builders.write_small_shop(
        tmp_path,
        kpis=own,
        source_facts=builders.source_facts(title=HOSTILE),
        drill_down=replace(split, parts=named(split.parts, "part", "outer_part")),
        budget=replace(
            plan,
            allocation=named(plan.allocation, "marketing_channel"),
            curves=named(plan.curves, "marketing_channel"),
        ),
    )
    monkeypatch.setenv("ANALYTICS_RESULTS", str(tmp_path))
    seen = 0
    for module, function, argument in CELLS:
        if module == "glossary":
            continue
        markdown = shown(module, function, argument)._repr_markdown_()  # type: ignore[attr-defined]
        assert "<script>alert" not in markdown
        assert "{{<" not in markdown
        fence = re.match(r"(`+)\{=html\}\n", markdown)
        assert fence
        inside = markdown[fence.end() : -len(fence[1])]
        assert fence[1] not in inside
        seen += "alert(1)" in markdown
    assert seen > 8


def test_the_dictionary_marks_personal_data(
    small_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYTICS_RESULTS", str(small_shop))
    html = shown("dictionary", "canonical_columns", "").html  # type: ignore[attr-defined]
    assert html.count("Personal data: never published.") == 3


def test_downloads_are_listed_with_size_and_format(
    tmp_path: Path, small_shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANALYTICS_RESULTS", str(small_shop))
    monkeypatch.setenv("ANALYTICS_DOWNLOADS", str(tmp_path / "index.json"))
    (tmp_path / "index.json").write_text(
        '[{"name": "kpis", "title": "KPIs", "file": "kpis.csv", "format": "CSV", "rows": 12, '
        '"bytes": 2048, "sha256": "ab12"}]',
        encoding="utf-8",
    )
    html = shown("data", "downloads", "").html  # type: ignore[attr-defined]
    assert 'href="downloads/kpis.csv"' in html
    assert "2.0\u202fkB" in html
    assert "12 rows" in html
    assert "ab12" in shown("data", "checksums", "").html  # type: ignore[attr-defined]


def test_home_tells_that_the_sum_holds(small_shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANALYTICS_RESULTS", str(small_shop))
    assert "reconciled with the raw exports to the cent" in shown("home", "opening", "").html  # type: ignore[attr-defined]
    assert isinstance(builders.source_facts(), SourceFacts)
