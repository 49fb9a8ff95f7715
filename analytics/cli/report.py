"""The reports of a build, and one report alone."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from analytics.calendar import Period, parsed_period, period_of
from analytics.cli.edition import RESULTS, write_names
from analytics.cli.project import ProjectFolder, source_layout
from analytics.errors import DataError, UsageError
from analytics.render import executed_documents, write_staged_project
from analytics.render.kept import KeptPages
from analytics.render.kernels import end_resting_kernels
from analytics.render.reports_data import report_labels, write_report_tables
from analytics.results import Missing, SourceFacts
from analytics.store import read_result

TEMPLATES = {
    "quarter": "site/descriptive/reports/_quarterly.qmd",
    "month": "site/descriptive/reports/_monthly.qmd",
    "day": "site/descriptive/reports/_daily.qmd",
}
FOLDER = "descriptive/reports"


def write_reports(
    staged: Path,
    results: Path,
    *,
    environment: Mapping[str, str],
    progress: Callable[[str, int, int], None],
    kept: KeptPages | None = None,
) -> None:
    """Write a document and a table for every report into the staged project.

    Parameters
    ----------
    staged : Path
        The staged project, with a template for each kind of report.
    results : Path
        The stored results.
    environment : mapping
        Environment of the cells.
    progress : callable
        Told of each kind: what, how many of how many.
    kept : KeptPages, optional
        What earlier builds kept.
    """
    labels = report_labels(results)
    for kind, template in TEMPLATES.items():
        documents = executed_documents(
            staged,
            template,
            {f"{FOLDER}/{label}.qmd": {"period": label} for label in labels[kind]},
            environment=environment,
            progress=progress,
            kept=kept,
        )
        for name, text in documents.items():
            (staged / "site" / name).write_text(text, encoding="utf-8", newline="\n")
    write_report_tables(results, staged / "site" / FOLDER)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportFiles:
    """The files of one report."""

    page: Path
    pdf: Path


def write_report(project: ProjectFolder, source: str | None, label: str, out: Path) -> ReportFiles:
    """Write one report as HTML and as PDF into a folder, from the stored results.

    Parameters
    ----------
    project : ProjectFolder
        The project, whose source was built.
    source : str or None
        Its source; that of the settings by default.
    label : str
        ``2024-03``, ``2024-Q1`` or ``2024-03-15``.
    out : Path
        A folder; made where it is missing.

    Raises
    ------
    UsageError
        Where the label names no day, month or quarter that the data cover.
    DataError
        Where the source was not analysed yet.
    """
    from analytics.presentation.context import results_at
    from analytics.presentation.report_content import report_content
    from analytics.render.report_page import standalone_report
    from analytics.render.report_pdf import report_pdf

    layout = source_layout(project, source)
    facts = read_result(layout.results, SourceFacts)
    if isinstance(facts, Missing):
        raise DataError("the source has no results", remedy="Run analytics build first.")
    period = _reported_period(label, facts)
    environment = {RESULTS: str(layout.results)}
    with tempfile.TemporaryDirectory(prefix="analytics-report-") as workplace:
        staged = Path(workplace) / "staged"
        provenance = {
            "version": "", "digest": "", "renderer": "embedded",
            "data_to": f"{facts.observation_end:%Y-%m-%d}",
        }  # fmt: skip
        write_staged_project(project.root, staged, provenance=provenance, generated={})
        write_names(staged, project, facts)
        name = f"{FOLDER}/{period.label}.qmd"
        documents = executed_documents(
            staged,
            TEMPLATES[period.kind],
            {name: {"period": period.label}},
            environment=environment,
        )
        (staged / "site" / name).write_text(documents[name], encoding="utf-8", newline="\n")
        try:
            page = standalone_report(staged, f"site/{name}", environment=environment)
        finally:
            end_resting_kernels(staged)
    with results_at(layout.results):
        pdf = report_pdf(report_content(period.label))
    out.mkdir(parents=True, exist_ok=True)
    files = ReportFiles(page=out / f"{period.label}.html", pdf=out / f"{period.label}.pdf")
    files.page.write_text(page, encoding="utf-8", newline="\n")
    files.pdf.write_bytes(pdf)
    return files


def _reported_period(label: str, facts: SourceFacts) -> Period:
    remedy = (
        f"Name a month, quarter or day from {facts.observation_start} to {facts.observation_end}, "
        f"such as {period_of(facts.observation_end, 'month').label}, "
        f"{period_of(facts.observation_end, 'quarter').label} or {facts.observation_end}."
    )
    try:
        period = parsed_period(label)
    except ValueError:
        raise UsageError(f"{label} names no period", remedy=remedy) from None
    if period.kind not in TEMPLATES:
        raise UsageError(f"there are no reports of a {period.kind}", remedy=remedy)
    if period.end <= facts.observation_start or period.start > facts.observation_end:
        raise UsageError(f"the data do not cover {period.title}", remedy=remedy)
    return period
