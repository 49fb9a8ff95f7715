"""Why it happened: drill-down into a change, and what goes with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, day, flag, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class DrillDown(Result):
    """The change of net revenue between two periods, split by one dimension and by pairs.

    The compared periods are the last complete quarter (month where there is no quarter) and
    the same a year before (the one before, where there is no year). Changes of the first level,
    whose outer_dimension is ``all``, sum to the total, to the cent; those below it sum to what
    the cube tells of the outer part, cells of few customers left out.
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
class DrillTables(Result):
    """What is told below and beside the monthly figures of one dimension, for drilling down.

    A part that a table tells has a row wherever it has orders. What a table does not tell is
    what is left of the figures above it: of at least two parts, and of the minimum of
    customers or nobody. ``tables`` names the tables that the source has data for: city,
    product, hour, day, and pairs of dimensions as ``first x second``.
    """

    KIND: ClassVar[str] = "diagnostic.drill_tables"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "nested": (
            text("table", "city, product or hour."),
            day("month", "First day of the month."),
            text("outer", "Region, category or weekday (0 for Monday); all where there is none."),
            text("part", "City, product or hour of the day within it."),
            amount("net_revenue_amount", "Net revenue; of products, that of their lines."),
            number("orders", "Completed orders; null for products, which share orders.", "orders"),
        ),
        "pairs": (
            day("month", "First day of the month."),
            text("first_dimension", "A dimension."),
            text("first", "Its part."),
            text("second_dimension", "Another dimension."),
            text("second", "Its part."),
            amount("net_revenue_amount", "Net revenue."),
            number("orders", "Completed orders.", "orders"),
        ),
        "days": (
            day("day", "The day."),
            text("dimension", "Dimension of the part."),
            text("part", "A part that is told on every day of the month."),
            amount("net_revenue_amount", "Net revenue."),
            number("orders", "Completed orders.", "orders"),
        ),
    }
    minimum_cell: int
    tables: tuple[str, ...]
    nested: pd.DataFrame
    pairs: pd.DataFrame
    days: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class Correlations(Result):
    """Pairwise association of customer attributes and behaviour.

    ``variables`` is in the order of a hierarchical clustering, for the heatmap. Definitional
    pairs (one is computed from the other) are marked and never told as findings. ``drivers``
    are partial given the variables ``given``, those of segment and region that the source has;
    churn is measured by the days since the last order.
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
        "drivers": (
            text("outcome", "revenue or churn."),
            text("measure", "Variable that stands for it."),
            count("rank", "1 for the strongest; definitional ones last."),
            text("driver", "Variable that is held against it."),
            text("method", "spearman, cramers_v or correlation_ratio."),
            number("coefficient", "Plain coefficient."),
            number("low", "Lower end of its 95 % interval."),
            number("high", "Upper end of its 95 % interval."),
            number("partial", "Spearman's given segment and region; null for categories."),
            number("partial_low", "Lower end of its 95 % interval."),
            number("partial_high", "Upper end of its 95 % interval."),
            number("p_value", "Of the partial coefficient; of the plain one for categories."),
            number("q_value", "Corrected over the outcome's drivers; null if definitional."),
            count("sample", "Customers.", "customers"),
            flag("significant", "q_value at most .05; never if definitional."),
            flag("definitional", "One is computed from the other."),
        ),
    }
    variables: tuple[str, ...]
    given: tuple[str, ...]
    pairs: pd.DataFrame
    drivers: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class RevenueDecline(Result):
    """Slices of the orders that fell below their expectation, and what explains the fall.

    Slices of one to three dimensions in every complete quarter are held against a log-linear
    expectation with growth by part. A slice is named where it is farther from it than
    ``threshold`` standard errors. ``declines`` may be empty: nothing is named then, and the
    frames that tell of a named slice are empty too. ``dimensions`` is empty where the source
    has none: then only change points and the total's change are told. Observational: it says
    where, not why. Every ``customers_every``-th customer is in it (1: all); amounts are those of
    these customers.
    ``withheld`` slices passed the threshold but stand for too few customers to be told of.
    """

    KIND: ClassVar[str] = "diagnostic.decline"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "declines": (
            count("rank", "1 for the first that is named."),
            text("slice", "Its parts, such as North x Electronics x Online."),
            text("dimensions", "Their dimensions, in the same order, joined by ' x '."),
            text("period", "Quarter, such as 2023-Q4."),
            day("period_start", "Its first day."),
            number("observed_orders", "Completed orders.", "orders"),
            number("expected_orders", "Expected by the model with the slice masked.", "orders"),
            number("z", "Distance from the expectation in standard errors."),
            rate("change_rate", "Change of orders against the expectation."),
            rate("low", "Lower end of the 95 % interval, bootstrapped over customers."),
            rate("high", "Upper end of the 95 % interval."),
            amount("revenue_amount", "Net revenue of the slice in the quarter."),
            amount("revenue_shortfall_amount", "Its net revenue less what was expected."),
            rate("revenue_change_rate", "Change of net revenue against the expectation."),
            rate("revenue_low", "Lower end of the 95 % interval."),
            rate("revenue_high", "Upper end of the 95 % interval."),
            rate("explanatory_power_rate", "Its share of the total's shortfall; may pass 1."),
            number("surprise", "How far its share of all orders moved, in nats."),
        ),
        "candidates": (
            text("slice", "The slice."),
            text("dimensions", "Its dimensions."),
            text("period", "Quarter."),
            number("observed_orders", "Completed orders.", "orders"),
            number("expected_orders", "Expected orders.", "orders"),
            rate("change_rate", "Change against the expectation."),
            number("z", "Distance in standard errors."),
            number("z_after", "Distance once the named slices are made up for."),
            text("verdict", "named, explained by a named slice, or within chance."),
        ),
        "decoys": (
            count("rank", "Of the named slice."),
            text("dimension", "A dimension that the named slice does not have."),
            text("part", "Its part."),
            rate("share_change_rate", "Change of the part's share of the slice's orders."),
            rate("explanatory_power_rate", "Its share of the slice's shortfall; null: none."),
            number("p_value", "Of unchanged shares, the same for all parts of the dimension."),
            flag("ruled_out", "Whether the dimension does not explain the fall."),
            text("because", "in_proportion, shares_moved or one_part."),
        ),
        "effects": (
            count("rank", "Of the named slice."),
            text("method", "lmdi or shapley."),
            text("factor", "customers, orders per customer, or order value."),
            amount("change_amount", "Its part in the slice's change; the three sum to it."),
            number("current", "Factor in the quarter."),
            number("base", "Factor in the compared quarter."),
        ),
        "mix": (
            text("dimension", "Dimension that the total is split by."),
            text("part", "Part."),
            amount("volume_amount", "From all orders together being more or fewer."),
            amount("mix_amount", "From its share of the orders."),
            amount("rate_amount", "From its revenue an order."),
            amount("change_amount", "The part's change: their sum, to the cent."),
        ),
        "root_causes": (
            text("dimension", "Dimension by itself."),
            text("parts", "Parts that explain the total's shortfall, joined by ', '."),
            rate("explanatory_power_rate", "Their share of it."),
            number("surprise", "How far their shares moved, in nats."),
        ),
        "waterfall": (
            count("position", "Order of the steps."),
            text("step", "base, expected_change, the slice's name, or current."),
            text("kind", "total or change."),
            amount("amount", "Net revenue; changes sum from base to current, to the cent."),
        ),
        "change_points": (
            text("series", "all, or the name of the named slice."),
            day("start", "First day of the level."),
            day("end", "Day after its last."),
            number("level_rate", "Level less season, relative to the series' mean."),
            rate("change_rate", "Change from the level before; null for the first."),
        ),
    }
    threshold: float
    slices: int
    dimensions: tuple[str, ...]
    current_label: str
    base_label: str
    current_start: date
    base_start: date
    total_change_amount: float
    penalty: float
    customers_every: int = 1
    withheld: int = 0
    declines: pd.DataFrame
    candidates: pd.DataFrame
    decoys: pd.DataFrame
    effects: pd.DataFrame
    mix: pd.DataFrame
    root_causes: pd.DataFrame
    waterfall: pd.DataFrame
    change_points: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class ChurnPatterns(Result):
    """Who leaves, when, and what goes with it; associations, not causes.

    A customer counts as churned at the last order where a silence of ``window_gaps`` times
    the usual gap, at least ``window_least_days`` and at most ``window_most_days``, follows.
    Customers whose usual gap is too long for that window to be told apart are left out.
    Every ``customers_every``-th customer is in it (1: all). A curve is told at the times between
    which nobody, or enough for privacy, left and left the study. A driver that the label is made
    from is definitional: it is adjusted for, but not tested with the others.
    """

    KIND: ClassVar[str] = "diagnostic.churn"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "curves": (
            text("dimension", "all, segment, region, acquisition_channel, first_category ..."),
            text("part", "Its part; all for everyone."),
            number("time_days", "Days since the customer entered the study.", "days"),
            rate("survival_rate", "Kaplan-Meier estimate of those who have not left."),
            rate("low", "Lower end of the 95 % interval (log-log)."),
            rate("high", "Upper end of the 95 % interval."),
            count("at_risk", "Customers at risk at the time.", "customers"),
        ),
        "comparisons": (
            text("dimension", "Dimension whose curves are compared."),
            count("parts", "Number of curves."),
            count("customers", "Customers.", "customers"),
            count("churned", "Of whom churned.", "customers"),
            number("chi_square", "Log-rank statistic."),
            number("p_value", "Of equal curves."),
            number("corrected_p_value", "Corrected by Holm for the dimensions compared."),
        ),
        "drivers": (
            count("rank", "1 for the strongest evidence; definitional ones last."),
            text("driver", "Covariate, or dimension = part."),
            text("sort", "measure or category."),
            text("unit", "What the ratio is for: a point, a ticket, a standard deviation, a part."),
            number("log_hazard", "Coefficient of the Cox model."),
            number("hazard_ratio", "Its exponential."),
            number("low", "Lower end of the 95 % interval of the ratio."),
            number("high", "Upper end of the 95 % interval of the ratio."),
            number("p_value", "Of no association; for a category jointly over its parts."),
            number("q_value", "Corrected by Benjamini and Hochberg; null if definitional."),
            flag("significant", "q_value at most .05; never if definitional."),
            flag("definitional", "The label is computed from it: adjusted for, no finding."),
            number("proportional_p_value", "Of a hazard ratio that does not change over time."),
        ),
    }
    customers: int
    churned: int
    left_out: int
    window_gaps: float
    window_least_days: int
    window_most_days: int
    study_start: date
    satisfaction_reliability_rate: float | None
    proportional_p_value: float | None
    customers_every: int = 1
    curves: pd.DataFrame
    comparisons: pd.DataFrame
    drivers: pd.DataFrame
