"""The command line: commands parse, other layers act, errors become exit codes."""

import sys


def main() -> None:
    """Run the command line; see `analytics.cli.app.main`."""
    try:  # the imports take as long as it takes to press Ctrl-C
        from analytics.cli.app import main as run
    except KeyboardInterrupt:
        print("interrupted; the published site is as it was", file=sys.stderr)
        sys.exit(130)
    run()


__all__ = ["main"]
