"""The forecast: the months to come, and how such forecasts have done."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.intervals import interval_rows
from analytics.charts.models import fan
from analytics.presentation.cells import nothing, shown, what_to_add
from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import (
    amount,
    count,
    decimal,
    is_known,
    month,
    percent,
    plural,
    scale_of,
    signed_percent,
    within,
)
from analytics.presentation.fragments import (
    Fragment,
    absent_line,
    definition_list,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import largest_row, named_rows
from analytics.results import Forecast, Missing
from analytics.tables import TableColumn, table_html

SHOWS = "net revenue, orders and active customers in the months to come"
NAMES = {
    "net_revenue_amount": "Net revenue",
    "orders": "Orders",
    "active_customers": "Active customers",
}
NESTED = "Chosen at each origin"
NAIVE = "Seasonal naive"


@shown(Forecast, absent=what_to_add(SHOWS))
def summary(result: Forecast) -> Fragment:
    """Return the revenue of the months ahead with its interval, and the skill of the forecast."""
    return Fragment(
        paragraph(text(total_sentence(result)), css="verdict")
        + paragraph(text(trust_sentence(result)))
    )


def total_sentence(result: Forecast) -> str:
    """Return what the months ahead are expected to bring, against the same months a year before."""
    rows = _rows(result, "net_revenue_amount")
    currency = source_facts().currency
    total = float(rows["value"].sum())
    before = _year_before(result, "net_revenue_amount")
    change = f", {signed_percent(total / before - 1)} on the same months a year before" if (
        is_known(before) and before > 0
    ) else ""  # fmt: skip
    last = rows["month"].iloc[-1]
    return (
        f"Net revenue is expected to be {amount(total, currency)} from {month(result.origin)} to "
        f"{month(last)}{change}."
    )


def trust_sentence(result: Forecast) -> str:
    """Return the error of such forecasts against the seasonal naive one."""
    relative = score(result, "net_revenue_amount", NESTED, "relative_mae")
    error = score(result, "net_revenue_amount", NESTED, "smape")
    if not is_known(relative):
        return "How good such forecasts have been cannot be told."
    verdict = (
        f"{percent(1 - relative, 0)} less than repeating last year"
        if relative < 1
        else "no less than repeating last year, which is therefore shown"
    )
    said = (
        f"Forecasts made in the same way at {plural(result.origins, 'earlier month')} were off by "
        f"{percent(error)} a month on average, {verdict}."
    )
    if result.season_weak:
        said += (
            f" {result.training_months} months of history show each season twice at most: the "
            "annual season is weakly identified, and the bands are wide for that."
        )
    return said


def fan_chart(measure: str) -> Fragment:
    """Return history, earlier forecasts and the forecast of a measure."""
    result = stored(Forecast)
    if isinstance(result, Missing):
        return absent_line(result) if measure == "net_revenue_amount" else Fragment("")
    return Fragment(figure_html(_fan(result, measure)))


@shown(Forecast, absent=nothing)
def parts(result: Forecast, dimension: str) -> Fragment:
    """Return the revenue expected of the parts of a dimension, as a change on a year before."""
    rows = result.months[
        (result.months["dimension"] == dimension)
        & (result.months["measure"] == "net_revenue_amount")
    ]
    if len(set(rows["part"]) - {"Unknown", "Other"}) < 2:
        return nothing_note(
            f"No {dimension} in this source",
            f"Add the column {dimension} of customers; this chart then compares its parts.",
        )
    return Fragment(figure_html(_parts_chart(result, rows, dimension)))


@shown(Forecast, absent=nothing)
def backtest_table(result: Forecast) -> Fragment:
    """Return the scores of every model in the backtest."""
    frame = result.scores.pivot_table(
        index=["measure", "model"], columns="metric", values="value", aggfunc="first", sort=False
    ).reset_index()
    used = {
        ("net_revenue_amount", result.revenue_model),
        ("orders", result.orders_model),
        ("active_customers", result.customers_model),
    }
    frame["model"] = [
        f"{r.model} (used)" if (r.measure, r.model) in used else r.model for r in named_rows(frame)
    ]
    frame["measure"] = frame["measure"].map(NAMES)
    columns = (
        TableColumn(name="measure", title="Measure"),
        TableColumn(name="model", title="Model"),
        TableColumn(name="relative_mae", title="Error against naive", text=decimal),
        TableColumn(name="smape", title="sMAPE", text=percent),
        TableColumn(name="pinball", title="Pinball loss", text=count),
        TableColumn(name="bias_rate", title="Bias", text=signed_percent),
        TableColumn(name="coverage_80", title="80 % covered", text=lambda v: percent(v, 0)),
        TableColumn(name="coverage_95", title="95 % covered", text=lambda v: percent(v, 0)),
    )
    return Fragment(
        table_html(frame, columns, id="forecast-backtest", label="Scores of the backtest",
                   searchable=False)
    )  # fmt: skip


@shown(Forecast)
def set_up(result: Forecast) -> Fragment:
    """Return the protocol of the backtest."""
    return Fragment(
        definition_list(
            [
                ("Months ahead", str(result.horizon_months)),
                ("Origins", text(
                    f"{result.origins}, {month(result.first_origin)} to "
                    f"{month(result.last_origin)}; they overlap, so they count as half as many"
                )),
                ("History", text(f"{result.training_months} months")),
                ("Models used", text(
                    f"net revenue: {within(result.revenue_model)}; orders: "
                    f"{within(result.orders_model)}; active customers: "
                    f"{within(result.customers_model)}"
                )),
            ]
        )
    )  # fmt: skip


def score(result: Forecast, measure: str, model: str, metric: str) -> float:
    """Return a score of the backtest; null where there is none."""
    rows = result.scores[
        (result.scores["measure"] == measure)
        & (result.scores["model"] == model)
        & (result.scores["metric"] == metric)
    ]
    return float(rows["value"].iloc[0]) if len(rows) else float("nan")


def _rows(result: Forecast, measure: str) -> pd.DataFrame:
    rows = result.months
    return rows[(rows["measure"] == measure) & (rows["dimension"] == "all")].reset_index(drop=True)


def _year_before(
    result: Forecast, measure: str, dimension: str = "all", part: str = "all"
) -> float:
    """Return the sum over the same months a year before; null where one is missing."""
    months = _rows(result, "net_revenue_amount")["month"] - pd.DateOffset(years=1)
    rows = result.history
    rows = rows[
        (rows["measure"] == measure) & (rows["dimension"] == dimension) & (rows["part"] == part)
    ]
    known = rows[rows["month"].isin(list(months))]
    return float(known["value"].sum()) if len(known) == len(months) else float("nan")


def _shown(value: float, measure: str) -> str:
    if measure == "net_revenue_amount":
        return amount(value, source_facts().currency)
    return count(value)


def _fan(result: Forecast, measure: str) -> Chart:
    rows = _rows(result, measure)
    past = result.history
    past = past[(past["measure"] == measure) & (past["dimension"] == "all")].reset_index(drop=True)
    name = NAMES[measure]
    peak = largest_row(rows, "value")
    finding = (
        f"{name} peak in {peak.month:%B} at {_shown(float(peak.value), measure)}"
        if measure != "net_revenue_amount"
        else f"{name} peaks in {peak.month:%B} at {_shown(float(peak.value), measure)}"
    )
    largest = float(max(rows["high_95"].max(), past["value"].max()))
    divisor, word = scale_of(largest)
    unit = source_facts().currency if measure == "net_revenue_amount" else ""
    axis = ", ".join(part for part in (name, " ".join(p for p in (word, unit) if p)) if part)
    numbers = ["value", "low_80", "high_80", "low_95", "high_95"]
    future = rows[["month", *numbers]].copy()
    future["shown"] = [
        f"{_shown(r.value, measure)} (80 %: {_shown(r.low_80, measure)} to "
        f"{_shown(r.high_80, measure)})"
        for r in named_rows(rows)
    ]
    last = past.iloc[-1]
    start = pd.DataFrame(
        {"month": [last["month"]], **{key: [last["value"]] for key in numbers},
         "shown": [_shown(float(last["value"]), measure)]}
    )  # fmt: skip
    future = pd.concat([start, future], ignore_index=True)
    future[numbers] = future[numbers] / divisor
    history = past[["month", "value"]].assign(
        shown=[_shown(r.value, measure) for r in named_rows(past)]
    )
    history["value"] = history["value"] / divisor
    used = {
        "net_revenue_amount": result.revenue_model,
        "orders": result.orders_model,
        "active_customers": result.customers_model,
    }[measure]
    tested = result.backtest
    tested = tested[(tested["measure"] == measure) & (tested["model"] == used)]
    tested = pd.DataFrame(
        {
            "month": tested["month"],
            "value": tested["forecast"] / divisor,
            "origin": tested["origin"].dt.strftime("%Y-%m"),
        }
    )
    return Chart(
        id=f"forecast-{measure.replace('_', '-')}",
        title=finding,
        subtitle=f"{axis}, by month; bands: 80 and 95 % intervals; dashed: forecasts made earlier "
        f"({within(used)})",
        alt=f"{finding}. Forecast by month: "
        + "; ".join(f"{r.month:%B %Y} {_shown(r.value, measure)}" for r in named_rows(rows))
        + ".",
        frame=rows[["month", *numbers]],
        columns=(
            ChartColumn(name="month", title="Month", text=month),
            ChartColumn(name="value", title="Forecast", text=lambda v: _shown(v, measure)),
            ChartColumn(name="low_80", title="80 % low", text=lambda v: _shown(v, measure)),
            ChartColumn(name="high_80", title="80 % high", text=lambda v: _shown(v, measure)),
            ChartColumn(name="low_95", title="95 % low", text=lambda v: _shown(v, measure)),
            ChartColumn(name="high_95", title="95 % high", text=lambda v: _shown(v, measure)),
        ),
        specification=lambda width: fan(history, future, tested, width, title=axis),
    )


def _parts_chart(result: Forecast, rows: pd.DataFrame, dimension: str) -> Chart:
    currency = source_facts().currency
    measure = "net_revenue_amount"
    listed = []
    rows = rows[~rows["part"].isin(["Unknown", "Other"])]
    for part, own in rows.groupby("part", sort=True):
        before = _year_before(result, measure, dimension, str(part))
        # Months move together, so that their bands add.
        total, low, high = (float(own[name].sum()) for name in ("value", "low_80", "high_80"))
        if not is_known(before) or before <= 0:
            continue
        listed.append((str(part), total, low, high, before))
    table = pd.DataFrame(listed, columns=["part", "value", "low", "high", "before"])
    if table.empty:
        table = pd.DataFrame(
            {"part": rows["part"].unique(), "value": 0.0, "low": 0.0, "high": 0.0, "before": 1.0}
        )
    table["change"] = table["value"] / table["before"] - 1
    table = table.sort_values(["change", "part"], ascending=[False, True], ignore_index=True)
    top = table.iloc[0]
    finding = f"{top['part']} is expected to do best: {signed_percent(float(top['change']))}"
    frame = pd.DataFrame(
        {
            "name": table["part"],
            "value": table["change"] * 100,
            "low": (table["low"] / table["before"] - 1) * 100,
            "high": (table["high"] / table["before"] - 1) * 100,
            "strong": True,
            "shown": [
                f"{signed_percent(r.change)}, {amount(r.value, currency)}"
                for r in named_rows(table)
            ],
        }
    )
    return Chart(
        id=f"forecast-{dimension}",
        title=finding,
        subtitle=f"Net revenue of the next {result.horizon_months} months against the same months "
        "a year before, per cent; with 80 % interval",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame)) + ".",
        frame=table[["part", "value", "low", "high", "change"]],
        columns=(
            ChartColumn(name="part", title=dimension.capitalize()),
            ChartColumn(name="value", title="Forecast", text=lambda v: amount(v, currency)),
            ChartColumn(name="low", title="80 % low", text=lambda v: amount(v, currency)),
            ChartColumn(name="high", title="80 % high", text=lambda v: amount(v, currency)),
            ChartColumn(name="change", title="On a year before", text=signed_percent),
        ),
        specification=lambda width: interval_rows(
            frame, width, title="Change on a year before, %", reference=0.0
        ),
    )
