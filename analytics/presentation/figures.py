"""KPIs as the pages need them: their course, their comparisons, their cards."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.calendar import months_later
from analytics.charts import sparkline_svg
from analytics.presentation.formats import ABSENT, change_in_unit, in_unit, is_known
from analytics.presentation.fragments import text
from analytics.presentation.rows import records
from analytics.presentation.wording import Change, tone
from analytics.results import Kpis, MonthlyReports

_SPARK_MONTHS = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """What a KPI is: see `Kpis.definitions`."""

    kpi: str
    title: str
    formula: str
    unit: str
    good: str
    additive: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A KPI in one month with its comparisons."""

    definition: Definition
    month: date
    value: float
    previous: Change
    year_before: Change


def definitions(kpis: Kpis) -> dict[str, Definition]:
    """Return the KPIs of this source by name, in their order."""
    return {
        str(row["kpi"]): Definition(**{str(key): value for key, value in row.items()})
        for row in records(kpis.definitions)
    }


def course(kpis: Kpis, kpi: str, dimension: str = "all", part: str = "all") -> pd.DataFrame:
    """Return month, complete, value, low, high and sample of a KPI, oldest month first."""
    values = kpis.values
    chosen = values[
        (values["kpi"] == kpi) & (values["dimension"] == dimension) & (values["part"] == part)
    ]
    columns = ["month", "complete", "value", "low", "high", "sample"]
    return chosen[columns].sort_values("month").reset_index(drop=True)


def is_told(kpis: Kpis, kpi: str) -> bool:
    """Return whether the KPI has a value in the last complete month."""
    if kpis.latest_month is None:
        return False
    rows = course(kpis, kpi)
    latest = rows["month"] == pd.Timestamp(kpis.latest_month)
    return bool((latest & rows["value"].notna()).any())


def figures(kpis: Kpis, reports: MonthlyReports, month: date) -> dict[str, Figure]:
    """Return the KPIs that have a value in the month, by name."""
    known = definitions(kpis)
    rows = reports.figures[reports.figures["month"] == pd.Timestamp(month)]
    by_name = {str(row["kpi"]): row for row in records(rows)}
    told = {}
    for name, definition in known.items():
        row = by_name.get(name)
        if row is None or not is_known(row["value"]):
            continue
        told[name] = Figure(
            definition=definition,
            month=month,
            value=float(row["value"]),
            previous=Change(change=row["change"], rate=row["change_rate"], unit=definition.unit),
            year_before=Change(
                change=row["year_change"], rate=row["year_change_rate"], unit=definition.unit
            ),
        )
    return told


def month_name(month: date, *, year: bool = True) -> str:
    """Return ``June 2024`` or ``June``."""
    return f"{month:%B %Y}" if year else f"{month:%B}"


def delta(change: Change, good: str, against: str) -> str:
    """Return a change with its tone and what it is against; empty where nothing is known."""
    if not change.is_known:
        return ""
    return (
        f'<span class="kpi-delta {tone(change, good)}">{text(change.shown)}</span> '
        f'<span class="kpi-base">vs {text(against)}</span>'
    )


def card(figure: Figure, kpis: Kpis, *, currency: str, href: str) -> str:
    """Return a KPI's card: name, value, course of the last 13 months, comparisons."""
    definition = figure.definition
    rows = course(kpis, definition.kpi)
    rows = rows[rows["month"] <= pd.Timestamp(figure.month)].tail(_SPARK_MONTHS)
    year_ago = months_later(figure.month, -12)
    before = months_later(figure.month, -1)
    lines = [
        delta(figure.year_before, definition.good, f"{year_ago:%b %Y}"),
        # The season is in this one, so it is not called good or bad.
        delta(figure.previous, "neutral", f"{before:%b %Y}"),
    ]
    return card_html(definition, figure.value, rows["value"], lines, currency=currency, href=href)


def card_html(
    definition: Definition,
    value: float,
    course: pd.Series,
    lines: Sequence[str],
    *,
    currency: str,
    href: str,
) -> str:
    """Return a card of a value, its course and lines of comparison, the empty ones left out."""
    shown = "".join(f'<span class="kpi-line">{line}</span>' for line in lines if line)
    if not shown:
        shown = '<span class="kpi-line kpi-base">nothing to compare with yet</span>'
    return (
        f'<a class="kpi" href="{text(href)}">'
        f'<span class="kpi-name">{text(definition.title)}</span>'
        f'<span class="kpi-value">{text(in_unit(value, definition.unit, currency))}</span>'
        f"{sparkline_svg(course.tolist())}{shown}</a>"
    )


def strip(cards: list[str], *, label: str, css: str = "") -> str:
    """Return cards side by side; `css` names what they look like besides."""
    name = f"kpis {css}".strip()
    columns = f' style="--columns:{_columns(len(cards))}"'
    return f'<section class="{name}"{columns} aria-label="{text(label)}">{"".join(cards)}</section>'


def _columns(cards: int) -> int:
    """Return 3, 4 or 5 columns: few rows, then few gaps, and never one card alone in a row."""
    if cards <= 3:
        return max(cards, 1)
    return min((5, 4, 3), key=lambda n: (cards % n == 1, math.ceil(cards / n), -cards % n))


def shown_change(change: Change) -> str:
    """Return a change with its sign, or a dash."""
    if not change.is_known:
        return ABSENT
    return change_in_unit(change.change, change.rate, change.unit)
