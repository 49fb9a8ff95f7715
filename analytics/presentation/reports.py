"""The archive of reports, and the one page that every day, month and quarter gets."""

from __future__ import annotations

import pandas as pd

from analytics.calendar import Period, parsed_period, period_of
from analytics.charts import figure_html
from analytics.presentation.alerts import items_of_months
from analytics.presentation.context import report_cell, source_facts, stored
from analytics.presentation.figures import figures, strip
from analytics.presentation.formats import (
    day,
    in_unit,
    sentence_start,
)
from analytics.presentation.fragments import (
    Fragment,
    link,
    missing_note,
    note,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.headline import headline, is_material, moved_by
from analytics.presentation.headline import named as named_kpi
from analytics.presentation.report_charts import movers_chart
from analytics.presentation.report_figures import (
    ReportFigure,
    named,
    report_card,
    report_figures,
    report_labels,
    report_movers,
)
from analytics.presentation.wording import compared, tone
from analytics.results import Kpis, Missing, MonthlyReports
from analytics.tables import TableColumn, table_html

SHOWS = "a report for every day, month and quarter"
CARDS = ("net_revenue", "contribution_margin", "active_customers", "retention_rate",
         "satisfaction_score", "orders", "average_order_value", "new_customers",
         "contribution_margin_rate")  # fmt: skip
_CARDS = 8
# What may stand beside net revenue in the headline of a day or a quarter.
_BESIDE = ("contribution_margin_rate", "average_order_value", "orders", "active_customers")


def archive() -> Fragment:
    """Return the list of all reports, newest first: quarters and months by year, then days."""
    absent = _absent()
    if absent is not None:
        return absent
    labels = [*report_labels("month"), *report_labels("quarter")]
    days = report_labels("day")
    if not labels and not days:
        return nothing_note("No report yet", "The data do not cover a day.")
    sections = [_days_section(days)] if days else []
    for year in sorted({label[:4] for label in labels}, reverse=True):
        held = [parsed_period(label) for label in labels if label.startswith(year)]
        # A quarter stands above its months, which it ends with.
        held.sort(key=lambda period: (period.end, period.kind == "quarter"), reverse=True)
        items = "".join(_item(period) for period in held)
        sections.append(
            f'<section class="archive"><h2 id="y{year}">{year}</h2>'
            f'<ul class="list">{items}</ul></section>'
        )
    return Fragment("".join(sections))


def _item(period: Period) -> str:
    name = f"{period.start:%B}" if period.kind == "month" else f"Quarter {period.label[-1]}"
    tag = "" if is_complete(period) else ' <span class="tag neutral">partial</span>'
    shown = text(name) if period.kind == "month" else f"<strong>{text(name)}</strong>"
    return (
        f"<li>{link(f'{period.label}.html', shown)}{tag}<small>{text(_line(period))}</small></li>"
    )


def _days_section(days: tuple[str, ...]) -> str:
    """Return the days as a grid of links, a line a month."""
    months: dict[str, list[str]] = {}
    for label in days:
        months.setdefault(label[:7], []).append(label)
    lines = []
    for month in sorted(months, reverse=True):
        name = parsed_period(month).title
        links = " ".join(
            f'<a href="{label}.html" title="{text(named(parsed_period(label)))}">'
            f"{int(label[8:])}</a>"
            for label in months[month]
        )
        lines.append(f'<p class="day-links"><span>{text(name)}</span> {links}</p>')
    last = parsed_period(days[-1])
    return (
        f'<section class="archive"><h2 id="days">Last {len(days)} days</h2>'
        f"<p>{link(f'{last.label}.html', text(named(last)))}: {text(_line(last))}</p>"
        f"{''.join(lines)}</section>"
    )


def _line(period: Period) -> str:
    """Return one line about a period, for lists; no full stop."""
    figure = report_figures(period).get("net_revenue")
    if figure is None:
        return "Withheld: it stands for few customers" if period.kind == "day" else "No net revenue"
    value = in_unit(figure.value, "currency", source_facts().currency)
    against = figure.known
    if against is None:
        return f"{value} net revenue"
    return f"{value} net revenue, {compared(against.change)} {against.words}"


@report_cell
def opening(label: str) -> Fragment:
    """Return a report's headline, its links to others, and a notice where it is partial."""
    absent = _absent()
    if absent is not None:
        return absent
    period = parsed_period(label)
    title = sentence_start(period.title)
    if period.kind == "day":
        title = f"{period.start:%A}, {title}"
    parts = [f"<h1>{text(title)}</h1>", _neighbours(period)]
    if not is_complete(period):
        facts = source_facts()
        parts.append(
            note(
                f"Partial {period.kind}",
                paragraph(
                    f"The data run from {text(day(facts.observation_start))} to "
                    f"{text(day(facts.observation_end))}. What this {period.kind} shows is "
                    "compared with nothing and raises no alert."
                ),
                kind="warning",
            )
        )
        return Fragment("".join(parts))
    said = report_headline(period)
    if said:
        parts.append(paragraph(text(said), css="verdict"))
    elif period.kind == "day":
        parts.append(
            note(
                "Withheld",
                paragraph("This day stands for few customers, or hides one that does."),
                kind="missing",
            )
        )
    return Fragment("".join(parts))


def report_headline(period: Period) -> str:
    """Return the period in a sentence; empty where its net revenue is not told."""
    if period.kind == "month":
        kpis, reports = stored(Kpis), stored(MonthlyReports)
        if isinstance(kpis, Missing) or isinstance(reports, Missing):
            return ""
        told = figures(kpis, reports, period.start)
        currency = source_facts().currency
        return headline(told, currency=currency) if "net_revenue" in told else ""
    found = report_figures(period)
    revenue = found.get("net_revenue")
    if revenue is None:
        return ""
    value = in_unit(revenue.value, "currency", source_facts().currency)
    verb = "brought" if period.kind == "day" else "closed at"
    said = f"{named(period)} {verb} {value} net revenue"
    against = revenue.known
    if against is None:
        return f"{said}."
    said += f", {compared(against.change)} {against.words}"
    beside = _beside(found, against.name)
    return f"{said}; {beside}." if beside else f"{said}."


def _beside(found: dict[str, ReportFigure], base: str) -> str:
    """Return what else moved against the same base, in a clause, or an empty text."""
    for name in _BESIDE:
        figure = found.get(name)
        same = [one for one in figure.comparisons if one.name == base] if figure else []
        if figure and same and same[0].change.direction and is_material(same[0].change):
            definition = figure.definition
            return f"{named_kpi(definition.title, definition.unit)} {moved_by(same[0].change)}"
    return ""


@report_cell
def cards(label: str) -> Fragment:
    """Return the cards of the period."""
    absent = _absent()
    if absent is not None:
        return absent
    period = parsed_period(label)
    told = report_figures(period)
    currency = source_facts().currency
    chosen = [told[name] for name in CARDS if name in told][:_CARDS]
    if not chosen:
        return Fragment("")
    shown = [report_card(one, period, currency=currency, href="../kpis.html") for one in chosen]
    return Fragment(strip(shown, label=f"Key figures of {period.title}"))


@report_cell
def comparison(label: str) -> Fragment:
    """Return all KPIs of the period beside those that it is compared with."""
    absent = _absent()
    if absent is not None:
        return absent
    period = parsed_period(label)
    told = report_figures(period)
    if not told:
        return Fragment(paragraph("No KPI is told of this period."))
    currency = source_facts().currency
    frame = comparison_frame(told, currency=currency)
    first = next(iter(told.values()))
    columns = [
        TableColumn(name="kpi", title="KPI"),
        TableColumn(name="value", title=named(period), number=True),
    ]
    for at, one in enumerate(first.comparisons):
        columns.append(TableColumn(name=f"base{at}", title=sentence_start(one.name), number=True))
        columns.append(TableColumn(name=f"change{at}", title="Change", html=str, number=True))
    return Fragment(
        table_html(frame, tuple(columns), id="report-kpis", label=f"KPIs of {period.title}",
                   sortable=False, searchable=False)
    )  # fmt: skip


def comparison_frame(told: dict[str, ReportFigure], *, currency: str) -> pd.DataFrame:
    """Return a row a KPI: its value, and each comparison with its change as HTML."""
    rows = []
    for figure in told.values():
        unit, good = figure.definition.unit, figure.definition.good
        row = {
            "kpi": sentence_start(figure.definition.title),
            "value": in_unit(figure.value, unit, currency),
        }
        for at, one in enumerate(figure.comparisons):
            row[f"base{at}"] = in_unit(one.value, unit, currency)
            shown = text(one.change.shown if one.change.is_known else "–")
            kind = tone(one.change, good) if one.judged and one.change.is_known else ""
            row[f"change{at}"] = f'<span class="{kind}">{shown}</span>' if kind else shown
        rows.append(row)
    return pd.DataFrame(rows)


@report_cell
def movers(label: str) -> Fragment:
    """Return which parts moved net revenue most, against the most telling base there is."""
    absent = _absent()
    if absent is not None:
        return absent
    period = parsed_period(label)
    found = report_movers(period)
    if found is not None:
        return Fragment(figure_html(movers_chart(found[0], period, found[1])))
    if period.kind == "day" and label not in report_labels("day"):
        return nothing_note(
            "No parts of this day", f"Parts are told of the last {len(report_labels('day'))} days."
        )
    if _has_parts():
        return nothing_note(
            "Nothing to compare with",
            f"There is no complete {period.kind} to compare {period.title} with, or its parts "
            "stand for few customers.",
        )
    return nothing_note(
        "No parts to compare",
        "Add region or segment of customers, category of transaction_items or sales_channel "
        "of transactions; this chart then shows which parts moved net revenue.",
    )


def _has_parts() -> bool:
    """Return whether net revenue is known by any dimension."""
    kpis = stored(Kpis)
    if isinstance(kpis, Missing):
        return False
    values = kpis.values
    return bool(((values["kpi"] == "net_revenue") & (values["dimension"] != "all")).any())


@report_cell
def fired(label: str) -> Fragment:
    """Return the rules that fired in the months of the period, or in the month of a day."""
    period = parsed_period(label)
    months = alert_months(period)
    if not months:
        return Fragment(paragraph("Rules are judged when the month is complete."))
    items = items_of_months(months, page="../alerts.html")
    names = " or ".join(named(parsed_period(month)) for month in (months[0], months[-1]))
    where = f"in {named(parsed_period(months[0]))}" if len(months) == 1 else f"from {names}"
    where = where.replace(" or ", " to ")
    said = "Rules are judged by month. " if period.kind == "day" else ""
    if not items:
        return Fragment(paragraph(f"{said}No alert rule fired {text(where)}."))
    lead = paragraph(f"{said}Fired {text(where)}:") if period.kind != "month" else ""
    return Fragment(f'{lead}<ul class="list">{"".join(items)}</ul>')


def alert_months(period: Period) -> list[str]:
    """Return the complete months that a period's alerts are of, oldest first."""
    if period.kind == "day":
        held = [period_of(period.start, "month")]
    else:
        held, one = [], period_of(period.start, "month")
        while one.start < period.end:
            held.append(one)
            one = one.shifted(1)
    return [month.label for month in held if is_complete(month)]


@report_cell
def download(label: str) -> Fragment:
    """Return the links to what the report says as a table, and to other reports."""
    return Fragment(
        paragraph(
            f'<a href="{text(label)}.csv" download>Figures and movers as CSV</a>', css="quiet"
        )
    )


@report_cell
def neighbours(label: str) -> Fragment:
    """Return the links to the periods before and after, and to the archive."""
    return Fragment(_neighbours(parsed_period(label)))


def _neighbours(period: Period) -> str:
    labels = report_labels(period.kind)
    links = []
    if period.label in labels:
        at = labels.index(period.label)
        if at > 0:
            name = named(parsed_period(labels[at - 1]))
            links.append(f'<a rel="prev" href="{labels[at - 1]}.html">← {text(name)}</a>')
        links.append('<a href="index.html">All reports</a>')
        links += _wider(period)
        if at + 1 < len(labels):
            name = named(parsed_period(labels[at + 1]))
            links.append(f'<a rel="next" href="{labels[at + 1]}.html">{text(name)} →</a>')
    return f'<nav class="pager" aria-label="Reports">{"".join(links)}</nav>' if links else ""


def _wider(period: Period) -> list[str]:
    """Return the link to the month of a day, or to the quarter of a month."""
    if period.kind not in ("day", "month"):
        return []
    wider = period_of(period.start, "month" if period.kind == "day" else "quarter")
    if wider.label not in report_labels(wider.kind):
        return []
    return [link(f"{wider.label}.html", text(named(wider)))]


def is_complete(period: Period) -> bool:
    """Return whether the data cover the whole period."""
    facts = source_facts()
    return period.covered_by(facts.observation_start, facts.observation_end)


def _absent() -> Fragment | None:
    for kind in (Kpis, MonthlyReports):
        result = stored(kind)
        if isinstance(result, Missing):
            return missing_note(result, shows=SHOWS)
    return None
