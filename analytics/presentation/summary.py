"""The state of the business on two pages, for print and for text."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.calendar import parsed_period
from analytics.charts import Chart
from analytics.presentation import budget_plan, home
from analytics.presentation.alerts import alert_sentence
from analytics.presentation.budget_charts import plan_chart
from analytics.presentation.clv_charts import segments_chart
from analytics.presentation.context import source_facts, stored
from analytics.presentation.figures import Figure, definitions, figures
from analytics.presentation.findings import all_findings
from analytics.presentation.formats import (
    ABSENT,
    count,
    day,
    in_unit,
    month,
    plural,
    signed_amount,
)
from analytics.presentation.monthly_charts import monthly_chart, parts_chart
from analytics.presentation.rows import records
from analytics.presentation.wording import Change
from analytics.results import Alerts, Budget, Clv, Kpis, Missing, MonthlyReports

_ITEMS = 3
_CHART_HEIGHT = 170


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A sentence and what stands behind it."""

    sentence: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryFigure:
    """A KPI of the last complete month and its comparisons, as they are written."""

    title: str
    value: str
    year_before: str
    previous: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What both pages say.

    Attributes
    ----------
    title, headline : str
        Name of the source, and the state of the business in a sentence.
    facts : tuple of str
        What was analysed.
    month : str
        The last complete month; empty where there is none.
    figures : tuple of SummaryFigure
        Its key figures.
    attention, findings, actions : tuple of Item
        What fired or got worse, what stands out, what to do.
    charts : tuple of Chart
        At most four, the most important first.
    notes : tuple of str
        How to read all this.
    """

    title: str
    headline: str
    facts: tuple[str, ...]
    month: str
    figures: tuple[SummaryFigure, ...]
    attention: tuple[Item, ...]
    findings: tuple[Item, ...]
    actions: tuple[Item, ...]
    charts: tuple[Chart, ...]
    notes: tuple[str, ...]


def summary() -> Summary:
    """Return the summary of the stored results."""
    facts = source_facts()
    told = _told()
    latest = next(iter(told.values())).month if told else None
    return Summary(
        title=facts.title,
        headline=home.headline_text(),
        facts=(
            f"Data from {day(facts.observation_start)} to {day(facts.observation_end)}",
            f"{count(facts.orders)} orders of {count(facts.customers)} customers",
            f"Amounts in {facts.currency}",
        ),
        month=month(latest) if latest else "",
        figures=tuple(_figure(told[name], facts.currency) for name in home.STRIP if name in told),
        attention=_attention(),
        findings=tuple(
            Item(sentence=sentence, evidence=evidence)
            for _, sentence, evidence in all_findings()[:_ITEMS]
        ),
        actions=_actions(),
        charts=_charts(told),
        notes=(
            "Net revenue counts completed orders after discount; returned and cancelled orders "
            "count zero. A month that the data do not cover to its end is compared with nothing.",
            "Findings are associations, not causes, unless an experiment backs them. What "
            "marketing brings is observational.",
            f"Figures of fewer than {_minimum_cell()} customers are merged into Other or left out.",
        ),
    )


def summary_markdown(content: Summary, *, version: str, permalink: str) -> str:
    """Return the summary as Markdown.

    Parameters
    ----------
    content : Summary
        What to say.
    version : str
        Name of the published version.
    permalink : str
        Address of the version, with a slash at its end.
    """
    lines = [f"# {_plain(content.title)}", "", f"**{_plain(content.headline)}**", ""]
    lines += [" · ".join(map(_plain, content.facts)), ""]
    if content.figures:
        lines += [f"## Key figures, {content.month}", ""]
        lines += ["| | value | against the year before | against the month before |"]
        lines += ["|---|--:|--:|--:|"]
        lines += [
            f"| {_plain(f.title)} | {_plain(f.value)} | {_plain(f.year_before)} "
            f"| {_plain(f.previous)} |"
            for f in content.figures
        ]
        lines.append("")
    for title, items in (
        ("Attention", content.attention),
        ("What stands out", content.findings),
        ("What to do", content.actions),
    ):
        lines += [f"## {title}", ""]
        lines += [_bullet(item) for item in items] or ["Nothing."]
        lines.append("")
    if content.charts:
        lines += ["## Charts in summary.pdf", ""]
        lines += [f"- {_plain(chart.title)}" for chart in content.charts]
        lines.append("")
    lines += ["## How to read this", ""]
    lines += [f"- {_plain(note)}" for note in content.notes]
    lines += ["", f"Version {version} · <{permalink}site/index.html>", ""]
    return "\n".join(lines)


def _told() -> dict[str, Figure]:
    kpis, reports = stored(Kpis), stored(MonthlyReports)
    if isinstance(kpis, Missing) or isinstance(reports, Missing) or kpis.latest_month is None:
        return {}
    return figures(kpis, reports, kpis.latest_month)


def _figure(figure: Figure, currency: str) -> SummaryFigure:
    def shown(change: Change) -> str:
        return change.shown if change.is_known else ABSENT

    return SummaryFigure(
        title=figure.definition.title,
        value=in_unit(figure.value, figure.definition.unit, currency),
        year_before=shown(figure.year_before),
        previous=shown(figure.previous),
    )


def _attention() -> tuple[Item, ...]:
    alerts, kpis = stored(Alerts), stored(Kpis)
    if isinstance(alerts, Missing) or isinstance(kpis, Missing):
        return ()
    known = definitions(kpis)
    currency = source_facts().currency
    fired = alerts.rules[alerts.rules["state"] == "fired"].sort_values(["severity", "rule"])
    items = []
    for row in records(fired.head(_ITEMS)):
        definition = known.get(str(row["kpi"]))
        since = f"; since {month(parsed_period(row['since']).start)}" if row["since"] else ""
        items.append(
            Item(
                sentence=alert_sentence(row, definition, currency),
                evidence=f"{row['severity']}{since}",
            )
        )
    if not items:
        rules = len(alerts.rules)
        evidence = f"none of {plural(rules, 'rule')} fired" if rules else "no rule is set"
        items.append(Item(sentence="No alert", evidence=evidence))
    return tuple(items)


def _actions() -> tuple[Item, ...]:
    result = stored(Budget)
    if isinstance(result, Missing):
        return (Item(sentence="No action can be derived yet", evidence=result.because),)
    currency = source_facts().currency
    moves = budget_plan.shifts(result)
    if not moves:
        said = "Keep the marketing budget as it is"
        return (Item(sentence=said, evidence=budget_plan.gain_sentence(result)),)
    test = "" if result.gain_low_amount > 0 else "Test before you act: "
    gain = signed_amount(result.gain_amount, currency)
    whole = f"whole plan: {gain} contribution margin a week, {budget_plan.gain_interval(result)}"
    return tuple(
        Item(
            sentence=test + _lower_after(test, budget_plan.shift_sentence(move, currency)),
            evidence=f"{whole if at == 0 else 'part of the same plan'}; {budget_plan.CAVEAT}",
        )
        for at, move in enumerate(moves[:_ITEMS])
    )


def _charts(told: dict[str, Figure]) -> tuple[Chart, ...]:
    kpis, value, budget = stored(Kpis), stored(Clv), stored(Budget)
    currency = source_facts().currency
    charts: list[Chart | None] = []
    if not isinstance(kpis, Missing) and "net_revenue" in told:
        revenue = told["net_revenue"]
        charts += [
            monthly_chart(
                kpis,
                told[name],
                currency=currency,
                id=name.replace("_", "-"),
                height=_CHART_HEIGHT,
            )
            for name in ("net_revenue", "active_customers")
            if name in told
        ]
        parts = (
            parts_chart(kpis, revenue, dimension, currency=currency, id=f"revenue-{dimension}")
            for dimension in ("region", "segment", "sales_channel", "category")
        )
        charts.append(next((chart for chart in parts if chart), None))
    if not isinstance(budget, Missing):
        charts.append(plan_chart(budget))
    elif not isinstance(value, Missing):
        rows = value.segments[value.segments["segment"] != "all"]
        charts.append(segments_chart(value, rows) if len(rows) else None)
    return tuple(chart for chart in charts if chart is not None)


def _minimum_cell() -> int:
    from analytics.results import PrivacyAudit

    audit = stored(PrivacyAudit)
    return 5 if isinstance(audit, Missing) else audit.minimum_cell


def _bullet(item: Item) -> str:
    evidence = f" ({_plain(item.evidence)})" if item.evidence else ""
    return f"- {_plain(item.sentence)}{evidence}"


def _lower_after(start: str, sentence: str) -> str:
    return f"{sentence[:1].lower()}{sentence[1:]}" if start else sentence


def _plain(words: str) -> str:
    """Return text that Markdown shows as it is, on one line."""
    flat = " ".join(words.split())
    for mark in "\\`*_[]<>|#":
        flat = flat.replace(mark, f"\\{mark}")
    return flat
