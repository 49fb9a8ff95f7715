"""Why it happened: drill-down into a change, and what goes with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, flag, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillDown(Result):
    """The change of net revenue between two periods, split by one dimension and by pairs.

    The compared periods are the last complete quarter (month where there is no quarter) and
    the same a year before (the one before, where there is no year). Within one
    (outer_dimension, outer_part, dimension) the changes sum to the change of the outer part,
    to the cent. outer_dimension is ``all`` for the first level.
    """

    KIND: ClassVar[str] = "diagnostic.drilldown"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "parts": (
            text("outer_dimension", "Dimension drilled into, or all."),
            text("outer_part", "Its part, or all."),
            text("dimension", "Dimension that the outer part is split by."),
            text("part", "The part."),
            amount("current_amount", "Net revenue in the current period."),
            amount("base_amount", "Net revenue in the base period."),
            amount("change_amount", "current - base."),
            rate("change_rate", "Relative change; null where the base is zero."),
            rate("share_rate", "Share of the outer part's current revenue."),
            rate("change_share_rate", "Share of the outer part's change."),
        ),
        "drivers": (
            text("factor", "customers, orders per customer, or order value."),
            amount("change_amount", "Its part in the change (LMDI); the three sum to the change."),
            number("current", "Factor in the current period."),
            number("base", "Factor in the base period."),
        ),
    }
    current_label: str
    base_label: str
    current_start: date
    base_start: date
    current_amount: float
    base_amount: float
    change_amount: float
    dimensions: tuple[str, ...]
    parts: pd.DataFrame
    drivers: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlations(Result):
    """Pairwise association of customer attributes and behaviour.

    ``variables`` is in the order of a hierarchical clustering, for the heatmap. Definitional
    pairs (one is computed from the other) are marked and never told as findings.
    """

    KIND: ClassVar[str] = "diagnostic.correlations"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "pairs": (
            text("left", "Variable."),
            text("right", "Variable; each pair stands once, left before right in order."),
            text("method", "spearman, cramers_v or correlation_ratio."),
            number("coefficient", "-1 to 1 for spearman, 0 to 1 for the others."),
            number("low", "Lower end of the 95 % interval."),
            number("high", "Upper end of the 95 % interval."),
            number("p_value", "Of no association."),
            number("q_value", "p-value corrected by Benjamini and Hochberg."),
            count("sample", "Customers.", "customers"),
            flag("significant", "q_value at most .05."),
            flag("definitional", "One is computed from the other."),
        ),
    }
    variables: tuple[str, ...]
    pairs: pd.DataFrame
