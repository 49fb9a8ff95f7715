"""The real Quarto, called on a staged project, its log read."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.errors import DocumentError, Place, RenderError
from analytics.render.kept import KeptPages
from analytics.render.navigation import page_url, root_of
from analytics.render.not_found import plain_page
from analytics.render.project import Project
from analytics.render.rendering import Progress

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_PAGE = re.compile(r"^\[\s*(?P<at>\d+)/(?P<all>\d+)\]\s+(?P<path>\S.*)$")
# `WARN: text`, `WARNING (file.lua:12) text`, `[WARNING] text`, `(W) text`; a FATAL in a filter
# loses the page and still ends in 0.
_WARNING = re.compile(
    r"^(?:WARN:|\[WARNING\]|\(W\)|WARNING(?=[ :(])|FATAL(?=[ :(])|ERROR:)\s*"
    r"(?:\([^)]*\))?\s*(?P<text>.*)$"
)
# Nothing of these changes a page.
_HARMLESS = re.compile(
    r"IPKernelApp|frozen modules|PYDEVD|Deprecat|deprecat|Error encountered when rendering files"
)
_HEADER = '<div class="navbar-container container-fluid">'
_CONTENT = '<div id="quarto-content"'
_FEEDS = {"feed.xml": "Versions and reports", "alerts.xml": "Alerts"}
_SHOWN_DEFECTS = 10
_TAIL = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFinding:
    """A line of Quarto's log that means a defect, and the document it was rendering."""

    document: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class QuartoRenderer:
    """Renders through the Quarto CLI."""

    binary: Path
    version: str
    name: str = "quarto"

    def write_pages(
        self,
        project: Project,
        output: Path,
        environment: Mapping[str, str],
        progress: Progress,
        kept: KeptPages | None,
    ) -> None:
        """Render the staged project and move what Quarto made into `output`; all pages anew."""
        made = project.root / project.output_dir
        # Frozen results are keyed on a document's text alone, so new data would not show.
        for stale in (made, project.root / "_freeze", project.root / ".quarto"):
            shutil.rmtree(stale, ignore_errors=True)
        lines = self._log(project.root, environment, progress)
        findings = log_findings(lines)
        if findings:
            raise _finding_error(findings)
        missing = [page_url(page) for page in project.pages]
        missing = [url for url in missing if not (made / url).is_file()]
        if missing:
            raise RenderError(f"Quarto did not make the page {missing[0]}")
        shutil.copytree(made, output, dirs_exist_ok=True)
        _write_tools(project, output)
        _write_not_found(project, output)

    def write_search(self, output: Path) -> None:
        """Leave the index that Quarto wrote itself."""

    def command(self, root: Path) -> list[str]:
        """Return the command that renders the project in `root`."""
        return [str(self.binary), "render", str(root)]

    def _log(self, root: Path, environment: Mapping[str, str], progress: Progress) -> list[str]:
        process = subprocess.Popen(
            self.command(root), cwd=root, env=_quarto_environment(environment),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True, encoding="utf-8", errors="replace", bufsize=1,
            start_new_session=os.name != "nt",
        )  # fmt: skip
        lines: list[str] = []
        try:
            assert process.stdout is not None
            for line in _plain(process.stdout):
                lines.append(line)
                if page := _PAGE.match(line):
                    progress(f"render {page['path']}", int(page["at"]), int(page["all"]))
            code = process.wait()
        except BaseException:
            _end(process)
            raise
        finally:
            if process.stdout is not None:
                process.stdout.close()
        if code:
            raise _exit_error(code, lines)
        return lines


def log_findings(lines: Sequence[str]) -> list[LogFinding]:
    """Return the lines of a Quarto log that mean a defect of a page, each once."""
    document = ""
    findings: list[LogFinding] = []
    at = 0
    while at < len(lines):
        line = lines[at]
        if page := _PAGE.match(line):
            document = page["path"]
        elif (found := _WARNING.match(line)) and not _HARMLESS.search(line):
            # A warning may have its text on the next line.
            text = found["text"].strip() or (lines[at + 1].strip() if at + 1 < len(lines) else "")
            finding = LogFinding(document=document, text=text)
            if finding not in findings:
                findings.append(finding)
        at += 1
    return findings


def _plain(stream: Iterator[str]) -> Iterator[str]:
    for line in stream:
        yield _COLOUR.sub("", line).rstrip("\r\n")


def _finding_error(findings: Sequence[LogFinding]) -> DocumentError | RenderError:
    first, *others = findings
    more = [f"{finding.document}: {finding.text}" for finding in others[: _SHOWN_DEFECTS - 1]]
    return RenderError(
        f"Quarto warned: {first.text}",
        place=Place(file=first.document or None),
        remedy="\n  ".join(more),
    )


def _exit_error(code: int, lines: Sequence[str]) -> RenderError:
    pages = [found["path"] for line in lines if (found := _PAGE.match(line))]
    # Frames of Quarto's own stack say nothing to an author.
    said = [
        line.strip()
        for line in lines
        if line.strip()
        and not _PAGE.match(line)
        and not re.match(r"^\s*at ", line)
        and not _HARMLESS.search(line)
    ]
    errors = [line for line in said if re.match(r"^(ERROR|\w*(Error|Exception|Exit)\b)", line)]
    message = errors[-1] if errors else (said[-1] if said else f"it ended with code {code}")
    return RenderError(
        f"Quarto failed: {message}",
        place=Place(file=pages[-1] if pages else None),
        remedy="\n  ".join(said[-_TAIL:]),
    )


def _quarto_environment(environment: Mapping[str, str]) -> dict[str, str]:
    package_root = str(Path(__file__).resolve().parents[2])
    paths = [path for path in environment.get("PYTHONPATH", "").split(os.pathsep) if path]
    if not package_root.endswith("site-packages"):
        paths.insert(0, package_root)
    return {
        **os.environ,
        **environment,
        "QUARTO_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(paths),
        "NO_COLOR": "1",
    }


def _end(process: subprocess.Popen[str]) -> None:
    """End Quarto and the kernels that it started, which are in its group."""
    if process.poll() is None:
        if os.name == "nt":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def with_tools(html: str, root: str) -> str:
    """Return a page of Quarto with the site's feeds in its head and its tools in its header.

    Parameters
    ----------
    html : str
        The page.
    root : str
        Relative path from the page to the version's folder, "" or with a slash.
    """
    tools = (
        '<div class="tools"><label class="version" hidden><select id="version-switch" '
        'aria-label="Version"></select></label>'
        f'<a class="versions-link" href="{root}../versions/index.html">Versions</a>'
        '<button id="theme-switch" type="button">Theme</button></div>'
    )
    feeds = "".join(
        f'<link rel="alternate" type="application/atom+xml" title="{title}" '
        f'href="{root}../{file}">\n'
        for file, title in _FEEDS.items()
    )
    shown = html.replace(_HEADER, f"{_HEADER}\n{tools}", 1)
    if shown == html:
        return html
    return shown.replace("</head>", f"{feeds}</head>", 1).replace(
        _CONTENT, f'<div id="freshness" role="status" hidden></div>\n{_CONTENT}', 1
    )


def _write_tools(project: Project, output: Path) -> None:
    for page in project.pages:
        url = page_url(page)
        html = (output / url).read_text("utf-8")
        (output / url).write_text(with_tools(html, root_of(url)), "utf-8", newline="\n")


def _write_not_found(project: Project, output: Path) -> None:
    target = output / "404.html"
    if target.exists():
        return
    first = "site/index.qmd" if "site/index.qmd" in project.pages else project.pages[0]
    links = {page_url(first): "First page of this version"}
    links |= {
        page_url(item.href): item.text for item in project.navbar if item.href in project.pages
    }
    links["../versions/index.html"] = "All versions"
    page = plain_page(lang=project.lang, title=project.title, links=links)
    target.write_text(page, "utf-8", newline="\n")
