"""A line without axes, for a figure's recent course."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

_WIDTH, _HEIGHT, _MARGIN = 120.0, 32.0, 4.0


def sparkline_svg(values: Sequence[float | None]) -> str:
    """Return a decorative SVG line through the values, oldest first, its last point marked.

    Gaps (None or not a number) break the line. Empty where fewer than two values are known.
    """
    known = [
        (at, float(value))
        for at, value in enumerate(values)
        if value is not None and isfinite(value)
    ]
    if len(known) < 2:
        return ""
    low = min(value for _, value in known)
    spread = max(value for _, value in known) - low or 1.0
    step = (_WIDTH - 2 * _MARGIN) / (len(values) - 1)

    def point(at: int, value: float) -> str:
        x = _MARGIN + at * step
        y = _HEIGHT - _MARGIN - (value - low) / spread * (_HEIGHT - 2 * _MARGIN)
        return f"{x:.1f},{y:.1f}"

    path = ""
    before = -2
    for at, value in known:
        path += f"{'L' if at == before + 1 else 'M'}{point(at, value)}"
        before = at
    end_x, end_y = point(*known[-1]).split(",")
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" aria-hidden="true" '
        f'focusable="false"><path d="{path}"/>'
        f'<circle cx="{end_x}" cy="{end_y}" r="2.6"/></svg>'
    )
