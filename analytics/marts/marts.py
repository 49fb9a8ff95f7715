"""The marts of a source as pandas frames."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from analytics.calendar import PeriodKind
from analytics.cleaning import CleanTables
from analytics.engine import Engine
from analytics.marts import (
    baskets,
    cohorts,
    completed_orders,
    cube,
    customer_features,
    customer_margin,
    customer_windows,
    daily_by,
    distinct_counts,
    drill,
    experiments,
    gaps,
    marketing,
    moments,
    monthly,
    next_orders,
    order_rates,
    orders,
    products,
    series,
    voices,
)
from analytics.marts.active_months import ActiveMonths
from analytics.marts.calendar_frames import filled, month_starts, period_starts
from analytics.marts.dimensions import ALL, source_dimensions
from analytics.marts.kept import kept

if TYPE_CHECKING:
    import ibis.expr.types as ir

_COUNTS = (
    "orders",
    "all_orders",
    "returned_orders",
    "active_customers",
    "new_customers",
    "previous_customers",
    "retained_customers",
    "repeat_customers",
)


class Marts:
    """The marts of a source, each computed in the engine when it is asked for.

    Amounts are summed as decimals, so that they do not depend on the order of the rows, and
    come back as ``float64``. Frames are sorted by their leading columns.

    Parameters
    ----------
    clean : CleanTables
    engine : Engine
    """

    def __init__(self, clean: CleanTables, engine: Engine) -> None:
        self._clean = clean
        self._engine = engine
        self._first = clean.facts.observation_start
        self._last = clean.facts.observation_end
        self.kept_frames: dict[Hashable, pd.DataFrame] = {}

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimensions that the source has."""
        return source_dimensions(self._clean.columns)

    def has(self, name: str) -> bool:
        """Return whether the source has costs, status or the table of that name."""
        columns = self._clean.columns
        if name == "costs":
            return "cost_of_goods" in columns["transactions"]
        if name == "status":
            return "status" in columns["transactions"]
        return name in columns

    @cached_property
    def _orders(self) -> ir.Table:
        return self._engine.materialised(orders.orders(self._clean.tables), "orders")

    @cached_property
    def _active_months(self) -> ActiveMonths:
        return ActiveMonths(self._orders, self._engine, self._first, self._last)

    @kept
    def monthly(self) -> pd.DataFrame:
        """Return the figures of every month, in total and by each single dimension.

        ``previous_customers`` were active in the month before, ``retained_customers`` in both;
        ``repeat_customers`` have two completed orders or more by the end of the month.
        """
        frame = monthly.monthly(
            self._orders,
            self._active_months,
            self.dimensions,
            self._engine,
            has_costs=self.has("costs"),
        )
        frame.insert(0, "start", month_starts(frame.pop("month")))
        total = frame[frame["dimension"] == ALL]
        zeros = [name for name in _COUNTS if name in frame] + self._amounts()
        total = filled(total, self._starts("month"), name="start", zeros=zeros)
        total = total.assign(dimension=ALL, part=ALL)
        frame = pd.concat([total, frame[frame["dimension"] != ALL]], ignore_index=True)
        before = frame[["start", "dimension", "part", "active_customers"]].copy()
        before["start"] = before["start"] + pd.DateOffset(months=1)
        before["start"] = before["start"].astype("datetime64[us]")
        before = before.rename(columns={"active_customers": "previous_customers"})
        frame = frame.merge(before, "left", ["start", "dimension", "part"])
        frame["previous_customers"] = frame["previous_customers"].fillna(0).astype("int64")
        columns = ["start", "dimension", "part", *self._amounts(all_of_them=True), *_COUNTS]
        frame = frame[columns].rename(columns={"start": "month"})
        return frame.sort_values(["month", "dimension", "part"], ignore_index=True)

    def monthly_satisfaction(self) -> pd.DataFrame:
        """Return answers and their sums by month, in total, by region and by segment."""
        expression = voices.monthly_satisfaction(self._clean.tables, self.dimensions)
        return self._by_month(expression, ["dimension", "part"])

    def monthly_tickets(self) -> pd.DataFrame:
        """Return tickets opened and days to close them by month, region and segment."""
        expression = voices.monthly_tickets(self._clean.tables, self.dimensions)
        return self._by_month(expression, ["dimension", "part"])

    @kept
    def cube(self) -> pd.DataFrame:
        """Return completed orders by month, region, segment, category and sales channel.

        A dimension that the source lacks has the one part ``All``.
        """
        expression = cube.cube(self._orders, self.dimensions, has_costs=self.has("costs"))
        return self._by_month(expression, list(cube.CUBE_DIMENSIONS))

    @property
    def drills(self) -> dict[str, tuple[str, ...]]:
        """The drill-down tables that the source has data for, with their levels."""
        return drill.source_drills(self._clean.columns)

    def drill(self, name: str) -> pd.DataFrame:
        """Return month, the levels of a drill-down table, amounts, orders and customers.

        Parameters
        ----------
        name : str
            One of `drills`; KeyError where the source has no data for it. Figures of
            ``product`` come from order lines (see `drill.product_drill`), all others are
            those of orders and add up to the totals; ``customers`` never add up.
        """
        levels = list(self.drills[name])
        if name == "product":
            items = self._clean.tables["transaction_items"]
            expression = drill.product_drill(self._orders, items, levels)
        else:
            expression = drill.drill(self._orders, levels, has_costs=self.has("costs"))
        return self._by_month(expression, levels)

    def by_two(self, first: str, second: str) -> pd.DataFrame:
        """Return month, the parts of two dimensions, amounts, orders and customers.

        Parameters
        ----------
        first, second : str
            Two of `dimensions`; KeyError for others.
        """
        if not {first, second} <= set(self.dimensions):
            raise KeyError(f"{first}, {second}")
        levels = [first, second]
        expression = drill.drill(self._orders, levels, has_costs=self.has("costs"))
        return self._by_month(expression, levels)

    @property
    def has_products(self) -> bool:
        """Whether the source says which products were bought, and for how much."""
        return products.has_products(self._clean.columns)

    def products(self) -> pd.DataFrame:
        """Return month, category (of the order), product_id, net revenue and customers."""
        items = self._clean.tables["transaction_items"]
        expression = products.products(self._orders, items)
        return self._by_month(expression, ["category", "product_id"])

    def completed_orders(self, *, most: int = 1_000_000) -> tuple[pd.DataFrame, int]:
        """Return completed orders one by one, and of every how many customers they are.

        Parameters
        ----------
        most : int
            About the most orders that are read. With more, each second, third ... customer is
            taken with all orders, in the order of ids.

        Returns
        -------
        DataFrame, int
            customer_id, day, net_revenue_amount, discount_rate, the source's dimensions; sorted
            by customer, day and order. 1 where all customers are in it.
        """
        counted = self._engine.frame(completed_orders.order_count(self._orders), order_by=[])
        every = max(1, -(-int(counted["orders"].iloc[0]) // most))
        rows = completed_orders.completed_orders(self._orders, self.dimensions, every=every)
        frame = self._engine.frame(rows, order_by=["customer_id", "day", "transaction_id"])
        return frame.drop(columns="transaction_id"), every

    def baskets(self, *, most: int = 1_000_000) -> tuple[pd.DataFrame, int]:
        """Return the categories of completed orders, and of every how many customers they are.

        Parameters
        ----------
        most : int
            As of `completed_orders`, and of the same customers.

        Returns
        -------
        DataFrame, int
            customer_id, transaction_id, day, category, lines: a row for each category of an order.
            KeyError where the source has no categories.
        """
        if "category" not in self.dimensions:
            raise KeyError("category")
        counted = self._engine.frame(completed_orders.order_count(self._orders), order_by=[])
        every = max(1, -(-int(counted["orders"].iloc[0]) // most))
        rows = baskets.baskets(self._orders, self._clean.tables["transaction_items"], every=every)
        keys = ["customer_id", "transaction_id", "category"]
        return self._engine.frame(rows, order_by=keys), every

    def satisfaction(self) -> pd.DataFrame:
        """Return the answers to surveys one by one: customer_id, surveyed_on, score."""
        answers = self._clean.tables["satisfaction"]
        rows = answers.select("customer_id", "surveyed_on", "score")
        return self._engine.frame(rows, order_by=["customer_id", "surveyed_on", "score"])

    def tickets(self) -> pd.DataFrame:
        """Return the tickets one by one: customer_id, opened_at, closed_at (where known)."""
        tickets = self._clean.tables["support_tickets"]
        names = [name for name in ("closed_at",) if name in tickets.columns]
        rows = tickets.select("customer_id", "opened_at", *names)
        return self._engine.frame(rows, order_by=["customer_id", "opened_at", *names])

    def cohorts(self) -> pd.DataFrame:
        """Return the cohort calendar: every cohort in every month from its first.

        Columns: cohort (month of the first completed order), month, months_since, customers
        (size of the cohort), active_customers, orders and the two amounts.
        """
        expression = cohorts.cohorts(self._orders, has_costs=self.has("costs"))
        frame = self._engine.frame(expression, order_by=["cohort", "month"])
        frame = frame.assign(
            cohort=month_starts(frame["cohort"]), month=month_starts(frame["month"])
        )
        zeros = ["active_customers", "orders", *self._amounts()]
        return cohorts.cohort_calendar(frame, self._starts("month"), zeros=zeros)

    def purchase_gaps(self) -> pd.DataFrame:
        """Return gap_days, closed, gaps, customers: days between purchases, and how often.

        ``customers`` is how many have a closed gap of as many weeks; open gaps, which run to
        the last day observed, have none.
        """
        rows = self._engine.materialised(gaps.purchase_gaps(self._orders, self._last), "gaps")
        counted = self._engine.frame(gaps.gap_counts(rows), order_by=["gap_days", "closed"])
        weekly = self._engine.frame(gaps.customers_by_week(rows), order_by=["week"])
        found = counted["gap_days"].floordiv(gaps.WEEK).map(weekly.set_index("week")["customers"])
        return counted.assign(customers=found.where(counted["closed"]).fillna(0).astype("int64"))

    def distinct_counts(self) -> pd.DataFrame:
        """Return customers under every filter of the dashboard, by period.

        Columns: kind (month, quarter, year, window), start, region, segment, category and
        sales_channel (a part, or ``all`` for no filter: always so for a dimension that the
        source lacks), active_customers, new_customers (first completed
        order in the period and under the filter), retained_customers (active also in the period
        before, under the same filter) and previous_customers (active in the period before).
        Exact: small counts are not hidden. The first period observed has no period before.
        """
        new = self._engine.frame(distinct_counts.new_customers(self._orders))
        splits = [
            split
            for split in distinct_counts.SPLITS
            if all(name in self.dimensions for name in split)
        ]
        frames = []
        for kind in distinct_counts.KINDS:
            for split in splits:
                counted = distinct_counts.distinct_counts(
                    self._active_months, new, kind, split, self.dimensions
                )
                frame = distinct_counts.rolled_up(counted)
                step = distinct_counts.MONTHS.get(kind)
                window = pd.Series(pd.Timestamp(self._first), index=frame.index)
                start = window if step is None else month_starts(frame["period"] * step)
                frame.insert(0, "kind", kind)
                frame.insert(1, "start", start.astype("datetime64[us]"))
                # The period after the last has nothing but customers of the one before.
                frame = frame[frame["start"] <= pd.Timestamp(self._last)]
                frames.append(frame.drop(columns="period"))
        keys = ["kind", "start", *cube.CUBE_DIMENSIONS]
        frame = pd.concat(frames, ignore_index=True)
        return frame.astype({"kind": "str"}).sort_values(keys, ignore_index=True)

    @kept
    def daily_by(self, dimension: str) -> pd.DataFrame:
        """Return day, part, amounts, orders and active customers by the parts of a dimension.

        Parameters
        ----------
        dimension : str
            One of `dimensions`; KeyError for another. Days without an order have no row.
        """
        if dimension not in self.dimensions:
            raise KeyError(dimension)
        expression = daily_by.daily_by(self._orders, dimension, has_costs=self.has("costs"))
        return self._engine.frame(expression, order_by=["day", "part"])

    @kept
    def daily(self) -> pd.DataFrame:
        """Return the totals of every day of the observation."""
        return self._series("day", "day", self._starts("day"))

    @kept
    def totals(self, kind: PeriodKind) -> pd.DataFrame:
        """Return the totals of every month, quarter or year that touches the observation."""
        frame = self._series(kind, "period", self._starts(kind))
        return frame.drop(columns="contribution_margin_amount")

    @kept
    def weekly(self) -> pd.DataFrame:
        """Return the totals of every week; complete where all its days are observed."""
        monday = self._first - timedelta(days=self._first.weekday())
        weeks = (self._last - monday).days // 7 + 1
        starts = [monday + timedelta(weeks=week) for week in range(weeks)]
        frame = self._series("week", "week", starts).drop(columns="active_customers")
        first, end = pd.Timestamp(self._first), pd.Timestamp(self._last) + pd.Timedelta(days=1)
        whole = (frame["week"] >= first) & (frame["week"] + pd.Timedelta(days=7) <= end)
        return frame.assign(complete=whole)

    def marketing(self) -> pd.DataFrame:
        """Return the spend of each week and marketing channel."""
        expression = marketing.marketing(self._clean.tables["marketing_spend"])
        return self._engine.frame(expression, order_by=["week", "marketing_channel"])

    @property
    def has_regional_marketing(self) -> bool:
        """Whether costs, and both orders and marketing spend by region, are known."""
        return (
            self.has("costs")
            and "region" in self._clean.columns.get("marketing_spend", frozenset())
            and "region" in self.dimensions
        )

    def regional_weekly(self) -> pd.DataFrame:
        """Return week, region, contribution_margin_amount, complete: every week of each region."""
        expression = marketing.regional_margin(self._orders)
        frame = self._engine.frame(expression, order_by=["region", "week"])
        weeks = self.weekly()[["week", "complete"]]
        grid = weeks.merge(frame[["region"]].drop_duplicates(), how="cross")
        whole = grid.merge(frame, how="left", on=["week", "region"])
        whole = whole.fillna({"contribution_margin_amount": 0.0})
        columns = ["week", "region", "contribution_margin_amount", "complete"]
        return whole.sort_values(["week", "region"], ignore_index=True)[columns]

    def regional_marketing(self) -> pd.DataFrame:
        """Return the spend of each week, marketing channel and region."""
        expression = marketing.marketing(self._clean.tables["marketing_spend"], by=["region"])
        return self._engine.frame(expression, order_by=["week", "marketing_channel", "region"])

    @kept
    def customer_features(self, cutoff: date) -> pd.DataFrame:
        """Return what is known of each customer before the cut-off, one row a customer.

        Nothing dated at or after it enters; see `customer_features.customer_features` for what
        the export gives no date for.
        """
        expression = customer_features.customer_features(
            self._orders, self._clean.tables, cutoff, has_costs=self.has("costs")
        )
        return self._engine.frame(expression, order_by=["customer_id"])

    def customer_margin(
        self, start: date, end: date, *, discount_rate: float, margin_rate: float
    ) -> pd.DataFrame:
        """Return each customer's margin in [start, end), discounted to `start`.

        Parameters
        ----------
        start : date
            First day.
        end : date
            First day after the last.
        discount_rate : float
            A year's.
        margin_rate : float
            Margin as a share of net revenue, used where the source has no costs.
        """
        expression = customer_margin.customer_margin(
            self._orders,
            start,
            end,
            discount_rate=discount_rate,
            margin_rate=None if self.has("costs") else margin_rate,
        )
        return self._engine.frame(expression, order_by=["customer_id"])

    @kept
    def next_orders(self, cutoff: date) -> pd.DataFrame:
        """Return the days from a cut-off to the next completed order, of customers who have one."""
        expression = next_orders.next_orders(self._orders, cutoff)
        return self._engine.frame(expression, order_by=["customer_id"])

    @kept
    def order_rates(self) -> pd.DataFrame:
        """Return orders of settled customers and customers who join, by week; none left out."""
        monday = self._first - timedelta(days=self._first.weekday())
        weeks = (self._last - monday).days // 7 + 1
        starts = [monday + timedelta(weeks=week) for week in range(weeks)]
        frame = self._engine.frame(order_rates.order_rates(self._orders), order_by=["week"])
        names = ["settled_orders", "joining_customers"]
        return filled(frame.rename(columns={"week": "start"}), starts, name="week", zeros=names)

    def customer_windows(self, start: date, middle: date, end: date) -> pd.DataFrame:
        """Return what each customer ordered in [start, middle) and in [middle, end)."""
        expression = customer_windows.customer_windows(self._orders, start, middle, end)
        return self._engine.frame(expression, order_by=["customer_id"])

    def moments(self, dimension: str | None, start: date, middle: date, end: date) -> pd.DataFrame:
        """Return sums and sums of products over customers, by part; see `marts.moments`."""
        expression = moments.moments(self._orders, dimension, start, middle, end)
        return self._engine.frame(expression, order_by=["part"])

    def assignments(self) -> pd.DataFrame:
        """Return who was assigned to which variant of which experiment, and when."""
        expression = experiments.assignments(self._clean.tables["experiments"])
        return self._engine.frame(expression, order_by=["experiment_id", "customer_id"])

    def experiment_weeks(self, weeks: int) -> pd.DataFrame:
        """Return what assigned customers ordered, by week around their assignment."""
        expression = experiments.experiment_weeks(
            self._orders, self._clean.tables["experiments"], weeks=weeks
        )
        return self._engine.frame(expression, order_by=["experiment_id", "customer_id", "week"])

    def _amounts(self, *, all_of_them: bool = False) -> list[str]:
        if self.has("costs") or all_of_them:
            return ["net_revenue_amount", "contribution_margin_amount"]
        return ["net_revenue_amount"]

    def _starts(self, kind: PeriodKind) -> list[date]:
        return period_starts(self._first, self._last, kind)

    def _series(self, step: series.Step, name: str, starts: Sequence[date]) -> pd.DataFrame:
        expression = series.series(self._orders, step, has_costs=self.has("costs"))
        frame = self._engine.frame(expression, order_by=["start"])
        zeros = ["orders", "active_customers", *self._amounts()]
        return filled(frame, starts, name=name, zeros=zeros)

    def _by_month(self, expression: ir.Table, keys: list[str]) -> pd.DataFrame:
        frame = self._engine.frame(expression, order_by=["month", *keys])
        month = month_starts(frame.pop("month"))
        figures = [name for name in frame.columns if name not in keys]
        frame = frame[[*keys, *figures]]
        frame.insert(0, "month", month)
        return frame
