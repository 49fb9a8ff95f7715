"""The archive of monthly reports, and the one page that every month gets."""

from __future__ import annotations

import pandas as pd

from analytics.calendar import Period, parsed_period
from analytics.charts import Chart, ChartColumn, figure_html
from analytics.charts.bars import change_bars
from analytics.presentation.alerts import items_of_month
from analytics.presentation.context import source_facts, stored
from analytics.presentation.figures import card, figures, strip
from analytics.presentation.formats import (
    amount,
    day,
    month,
    percent,
    scale_of,
    sentence_start,
    signed_amount,
    words,
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
from analytics.presentation.headline import headline, report_title
from analytics.presentation.kpis import comparison_table
from analytics.presentation.rows import largest_first, largest_row, named_rows
from analytics.presentation.wording import moved
from analytics.results import Kpis, Missing, MonthlyReports

SHOWS = "a report for every month"
CARDS = ("net_revenue", "contribution_margin", "active_customers", "retention_rate",
         "satisfaction_score", "orders", "average_order_value", "new_customers")  # fmt: skip
_MOVERS = 8
_CARDS = 8


def archive() -> Fragment:
    """Return the list of all monthly reports, newest first, by year."""
    kpis, reports = _results()
    if isinstance(kpis, Missing) or isinstance(reports, Missing):
        return _absent(kpis, reports)
    currency = source_facts().currency
    years: dict[str, list[str]] = {}
    for label in reversed(reports.months):
        period = parsed_period(label)
        told = figures(kpis, reports, period.start)
        tag = "" if _is_complete(period) else ' <span class="tag neutral">partial</span>'
        years.setdefault(label[:4], []).append(
            f"<li>{link(f'{label}.html', text(f'{period.start:%B}'))}{tag}"
            f"<small>{text(report_title(told, currency=currency))}</small></li>"
        )
    if not years:
        return nothing_note("No report yet", "The data do not cover a month.")
    return Fragment(
        "".join(
            f'<section class="archive"><h2 id="y{year}">{year}</h2><ul class="list">'
            f"{''.join(items)}</ul></section>"
            for year, items in years.items()
        )
    )


def opening(label: str) -> Fragment:
    """Return a report's headline, its links to other months, and a notice where it is partial."""
    kpis, reports = _results()
    if isinstance(kpis, Missing) or isinstance(reports, Missing):
        return _absent(kpis, reports)
    period = parsed_period(label)
    told = figures(kpis, reports, period.start)
    parts = [
        f"<h1>{text(sentence_start(period.title))}</h1>",
        _neighbours(label, reports.months),
    ]
    if not _is_complete(period):
        facts = source_facts()
        parts.append(
            note(
                "Partial month",
                paragraph(
                    f"The data run from {text(day(facts.observation_start))} to "
                    f"{text(day(facts.observation_end))}. What this month shows is compared with "
                    "nothing and raises no alert."
                ),
                kind="warning",
            )
        )
    elif "net_revenue" in told:
        currency = source_facts().currency
        parts.append(paragraph(text(headline(told, currency=currency)), css="verdict"))
    return Fragment("".join(parts))


def cards(label: str) -> Fragment:
    """Return the month's cards."""
    kpis, reports = _results()
    if isinstance(kpis, Missing) or isinstance(reports, Missing):
        return _absent(kpis, reports)
    told = figures(kpis, reports, parsed_period(label).start)
    currency = source_facts().currency
    chosen = [told[name] for name in CARDS if name in told][:_CARDS]
    href = "../kpis.html"
    return Fragment(
        strip([card(figure, kpis, currency=currency, href=href) for figure in chosen],
              label=f"Key figures of {parsed_period(label).title}")
    )  # fmt: skip


def comparison(label: str) -> Fragment:
    """Return all KPIs of the month beside the month and the year before."""
    kpis, reports = _results()
    if isinstance(kpis, Missing) or isinstance(reports, Missing):
        return _absent(kpis, reports)
    start = pd.Timestamp(parsed_period(label).start)
    return Fragment(comparison_table(kpis, reports, start, id="report-kpis"))


def movers(label: str) -> Fragment:
    """Return what moved net revenue, against the year before, else the month before."""
    _, reports = _results()
    if isinstance(reports, Missing):
        return missing_note(reports, shows=SHOWS)
    period = parsed_period(label)
    rows = reports.movers[reports.movers["month"] == pd.Timestamp(period.start)]
    for against, base in (("year_before", period.year_before), ("previous", period.shifted(-1))):
        chosen = rows[rows["against"] == against]
        if len(chosen):
            return Fragment(figure_html(movers_chart(chosen, period, base)))
    if reports.movers.empty:
        return nothing_note(
            "No parts to compare",
            "Add region or segment of customers, category of transaction_items or sales_channel "
            "of transactions; this chart then shows which parts moved net revenue.",
        )
    return nothing_note(
        "Nothing to compare with", f"There is no complete month before {period.title}."
    )


def movers_chart(rows: pd.DataFrame, period: Period, base: Period) -> Chart:
    """Return the parts with the largest changes of net revenue, either way."""
    currency = source_facts().currency
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
    finding = f"{top.part} {verb} most: {size} against {month(base.start)}"
    axis = " ".join(part for part in ("Change of net revenue,", word, currency) if part)
    frame = pd.DataFrame(
        {
            "part": rows["name"],
            "value": rows["change_amount"] / divisor,
            "shown": rows["change_amount"].map(lambda value: signed_amount(value, currency)),
        }
    )
    return Chart(
        id="movers",
        title=finding,
        subtitle=f"{axis}; {month(period.start)} against {month(base.start)}; "
        "parts of different dimensions overlap",
        alt=f"{finding}. Bars: "
        + "; ".join(f"{row.part} {row.shown}" for row in named_rows(frame))
        + ".",
        frame=rows[["name", "current_amount", "base_amount", "change_amount",
                    "change_share_rate"]],
        columns=(
            ChartColumn(name="name", title="Part"),
            *(
                ChartColumn(name=name, title=title, text=lambda value: amount(value, currency))
                for name, title in (
                    ("current_amount", f"{month(period.start)}"),
                    ("base_amount", f"{month(base.start)}"),
                    ("change_amount", "Change"),
                )
            ),
            ChartColumn(name="change_share_rate", title="Share of the total's change",
                        text=percent),
        ),
        specification=lambda width: change_bars(frame, width, title=axis),
    )  # fmt: skip


def fired(label: str) -> Fragment:
    """Return the rules that fired in the month."""
    items = items_of_month(label, page="../alerts.html")
    if not items:
        return Fragment(paragraph("No alert rule fired in this month."))
    return Fragment(f'<ul class="list">{"".join(items)}</ul>')


def neighbours(label: str) -> Fragment:
    """Return the links to the months before and after."""
    reports = stored(MonthlyReports)
    if isinstance(reports, Missing):
        return Fragment("")
    return Fragment(_neighbours(label, reports.months))


def _neighbours(label: str, months: tuple[str, ...]) -> str:
    at = months.index(label)
    links = []
    if at > 0:
        name = parsed_period(months[at - 1]).title
        links.append(f'<a rel="prev" href="{months[at - 1]}.html">← {text(name)}</a>')
    links.append('<a href="index.html">All reports</a>')
    if at + 1 < len(months):
        name = parsed_period(months[at + 1]).title
        links.append(f'<a rel="next" href="{months[at + 1]}.html">{text(name)} →</a>')
    return f'<nav class="pager" aria-label="Reports">{"".join(links)}</nav>'


def _is_complete(period: Period) -> bool:
    facts = source_facts()
    return period.covered_by(facts.observation_start, facts.observation_end)


def _results() -> tuple[Kpis | Missing, MonthlyReports | Missing]:
    return stored(Kpis), stored(MonthlyReports)


def _absent(kpis: Kpis | Missing, reports: MonthlyReports | Missing) -> Fragment:
    absent = kpis if isinstance(kpis, Missing) else reports
    if not isinstance(absent, Missing):
        raise TypeError("nothing is missing")
    return missing_note(absent, shows=SHOWS)
