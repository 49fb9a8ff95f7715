"""p-values in words: never as zero."""

from __future__ import annotations

from analytics.presentation.formats import ABSENT, decimal, is_known


def p_shown(value: float) -> str:
    """Return a p-value as ``0.012`` or ``< 0.001``."""
    if not is_known(value):
        return ABSENT
    return "< 0.001" if value < 0.001 else decimal(value, 3)


def p_equals(value: float) -> str:
    """Return a p-value as ``p = 0.012`` or ``p < 0.001``."""
    shown = p_shown(value)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"
