"""Staged tables into clean ones: what is taken out is itemised, and the sums agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analytics.cleaning.violation import Violation
from analytics.late_imports import late_names

if TYPE_CHECKING:
    from analytics.cleaning.clean_tables import CleanTables, clean, read_clean_tables
    from analytics.cleaning.violation_rows import violations

__all__ = ["CleanTables", "Violation", "clean", "read_clean_tables", "violations"]

__getattr__ = late_names(
    __name__,
    {
        "clean_tables": (
            "CleanTables",
            "clean",
            "read_clean_tables",
        ),
        "violation_rows": ("violations",),
    },
)
