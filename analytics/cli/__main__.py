"""`python -m analytics.cli`: the command line without its script."""

from analytics.cli import main

main()
