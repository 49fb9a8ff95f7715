"""Short forms to declare the columns of a result's frames."""

from __future__ import annotations

from analytics.schema import Column


def text(name: str, description: str) -> Column:
    """Return a column of names or words, never null."""
    return Column(name=name, dtype="string", description=description, nullable=False)


def day(name: str, description: str) -> Column:
    """Return a column of days (midnight timestamps), never null."""
    return Column(name=name, dtype="date", description=description, nullable=False)


def count(name: str, description: str, unit: str = "") -> Column:
    """Return a column of whole numbers, never null."""
    return Column(name=name, dtype="integer", unit=unit, description=description, nullable=False)


def amount(name: str, description: str) -> Column:
    """Return a column of amounts in the source's currency; null where not known."""
    return Column(name=name, dtype="number", unit="currency", description=description)


def rate(name: str, description: str) -> Column:
    """Return a column of shares or relative changes (1 is the whole); null where not known."""
    return Column(name=name, dtype="number", unit="rate", description=description)


def number(name: str, description: str, unit: str = "") -> Column:
    """Return a column of real numbers; null where not known."""
    return Column(name=name, dtype="number", unit=unit, description=description)


def flag(name: str, description: str) -> Column:
    """Return a column of truth values, never null."""
    return Column(name=name, dtype="boolean", description=description, nullable=False)
