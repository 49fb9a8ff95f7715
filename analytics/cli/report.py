"""The reports of a build."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from analytics.render import executed_documents
from analytics.render.reports_data import report_labels, write_report_tables

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
    """
    labels = report_labels(results)
    for kind, template in TEMPLATES.items():
        documents = executed_documents(
            staged,
            template,
            {f"{FOLDER}/{label}.qmd": {"period": label} for label in labels[kind]},
            environment=environment,
            progress=progress,
        )
        for name, text in documents.items():
            (staged / "site" / name).write_text(text, encoding="utf-8", newline="\n")
    write_report_tables(results, staged / "site" / FOLDER)
