"""The state of the business in one sentence."""

from __future__ import annotations

from analytics.presentation.figures import Figure
from analytics.presentation.formats import in_unit, month, sentence_start, within
from analytics.presentation.wording import Change, compared, tone

_NOTEWORTHY = (
    "retention_rate",
    "contribution_margin_rate",
    "satisfaction_score",
    "active_customers",
    "orders",
)
# Smaller changes than these are not worth a clause: points of a rate, of a score, or relative.
_LEAST = {"rate": 0.005, "score": 0.05}
_LEAST_RELATIVE = 0.01


def headline(told: dict[str, Figure], *, currency: str, fired: str = "") -> str:
    """Return a sentence about net revenue, and what stands out beside it.

    Parameters
    ----------
    told : dict
        The figures of the month by KPI.
    currency : str
        Currency of amounts.
    fired : str
        What the most severe alert says, such as "satisfaction is below its threshold"; or empty.
    """
    revenue = told["net_revenue"]
    value = in_unit(revenue.value, "currency", currency)
    first = f"{month(revenue.month)} closed at {value} net revenue"
    against = revenue.year_before if revenue.year_before.is_known else revenue.previous
    verdict = "neutral"
    if against.is_known:
        base = "the year before" if revenue.year_before.is_known else "the month before"
        first += f", {compared(against)} {base}"
        verdict = tone(against, revenue.definition.good)
    second, second_tone = _beside(told, fired)
    if not second:
        return f"{first}."
    joint = "while" if {verdict, second_tone} == {"good", "bad"} else "and"
    return f"{first}, {joint} {second}."


def _beside(told: dict[str, Figure], fired: str) -> tuple[str, str]:
    if fired:
        return fired, "bad"
    for name in _NOTEWORTHY:
        figure = told.get(name)
        if figure is None or not figure.year_before.is_known:
            continue
        title = figure.definition.title
        kind = tone(figure.year_before, figure.definition.good)
        if kind != "neutral" and is_material(figure.year_before):
            return f"{named(title, figure.definition.unit)} {moved_by(figure.year_before)}", kind
    return "", "neutral"


def is_material(change: Change) -> bool:
    """Return whether a change is large enough to be told in a sentence."""
    least = _LEAST.get(change.unit)
    return abs(change.change) >= least if least else abs(change.rate) >= _LEAST_RELATIVE


def named(title: str, unit: str) -> str:
    """Return a KPI as it stands within a sentence: ``the retention rate``, ``orders``."""
    takes_article = unit in ("rate", "score") and title.split()[-1] in ("rate", "score")
    return f"the {within(title)}" if takes_article else within(title)


def moved_by(change: Change) -> str:
    """Return ``rose 6.2 %`` or ``fell 2.4 points``."""
    size = change.shown.lstrip("+−").replace("pt", "points")
    return f"{'rose' if change.direction > 0 else 'fell'} {size}"


def report_title(told: dict[str, Figure], *, currency: str) -> str:
    """Return one line about a month, for lists of reports; no full stop."""
    revenue = told.get("net_revenue")
    if revenue is None:
        return "No net revenue"
    value = in_unit(revenue.value, "currency", currency)
    for change, base in ((revenue.year_before, "the year before"),
                         (revenue.previous, "the month before")):  # fmt: skip
        if change.is_known:
            return sentence_start(f"{value} net revenue, {compared(change)} {base}")
    return f"{value} net revenue"
