"""Charts of the drill-down."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn
from analytics.charts.bars import change_bars
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    amount,
    decimal,
    percent,
    period_name,
    scale_of,
    sentence_start,
    signed_amount,
    signed_percent,
    words,
)
from analytics.presentation.rows import largest_row, named_rows
from analytics.results import DrillDown


def drivers_chart(result: DrillDown) -> Chart:
    """Return the change split into its three factors."""
    currency = source_facts().currency
    rows = result.drivers.reset_index(drop=True)
    divisor, word = scale_of(float(rows["change_amount"].abs().max()))
    axis = " ".join(part for part in ("Part in the change,", word, currency) if part)
    top = largest_row(rows, "change_amount")
    verb = "added" if top.change_amount > 0 else "took"
    name = sentence_start(str(top.factor))
    finding = f"{name} {verb} most: {amount(abs(top.change_amount), currency)}"
    frame = pd.DataFrame(
        {
            "part": rows["factor"].map(sentence_start),
            "value": rows["change_amount"] / divisor,
            "shown": rows["change_amount"].map(lambda value: signed_amount(value, currency)),
        }
    )
    now, then = period_name(result.current_label), period_name(result.base_label)
    return Chart(
        id="drivers",
        title=finding,
        subtitle=f"{axis}; {now} against {then}; the bars sum to the change",
        alt=f"{finding}. Bars: "
        + "; ".join(f"{row.part} {row.shown}" for row in named_rows(frame))
        + ".",
        frame=rows[["factor", "base", "current", "change_amount"]],
        columns=(
            ChartColumn(name="factor", title="Factor"),
            ChartColumn(name="base", title=then, text=decimal),
            ChartColumn(name="current", title=now, text=decimal),
            ChartColumn(name="change_amount", title="Part in the change",
                        text=lambda value: signed_amount(value, currency)),
        ),
        specification=lambda width: change_bars(frame, width, title=axis),
    )  # fmt: skip


def parts_chart(result: DrillDown, dimension: str) -> Chart:
    """Return the change by the parts of a dimension."""
    currency = source_facts().currency
    rows = result.parts[
        (result.parts["outer_dimension"] == "all") & (result.parts["dimension"] == dimension)
    ].sort_values(["change_amount", "part"], ascending=[False, True])
    rows = rows.reset_index(drop=True)
    divisor, word = scale_of(float(rows["change_amount"].abs().max()))
    axis = " ".join(part for part in ("Change of net revenue,", word, currency) if part)
    top = largest_row(rows, "change_amount")
    verb = "gained" if top.change_amount > 0 else "lost"
    size = amount(abs(top.change_amount), currency)
    finding = f"{top.part} {verb} most by {words(dimension)}: {size}"
    if not top.change_amount:
        finding = f"No change by {words(dimension)}"
    frame = pd.DataFrame(
        {
            "part": rows["part"],
            "value": rows["change_amount"] / divisor,
            "shown": [
                f"{signed_amount(r.change_amount, currency)} ({signed_percent(r.change_rate)})"
                for r in named_rows(rows)
            ],
        }
    )
    now, then = period_name(result.current_label), period_name(result.base_label)
    return Chart(
        id=f"by-{dimension.replace('_', '-')}",
        title=finding,
        subtitle=f"{axis}; {now} against {then}",
        alt=f"{finding}. Bars: "
        + "; ".join(f"{row.part} {row.shown}" for row in named_rows(frame))
        + ".",
        frame=rows[["part", "base_amount", "current_amount", "change_amount", "change_rate",
                    "share_rate"]],
        columns=(
            ChartColumn(name="part", title=sentence_start(words(dimension))),
            ChartColumn(name="base_amount", title=then, text=lambda v: amount(v, currency)),
            ChartColumn(name="current_amount", title=now, text=lambda v: amount(v, currency)),
            ChartColumn(name="change_amount", title="Change",
                        text=lambda v: signed_amount(v, currency)),
            ChartColumn(name="change_rate", title="Relative", text=signed_percent),
            ChartColumn(name="share_rate", title="Share of revenue", text=percent),
        ),
        specification=lambda width: change_bars(frame, width, title=axis),
    )  # fmt: skip
