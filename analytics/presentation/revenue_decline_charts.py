"""Charts of the decline of revenue."""

from __future__ import annotations

import pandas as pd

from analytics.charts import Chart, ChartColumn
from analytics.charts.bars import change_bars
from analytics.charts.lines import monthly_line
from analytics.charts.palette import variable
from analytics.charts.waterfall import waterfall
from analytics.presentation.context import source_facts
from analytics.presentation.formats import (
    amount,
    period_name,
    scale_of,
    signed_amount,
    signed_percent,
    words,
)
from analytics.presentation.rows import largest_row, named_rows
from analytics.results import RevenueDecline


def waterfall_chart(result: RevenueDecline) -> Chart:
    """Return the steps from the compared quarter to this one."""
    currency = source_facts().currency
    now, then = period_name(result.current_label), period_name(result.base_label)
    names = {
        "base": then,
        "current": now,
        "expected_change": "Season, growth and all else",
    }
    rows = result.waterfall
    divisor, word = scale_of(float(rows["amount"].abs().max()))
    level, starts, ends = 0.0, [], []
    for row in named_rows(rows):
        starts.append(0.0 if row.kind == "total" else level / divisor)
        level = row.amount if row.kind == "total" else level + row.amount
        ends.append(level / divisor)
    frame = pd.DataFrame(
        {
            "step": [names.get(step, step.replace(" x ", " × ")) for step in rows["step"]],
            "kind": rows["kind"],
            "start": starts,
            "end": ends,
            "shown": [
                amount(r.amount, currency)
                if r.kind == "total"
                else signed_amount(r.amount, currency)
                for r in named_rows(rows)
            ],
        }
    )
    named = frame[(frame["kind"] == "change") & ~rows["step"].isin(list(names))]
    if len(named):
        first = named_rows(named)[0]
        finding = f"{first.step} cost {first.shown.lstrip(chr(0x2212))} in {now}"
    else:
        change = signed_amount(result.total_change_amount, currency)
        finding = (
            f"No slice fell between {then} and {now}"
            if result.dimensions
            else f"Net revenue changed by {change} from {then} to {now}"
        )
    axis = " ".join(part for part in ("Net revenue,", word, currency) if part)
    return Chart(
        id="decline-waterfall",
        title=finding,
        subtitle=f"{axis}; from {then} to {now}; the steps sum to the change; "
        "the axis may not begin at zero",
        alt=f"{finding}. Steps: "
        + "; ".join(f"{row.step} {row.shown}" for row in named_rows(frame))
        + ".",
        frame=frame.assign(amount=rows["amount"])[["step", "amount"]],
        columns=(
            ChartColumn(name="step", title="Step"),
            ChartColumn(name="amount", title="Amount", text=lambda v: amount(v, currency)),
        ),
        specification=lambda width: waterfall(frame, width, title=axis),
    )


def mix_chart(result: RevenueDecline, dimension: str) -> Chart:
    """Return mix and rate of a dimension's parts; volume stands in the table."""
    currency = source_facts().currency
    now, then = period_name(result.current_label), period_name(result.base_label)
    rows = result.mix[result.mix["dimension"] == dimension].reset_index(drop=True)
    long = pd.concat(
        [
            pd.DataFrame(
                {"part": rows["part"] + f": {kind}", "amount": rows[f"{kind}_amount"], "kind": kind}
            )
            for kind in ("mix", "rate")
        ],
        ignore_index=True,
    )
    order = long["amount"].abs().sort_values(ascending=False, kind="stable").index[:10]
    long = long.loc[sorted(order, key=lambda i: (-long["amount"][i], long["part"][i]))]
    divisor, word = scale_of(float(long["amount"].abs().max()))
    sums = rows[["volume_amount", "mix_amount", "rate_amount"]].sum()
    axis = " ".join(part for part in ("Part in the change,", word, currency) if part)
    frame = pd.DataFrame(
        {
            "part": long["part"],
            "value": long["amount"] / divisor,
            "shown": long["amount"].map(lambda value: signed_amount(value, currency)),
        }
    ).reset_index(drop=True)
    finding = (
        f"By {words(dimension)}: volume {signed_amount(sums['volume_amount'], currency)}, mix "
        f"{signed_amount(sums['mix_amount'], currency)}, order value "
        f"{signed_amount(sums['rate_amount'], currency)}"
    )
    return Chart(
        id=f"mix-{dimension.replace('_', '-')}",
        title=finding,
        subtitle=f"{axis}; {now} against {then}; mix: from its share of orders, "
        "rate: from its order value; the ten largest",
        alt=f"{finding}. Bars: "
        + "; ".join(f"{row.part} {row.shown}" for row in named_rows(frame))
        + ".",
        frame=rows[["part", "volume_amount", "mix_amount", "rate_amount", "change_amount"]],
        columns=(
            ChartColumn(name="part", title="Part"),
            *(
                ChartColumn(
                    name=f"{name}_amount",
                    title=name.capitalize(),
                    text=lambda v: signed_amount(v, currency),
                )
                for name in ("volume", "mix", "rate", "change")
            ),
        ),
        specification=lambda width: change_bars(frame, width, title=axis),
    )


def levels_chart(result: RevenueDecline) -> Chart:
    """Return the levels of weekly orders less their season."""
    rows = result.change_points[result.change_points["series"] == "all"].reset_index(drop=True)
    ends = rows.assign(month=rows["end"] - pd.Timedelta(days=1))
    frame = pd.concat([rows.assign(month=rows["start"], at=0), ends.assign(at=1)])
    frame = frame.sort_values(["month", "at"], kind="stable").reset_index(drop=True)
    shown = frame["level_rate"].map(signed_percent)
    changed = frame["change_rate"].notna() & (frame["at"] == 0)
    chart = pd.DataFrame(
        {
            "month": frame["month"],
            "value": frame["level_rate"] * 100,
            "series": "Level",
            "complete": True,
            "note": frame["change_rate"].map(signed_percent).where(changed, ""),
            "shown": shown,
        }
    )
    moves = rows[rows["change_rate"].notna()]
    if len(moves):
        top = largest_row(moves, "change_rate")
        verb = "rose" if top.change_rate > 0 else "fell"
        finding = (
            f"Weekly orders {verb} to a new level in {top.start:%B %Y}: "
            f"{signed_percent(top.change_rate)}"
        )
    else:
        finding = "Weekly orders kept one level once the season is taken off"
    return Chart(
        id="order-levels",
        title=finding,
        subtitle="Level of weekly orders less season, % of their mean; a step is a change point",
        alt=f"{finding}. {len(rows)} levels over the whole observation.",
        frame=rows[["start", "end", "level_rate", "change_rate"]],
        columns=(
            ChartColumn(name="start", title="From", text=lambda v: f"{v:%Y-%m-%d}"),
            ChartColumn(name="end", title="To", text=lambda v: f"{v:%Y-%m-%d}"),
            ChartColumn(name="level_rate", title="Level", text=signed_percent),
            ChartColumn(name="change_rate", title="Change", text=signed_percent),
        ),
        specification=lambda width: monthly_line(
            chart,
            width,
            title="Level, % of the mean",
            height=180,
            colours={"Level": variable("accent")},
        ),
    )
