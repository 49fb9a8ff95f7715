"""Findings in plain language, and what was looked at and rejected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, number, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Insights(Result):
    """What stands out, of all that was looked at.

    Of what is told at most ``level`` is expected to be false: p-values are corrected by Benjamini
    and Hochberg over all that was looked at.
    """

    KIND: ClassVar[str] = "prescriptive.insights"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "insights": (
            count("rank", "1 is the first."),
            text("pattern", "change, growth, share, trend, outlier, rank, value, season, ..."),
            text("sentence", "The finding, with number, interval, size and comparison."),
            text("page", "Page that shows it, relative to the site."),
            text("kpi", "Figure that it is about."),
            text("dimension", "Dimension of the slice; all for the whole shop."),
            text("part", "The slice."),
            number("direction", "1 for more, -1 for less."),
            number("value", "The effect."),
            number("low", "Lower end of its 95 % interval."),
            number("high", "Upper end of its 95 % interval."),
            number("sample", "Observations behind it."),
            number("p_value", "Of its own test."),
            number("corrected_p_value", "Corrected for all that was looked at."),
            amount("impact_amount", "Contribution margin that it amounts to in a year."),
        ),
        "rejected": (
            text("pattern", "As above."),
            text("kpi", "Figure."),
            text("dimension", "Dimension."),
            text("part", "The slice."),
            number("value", "The effect."),
            number("corrected_p_value", "Corrected p-value; null where no test could be made."),
            text("because", "Why it is not told."),
        ),
    }
    level: float
    looked_at: int
    first_label: str
    last_label: str
    insights: pd.DataFrame
    rejected: pd.DataFrame
