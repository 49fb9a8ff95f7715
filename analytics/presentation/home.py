"""The home page: the state of the business in one screen."""

from __future__ import annotations

from analytics.charts import figure_html
from analytics.presentation.alerts import open_items, sliced
from analytics.presentation.budget_plan import gain_sentence
from analytics.presentation.context import source_facts, stored
from analytics.presentation.figures import Figure, card, definitions, figures, strip
from analytics.presentation.findings import all_findings
from analytics.presentation.formats import (
    count,
    day,
    in_unit,
    month,
    plural,
    sentence_start,
)
from analytics.presentation.fragments import (
    Fragment,
    link,
    missing_note,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.headline import headline as headline_sentence
from analytics.presentation.headline import is_material, moved_by, named
from analytics.presentation.home_actions import BUDGET_PAGE, best_actions
from analytics.presentation.insights import home_findings
from analytics.presentation.monthly_charts import monthly_chart, parts_chart
from analytics.presentation.quality import unexplained_amount
from analytics.presentation.rows import named_rows
from analytics.presentation.wording import tone
from analytics.results import (
    Alerts,
    Budget,
    DataQuality,
    Kpis,
    Missing,
    MonthlyReports,
)

SHOWS = "the state of the business"
STRIP = ("net_revenue", "contribution_margin", "active_customers", "retention_rate",
         "satisfaction_score", "orders", "average_order_value", "repeat_rate")  # fmt: skip
_CARDS = 6
# Worth a word when worse than a year before; the others follow from these.
_ASKED = ("net_revenue", "contribution_margin_rate", "retention_rate", "satisfaction_score",
          "active_customers", "new_customers", "tickets_per_1000_orders", "resolution_days",
          "return_rate", "marketing_return", "average_order_value")  # fmt: skip
_FINDINGS, _ACTIONS = 3, 3


def opening() -> Fragment:
    """Return the freshness of the data and the headline."""
    facts = source_facts()
    fresh = [
        f"Data from {day(facts.observation_start)} to {day(facts.observation_end)}",
        f"{count(facts.orders)} orders of {count(facts.customers)} customers",
    ]
    quality = stored(DataQuality)
    if not isinstance(quality, Missing):
        fresh.append(link("data/quality.html", text(_reconciled(quality))))
    said = " · ".join(part if part.startswith("<a") else text(part) for part in fresh)
    return Fragment(paragraph(said, css="fresh") + f"<h1>{text(headline_text())}</h1>")


def headline_text() -> str:
    """Return the headline as plain text, also for the version's title."""
    kpis, reports = stored(Kpis), stored(MonthlyReports)
    facts = source_facts()
    if isinstance(kpis, Missing) or isinstance(reports, Missing) or kpis.latest_month is None:
        return f"{facts.title}: data to {day(facts.observation_end)}."
    told = figures(kpis, reports, kpis.latest_month)
    if "net_revenue" not in told:
        return f"{facts.title}: data to {day(facts.observation_end)}."
    return headline_sentence(told, currency=facts.currency, fired=_most_severe(kpis))


def key_figures() -> Fragment:
    """Return the strip of key figures."""
    kpis, reports = stored(Kpis), stored(MonthlyReports)
    if isinstance(kpis, Missing):
        return missing_note(kpis, shows=SHOWS)
    if isinstance(reports, Missing):
        return missing_note(reports, shows=SHOWS)
    if kpis.latest_month is None:
        return nothing_note("No complete month", "The data cover no month from first to last day.")
    told = figures(kpis, reports, kpis.latest_month)
    currency = source_facts().currency
    chosen = [told[name] for name in STRIP if name in told][:_CARDS]
    cards = [card(f, kpis, currency=currency, href="descriptive/kpis.html") for f in chosen]
    return Fragment(strip(cards, label="Key figures", css="headline"))


def attention() -> Fragment:
    """Return the open alerts, then what got worse within a year without raising one."""
    items = open_items(page="descriptive/alerts.html")
    if not items:
        alerts = stored(Alerts)
        rules = 0 if isinstance(alerts, Missing) else len(alerts.rules)
        said = "No alert" if rules else "No alert rule is set"
        evidence = f"none of {plural(rules, 'rule')} fired" if rules else "see analytics.toml"
        items = [_item("descriptive/alerts.html", said, evidence)]
    return Fragment(_list((items + _worsened())[:_FINDINGS]))


def findings() -> Fragment:
    """Return the three findings that matter most, each with its evidence."""
    told = home_findings(_FINDINGS)
    known = {page for page, _, _ in told}
    told += [found for found in all_findings() if found[0] not in known]
    items = [_item(*finding) for finding in told[:_FINDINGS]]
    if not items:
        return Fragment(paragraph("Nothing stands out yet.", css="quiet"))
    return Fragment(_list(items))


def actions() -> Fragment:
    """Return the three actions that are worth most, each with its value and interval."""
    found = best_actions(_ACTIONS)
    if found:
        return Fragment(_list([_item(a.page, a.sentence, a.evidence) for a in found]))
    result = stored(Budget)
    if isinstance(result, Missing):
        said = "No action can be derived yet: the source has no marketing spend."
        return Fragment(paragraph(link(BUDGET_PAGE, text(said)), css="quiet"))
    return Fragment(
        _list([_item(BUDGET_PAGE, "Keep the marketing budget as it is", gain_sentence(result))])
    )


def revenue() -> Fragment:
    """Return net revenue by month beside its parts."""
    kpis, reports = stored(Kpis), stored(MonthlyReports)
    if isinstance(kpis, Missing) or isinstance(reports, Missing) or kpis.latest_month is None:
        return Fragment("")
    told = figures(kpis, reports, kpis.latest_month)
    if "net_revenue" not in told:
        return Fragment("")
    currency = source_facts().currency
    charts = [
        figure_html(
            monthly_chart(kpis, told["net_revenue"], currency=currency, id="net-revenue",
                          height=250),
            heading=2,
        )
    ]  # fmt: skip
    side = _side_chart(kpis, told["net_revenue"], currency)
    if side:
        charts.append(side)
    return Fragment(f'<div class="two">{"".join(charts)}</div>')


def _weight(figure: Figure) -> int:
    """Return the place of a KPI in the order that deciders ask for them; the rest come last."""
    name = figure.definition.kpi
    return _ASKED.index(name) if name in _ASKED else len(_ASKED)


def _worsened() -> list[str]:
    """KPIs that are materially worse than a year before, as list items."""
    kpis, reports = stored(Kpis), stored(MonthlyReports)
    if isinstance(kpis, Missing) or isinstance(reports, Missing) or kpis.latest_month is None:
        return []
    told = figures(kpis, reports, kpis.latest_month)
    currency = source_facts().currency
    alerts = stored(Alerts)
    rules = [] if isinstance(alerts, Missing) else named_rows(alerts.rules)
    alerted = {rule.kpi for rule in rules if rule.state == "fired"}
    items = []
    for figure in sorted(told.values(), key=_weight):
        change, definition = figure.year_before, figure.definition
        is_told = definition.kpi in _ASKED and definition.kpi not in alerted
        if is_told and tone(change, definition.good) == "bad" and is_material(change):
            name = sentence_start(named(definition.title, definition.unit))
            items.append(
                _item(
                    "descriptive/kpis.html",
                    f"{name} {moved_by(change)} in a year",
                    f"{in_unit(figure.value, definition.unit, currency)} in "
                    f"{month(figure.month)}; no alert",
                )
            )
    return items


def _side_chart(kpis: Kpis, figure: Figure, currency: str) -> str:
    for dimension in ("region", "segment", "sales_channel", "category"):
        chart = parts_chart(kpis, figure, dimension, currency=currency, id=f"revenue-{dimension}")
        if chart:
            return figure_html(chart, heading=2)
    return ""


def _reconciled(quality: DataQuality) -> str:
    gap = unexplained_amount(quality)
    if not gap:
        return "reconciled with the raw exports to the cent"
    return f"not reconciled with the raw exports: {gap:,.2f} unexplained"


def _most_severe(kpis: Kpis) -> str:
    alerts = stored(Alerts)
    if isinstance(alerts, Missing):
        return ""
    fired = alerts.rules[alerts.rules["state"] == "fired"].sort_values(["severity", "rule"])
    known = definitions(kpis)
    for row in named_rows(fired):
        if str(row.kpi) in known:
            title = known[str(row.kpi)].title
            name = named(title, known[str(row.kpi)].unit)
            where = f" of {sliced(row.slice)}" if row.slice else ""
            bound = "its threshold" if row.test == "threshold" else "what was expected"
            return f"{name}{where} is {row.when} {bound}"
    return ""


def _list(items: list[str]) -> str:
    return f'<ul class="list">{"".join(items)}</ul>'


def _item(page: str, sentence: str, evidence: str) -> str:
    return f"<li>{link(page, text(sentence))}<small>{text(evidence)}</small></li>"
