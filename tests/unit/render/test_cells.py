"""Cells and inline code: what each option leaves on the page, and what a failure says."""

from __future__ import annotations

from pathlib import Path

import pytest

from analytics.errors import DocumentError, RenderError
from analytics.render.documents import document
from analytics.render.execution import executed_markdown
from analytics.render.kernel import CellFailure, Output, running_kernel

MARKDOWN = "from IPython.display import Markdown\n"


@pytest.fixture
def executed(kernel, tmp_path):
    def execute(source: str, **execute: object) -> str:
        kernel.reset()
        parsed = document("site/page.qmd", source, root=tmp_path)
        return executed_markdown(parsed, kernel, project_execute={"echo": False, **execute}).strip()

    return execute


def cell(code: str, *options: str) -> str:
    return "\n".join(["```{python}", *(f"#| {option}" for option in options), code, "```"])


SHOWN = {
    "markdown": (
        cell(MARKDOWN + "Markdown('**a**')"),
        "::: {.cell}\n\n**a**\n\n:::",
    ),
    "plain text": (
        cell("1 + 1"),
        "::: {.cell}\n\n::: {.cell-output .cell-output-display}\n\n```\n2\n```\n\n:::\n\n:::",
    ),
    "streams": (
        cell("print('a')\nprint('b')"),
        "::: {.cell}\n\n::: {.cell-output .cell-output-stdout}\n\n```\na\nb\n```\n\n:::\n\n:::",
    ),
    "code with echo": (
        cell("x = 1", "echo: true"),
        "::: {.cell}\n\n``` {.python .cell-code}\nx = 1\n```\n\n:::",
    ),
    "code that folds": (
        cell("x = 1", "echo: true", "code-fold: true", "code-summary: Show"),
        '::: {.cell}\n\n``` {.python .cell-code code-fold="true" code-summary="Show"}\n'
        "x = 1\n```\n\n:::",
    ),
    "code that does not run": (
        cell("1 / 0", "echo: true", "eval: false"),
        "::: {.cell}\n\n``` {.python .cell-code}\n1 / 0\n```\n\n:::",
    ),
    "nothing with include: false": (cell("print('a')", "include: false"), ""),
    "nothing with output: false": (cell("print('a')", "output: false"), ""),
    "markdown printed with output: asis": (cell("print('## A')", "output: asis"), "## A"),
    "nothing of a warning": (
        cell("import sys\nprint('w', file=sys.stderr)", "warning: false"),
        "",
    ),
    "a warning": (
        cell("import sys\nprint('w', file=sys.stderr)", "warning: true"),
        "::: {.cell}\n\n::: {.cell-output .cell-output-stderr}\n\n```\nw\n```\n\n:::\n\n:::",
    ),
    "a label, a column and a layout": (
        cell("print('a')", "output: asis", "label: a-b", "column: page", "layout-ncol: 2"),
        '::: {#a-b .cell .column-page layout-ncol="2"}\n\na\n\n:::',
    ),
    "a figure": (
        cell(
            MARKDOWN + "Markdown('x')",
            "label: fig-a", "fig-cap: A *cap*", 'fig-alt: "A \\"b\\""',
        ),
        '::: {#fig-a .cell fig-alt="A \\"b\\""}\n\nx\n\nA *cap*\n\n:::',
    ),
    "a table": (
        cell(MARKDOWN + "Markdown('x')", "label: tbl-a", "tbl-cap: Sums"),
        "::: {#tbl-a .cell}\n\nx\n\nSums\n\n:::",
    ),
    "inline text, escaped": ("It is `{python} 'a<b *c*'`.", "It is a\\<b \\*c\\*."),
    "inline markdown": (
        cell(MARKDOWN, "include: false") + "\n`{python} Markdown('*a*')` b",
        "*a* b",
    ),
    "code spans that are none": (
        "`{python}` `` `{python} 1` `` `a`",
        "`{python}` `` `{python} 1` `` `a`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SHOWN)
def test_page_shows(name, executed):
    source, expected = SHOWN[name]
    assert executed(source) == expected


FAILURES = {
    "exception": ("a\n\n" + cell("x = 1\nraise ValueError('first\\nlast')"), 3,
                  "the cell failed: ValueError: first last"),
    "syntax": (cell("def f(:"), 1, "the cell failed: SyntaxError: invalid syntax"),
    "html": (cell("from IPython.display import HTML\nHTML('a')"), 1,
             "the cell failed: the cell shows text/html; return an object whose only rich form is "
             "text/markdown"),
    "inline": ("a\nb `{python} missing` c", 2,
               "the inline code failed: NameError: name 'missing' is not defined"),
    "inline in r": ("`{r} x`", 1, "inline code in r is not supported"),
    "figure without output": (cell("x = 1", "label: fig-a", "fig-cap: A"), 1,
                              "the cell fig-a has a caption but shows nothing"),
    "figure without caption": (cell("1", "label: fig-a"), 1, "the cell fig-a has no fig-cap"),
    "caption without label": (cell("1", "fig-cap: A"), 1,
                              "fig-cap needs a label that starts with fig-"),
    "unknown option": (cell("1", "echo: true", "ehco: true"), 3,
                       "the cell option ehco is not supported"),
    "options that are not YAML": (cell("1", "label: [a"), 2,
                                  "the cell's options are not valid YAML"),
    "echo that is no flag": (cell("1", "echo: fenced"), 1,
                             "the cell option echo must be true or false"),
}  # fmt: skip


@pytest.mark.parametrize("name", FAILURES)
def test_failure_names_file_line_and_reason(name, executed):
    source, row, message = FAILURES[name]
    with pytest.raises(DocumentError) as caught:
        executed(source)
    assert (caught.value.place.file, caught.value.place.row) == ("site/page.qmd", row)
    assert caught.value.message.startswith(message)


def test_unknown_option_names_the_nearest_known_one(executed):
    with pytest.raises(DocumentError) as caught:
        executed(cell("1", "fig-caption: A"))
    assert caught.value.remedy == "Did you mean fig-cap?"


def test_front_matter_wins_over_the_project(executed):
    shown = executed("---\nexecute: {echo: true}\n---\n" + cell("x = 1"))
    assert "x = 1" in shown


def test_unknown_execute_option_is_refused(executed):
    with pytest.raises(DocumentError, match="execute: fig-width: is not supported"):
        executed("---\nexecute: {fig-width: 3}\n---\n")


def test_reset_forgets_names_and_working_directory(kernel):
    kernel.outputs("import os\nleft = 1\nos.chdir('/')")
    kernel.reset()
    assert kernel.inline("'left' in globals()") == (False, "False")
    assert kernel.inline("__import__('os').getcwd() == '/'") == (False, "False")


def test_streams_of_one_kind_are_one_output(kernel):
    shown = kernel.outputs("import sys\nprint('a', flush=True)\nprint('b', flush=True)\n7")
    assert shown == (Output(kind="stdout", text="a\nb\n"), Output(kind="plain", text="7"))


def test_configuration_of_the_user_is_not_read(tmp_path, monkeypatch):
    startup = tmp_path / "home" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("intruder = 1\n")
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "home"))
    with running_kernel(tmp_path, {}) as running, pytest.raises(CellFailure, match="intruder"):
        running.inline("intruder")


def test_kernel_is_gone_after_an_interrupt(tmp_path):
    def interrupted() -> None:
        with running_kernel(tmp_path, {}) as running:
            pids.append(int(running.inline("__import__('os').getpid()")[1]))
            raise KeyboardInterrupt

    pids: list[int] = []
    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not Path(f"/proc/{pids[0]}").exists()


def test_kernel_that_dies_is_an_error(tmp_path):
    with running_kernel(tmp_path, {}) as running, pytest.raises(RenderError, match="code 3"):
        running.outputs("import os\nos._exit(3)")


def test_environment_reaches_the_cells(tmp_path):
    with running_kernel(tmp_path, {"ANALYTICS_RESULTS": "/r"}) as running:
        assert running.inline("__import__('os').environ['ANALYTICS_RESULTS']") == (False, "/r")
