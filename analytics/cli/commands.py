"""Commands that make things: build, generate, check, alerts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal, Optional

import typer

from analytics.errors import AlertsRaised

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
) -> None:
    """Write the raw exports of the synthetic shop."""
    from dataclasses import replace

    from analytics.cli.project import read_project
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
    generate_exports(settings, folder)
    print(f"raw exports written to {folder}")


def check(context: typer.Context, source: Annotated[str, typer.Argument()]) -> None:
    """Say what is wrong with a source, with file, row and column; publish nothing."""
    from analytics.cli.check import checked_source, violation_lines
    from analytics.cli.project import read_project

    violations = checked_source(read_project(context.obj), source)
    for line in violation_lines(violations):
        print(line)
    if violations:
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


def register(app: typer.Typer) -> None:
    """Add the commands."""
    for command in (build, generate, check, alerts):
        app.command()(command)
