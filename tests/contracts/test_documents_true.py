import json
import re
import tomllib
from pathlib import Path

import pytest
import typer.main

from analytics.cli.app import app
from analytics.descriptive import KPI_DEFINITIONS as KPIS
from analytics.errors import ExitCode
from analytics.results import RESULT_TYPES
from analytics.schema import TABLES

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
GLOSSARY = (ROOT / "GLOSSARY.md").read_text("utf-8")
COMMANDS = typer.main.get_command(app).commands


def test_readme_lists_every_command_and_no_other():
    listed = re.findall(r"^\| `analytics (\w+)` \|", README, flags=re.M)
    assert sorted(listed) == sorted(COMMANDS)


def test_readme_lists_every_exit_code():
    listed = {int(code) for code in re.findall(r"^\| (\d+) \|", README, flags=re.M)}
    assert listed == {int(code) for code in ExitCode}


def test_every_command_and_option_has_help():
    for name, command in COMMANDS.items():
        assert command.help, name
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert parameter.help, f"{name} {parameter.name}"


def test_readmes_two_commands_are_one_line_each_and_name_nox_sessions():
    noxfile = (ROOT / "noxfile.py").read_text("utf-8")
    commands = re.findall(r"^python3 -m pip install .*-m nox -s (\w+)$", README, flags=re.M)
    assert commands == ["site", "tests"]
    for session in commands:
        assert f"def {session}(session" in noxfile


def test_ci_runs_the_readmes_commands():
    ci = (ROOT / ".ci" / "run").read_text("utf-8")
    assert "--target .tools -r requirements/tools.txt" in ci
    for session in ("lint", "typecheck", "tests", "spark", "site", "site -- --source cdnow"):
        assert f"\nrun {session}\n" in ci


def test_contributing_lists_every_nox_session():
    sessions = re.findall(
        r"^@nox.session\ndef (\w+)\(", (ROOT / "noxfile.py").read_text("utf-8"), flags=re.M
    )
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert sorted(re.findall(r"^\| `nox -s (\w+)` \|", contributing, flags=re.M)) == sorted(
        sessions
    )


def test_contributing_names_every_layer():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for layer in (name for row in layers for name in row.split(" | ")):
        assert f"`{layer}`" in contributing, layer


def test_the_layers_are_the_parts_of_the_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    layers = project["tool"]["importlinter"]["contracts"][0]["layers"]
    parts = {
        path.stem
        for path in (ROOT / "analytics").iterdir()
        if (path.suffix == ".py" or (path / "__init__.py").is_file()) and path.stem != "__init__"
    }
    assert {name for row in layers for name in row.split(" | ")} == parts


@pytest.mark.parametrize("kpi", KPIS, ids=lambda kpi: kpi.name)
def test_the_glossary_defines_every_kpi_under_its_title(kpi):
    assert f"| {kpi.title} | {kpi.name} |" in GLOSSARY


def test_the_glossary_defines_no_kpi_that_does_not_exist():
    section = GLOSSARY.partition("## KPIs")[2].partition("\n## ")[0]
    names = re.findall(r"^\| [^|]+ \| (\w+) \|", section, flags=re.M)
    assert sorted(names) == sorted(kpi.name for kpi in KPIS)


@pytest.mark.parametrize("table", [table.name for table in TABLES])
def test_the_glossary_names_every_canonical_table(table):
    assert table in GLOSSARY


def test_every_result_column_has_a_description_and_a_known_unit():
    units = {
        "",
        "currency",
        "rate",
        "days",
        "weeks",
        "looks",
        "months",
        "orders",
        "customers",
        "tickets",
        "rows",
        "cells",
    }
    for kind in RESULT_TYPES:
        for columns in kind.FRAMES.values():
            for column in columns:
                assert column.description.endswith((".", "…")), f"{kind.KIND} {column.name}"
                assert column.unit in units, f"{kind.KIND} {column.name}"


def test_every_result_kind_is_named_once():
    kinds = [kind.KIND for kind in RESULT_TYPES]
    assert len(kinds) == len(set(kinds))


def test_the_lock_names_hashes_and_no_index():
    for lock in sorted((ROOT / "requirements").glob("*.txt")):
        text = lock.read_text("utf-8")
        assert "://" not in text, lock.name
        pinned = re.findall(r"^[A-Za-z0-9._-]+(?:\[\w+\])?==", text, flags=re.M)
        assert len(pinned) > 5
        assert text.count("--hash=sha256:") >= len(pinned), lock.name


def test_the_changelog_has_an_entry_for_what_is_unreleased():
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_no_document_of_the_site_computes():
    allowed = re.compile(
        r"(#\| .*|from analytics\.presentation import \w+|\w+\.\w+\((\"[^\"]*\")?\)|)"
    )
    cells = []
    for document in sorted((ROOT / "site").rglob("*.qmd")):
        for cell in re.findall(
            r"^```\{python\}\n(.*?)^```", document.read_text("utf-8"), re.S | re.M
        ):
            cells.append(cell)
            for line in cell.splitlines():
                assert allowed.fullmatch(line), f"{document.name}: {line}"
    assert len(cells) > 20


def test_settings_of_the_synthetic_shop_are_those_that_the_readme_tells():
    settings = tomllib.loads((ROOT / "analytics.toml").read_text("utf-8"))["synthetic"]
    assert f"{settings['customers']:,} customers" in README
    assert f"{settings['transactions']:,} orders" in README
    assert json.dumps(settings["months"]) == "24"


SECOND_WORDS = {
    "turnover": "net revenue",
    "gross profit": "contribution margin",
    "basket value": "average order value",
    "buyers": "customers",
    "clients": "customers",
    "purchases per customer": "orders per customer",
    "lifetime revenue": "CLV",
    "return on ad spend": "return on marketing",
    "roas": "return on marketing",
    "cutoff date": "cut-off",
    "anonymised": "pseudonym",
}


def prose_of(path):
    """Return what a reader sees of a document, a glossary's own definitions included."""
    return re.sub(r"^```.*?^```", "", path.read_text("utf-8"), flags=re.S | re.M).lower()


@pytest.mark.parametrize("second", SECOND_WORDS)
def test_pages_have_no_second_word_for_a_term(second):
    pages = [*sorted((ROOT / "site").rglob("*.qmd")), *sorted(ROOT.glob("*.md"))]
    pages += sorted((ROOT / "analytics" / "presentation").glob("*.py"))
    used = [path.name for path in pages if re.search(rf"\b{second}\b", prose_of(path))]
    assert not used, f"say {SECOND_WORDS[second]}"


def test_every_kpi_of_a_page_is_in_the_glossary():
    """Pages name KPIs by their definitions' titles, which the glossary repeats."""
    names = {kpi.name for kpi in KPIS}
    shown = set()
    for path in sorted((ROOT / "analytics" / "presentation").glob("*.py")):
        shown |= set(re.findall(r'"(\w+)"', path.read_text("utf-8"))) & names
    assert len(shown) > 5
    for name in shown:
        assert f"| {name} |" in GLOSSARY
