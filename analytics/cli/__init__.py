"""The command line: commands parse, other layers act, errors become exit codes."""

from analytics.cli.app import main

__all__ = ["main"]
