"""Staged tables into clean ones: what is taken out is itemised, and the sums agree."""

from analytics.cleaning.clean_tables import CleanTables, clean, read_clean
from analytics.cleaning.violations import Violation, violations

__all__ = ["CleanTables", "Violation", "clean", "read_clean", "violations"]
