"""Root cause by single dimensions: explanatory power, surprise, succinctness."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LEAST_POWER = 0.10  # of a part that is told at all
ENOUGH_POWER = 0.67  # of all told parts together


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a dimension: what was forecast of it, and what came."""

    name: str
    forecast: float
    actual: float


@dataclass(frozen=True, slots=True, kw_only=True)
class RootCause:
    """The parts of one dimension that explain a change together.

    Attributes
    ----------
    dimension : str
    parts : tuple of str
        As few as explain enough, the most surprising first.
    explanatory_power : float
        Their share of the total's change.
    surprise : float
        How much their shares of the total moved, in nats: 0 where all move in proportion.
    """

    dimension: str
    parts: tuple[str, ...]
    explanatory_power: float
    surprise: float


def explanatory_power(part: Part, forecast: float, actual: float) -> float:
    """Return the part's share of the total's change; NaN where the total does not change."""
    change = actual - forecast
    return (part.actual - part.forecast) / change if change else math.nan


def surprise(part: Part, forecast: float, actual: float) -> float:
    """Return the part's term of the Jensen-Shannon divergence between shares, at least 0."""
    p = part.forecast / forecast if forecast else 0.0
    q = part.actual / actual if actual else 0.0
    if p + q <= 0:
        return 0.0
    return 0.5 * sum(s * math.log(2 * s / (p + q)) for s in (p, q) if s > 0)


def root_causes(
    dimensions: Mapping[str, Sequence[Part]],
    *,
    least_power: float = LEAST_POWER,
    enough_power: float = ENOUGH_POWER,
) -> tuple[RootCause, ...]:
    """Return the sets of parts that explain the change, by dimension, most surprising first.

    Parts are taken in the order of their surprise if their explanatory power is at least
    `least_power`, until they explain `enough_power` together. A dimension whose parts never do
    has no set.

    Parameters
    ----------
    dimensions : mapping
        The parts of each dimension; all dimensions add up to one total.
    least_power, enough_power : float
        The paper's T_EEP and T_EP.

    References
    ----------
    Bhagwan et al. (2014), Adtributor, NSDI, figure 3 and section 4.
    """
    found = []
    for dimension, parts in dimensions.items():
        forecast = math.fsum(part.forecast for part in parts)
        actual = math.fsum(part.actual for part in parts)
        ranked = sorted(parts, key=lambda part: (-surprise(part, forecast, actual), part.name))
        chosen: list[Part] = []
        power = 0.0
        for part in ranked:
            own = explanatory_power(part, forecast, actual)
            if own >= least_power:
                chosen.append(part)
                power += own
            if power >= enough_power:
                found.append(
                    RootCause(
                        dimension=dimension,
                        parts=tuple(one.name for one in chosen),
                        explanatory_power=power,
                        surprise=math.fsum(surprise(one, forecast, actual) for one in chosen),
                    )
                )
                break
    return tuple(sorted(found, key=lambda cause: (-cause.surprise, cause.dimension)))
