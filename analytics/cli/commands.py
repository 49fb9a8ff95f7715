"""Commands that make things: build, generate, check, alerts, report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Optional, TextIO

import typer

from analytics.errors import AlertsRaised

LARGE_SHOP = 250_000  # orders, from which on it takes long enough to say how far it is
Severity = Literal["warning", "critical"]

SourceOption = Annotated[
    Optional[str],  # noqa: UP045 - typer reads it at run time
    typer.Option("--source", help="Name of a source in data/sources/, or a source file."),
]


def build(
    context: typer.Context,
    source: SourceOption = None,
    engine: Annotated[
        Literal["duckdb", "spark"] | None, typer.Option(help="Where the tables are computed.")
    ] = None,
    renderer: Annotated[
        Literal["auto", "quarto", "embedded"] | None,
        typer.Option(help="What renders the documents."),
    ] = None,
    output: Annotated[Path | None, typer.Option(help="Folder to publish into.")] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Run stages that are current too.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object a stage.")] = False,
) -> None:
    """Run all stages, from the raw exports to the published site."""
    from analytics.cli.build import BuildOptions, build_site, summary_lines
    from analytics.cli.progress import progress_for
    from analytics.cli.project import read_project

    project = read_project(context.obj)
    options = BuildOptions(
        source=source, engine=engine, renderer=renderer, output=output, force=force
    )
    outcome = build_site(project, options, progress_for("json" if as_json else "auto"))
    for line in summary_lines(outcome, as_json=as_json):
        print(line)


def progress_lines(stream: TextIO) -> Callable[[str, int, int], None]:
    """Return what writes a line whenever a large shop's next part is begun."""
    begun: list[str] = []

    def told(what: str, done: int, total: int) -> None:
        if total >= LARGE_SHOP and what not in begun[-1:]:
            begun.append(what)
            print(f"{what}: {done:,} of {total:,} orders done", file=stream, flush=True)

    return told


def generate(
    context: typer.Context,
    customers: Annotated[int | None, typer.Option(help="Rows in the customers export.")] = None,
    transactions: Annotated[int | None, typer.Option(help="Orders left after cleaning.")] = None,
    start: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="First day of the window.")
    ] = None,
    months: Annotated[int | None, typer.Option(help="Length of the window in months.")] = None,
    seed: Annotated[int | None, typer.Option(help="Seed; another seed is another shop.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Folder to write; data/raw/synthetic if left out.")
    ] = None,
    form: Annotated[
        Literal["text", "parquet"],
        typer.Option("--format", help="As the shop's systems write them, or all as Parquet."),
    ] = "text",
    batch: Annotated[
        int | None, typer.Option(help="Orders made at a time; fewer take less memory.")
    ] = None,
) -> None:
    """Write the raw exports of the synthetic shop."""
    from dataclasses import replace

    from analytics.cli.progress import progress_for
    from analytics.cli.project import read_project
    from analytics.errors import UsageError
    from analytics.pipeline.exports import generate_exports

    project = read_project(context.obj)
    given = {
        "customers": customers,
        "transactions": transactions,
        "start": start.date() if start else None,
        "months": months,
        "seed": seed,
    }
    settings = replace(
        project.settings.synthetic,
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    )
    folder = out or project.root / "data" / "raw" / "synthetic"
    if form == "parquet" and out is None:
        raise UsageError(
            "the project's own shop is not kept as Parquet",
            remedy="Name a folder for it with --out.",
        )
    lines = progress_lines(sys.stderr)
    with progress_for("auto").stage("generate") as stage:

        def told(what: str, done: int, total: int) -> None:
            stage.advance(done, total, what)
            if not sys.stderr.isatty():
                lines(what, done, total)

        generate_exports(settings, folder, form=form, batch=batch, told=told)
    print(f"raw exports written to {folder}")


def check(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="Name of a source, or a source file.")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object a kind of violation.")
    ] = False,
) -> None:
    """Say what is wrong with a source, with file, row and column; publish nothing.

    Exits with 2 where rows would be set aside. The first check of a source after a change of
    its columns or of the program takes some seconds longer: the rules are compiled, and kept.
    """
    from analytics.cli.check import checked_source, json_lines, report_lines
    from analytics.cli.project import read_project

    found = checked_source(read_project(context.obj), source)
    for line in json_lines(found) if as_json else report_lines(found):
        print(line)
    if found.violations:
        raise typer.Exit(2)


def alerts(
    context: typer.Context,
    source: SourceOption = None,
    fail_on: Annotated[
        Severity | None, typer.Option(help="Exit with 3 where an alert is this severe.")
    ] = None,
) -> None:
    """Print the alerts of the last complete month."""
    from analytics.cli.alerts import alert_lines, fired_alerts
    from analytics.cli.project import read_project

    result = fired_alerts(read_project(context.obj), source)
    for line in alert_lines(result):
        print(line)
    severe = ("critical",) if fail_on == "critical" else ("warning", "critical")
    count = sum(alert.severity in severe for alert in result.fired)
    if fail_on and count:
        raise AlertsRaised(f"{count} alert(s) at or above {fail_on}")


def init(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder of the exports.")],
    name: Annotated[
        Optional[str],  # noqa: UP045 - typer reads it at run time
        typer.Option(help="Name of the source; that of the folder if left out."),
    ] = None,
    preset: Annotated[
        Literal["shopify", "woocommerce", "online-retail", "cdnow"] | None,
        typer.Option(help="Layout of the exports; found by their columns if left out."),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Source file to write; in DIR by default.")
    ] = None,
) -> None:
    """Propose a source file for a folder of exports."""
    from analytics.cli.init import proposed_source

    label = name or folder.resolve().name or "shop"
    for line in proposed_source(folder, name=label, preset=preset, out=out):
        print(line)


def report(
    context: typer.Context,
    period: Annotated[str, typer.Argument(help="Such as 2024-03, 2024-Q1 or 2024-03-15.")],
    source: SourceOption = None,
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path(),
) -> None:
    """Write one report alone, as HTML and as PDF, from the results of the last build."""
    from analytics.cli.project import read_project
    from analytics.cli.report import write_report

    files = write_report(read_project(context.obj), source, period, out)
    print(f"report written to {files.page} and {files.pdf}")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (build, init, generate, check, alerts, report):
        app.command()(command)
