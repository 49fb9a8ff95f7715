"""The drill-down that the reader goes through, complete as it arrives for its first level."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from analytics.charts.figure import json_in_script
from analytics.presentation.context import source_facts, stored
from analytics.presentation.drilldown_cells import drill_data
from analytics.presentation.formats import (
    amount,
    is_known,
    percent,
    period_name,
    sentence_start,
    signed_amount,
    signed_percent,
    within,
    words,
)
from analytics.presentation.fragments import Fragment, nothing_note, page_script, text
from analytics.presentation.rows import largest_row, named_rows
from analytics.results import DailySeries, DrillDown, DrillTables, Kpis, Missing, MonthlyCube

OTHER = "Other"
_FIELDS = (
    ("against", "Compared with", (("year", "the year before"), ("before", "the period before"),
                                  ("none", "nothing"))),
    ("measure", "Measure", (("net", "Net revenue"), ("orders", "Orders"))),
)  # fmt: skip


def explorer() -> Fragment:
    """Return the drill-down: its first level as a table, the way further where scripts run."""
    kpis, split = stored(Kpis), stored(DrillDown)
    if isinstance(kpis, Missing) or not _is_anything_told(kpis):
        return nothing_note(
            "Nothing to drill into",
            "Every month stands for so few customers that its figures would be figures of persons.",
        )
    data = drill_data(
        kpis, stored(MonthlyCube), stored(DailySeries), stored(DrillTables), source_facts()
    )
    start = _start(split, data)
    shown = None if isinstance(split, Missing) else _first_level(split, start["by"])
    return Fragment(
        f'<div class="drill" id="drill" data-start="{text(json.dumps(start))}">'
        '<nav class="drill-crumbs" aria-label="Path"></nav>'
        f"{_fields()}"
        '<div class="drill-splits"></div>'
        f'<p class="drill-level" role="status" tabindex="-1">{_level(split)}</p>'
        '<p class="drill-why" hidden></p>'
        f"{_figure(split, start['by'], shown)}"
        '<p class="drill-refused quiet" hidden></p>'
        f'<script type="application/json" class="drill-data">{json_in_script(data)}</script>'
        "</div>" + page_script("drilldown")
    )


def _is_anything_told(kpis: Kpis) -> bool:
    rows = kpis.values
    told = (rows["kpi"] == "net_revenue") & (rows["dimension"] == "all") & rows["value"].notna()
    return bool(told.any())


def _start(split: DrillDown | Missing, data: dict[str, Any]) -> dict[str, Any]:
    """Return where the drill-down begins: the last complete period by the first dimension."""
    several = [name for name in data["byPart"] if len(data["parts"][name]["names"]) > 1]
    by = several[0] if several else "month"
    if isinstance(split, Missing):
        return {"path": [], "by": by, "against": "year"}
    kind = "quarter" if "Q" in split.current_label else "month"
    if not several and kind == "month":
        by = "day"
    against = "year" if split.base_start.year == split.current_start.year - 1 and (
        split.base_start.month == split.current_start.month
    ) else "before"  # fmt: skip
    return {"path": [[kind, split.current_label]], "by": by, "against": against}


def _fields() -> str:
    fields = "".join(
        f'<label class="dash-field"><span class="dash-name">{title}</span><select name="{name}">'
        + "".join(f'<option value="{value}">{shown}</option>' for value, shown in options)
        + "</select></label>"
        for name, title, options in _FIELDS
    )
    return f'<div class="drill-fields" data-needs-script hidden>{fields}</div>'


def _level(split: DrillDown | Missing) -> str:
    if isinstance(split, Missing):
        return text(split.because)
    currency = source_facts().currency
    now, then = period_name(split.current_label), period_name(split.base_label)
    if not split.base_amount:
        change = signed_amount(split.change_amount, currency)
    else:
        rate = signed_percent(split.change_amount / split.base_amount)
        change = f"{signed_amount(split.change_amount, currency)} ({rate})"
    value = amount(split.current_amount, currency)
    return (
        f"{text(now)}: net revenue <strong>{text(value)}</strong>, "
        f'<span class="drill-change">{text(change)}</span> against {text(then)}.'
    )


def _first_level(split: DrillDown, dimension: str) -> pd.DataFrame:
    """Return the parts of the first level, largest change first and what is merged last."""
    rows = split.parts
    rows = rows[(rows["outer_dimension"] == "all") & (rows["dimension"] == dimension)]
    rows = rows[(rows["current_amount"] != 0) | (rows["base_amount"] != 0)]
    order = rows.assign(_other=rows["part"] == OTHER, _size=-rows["change_amount"].abs())
    return order.sort_values(["_other", "_size"], kind="stable").reset_index(drop=True)


def _finding(rows: pd.DataFrame, currency: str) -> str:
    named = rows[(rows["part"] != OTHER) & (rows["change_amount"] != 0)]
    if named.empty:
        return ""
    top = largest_row(named, "change_amount")
    verb = "gained" if top.change_amount > 0 else "lost"
    share = ""
    if is_known(top.change_share_rate) and 0 < top.change_share_rate <= 1:
        share = f", {percent(top.change_share_rate, 0)} of the change"
    return f"{top.part} {verb} most: {amount(abs(top.change_amount), currency)}{share}"


def _figure(split: DrillDown | Missing, dimension: str, rows: pd.DataFrame | None) -> str:
    title = subtitle = table = ""
    if rows is not None and not isinstance(split, Missing) and len(rows):
        currency = source_facts().currency
        title = _finding(rows, currency)
        now, then = period_name(split.current_label), period_name(split.base_label)
        subtitle = f"Net revenue by {within(words(dimension))}, {now}; change against {then}"
        table = _table(split, dimension, rows, currency)
    hidden = "" if table else " hidden"
    return (
        f'<figure class="chart drill-figure" id="chart-drill"{hidden}><figcaption>'
        f'<strong class="chart-title drill-finding">{text(title)}</strong>'
        f'<span class="chart-subtitle drill-subtitle">{text(subtitle)}</span></figcaption>'
        '<div class="table-scroll" tabindex="0" role="region" aria-label="Parts of this level">'
        f'<table class="data drill-table">{table}</table></div>'
        '<div class="chart-tools" hidden><button type="button" class="drill-more" hidden></button>'
        '<button type="button" data-download="csv">Table as CSV</button></div></figure>'
    )


def _table(split: DrillDown, dimension: str, rows: pd.DataFrame, currency: str) -> str:
    heads = [
        ('<th scope="col" class="number drill-rank">', "#"),
        ('<th scope="col">', sentence_start(words(dimension))),
        ('<th scope="col" class="number">', "Net revenue"),
        ('<th scope="col" class="number">', "Share"),
        ('<th scope="col" class="number drill-wide">', "Before"),
        ('<th scope="col" class="number">', "Change"),
        ('<th scope="col" class="number drill-wide">', "Relative"),
    ]
    if split.change_amount:
        heads.append(('<th scope="col" class="number">', "Of the change"))
    body = "".join(
        _row(place, row, currency, bool(split.change_amount))
        for place, row in enumerate(named_rows(rows), start=1)
    )
    head = "".join(f"{tag}{title}</th>" for tag, title in heads)
    return f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"


def _row(place: int, row: Any, currency: str, has_share: bool) -> str:
    name = text(row.part)
    if row.part == OTHER:
        name += "<small>parts of few customers, told together</small>"
    cells = [
        f'<td class="number drill-rank">{place}</td>',
        f'<td class="drill-other">{name}</td>' if row.part == OTHER else f"<td>{name}</td>",
        f'<td class="number">{text(amount(row.current_amount, currency))}</td>',
        f'<td class="number">{text(percent(row.share_rate))}</td>',
        f'<td class="number drill-wide">{text(amount(row.base_amount, currency))}</td>',
        f'<td class="number">{text(signed_amount(row.change_amount, currency))}</td>',
        f'<td class="number drill-wide">{text(signed_percent(row.change_rate))}</td>',
    ]
    if has_share:
        cells.append(f'<td class="number">{text(percent(row.change_share_rate))}</td>')
    return f"<tr>{''.join(cells)}</tr>"
