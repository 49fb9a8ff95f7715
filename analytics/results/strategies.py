"""What to do for each segment, and whom to call first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

import pandas as pd

from analytics.results.base import Columns, Result
from analytics.results.declaration import amount, count, day, flag, number, rate, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Strategies(Result):
    """Levers by segment and the portfolio of them that fits budget and capacity.

    A customer may be on several lists, and is in the portfolio once at most. Intervals are 80 %.
    """

    KIND: ClassVar[str] = "prescriptive.strategies"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "levers": (
            text("segment", "Segment."),
            text("lever", "What is done."),
            text("evidence", "assumed, or measured and by which experiment."),
            count("customers", "Customers on the list.", "customers"),
            amount("cost_amount", "Cost of the whole list."),
            amount("base_amount", "Margin that the lever works on: CLV12 times probability."),
            rate("effect_rate", "Share of it that the lever brings."),
            rate("effect_low_rate", "Lower end of its interval."),
            rate("effect_high_rate", "Upper end of its interval."),
            amount("margin_amount", "Expected margin: base times effect."),
            amount("margin_low_amount", "Lower end of its interval."),
            amount("margin_high_amount", "Upper end of its interval."),
            amount("net_amount", "Expected margin less cost."),
            amount("net_low_amount", "Lower end of its interval."),
            amount("net_high_amount", "Upper end of its interval."),
            rate("break_even_rate", "Effect at which margin and cost are equal."),
            count("chosen_customers", "Customers in the portfolio.", "customers"),
            amount("chosen_cost_amount", "Their cost."),
            amount("chosen_net_amount", "Their expected margin less cost."),
            count("priority", "1 is the first."),
        ),
        "offers": (
            text("offer", "Category that customers of the cross-sell list are offered."),
            text("goes_with", "What they have bought, and what it is bought with."),
            count("customers", "Customers who are offered it.", "customers"),
            number("lift", "Customers with both over those expected by chance."),
            number("low", "Lower end of its 95 % interval."),
            number("high", "Upper end of its 95 % interval."),
        ),
        "limits": (
            text("limit", "budget or contacts: which limit is moved."),
            number("factor", "Multiple of the limit."),
            amount("budget_amount", "Most that may be spent."),
            count("contacts", "Most customers that can be contacted.", "customers"),
            count("chosen_customers", "Customers in the portfolio.", "customers"),
            amount("chosen_cost_amount", "Their cost."),
            amount("chosen_net_amount", "Their expected margin less cost."),
        ),
        "acquisition": (
            text("segment", "Segment."),
            text("acquisition_channel", "Acquisition channel."),
            count("customers", "Customers won through it.", "customers"),
            amount("mean_amount", "Their mean CLV12."),
            amount("difference_amount", "Against the segment's customers won otherwise."),
            amount("low_amount", "Lower end of the 95 % interval."),
            amount("high_amount", "Upper end of the 95 % interval."),
        ),
    }
    customers: int
    budget_amount: float
    contacts: int
    chosen_customers: int
    chosen_cost_amount: float
    chosen_net_amount: float
    chosen_net_low_amount: float
    chosen_net_high_amount: float
    solver: str
    grouped_by: str
    levers: pd.DataFrame
    offers: pd.DataFrame
    limits: pd.DataFrame
    acquisition: pd.DataFrame


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlyWarning(Result):
    """Customers ranked by expected margin at risk: CLV12 times the probability of churn.

    ``changes`` holds the list against the one that today's models would have made a month earlier
    (``before_cutoff``; null where they could not), from what was known then.
    """

    KIND: ClassVar[str] = "prescriptive.early_warning"
    FRAMES: ClassVar[Mapping[str, Columns]] = {
        "customers": (
            count("place", "1 is the highest margin at risk."),
            text("customer", "Pseudonym of the customer."),
            text("segment", "Segment; Other where few customers share it."),
            amount("risk_amount", "Expected margin at risk."),
            rate("churn_probability", "Probability of churn."),
            amount("clv12_amount", "CLV12."),
            text("reasons", "Why, in words."),
            text("action", "What to do."),
        ),
        "everyone": (
            text("customer_id", "The customer; published as a pseudonym only."),
            amount(
                "margin_at_risk_amount",
                "CLV12 times the probability of churn; null for who "
                "is silent beyond the own window.",
            ),
            text("recommended_action", "What is worth its cost; Watch where nothing is."),
        ),
        "changes": (
            text("customer", "Pseudonym of the customer."),
            text("segment", "Segment; Other where few customers share it."),
            text("change", "entered or left: against the list of a month earlier."),
            count("place", "Place on the list; 0 for who left."),
            count("place_before", "Place on the earlier list; 0 for who entered."),
            amount("risk_amount", "Expected margin at risk."),
            amount("risk_before_amount", "The same a month earlier; null before a first order."),
            text("because", "What has changed, in words."),
        ),
        "segments": (
            text("segment", "Segment; all for everyone."),
            count("customers", "Customers at risk.", "customers"),
            amount("risk_amount", "Expected margin at risk."),
            rate("listed_rate", "Share of it that the list holds."),
        ),
        "editions": (
            day("cutoff", "Day that the past list was made for."),
            count("customers", "Customers ranked.", "customers"),
            count("listed", "Customers on the list.", "customers"),
            rate("churn_rate", "Share of all ranked who then ordered nothing."),
            rate("precision", "That share of those listed."),
            rate("low_rate", "Lower end of its 95 % interval."),
            rate("high_rate", "Upper end of its 95 % interval."),
            number("lift", "Precision over the share of all."),
            rate("margin_caught_rate", "Share of the lost customers' margin that was listed."),
            amount("saved_amount", "Margin saved at the stated effect, less the cost."),
            amount("saved_low_amount", "The same at the effect's lower end."),
            amount("saved_high_amount", "The same at the effect's upper end."),
        ),
        "drift": (
            text("measure", "Feature or score."),
            number("psi", "Population stability index, then against now."),
            number("ks", "Kolmogorov-Smirnov distance."),
            number("q_value", "Corrected p-value of it."),
            text("state", "stable, moved or shifted."),
            flag("seasonal", "Whether the season alone may move it."),
        ),
    }
    cutoff: date
    window_days: int
    ranked: int
    listed: int
    published: bool
    risk_amount: float
    listed_risk_amount: float
    effect_rate: float
    reference_cutoff: date
    before_cutoff: date | None
    entered: int | None
    left: int | None
    customers: pd.DataFrame
    everyone: pd.DataFrame
    changes: pd.DataFrame
    segments: pd.DataFrame
    editions: pd.DataFrame
    drift: pd.DataFrame
