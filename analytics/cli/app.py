"""The commands. Each imports what it needs when it runs, so that help is quick."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from analytics import __version__
from analytics.cli.failures import report_failure
from analytics.cli.interruption import heed_termination
from analytics.errors import ExitCode

app = typer.Typer(
    name="analytics",
    help="Customer analytics of a shop's exports that publishes itself as a website.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"analytics {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    project: Annotated[
        Path | None,
        typer.Option(
            help="Folder with analytics.toml; found from here upwards where it is left out."
        ),
    ] = None,
    debug: Annotated[bool, typer.Option(help="Show where a fault happened.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Set what holds for every command."""
    context.obj = project


def main() -> None:
    """Run the command line; leaves with one of the exit codes of `analytics.errors`."""
    one_thread()
    heed_termination()
    try:
        code = _exit_code()
        if code == ExitCode.INTERRUPTED:  # what the parser makes of Ctrl-C
            code = _reported(KeyboardInterrupt())
    except (typer.Abort, KeyboardInterrupt):
        code = _reported(KeyboardInterrupt())
    except Exception as error:
        code = _misuse_code(error)
        if code is None:
            code = _reported(error)
    sys.exit(int(code or 0))


def _exit_code() -> int | None:
    try:
        code: int | None = app(standalone_mode=False)
    except typer.Exit as left:
        return left.exit_code
    return code


def _reported(error: BaseException) -> int:
    arguments = sys.argv[1:]
    return report_failure(error, debug="--debug" in arguments, as_json="--json" in arguments)


def _misuse_code(error: Exception) -> int | None:
    """Show a wrong option or argument as the parser words it; None for any other error."""
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if not callable(show) or code is None:
        return None
    show()
    return int(code)


def one_thread() -> None:
    """Keep numerical libraries to one thread a task: their results differ with threads."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = "1"


def _register() -> None:
    from analytics.cli import commands, published

    commands.register(app)
    published.register(app)


_register()
