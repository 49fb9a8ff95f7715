"""The page of customers: cohorts, RFM groups, gaps between purchases, concentration."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.bars import change_bars
from analytics.charts.curves import histogram
from analytics.charts.customers import retention_triangle, share_lines
from analytics.charts.palette import SERIES, variable
from analytics.presentation.cells import nothing, shown, what_to_add
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import (
    amount,
    count,
    decimal,
    is_known,
    listed,
    percent,
    scale_of,
)
from analytics.presentation.fragments import (
    Fragment,
    absent_line,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import CustomerBase, Missing
from analytics.tables import TableColumn, table_html

SHOWS = "who comes back, how soon, and how much of net revenue they bring"
# Cohorts and months that a triangle on a screen can hold.
MOST_COHORTS = 24
MOST_CURVE_MONTHS = 36
_ADVICE = {
    "Champions": "Ordered lately and often: keep them, and ask them to recommend.",
    "Loyal": "Order often, the last order is a while ago: remind them.",
    "Promising": "Ordered lately, not often yet: help them to the next order.",
    "Recent": "Ordered lately, hardly more than once: welcome them.",
    "Needs attention": "Neither lately nor often: a reason to come back.",
    "At risk": "Used to order, not lately: worth a call before they are gone.",
    "Dormant": "Few orders, long ago: cheap reminders alone.",
    "Other": "Groups of few customers, told together.",
}


@shown(CustomerBase, absent=what_to_add(SHOWS))
def lead(base: CustomerBase) -> Fragment:
    """Return in a few sentences who comes back and who brings the revenue."""
    told = [f"<strong>{count(base.customers)} customers</strong> have ordered."]
    curve = _curve(base, "all")
    for months in (12, 6, 3, 1):
        row = curve[curve["months_since"] == months]
        if len(row):
            point = first_row(row)
            word = "month" if months == 1 else "months"
            told.append(
                f"{percent(point.retention_rate, 0)} of a cohort were active {months} {word} "
                f"after the first order (95 % interval {percent(point.low, 0)} to "
                f"{percent(point.high, 0)})."
            )
            break
    if is_known(base.median_gap_days):
        told.append(f"Half of all orders were followed by another within "
                    f"{count(base.median_gap_days)} days.")  # fmt: skip
    if is_known(base.top_tenth_rate):
        told.append(f"A tenth of the customers brought {percent(base.top_tenth_rate, 0)} of net "
                    "revenue.")  # fmt: skip
    return Fragment(paragraph(" ".join(told), css="verdict"))


def triangle() -> Fragment:
    """Return the share of each cohort that is active, month by month."""
    base = stored(CustomerBase)
    if isinstance(base, Missing):
        return absent_line(base) if base.needs else Fragment("")
    rows = base.cohorts[base.cohorts["complete"] & (base.cohorts["months_since"] > 0)]
    latest = sorted(rows["cohort"].unique())[-MOST_COHORTS:]
    rows = rows[rows["cohort"].isin(latest) & (rows["months_since"] <= MOST_COHORTS)]
    known = rows[rows["retention_rate"].notna()]
    if known.empty:
        return nothing_note(
            "No cohort to follow yet",
            "A cohort needs two complete months, and enough customers that no figure stands for "
            f"fewer than {base.minimum_cell} of them.",
        )
    return Fragment(figure_html(_triangle_chart(rows, known, base)))


def _triangle_chart(rows: pd.DataFrame, known: pd.DataFrame, base: CustomerBase) -> Chart:
    edges = [float(known["retention_rate"].quantile(share)) for share in (0.25, 0.5, 0.75)]
    step = 100 if edges[2] - edges[0] > 0.04 else 1000
    low, mid, high = (round(edge * step) / step for edge in edges)
    frame = pd.DataFrame(
        {
            "cohort": rows["cohort"].map(lambda day: f"{day:%b %y}"),
            "months_since": rows["months_since"],
            "value": rows["retention_rate"],
            "mark": rows["retention_rate"].map(lambda v: f"{v * 100:.0f}" if is_known(v) else ""),
            "dark": rows["retention_rate"] >= high,
            "shown": [
                f"{percent(row.retention_rate)} of {count(row.customers)}"
                if is_known(row.retention_rate)
                else "withheld: few customers"
                for row in named_rows(rows)
            ],
        }
    ).reset_index(drop=True)
    second = known[known["months_since"] == 1]
    finding = "Retention by cohort and month"
    if len(second) > 1:
        best = first_row(second.sort_values("retention_rate", ascending=False, kind="stable"))
        worst = first_row(second.sort_values("retention_rate", kind="stable"))
        finding = (
            f"In the month after the first order {percent(worst.retention_rate, 0)} "
            f"({worst.cohort:%b %Y}) to {percent(best.retention_rate, 0)} "
            f"({best.cohort:%b %Y}) came back"
        )
    number = int(rows["cohort"].nunique())
    withheld = int(rows["retention_rate"].isna().sum())
    more = "; blank: few customers" if withheld else ""
    table = rows[["cohort", "months_since", "customers", "active_customers", "retention_rate",
                  "low", "high"]]  # fmt: skip
    return Chart(
        id="cohorts",
        title=finding,
        subtitle=f"Share of a month's new customers who were active later, %{more}",
        alt=f"{finding}. A triangle of {number} cohorts by months since the first order.",
        frame=table,
        columns=(
            ChartColumn(name="cohort", title="Cohort", text=lambda day: f"{day:%B %Y}"),
            ChartColumn(name="months_since", title="Months since"),
            ChartColumn(name="customers", title="Customers", text=count),
            ChartColumn(name="active_customers", title="Active", text=count),
            ChartColumn(name="retention_rate", title="Retention", text=percent),
            ChartColumn(name="low", title="From", text=percent),
            ChartColumn(name="high", title="To (95 % interval)", text=percent),
        ),
        specification=lambda width: retention_triangle(
            frame, width, edges=(low, mid, high), rows=number
        ),
        widths=(832, 320),
    )


@shown(CustomerBase, absent=nothing)
def curves(base: CustomerBase) -> Fragment:
    """Return retention by months since the first order, of all cohorts and of each year's."""
    whole = _curve(base, "all")
    if len(whole) < 2:
        return Fragment("")
    years = sorted(set(base.curves["series"]) - {"all"})[-4:]
    names = {"all": "All cohorts", **{year: f"Cohorts of {year}" for year in years}}
    near = base.curves["months_since"].between(1, MOST_CURVE_MONTHS)
    rows = base.curves[base.curves["series"].isin(names) & near]
    if len(years) < 2:
        names, rows = {"all": "All cohorts"}, rows[rows["series"] == "all"]
    frame = pd.DataFrame(
        {
            "series": rows["series"].map(names),
            "x": rows["months_since"],
            "value": rows["retention_rate"],
            "low": rows["low"].where(rows["series"] == "all"),
            "high": rows["high"].where(rows["series"] == "all"),
            "shown": rows["retention_rate"].map(percent),
        }
    ).reset_index(drop=True)
    colours = {
        name: variable(slot)
        for name, slot in zip(names.values(), ("accent", *SERIES[1:]), strict=False)
    }
    first, last = first_row(whole), first_row(whole.tail(1))
    finding = (
        f"Of new customers {percent(first.retention_rate, 0)} are active a month later, "
        f"{percent(last.retention_rate, 0)} after {last.months_since} months"
    )
    chart = Chart(
        id="retention-curves",
        title=finding,
        subtitle="Share of cohorts active, by months since the first order; band: 95 % interval",
        alt=f"{finding}. Lines of retention by months since the first order.",
        frame=rows[["series", "months_since", "customers", "active_customers", "retention_rate"]],
        columns=(
            ChartColumn(name="series", title="Cohorts", text=lambda name: names[name]),
            ChartColumn(name="months_since", title="Months since"),
            ChartColumn(name="customers", title="Customers", text=count),
            ChartColumn(name="active_customers", title="Active", text=count),
            ChartColumn(name="retention_rate", title="Retention", text=percent),
        ),
        specification=lambda width: share_lines(
            frame, width, titles=("Months since the first order", "Share active, %"),
            colours=colours,
        ),
    )  # fmt: skip
    return Fragment(figure_html(chart))


def _curve(base: CustomerBase, series: str) -> pd.DataFrame:
    near = base.curves["months_since"].between(1, MOST_CURVE_MONTHS)
    rows = base.curves[(base.curves["series"] == series) & near]
    return rows.sort_values("months_since").reset_index(drop=True)


@shown(CustomerBase, absent=nothing)
def groups(base: CustomerBase) -> Fragment:
    """Return the RFM groups: a chart of what they bring, and what to think of each."""
    rows = base.rfm_groups
    if rows.empty:
        return nothing_note("No groups", "There are too few customers to tell groups apart.")
    currency = source_facts().currency
    top = first_row(rows.sort_values("net_revenue_amount", ascending=False, kind="stable"))
    finding = (
        f"{top.group}, {percent(top.customers_rate, 0)} of customers, brought "
        f"{percent(top.net_revenue_rate, 0)} of net revenue"
    )
    divisor, word = scale_of(float(rows["net_revenue_amount"].abs().max()))
    frame = pd.DataFrame(
        {
            "part": rows["group"],
            "value": rows["net_revenue_amount"] / divisor,
            "shown": rows["net_revenue_amount"].map(lambda value: amount(value, currency)),
        }
    )
    chart = Chart(
        id="rfm-groups",
        title=finding,
        subtitle="Net revenue to date by RFM group",
        alt=f"{finding}. Bars of net revenue by group.",
        frame=rows[["group", "customers", "net_revenue_amount"]],
        columns=(
            ChartColumn(name="group", title="Group"),
            ChartColumn(name="customers", title="Customers", text=count),
            ChartColumn(
                name="net_revenue_amount", title="Net revenue",
                text=lambda value: amount(value, currency),
            ),
        ),
        specification=lambda width: change_bars(
            frame, width, title=" ".join(f"Net revenue, {word} {currency}".split()),
            colours=("accent", "minus-2"),
        ),
    )  # fmt: skip
    return Fragment(figure_html(chart) + _groups_table(rows, currency))


def _groups_table(rows: pd.DataFrame, currency: str) -> str:
    frame = rows.assign(meaning=rows["group"].map(lambda name: _ADVICE.get(name, "")))
    columns = (
        TableColumn(name="group", title="Group"),
        TableColumn(name="customers", title="Customers", text=count),
        TableColumn(name="customers_rate", title="Share", text=lambda v: percent(v, 0)),
        TableColumn(
            name="net_revenue_rate", title="Share of revenue", text=lambda v: percent(v, 0)
        ),
        TableColumn(name="orders", title="Mean orders", text=lambda v: decimal(v, 1)),
        TableColumn(name="days_since_last_order", title="Median days since", text=count),
        TableColumn(name="scores", title="Scores"),
        TableColumn(name="meaning", title="What it means", html=_long),
    )
    return table_html(frame, columns, id="rfm", label="RFM groups", searchable=False)


def _long(value: object) -> str:
    return f'<span class="long">{text(value)}</span>'


@shown(CustomerBase, absent=nothing)
def grid(base: CustomerBase) -> Fragment:
    """Return customers by recency and order score."""
    if base.rfm_grid.empty:
        return Fragment("")
    wide = base.rfm_grid.pivot(index="r_score", columns="f_score", values="customers")
    wide = wide.reindex(index=range(5, 0, -1), columns=range(1, 6))
    frame = pd.DataFrame({"recency": [f"r {score}" for score in wide.index]})
    columns = [TableColumn(name="recency", title="Recency score")]
    for score in wide.columns:
        frame[f"f{score}"] = wide[score].to_numpy()
        columns.append(TableColumn(name=f"f{score}", title=f"f {score}", text=count))
    return Fragment(
        table_html(
            frame, tuple(columns), id="rfm-grid", label="Customers by RFM scores",
            sortable=False, searchable=False,
        )
    )  # fmt: skip


@shown(CustomerBase, absent=nothing)
def gaps(base: CustomerBase) -> Fragment:
    """Return how long customers take between purchases."""
    rows = base.gaps
    if rows.empty:
        return nothing_note(
            "No gap between purchases",
            f"Fewer than {base.minimum_cell} customers have ordered on two days or more.",
        )
    frame = pd.DataFrame(
        {
            "low": rows["days_from"],
            "high": rows["days_to"],
            "count": rows["gaps"],
            "shown": [f"{row.days_from} to {row.days_to - 1} days" for row in named_rows(rows)],
        }
    )
    # The last class holds all that is longer: drawn as wide as the others, it would tower.
    steps = frame["high"] - frame["low"]
    if len(frame) > 2 and steps.iloc[-1] > 3 * steps.iloc[0]:
        frame = frame.iloc[:-1]
    finding = (
        f"Half of all orders were followed by another within {count(base.median_gap_days)} days"
        if is_known(base.median_gap_days)
        else "Fewer than half of all orders have been followed by another"
    )
    left = rows["gaps"].sum() - frame["count"].sum()
    tail = f"; {count(left)} longer ones are in the table" if left else ""
    chart = Chart(
        id="purchase-gaps",
        title=finding,
        subtitle=f"Days between a customer's days of purchase{tail}",
        alt=f"{finding}. A histogram of days between purchases.",
        frame=rows,
        columns=(
            ChartColumn(name="days_from", title="From day"),
            ChartColumn(name="days_to", title="To before day"),
            ChartColumn(name="gaps", title="Gaps", text=count),
            ChartColumn(name="gaps_rate", title="Share of gaps", text=percent),
            ChartColumn(name="followed_rate", title="Orders followed by then", text=percent),
        ),
        specification=lambda width: histogram(
            frame, width, titles=("Days between purchases", "Gaps")
        ),
    )  # fmt: skip
    return Fragment(figure_html(chart))


@shown(CustomerBase, absent=nothing)
def concentration(base: CustomerBase) -> Fragment:
    """Return how much of net revenue comes from how few customers."""
    rows = base.concentration
    if rows.empty:
        return nothing_note(
            "No concentration", "There are too few customers, or there is no net revenue."
        )
    currency = source_facts().currency
    known = [
        f"{share} of customers brought {percent(rate, 0)}"
        for share, rate in (("a tenth", base.top_tenth_rate), ("a fifth", base.top_fifth_rate))
        if is_known(rate)
    ]
    sentence = listed(known)
    finding = (
        f"{sentence[:1].upper()}{sentence[1:]} of net revenue" if known
        else f"Half of net revenue came from {percent(base.half_revenue_rate, 0)} of customers"
    )  # fmt: skip
    start = pd.DataFrame({"customers_rate": [0.0], "net_revenue_rate": [0.0]})
    line = pd.concat([start, rows[["customers_rate", "net_revenue_rate"]]], ignore_index=True)
    frame = pd.DataFrame(
        {
            "series": "Net revenue",
            "x": line["customers_rate"] * 100,
            "value": line["net_revenue_rate"],
            "low": float("nan"),
            "high": float("nan"),
            "shown": line["net_revenue_rate"].map(lambda value: percent(value, 0)),
        }
    )
    kept = rows.iloc[[at for at in range(len(rows)) if at % 5 == 4 or at == len(rows) - 1]]
    chart = Chart(
        id="concentration",
        title=finding,
        subtitle="Share of net revenue by share of customers, those with most first",
        alt=f"{finding}. A curve of cumulated net revenue over customers.",
        frame=kept if len(kept) > 3 else rows,
        columns=(
            ChartColumn(name="customers_rate", title="Share of customers", text=percent),
            ChartColumn(name="customers", title="Customers", text=count),
            ChartColumn(
                name="net_revenue_amount", title="Net revenue",
                text=lambda value: amount(value, currency),
            ),
            ChartColumn(name="net_revenue_rate", title="Share of net revenue", text=percent),
        ),
        specification=lambda width: share_lines(
            frame, width, titles=("Share of customers, %", "Share of net revenue, %"),
            colours={"Net revenue": variable("accent")},
        ),
    )  # fmt: skip
    return Fragment(figure_html(chart))
