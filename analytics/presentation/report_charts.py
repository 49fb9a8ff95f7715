"""The chart of what moved a period of a report."""

from __future__ import annotations

import pandas as pd

from analytics.calendar import Period
from analytics.charts import Chart, ChartColumn
from analytics.charts.bars import change_bars
from analytics.charts.drawn_bars import change_bars_svg
from analytics.presentation.context import source_facts
from analytics.presentation.formats import amount, percent, scale_of, signed_amount, words
from analytics.presentation.report_figures import named
from analytics.presentation.rows import largest_first, largest_row, named_rows
from analytics.presentation.wording import moved

_MOVERS = 8


def movers_chart(rows: pd.DataFrame, period: Period, base: Period) -> Chart:
    """Return the parts with the largest changes of net revenue, either way."""
    currency = source_facts().currency
    now, then = named(period), named(base)
    rows = (
        largest_first(rows, "change_amount")
        .head(_MOVERS)
        .sort_values("change_amount", ascending=False)
    )
    rows = rows.reset_index(drop=True)
    rows["name"] = [f"{r.part} ({words(str(r.dimension))})" for r in named_rows(rows)]
    divisor, word = scale_of(float(rows["change_amount"].abs().max()))
    top = largest_row(rows, "change_amount")
    verb = moved(top.change_amount, rose="gained", fell="lost", stayed="moved")
    size = amount(abs(top.change_amount), currency)
    finding = f"{top.part} {verb} most: {size} against {then}"
    axis = " ".join(part for part in ("Change of net revenue,", word, currency) if part)
    frame = pd.DataFrame(
        {
            "part": rows["name"],
            "value": rows["change_amount"] / divisor,
            "shown": rows["change_amount"].map(lambda value: signed_amount(value, currency)),
        }
    )
    alt = f"{finding}. Bars: "
    alt += "; ".join(f"{row.part} {row.shown}" for row in named_rows(frame)) + "."
    return Chart(
        id="movers",
        title=finding,
        subtitle=f"{axis}; {now} against {then}; parts of different dimensions overlap",
        alt=alt,
        frame=rows[["name", "current_amount", "base_amount", "change_amount",
                    "change_share_rate"]],
        columns=(
            ChartColumn(name="name", title="Part"),
            *(
                ChartColumn(name=name, title=title, text=lambda value: amount(value, currency))
                for name, title in (
                    ("current_amount", now),
                    ("base_amount", then),
                    ("change_amount", "Change"),
                )
            ),
            ChartColumn(name="change_share_rate", title="Share of the total's change",
                        text=percent),
        ),
        specification=lambda width: change_bars(frame, width, title=axis),
        drawing=lambda width: change_bars_svg(frame, width, title=axis, alt=alt),
    )  # fmt: skip
