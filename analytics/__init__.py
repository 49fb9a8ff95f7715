"""Customer analytics that publishes itself as a versioned static website."""

from importlib.metadata import PackageNotFoundError, version

try:
    __version__ = version("analytics")
except PackageNotFoundError:  # run from a checkout that is not installed
    __version__ = "0.0.0"
