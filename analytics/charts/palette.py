"""Which colour stands for what: always a CSS variable, so that both themes are served."""

from __future__ import annotations

from collections.abc import Iterable

SERIES = tuple(f"series-{number}" for number in range(1, 9))
_REMAINDERS = ("Other", "Unknown", "All")


def variable(name: str) -> str:
    """Return the CSS reference to a colour token, such as ``var(--accent)``."""
    return f"var(--{name})"


def part_colours(parts: Iterable[str]) -> dict[str, str]:
    """Return the colour of every part of one dimension.

    Parts take the series in alphabetical order, so that a part has the same colour on every
    page that is given the same parts; Other and Unknown are grey. From the ninth part on
    colours would no longer be told apart, so these are grey as well.

    Examples
    --------
    >>> part_colours(["West", "East", "Unknown"])
    {'East': 'var(--series-1)', 'Unknown': 'var(--series-other)', 'West': 'var(--series-2)'}
    """
    names = sorted(set(parts))
    named = [name for name in names if name not in _REMAINDERS]
    slots = {name: SERIES[at] for at, name in enumerate(named[: len(SERIES)])}
    return {name: variable(slots.get(name, "series-other")) for name in names}
