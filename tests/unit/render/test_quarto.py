"""Which renderer is chosen, and the Quarto one against a script that plays Quarto's part."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from analytics.errors import DocumentError, RenderError, UsageError
from analytics.render import choice
from analytics.render.choice import chosen_renderer, quarto_path
from analytics.render.embedded import EmbeddedRenderer
from analytics.render.quarto import QuartoRenderer, log_findings, with_tools
from analytics.render.rendering import render_site

PLAYED = """#!{python}
import os, sys
from pathlib import Path

if sys.argv[1:] == ["--version"]:
    print("{version}")
    sys.exit(0)
assert sys.argv[1] == "render", sys.argv
root = Path(sys.argv[2])
assert Path.cwd().resolve() == root.resolve()
assert os.environ["QUARTO_PYTHON"] == sys.executable
assert os.environ["NO_COLOR"] == "1"
assert not (root / "_freeze").exists() and not (root / "_site" / "old.html").exists()
pages = sorted(root.glob("site/**/*.qmd"))
for at, page in enumerate(pages, 1):
    name = page.relative_to(root).as_posix()
    print("\\x1b[1m\\x1b[34m[%d/%d] %s\\x1b[39m\\x1b[22m" % (at, len(pages), name), flush=True)
    target = (root / "_site" / name).with_suffix(".html")
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("<!doctype html><html><body><main><h1>T</h1>{body}</main></body></html>")
(root / "_site" / "index.html").write_text(
    '<html><head><meta http-equiv="refresh" content="0;URL=site/index.html"></head></html>')
print({log!r}, file=sys.stderr)
sys.exit({code})
"""


@pytest.fixture
def played(tmp_path):
    """Return a function that writes a script that behaves as Quarto does."""

    def write(
        version: str = "1.9.38", log: str = "", code: int = 0, body: str = "", name: str = "quarto"
    ) -> Path:
        script = tmp_path / "bin" / name
        script.parent.mkdir(exist_ok=True)
        script.write_text(
            PLAYED.replace("{python}", sys.executable)
            .replace("{version}", version)
            .replace("{log!r}", repr(log))
            .replace("{code}", str(code))
            .replace("{body}", body.replace('"', '\\"').replace("\n", "\\n"))
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        return script

    return write


def test_quarto_path_wins_over_path(played, tmp_path):
    named = played(name="other")
    on_path = played()
    environment = {"QUARTO_PATH": str(named), "PATH": str(on_path.parent)}
    assert quarto_path(environment) == named
    assert quarto_path({"PATH": str(on_path.parent)}) == on_path


def test_quarto_path_that_cannot_be_run_is_refused(tmp_path):
    with pytest.raises(RenderError, match="QUARTO_PATH names"):
        quarto_path({"QUARTO_PATH": str(tmp_path / "none"), "PATH": ""})


def test_binary_of_the_package_is_found_and_its_launcher_is_not_run(played, tmp_path, monkeypatch):
    binary = tmp_path / "quarto_cli" / "1.9" / "bin" / "quarto"
    binary.parent.mkdir(parents=True)
    played().rename(binary)

    class Package:
        def locate_file(self, name: str) -> Path:
            return tmp_path / name

    monkeypatch.setattr(choice, "distribution", lambda name: Package())
    assert quarto_path({"PATH": ""}) == binary
    launcher = tmp_path / "bin" / "quarto"
    launcher.write_text("#!python\nfrom quarto_cli.quarto import run\n")
    launcher.chmod(0o755)
    assert quarto_path({"PATH": str(launcher.parent)}) == binary


def test_auto_takes_quarto_where_it_is_found(played):
    renderer = chosen_renderer("auto", {"PATH": str(played().parent)})
    assert (renderer.name, renderer.version) == ("quarto", "1.9.38")


def test_auto_is_embedded_where_there_is_no_quarto(tmp_path):
    assert chosen_renderer("auto", {"PATH": str(tmp_path)}).name == "embedded"


def test_embedded_is_embedded_even_where_quarto_is(played):
    renderer = chosen_renderer("embedded", {"PATH": str(played().parent)})
    assert isinstance(renderer, EmbeddedRenderer)


def test_quarto_that_is_missing_is_an_error(tmp_path):
    with pytest.raises(RenderError, match="Quarto was not found"):
        chosen_renderer("quarto", {"PATH": str(tmp_path)})


@pytest.mark.parametrize("wanted", ["auto", "quarto"])
@pytest.mark.parametrize("version", ["1.8.27", "0.9.1", "1.4"])
def test_old_quarto_is_refused_by_name(wanted, version, played):
    with pytest.raises(RenderError, match=f"Quarto {version} .* is too old"):
        chosen_renderer(wanted, {"PATH": str(played(version=version).parent)})


@pytest.mark.parametrize("version", ["1.9.0", "1.10.2", "2.0.1"])
def test_quarto_of_1_9_or_later_is_taken(version, played):
    assert chosen_renderer("quarto", {"PATH": str(played(version=version).parent)}).name == "quarto"


def test_unknown_choice_names_the_known_ones():
    with pytest.raises(UsageError, match="Known: auto, quarto, embedded"):
        chosen_renderer("jekyll", {})


def rendered(root: Path, output: Path, script: Path, **more):
    renderer = QuartoRenderer(binary=script, version="1.9.38")
    return render_site(root, output, renderer=renderer, environment={}, **more)


def test_pages_that_quarto_made_are_taken_over(project, played, tmp_path):
    root = project()
    (root / "_freeze").mkdir()
    (root / "_site").mkdir()
    (root / "_site" / "old.html").write_text("stale")
    seen: list[tuple[str, int, int]] = []
    site = rendered(root, tmp_path / "out", played(), progress=lambda *step: seen.append(step))
    assert site.renderer == "quarto"
    assert "site/descriptive/kpis.html" in site.pages
    assert (tmp_path / "out/404.html").is_file()
    assert not (tmp_path / "out/old.html").exists()
    assert ("render site/index.qmd", 4, 4) in seen


HEADER = '<div class="navbar-container container-fluid">\n<a>S</a></div>'


def test_pages_of_quarto_lead_to_all_versions_without_scripts(project, played, tmp_path):
    body = "<html><head></head><body>" + HEADER + '<div id="quarto-content"></div>'
    rendered(project(), tmp_path / "out", played(body=body))
    page = (tmp_path / "out/site/descriptive/kpis.html").read_text("utf-8")
    header, rest = page.split('<div id="freshness" role="status" hidden></div>\n')
    assert '<a class="versions-link" href="../../../versions/index.html">Versions</a>' in header
    assert '<button id="theme-switch" type="button">' in header
    assert rest.startswith('<div id="quarto-content">')
    head = header.partition("</head>")[0]
    for file in ("feed.xml", "alerts.xml"):
        assert f'href="../../../{file}">' in head


def test_page_with_another_header_stays_as_it_is():
    assert with_tools("<header></header>", "../") == "<header></header>"


# As Quarto 1.9.38 writes them.
WARNINGS = {
    "WARN: Unable to resolve link target: site/missing.qmd":
        "Unable to resolve link target: site/missing.qmd",
    "\x1b[33mWARNING (/share/filters/./crossref/refs.lua:128) Unable to resolve crossref @fig-no":
        "Unable to resolve crossref @fig-no",
    "[WARNING] Citeproc: citation nobody2020 not found": "Citeproc: citation nobody2020 not found",
    "[WARNING] Div at line 21 column 1 unclosed at line 47 column 1, closing implicitly.":
        "Div at line 21 column 1 unclosed at line 47 column 1, closing implicitly.",
    "WARNING (/share/filters/./customnodes/shortcodes.lua:399) Shortcode 'nosuch' not found":
        "Shortcode 'nosuch' not found",
    "FATAL (/share/filters/./quarto-init/includes.lua:54) An error occurred:\nError resolving":
        "An error occurred:",
    "WARNING (/share/filters/./normalize/astpipeline.lua:340) \nThe following string was found":
        "The following string was found",
}  # fmt: skip


@pytest.mark.parametrize("log", WARNINGS)
def test_warning_that_means_a_defect_is_an_error(log, project, played, tmp_path):
    with pytest.raises(RenderError) as caught:
        rendered(project(), tmp_path / "out", played(log=log))
    assert caught.value.message == f"Quarto warned: {WARNINGS[log]}"
    assert caught.value.place.file == "site/index.qmd"
    assert not (tmp_path / "out").exists()


def test_warning_of_the_kernel_is_none(project, played, tmp_path):
    log = "Starting python3 kernel...[IPKernelApp] WARNING | Kernel is running over TCP\nDone"
    assert rendered(project(), tmp_path / "out", played(log=log)).renderer == "quarto"


def test_failing_document_is_named_with_its_reason(project, played, tmp_path):
    log = (
        "An error occurred while executing the following cell:\n------------------\n"
        "raise ValueError('boom')\n------------------\n\n"
        "\x1b[31mValueError\x1b[39m: boom\n\nWARN: Error encountered when rendering files\n"
        "    at renderFiles (file:///quarto.js:1:1)"
    )
    with pytest.raises(RenderError) as caught:
        rendered(project(), tmp_path / "out", played(log=log, code=1))
    assert caught.value.message == "Quarto failed: ValueError: boom"
    assert caught.value.place.file == "site/index.qmd"
    assert "quarto.js" not in caught.value.remedy


def test_pages_of_quarto_are_checked_too(project, played, tmp_path):
    script = played(body="<a href='none.html'>x</a>")
    with pytest.raises(DocumentError, match=r"the link none\.html leads nowhere"):
        rendered(project(), tmp_path / "out", script)
    assert not (tmp_path / "out").exists()


def test_findings_are_told_once_with_their_document():
    lines = ["[1/2] site/a.qmd", "WARN: x", "WARN: x", "[2/2] site/b.qmd", "WARN: x"]
    assert [(found.document, found.text) for found in log_findings(lines)] == [
        ("site/a.qmd", "x"),
        ("site/b.qmd", "x"),
    ]
