"""Staged tables into clean ones: what is taken out is itemised, and the sums agree."""

from analytics.cleaning.clean_tables import CleanTables, clean, read_clean_tables
from analytics.cleaning.violations import Violation, violations

__all__ = ["CleanTables", "Violation", "clean", "read_clean_tables", "violations"]
