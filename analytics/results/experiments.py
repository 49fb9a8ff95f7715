"""What experiments found, and what the next ones take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import count, day, flag, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Experiments(Result):
    """The experiments of the source, and designs for the next one.

    Means are per assigned customer and over ``weeks`` whole weeks from the assignment, whether
    or not the customer ordered. No lift of an experiment whose split is broken is computed.
    """

    KIND: ClassVar[str] = "prescriptive.experiments"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "experiments": (
            text("experiment_id", "Experiment."),
            text("state", "Refused, unfinished, better, worse, no difference that matters, open."),
            text("decision", "What follows, in one sentence."),
            day("first_day", "First assignment."),
            day("last_day", "Last assignment."),
            count("weeks", "Whole weeks after the assignment that are counted.", "weeks"),
            count("customers", "Assigned customers, in one variant only.", "customers"),
            count("left_out", "Customers assigned to several variants, left out.", "customers"),
            text("control", "Variant that the others are held against."),
            number("split_p_value", "Chance of so uneven a split if it went as planned."),
            rate("detectable_rate", "Lift that the test could find at the planned power."),
            number("needed_per_variant", "Customers a variant to settle what was seen.",
                   "customers"),
        ),
        "variants": (
            text("experiment_id", "Experiment."),
            text("variant", "Variant."),
            count("customers", "Customers.", "customers"),
            rate("planned_rate", "Planned share."),
            rate("actual_rate", "Actual share."),
        ),
        "lifts": (
            text("experiment_id", "Experiment."),
            text("variant", "Variant held against the control."),
            text("metric", "orders, net_revenue, contribution_margin or active_rate."),
            text("method", "plain, or cuped: adjusted for the weeks before the assignment."),
            flag("primary", "Whether the decision rests on it."),
            number("control_mean", "Mean of the control."),
            number("variant_mean", "Mean of the variant, adjusted where the method is cuped."),
            number("difference", "Difference of the means."),
            number("low", "Lower end of its 95 % interval."),
            number("high", "Upper end of its 95 % interval."),
            rate("lift_rate", "Difference as a share of the control's mean."),
            rate("lift_low_rate", "Lower end of its 95 % interval."),
            rate("lift_high_rate", "Upper end of its 95 % interval."),
            number("p_value", "Of a two-sided test."),
            number("corrected_p_value", "Corrected by Holm within its family."),
            rate("variance_saved_rate", "Share of the variance that the adjustment takes away."),
        ),
        "weekly": (
            text("experiment_id", "Experiment."),
            text("variant", "Variant held against the control."),
            count("week", "Weeks counted from the assignment, cumulative.", "weeks"),
            rate("lift_rate", "Lift of the primary metric to date."),
            rate("low_rate", "Lower end of its 95 % interval, if this were the only look."),
            rate("high_rate", "Upper end of that interval."),
        ),
        "peeking": (
            count("looks", "Equally spaced looks.", "looks"),
            rate("false_rate", "Chance of a false finding if each look tests at the level."),
            number("pocock_bound", "Critical |z| of every look that keeps the level (Pocock)."),
            number("obrien_fleming_bound", "Critical |z| of the last look (O'Brien-Fleming)."),
        ),
        "designs": (
            text("metric", "Metric."),
            rate("effect_rate", "Lift to be found."),
            text("method", "plain or cuped."),
            number("mean", "Mean a customer over the window."),
            number("standard_deviation", "Of it."),
            number("per_variant", "Customers a variant.", "customers"),
            number("customers_share", "All variants, as a multiple of active customers."),
            number("enrolment_weeks", "Weeks to enrol them as they come to order.", "weeks"),
        ),
    }  # fmt: skip
    primary: str
    window_weeks: int
    power: float
    level: float
    split_threshold: float
    active_customers: int
    experiments: pd.DataFrame
    variants: pd.DataFrame
    lifts: pd.DataFrame
    weekly: pd.DataFrame
    peeking: pd.DataFrame
    designs: pd.DataFrame
