"""Scenarios: the year ahead under assumptions, and sliders to make one's own."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.charts import SERIES, Chart, ChartColumn, figure_html, variable
from analytics.charts.figure import json_in_script
from analytics.charts.intervals import interval_rows
from analytics.charts.lines import monthly_line
from analytics.presentation.cells import shown, what_to_add
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    amount,
    count,
    currency_mark,
    day,
    decimal,
    is_known,
    month,
    percent,
    scale_of,
    sentence_start,
    signed_percent,
)
from analytics.presentation.fragments import (
    Fragment,
    definition_list,
    page_script,
    paragraph,
    text,
)
from analytics.presentation.rows import first_row, named_rows
from analytics.results import Scenarios
from analytics.tables import TableColumn, table_html

SHOWS = "the year ahead under three sets of assumptions, and sliders to change them"
ASSUMPTIONS = {
    "acquisition": "New customers",
    "retention": "How long customers stay",
    "order_value": "Value of an order",
    "frequency": "Orders while they stay",
    "margin": "Margin rate",
    "spend": "Marketing spend",
}
FIGURES = {
    "revenue_amount": "Net revenue",
    "orders": "Orders",
    "margin_amount": "Contribution margin",
    "result_amount": "Margin after marketing",
}


@shown(Scenarios, absent=what_to_add(SHOWS))
def summary(result: Scenarios) -> Fragment:
    """Return the range between the scenarios, and how far off the model was on the last year."""
    return Fragment(
        paragraph(text(range_sentence(result)), css="verdict")
        + paragraph(text(trust_sentence(result)))
    )


def range_sentence(result: Scenarios) -> str:
    """Return the net revenue of the year ahead in the three scenarios."""
    currency = source_facts().currency
    rows = result.scenarios.set_index("scenario")["revenue_amount"]
    before = result.last_year_revenue_amount
    middle = float(rows["moderate"])
    return (
        f"If all goes on as it did, the next twelve months bring "
        f"{amount(middle, currency)} net revenue ({signed_percent(middle / before - 1)} on the "
        f"last twelve); {amount(float(rows['conservative']), currency)} under the conservative "
        f"assumptions, {amount(float(rows['aggressive']), currency)} under the aggressive ones."
    )


def trust_sentence(result: Scenarios) -> str:
    """Return how far the same model would have been off a year ago."""
    error = result.backtest_error_rate
    if not is_known(error):
        return (
            "The history is too short to tell how far such a model would have been off a year ago; "
            "the intervals hold only what its parameters leave open."
        )
    side = "above" if error > 0 else "below"
    return (
        f"A year ago the same model, told how many customers would join, would have come out "
        f"{percent(abs(error))} {side} what came; the intervals allow for that again."
    )


@shown(Scenarios)
def sliders(result: Scenarios) -> Fragment:
    """Return the three scenarios' years with sliders over the assumptions.

    Without JavaScript the table stands alone.
    """
    data = slider_data(result)
    return Fragment(
        '<div class="scenarios" id="scenarios">'
        + _table(result)
        + '<form class="scenario-form" hidden aria-label="Change the assumptions"></form>'
        + '<p class="scenario-result" role="status" aria-live="polite" hidden></p>'
        + f'<script type="application/json" class="scenario-data">{json_in_script(data)}</script>'
        + "</div>"
        + page_script("scenarios")
    )


def slider_data(result: Scenarios) -> dict[str, Any]:
    """Return what the sliders compute with: the surface, the factors and today's levels."""
    surface = result.surface
    names = ("orders", "revenue_amount", "new_orders", "new_revenue_amount")
    known_spend = is_known(result.spend_amount)
    return {
        "nodes": [float(f"{value:.9g}") for value in sorted(set(surface["frequency"]))],
        "surface": {name: [float(f"{v:.7g}") for v in surface[name]] for name in names},
        "marginRate": result.margin_rate,
        "spend": result.spend_amount if known_spend else 0.0,
        "lastYear": result.last_year_revenue_amount,
        "mark": currency_mark(source_facts().currency),
        "least": result.least,
        "most": result.most,
        "assumptions": [
            {"name": name, "title": title}
            for name, title in ASSUMPTIONS.items()
            if name != "spend" or known_spend
        ],
        "figures": [
            {"name": name, "title": title}
            for name, title in FIGURES.items()
            if name != "result_amount" or known_spend
        ],
        "scenarios": {
            str(row.scenario): {name: float(getattr(row, name)) for name in ASSUMPTIONS}
            for row in named_rows(result.scenarios)
        },
    }


@shown(Scenarios)
def path(result: Scenarios) -> Fragment:
    """Return the net revenue of the scenarios by month."""
    return Fragment(figure_html(_path_chart(result)))


@shown(Scenarios)
def year(result: Scenarios) -> Fragment:
    """Return the margin after marketing of each scenario with its interval."""
    return Fragment(figure_html(_year_chart(result)))


@shown(Scenarios)
def set_up(result: Scenarios) -> Fragment:
    """Return what the model is and what it starts from."""
    currency = source_facts().currency
    spend = amount(result.spend_amount, currency) if is_known(result.spend_amount) else "not known"
    return Fragment(
        definition_list(
            [
                ("From", text(day(result.cutoff))),
                ("Model", text(f"{result.purchase_model}, Gamma-Gamma"
                               + (", in seasonal time" if result.season_known else ""))),
                ("New customers a year", text(count(result.joining_customers))),
                ("Margin rate", text(percent(result.margin_rate))),
                ("Marketing spend", text(spend)),
                ("Last twelve months", text(
                    f"{amount(result.last_year_revenue_amount, currency)}, "
                    f"{count(result.last_year_orders)} orders"
                )),
            ]
        )
    )  # fmt: skip


def _table(result: Scenarios) -> str:
    currency = source_facts().currency
    money = [name for name in FIGURES if name != "orders"]
    if not is_known(result.spend_amount):
        money.remove("result_amount")
    columns = [
        TableColumn(name="scenario", title="Scenario"),
        *(
            TableColumn(name=name, title=title, text=lambda value: percent(value, 0))
            for name, title in ASSUMPTIONS.items()
            if name != "spend" or is_known(result.spend_amount)
        ),
        *(
            TableColumn(name=name, title=FIGURES[name], text=lambda value: amount(value, currency))
            for name in money
        ),
    ]
    frame = result.scenarios.assign(scenario=result.scenarios["scenario"].map(sentence_start))
    return table_html(
        frame, tuple(columns), id="scenario-table", label="The three scenarios", searchable=False
    )


def _path_chart(result: Scenarios) -> Chart:
    currency = source_facts().currency
    rows = result.months
    divisor, word = scale_of(float(rows["revenue_amount"].max()))
    unit = " ".join(part for part in ("Net revenue,", word, currency) if part)
    sums = rows.groupby("scenario")["revenue_amount"].sum()
    gap = float(sums["aggressive"] - sums["conservative"])
    finding = f"Between the scenarios lie {amount(gap, currency)} of net revenue"
    frame = pd.DataFrame(
        {
            "month": rows["month"],
            "value": rows["revenue_amount"] / divisor,
            "series": rows["scenario"].map(sentence_start),
            "complete": True,
            "note": "",
            "shown": [amount(value, currency) for value in rows["revenue_amount"]],
        }
    )
    names = list(dict.fromkeys(frame["series"]))
    colours = {name: variable(SERIES[at]) for at, name in enumerate(names)}
    return Chart(
        id="scenario-path",
        title=finding,
        subtitle=f"{unit}, by month of the year ahead",
        alt=f"{finding}. "
        + "; ".join(f"{name} {amount(float(value), currency)}" for name, value in sums.items())
        + " in the year.",
        frame=rows,
        columns=(
            ChartColumn(name="scenario", title="Scenario", text=sentence_start),
            ChartColumn(name="month", title="Month", text=month),
            ChartColumn(
                name="revenue_amount", title="Net revenue", text=lambda v: amount(v, currency)
            ),
            ChartColumn(name="low_amount", title="80 % low", text=lambda v: amount(v, currency)),
            ChartColumn(name="high_amount", title="80 % high", text=lambda v: amount(v, currency)),
        ),
        specification=lambda width: monthly_line(frame, width, title=unit, colours=colours),
    )


def _year_chart(result: Scenarios) -> Chart:
    currency = source_facts().currency
    known = is_known(result.spend_amount)
    names = ("result_amount", "result_low_amount", "result_high_amount") if known else (
        "revenue_amount", "revenue_low_amount", "revenue_high_amount"
    )  # fmt: skip
    what = FIGURES[names[0]]
    rows = result.scenarios
    best = first_row(rows.sort_values(names[0], ascending=False))
    middle = first_row(rows[rows["scenario"] == "moderate"])
    change = getattr(best, names[0]) / getattr(middle, names[0]) - 1
    finding = (
        f"The {best.scenario} scenario ends {signed_percent(change)} from the moderate one"
        if best.scenario != "moderate"
        else "No scenario ends above the moderate one"
    )
    divisor, word = scale_of(float(rows[names[2]].max()))
    axis = " ".join(part for part in (f"{what},", word, currency) if part)
    frame = pd.DataFrame(
        {
            "name": rows["scenario"].map(sentence_start),
            "value": rows[names[0]] / divisor,
            "low": rows[names[1]] / divisor,
            "high": rows[names[2]] / divisor,
            "strong": True,
            "shown": [
                f"{amount(v, currency)} ({amount(low, currency)} to {amount(high, currency)})"
                for v, low, high in zip(*(rows[name] for name in names), strict=True)
            ],
        }
    )
    return Chart(
        id="scenario-year",
        title=finding,
        subtitle=f"{axis}, of the year ahead; with {decimal(result.level * 100, 0)} % interval",
        alt=f"{finding}. " + "; ".join(f"{r.name} {r.shown}" for r in named_rows(frame)) + ".",
        frame=rows[["scenario", *names]],
        columns=(
            ChartColumn(name="scenario", title="Scenario", text=sentence_start),
            *(
                ChartColumn(name=name, title=title, text=lambda v: amount(v, currency))
                for name, title in zip(names, (what, "Low", "High"), strict=True)
            ),
        ),
        specification=lambda width: interval_rows(frame, width, title=axis),
    )
