"""Every KPI, defined once: its words, its unit, what it needs, and how it is computed.

A KPI is a sum, or one sum over another. Its value in any period and for any part comes from
the sums there; ratios are never summed or averaged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

IntervalKind = Literal["none", "proportion", "events", "mean"]

# Dimensions of which a customer has one value; orders of one customer differ in the others.
OF_THE_CUSTOMER: frozenset[str] = frozenset({"all", "region", "segment", "acquisition_channel"})


@dataclass(frozen=True, slots=True, kw_only=True)
class KpiDefinition:
    """A KPI.

    Attributes
    ----------
    name, title, formula : str
        Its name in results, its name in words, and how it is computed, in words.
    unit : str
        currency, rate, ratio, count, score, per_1000 or days.
    good : str
        up, down or neutral: the direction that is good.
    additive : bool
        Whether the parts of a dimension sum to the total.
    needs : tuple of str
        Canonical tables or columns, beyond the orders, without which a source cannot have it.
    numerator, denominator : str
        Columns of the monthly sums; without a denominator the KPI is the numerator.
    scale : float
        What the ratio is multiplied by.
    sample : str
        Column of the monthly sums that counts the observations behind it.
    interval : IntervalKind
        ``proportion`` (Wilson), ``events`` (exact Poisson) or ``mean`` (normal, from
        `squares`); ``none`` for what is counted or summed in full.
    squares : str
        Column with the sum of squares, for a mean.
    floor, ceiling : float
        Values that the KPI cannot leave; the ends of its interval do not either.
    dimensions : frozenset of str
        Dimensions that it is told by; empty for all that its columns are known by.
    needs_whole_month_before, needs_whole_month : bool
        Whether it is left out where the month before, or the month itself, is partial.
    """

    name: str
    title: str
    formula: str
    unit: Literal["currency", "rate", "ratio", "count", "score", "per_1000", "days"]
    good: Literal["up", "down", "neutral"]
    numerator: str
    sample: str
    denominator: str = ""
    scale: float = 1.0
    additive: bool = False
    needs: tuple[str, ...] = ()
    interval: IntervalKind = "none"
    squares: str = ""
    floor: float = float("-inf")
    ceiling: float = float("inf")
    dimensions: frozenset[str] = frozenset()
    needs_whole_month_before: bool = False
    needs_whole_month: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the monthly sums that it is computed from."""
        names = (self.numerator, self.denominator, self.squares, self.sample)
        return tuple(dict.fromkeys(name for name in names if name))


KPI_DEFINITIONS: tuple[KpiDefinition, ...] = (
    KpiDefinition(
        name="net_revenue",
        title="Net revenue",
        formula="Sum of the net value of completed orders, after discount.",
        unit="currency",
        good="up",
        additive=True,
        numerator="net_revenue_amount",
        sample="orders",
    ),
    KpiDefinition(
        name="contribution_margin",
        title="Contribution margin",
        formula="Net revenue less cost of goods, shipping and payment cost.",
        unit="currency",
        good="up",
        additive=True,
        needs=("transactions.cost_of_goods",),
        numerator="contribution_margin_amount",
        sample="orders",
    ),
    KpiDefinition(
        name="contribution_margin_rate",
        title="Contribution margin rate",
        formula="Contribution margin / net revenue.",
        unit="rate",
        good="up",
        needs=("transactions.cost_of_goods",),
        numerator="contribution_margin_amount",
        denominator="net_revenue_amount",
        sample="orders",
    ),
    KpiDefinition(
        name="orders",
        title="Orders",
        formula="Number of completed orders.",
        unit="count",
        good="up",
        additive=True,
        numerator="orders",
        sample="orders",
    ),
    KpiDefinition(
        name="average_order_value",
        title="Average order value",
        formula="Net revenue / completed orders.",
        unit="currency",
        good="up",
        numerator="net_revenue_amount",
        denominator="orders",
        sample="orders",
    ),
    KpiDefinition(
        name="active_customers",
        title="Active customers",
        formula="Customers with at least one completed order in the month.",
        unit="count",
        good="up",
        numerator="active_customers",
        sample="active_customers",
    ),
    KpiDefinition(
        name="new_customers",
        title="New customers",
        formula="Customers whose first completed order is in the month (and in the part).",
        unit="count",
        good="up",
        additive=True,
        numerator="new_customers",
        sample="active_customers",
    ),
    KpiDefinition(
        name="returning_customers",
        title="Returning customers",
        formula="Active customers whose first completed order is in an earlier month.",
        unit="count",
        good="up",
        numerator="returning_customers",
        sample="active_customers",
        dimensions=OF_THE_CUSTOMER,
    ),
    KpiDefinition(
        name="customer_growth_rate",
        title="Customer growth rate",
        formula=(
            "Change of active customers over the month before / active customers of the "
            "month before; only between whole months."
        ),
        unit="rate",
        good="up",
        numerator="active_customers_change",
        denominator="active_customers_before",
        sample="active_customers_before",
        needs_whole_month_before=True,
        needs_whole_month=True,
    ),
    KpiDefinition(
        name="repeat_rate",
        title="Repeat rate",
        formula="Active customers with two or more completed orders to date / active customers.",
        unit="rate",
        good="up",
        numerator="repeat_customers",
        denominator="active_customers",
        sample="active_customers",
        interval="proportion",
    ),
    KpiDefinition(
        name="retention_rate",
        title="Retention rate",
        formula=(
            "Customers active in the month before and in this one / customers active in the "
            "month before, where that is whole."
        ),
        unit="rate",
        good="up",
        numerator="retained_customers",
        denominator="previous_customers",
        sample="previous_customers",
        interval="proportion",
        needs_whole_month_before=True,
    ),
    KpiDefinition(
        name="satisfaction_score",
        title="Satisfaction score",
        formula="Mean of the answers of the month, 1 (worst) to 5 (best).",
        unit="score",
        good="up",
        needs=("satisfaction",),
        numerator="score_sum",
        denominator="answers",
        squares="score_square_sum",
        sample="answers",
        interval="mean",
        floor=1.0,
        ceiling=5.0,
    ),
    KpiDefinition(
        name="tickets_per_1000_orders",
        title="Tickets per 1,000 orders",
        formula="1,000 x tickets opened / completed orders.",
        unit="per_1000",
        good="down",
        needs=("support_tickets",),
        numerator="tickets",
        denominator="orders",
        scale=1000.0,
        sample="orders",
        interval="events",
    ),
    KpiDefinition(
        name="resolution_days",
        title="Time to resolve",
        formula="Mean days from opening to closing of the closed tickets opened in the month.",
        unit="days",
        good="down",
        needs=("support_tickets.closed_at",),
        numerator="resolution_days_sum",
        denominator="closed_tickets",
        squares="resolution_days_square_sum",
        sample="closed_tickets",
        interval="mean",
        floor=0.0,
    ),
    KpiDefinition(
        name="return_rate",
        title="Return rate",
        formula="Orders returned / all orders placed in the month.",
        unit="rate",
        good="down",
        needs=("transactions.status",),
        numerator="returned_orders",
        denominator="all_orders",
        sample="all_orders",
        interval="proportion",
    ),
    KpiDefinition(
        name="marketing_spend",
        title="Marketing spend",
        formula=(
            "Sum of marketing spend; a week that straddles two months counts by its days in each."
        ),
        unit="currency",
        good="neutral",
        additive=True,
        needs=("marketing_spend",),
        numerator="spend_amount",
        sample="spend_weeks",
    ),
    KpiDefinition(
        name="marketing_return",
        title="Return on marketing",
        formula="Contribution margin of all orders / marketing spend; not causal.",
        unit="ratio",
        good="up",
        needs=("marketing_spend", "transactions.cost_of_goods"),
        numerator="contribution_margin_amount",
        denominator="spend_amount",
        sample="spend_weeks",
    ),
)

KPI_NAMES: tuple[str, ...] = tuple(definition.name for definition in KPI_DEFINITIONS)
