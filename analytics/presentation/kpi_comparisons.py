"""KPIs against what is usual: the trailing average, the same weekdays a year ago, events."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.presentation.cells import shown
from analytics.presentation.context import source_facts, stored
from analytics.presentation.figures import definitions, month_name
from analytics.presentation.formats import (
    ABSENT,
    amount,
    change_in_unit,
    in_unit,
    is_known,
    listed,
    percent,
    plural,
    signed_percent,
)
from analytics.presentation.fragments import Fragment, absent_line, nothing_note, paragraph, text
from analytics.presentation.rows import named_rows
from analytics.results import Comparisons, Kpis, Missing
from analytics.tables import TableColumn, table_html

_MONTHS = "net_revenue"


def trailing() -> Fragment:
    """Return the last complete month against its trailing average and aligned by weekday."""
    kpis, found = stored(Kpis), stored(Comparisons)
    if isinstance(kpis, Missing):
        return absent_line(kpis)
    if isinstance(found, Missing) or kpis.latest_month is None:
        return Fragment("")
    latest = pd.Timestamp(kpis.latest_month)
    known = definitions(kpis)
    rows = {row.kpi: row for row in named_rows(found.months[found.months["month"] == latest])}
    told = [(known[name], rows[name]) for name in known if name in rows]
    told = [(own, row) for own, row in told if is_known(row.value)]
    if not any(is_known(row.trailing_average) or is_known(row.aligned) for _, row in told):
        return nothing_note(
            "Nothing usual yet", "A trailing average needs three complete months before this one."
        )
    currency = source_facts().currency
    frame = pd.DataFrame(
        [
            {
                "kpi": own.title,
                "value": in_unit(row.value, own.unit, currency),
                "mean": in_unit(row.trailing_average, own.unit, currency),
                "change": change_in_unit(row.trailing_change, row.trailing_change_rate, own.unit),
                "aligned": in_unit(row.aligned, own.unit, currency),
                "aligned_change": signed_percent(row.aligned_change_rate),
            }
            for own, row in told
        ]
    )
    months = max(row.trailing_months for _, row in told)
    columns = (
        TableColumn(name="kpi", title="KPI"),
        TableColumn(name="value", title=f"{latest:%b %Y}", number=True),
        TableColumn(name="mean", title=f"Mean of {plural(months, 'month')} before", number=True),
        TableColumn(name="change", title="Change", number=True),
        TableColumn(name="aligned", title="Same weekdays a year ago", number=True),
        TableColumn(name="aligned_change", title="Change", number=True),
    )
    label = f"KPIs of {month_name(kpis.latest_month)} against what is usual"
    return Fragment(
        paragraph(text(_finding(told, found.calendar, latest)))
        + table_html(frame, columns, id="kpi-usual", label=label, sortable=False, searchable=False)
    )


def _finding(told: list[tuple[Any, Any]], calendar: pd.DataFrame, latest: pd.Timestamp) -> str:
    revenue = next((row for own, row in told if own.kpi == _MONTHS), None)
    parts = []
    if revenue is not None and is_known(revenue.trailing_change_rate):
        side = "above" if revenue.trailing_change_rate >= 0 else "below"
        parts.append(
            f"Net revenue was {percent(abs(revenue.trailing_change_rate))} {side} the mean of the "
            f"{plural(revenue.trailing_months, 'month')} before, season included."
        )
    if revenue is not None and is_known(revenue.aligned_change_rate):
        side = "above" if revenue.aligned_change_rate >= 0 else "below"
        parts.append(
            f"Against the same weekdays a year ago it was "
            f"{percent(abs(revenue.aligned_change_rate))} {side}."
        )
    moved = [
        row
        for row in named_rows(calendar[calendar["month"] == latest])
        if row.event_days != row.year_before_days
    ]
    if moved:
        events = [
            f"{plural(row.event_days, 'day')} of {row.event}, "
            f"{row.year_before_days} the year before"
            for row in moved
        ]
        parts.append(f"The calendar differs: the month had {listed(events)}.")
    return " ".join(parts)


@shown(Comparisons)
def events(found: Comparisons) -> Fragment:
    """Return what each event brought, against the weeks before and the year before."""
    rows = found.events[found.events["complete"]].sort_values("start", ascending=False)
    if rows.empty:
        return nothing_note("No event", "No event of the settings lies in the data as a whole.")
    rows = rows.head(12).reset_index(drop=True)
    currency = source_facts().currency

    def money(value: float) -> str:
        return amount(value, currency) if is_known(value) else ABSENT

    frame = pd.DataFrame(
        {
            "event": rows["event"],
            "days": [_span(row) for row in named_rows(rows)],
            "revenue": rows["net_revenue_amount"].map(money),
            "usual": [
                f"{money(row.usual_low_amount)} to {money(row.usual_high_amount)}"
                if is_known(row.usual_amount)
                else ABSENT
                for row in named_rows(rows)
            ],
            "lift": rows["lift_rate"].map(signed_percent),
            "before": rows["year_before_amount"].map(money),
            "change": rows["year_change_rate"].map(signed_percent),
        }
    )
    columns = (
        TableColumn(name="event", title="Event"),
        TableColumn(name="days", title="Days"),
        TableColumn(name="revenue", title="Net revenue", number=True),
        TableColumn(name="usual", title="Four weeks before", number=True),
        TableColumn(name="lift", title="Against their mean", number=True),
        TableColumn(name="before", title="Year before", number=True),
        TableColumn(name="change", title="Change", number=True),
    )
    return Fragment(
        paragraph(text(_event_finding(rows)))
        + table_html(frame, columns, id="events", label="Events", sortable=False, searchable=False)
    )


def _span(row: Any) -> str:
    if row.start == row.last:
        return f"{row.start.day} {row.start:%b %Y}"
    first = (
        f"{row.start.day} {row.start:%b}" if row.start.month != row.last.month else row.start.day
    )
    return f"{first} to {row.last.day} {row.last:%b %Y}"


def _event_finding(rows: pd.DataFrame) -> str:
    known = rows[rows["lift_rate"].notna()]
    if known.empty:
        return (
            "No event can be compared: its days, or those of the four weeks before it, are not "
            "all told."
        )
    outside = known[
        (known["net_revenue_amount"] > known["usual_high_amount"])
        | (known["net_revenue_amount"] < known["usual_low_amount"])
    ]
    if outside.empty:
        return "No event stood out from the four weeks before it."
    row = named_rows(outside.iloc[[int(outside["lift_rate"].abs().to_numpy().argmax())]])[0]
    side = "more" if row.lift_rate > 0 else "less"
    return (
        f"{row.event} {row.start:%Y} brought {percent(abs(row.lift_rate), 0)} {side} than the same "
        f"weekdays of the four weeks before. {plural(len(outside), 'event')} of {len(known)} lay "
        "outside the range of these weeks."
    )
