"""Staged tables into clean ones: what is taken out is itemised, and the sums agree."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from analytics.cleaning.violation import Violation

if TYPE_CHECKING:
    from analytics.cleaning.clean_tables import CleanTables, clean, read_clean_tables
    from analytics.cleaning.violation_rows import violations

__all__ = ["CleanTables", "Violation", "clean", "read_clean_tables", "violations"]

# Loaded when first asked for: `analytics check` needs neither Ibis nor pandas.
_HOMES = {
    "CleanTables": "analytics.cleaning.clean_tables",
    "clean": "analytics.cleaning.clean_tables",
    "read_clean_tables": "analytics.cleaning.clean_tables",
    "violations": "analytics.cleaning.violation_rows",
}


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found: object = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found
