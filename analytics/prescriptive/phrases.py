"""The sentence of a finding: number, interval, size and comparison, nothing that is not in it."""

from __future__ import annotations

import calendar

import numpy as np

from analytics.prescriptive.candidates import Candidate

_NAMES = {
    "net_revenue": "net revenue",
    "orders": "orders",
    "active_customers": "active customers",
    "average_order_value": "the average order value",
    "contribution_margin_rate": "the contribution margin rate",
    "contribution_margin": "contribution margin",
    "satisfaction_score": "the satisfaction score",
    "return_rate": "the return rate",
    "tickets_per_1000_orders": "tickets per 1,000 orders",
    "retention_rate": "the retention rate",
}
_RATES = ("contribution_margin_rate", "return_rate", "retention_rate")
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}


def sentence(
    candidate: Candidate, *, currency: str, first: str, last: str, periods: dict[str, str]
) -> str:
    """Return the finding in words.

    Parameters
    ----------
    candidate : Candidate
        What is told.
    currency : str
        Of amounts.
    first, last : str
        The months that the last year runs from and to.
    periods : dict
        Quarter of each slice that declined.
    """
    c = candidate
    span = f"{first} to {last}"
    up = c.base >= c.other
    match c.pattern:
        case "growth":
            low, high = np.exp(c.low) - 1, np.exp(c.high) - 1
            return (
                f"{c.part} {_grew(c.base)} in net revenue ({span} against the year before), the "
                f"other {_many(c.dimension)} {_grew(c.other)}: relative to them "
                f"{_signed(float(np.exp(c.value) - 1))} ({_signed(low)} to {_signed(high)}; "
                f"{c.sample:,.0f} customers)."
            )
        case "rank" if c.kpi == "churn":
            return _driver(c)
        case "share":
            name = _NAMES[c.kpi]
            return (
                f"{c.part} has {_percent(c.base)} of {name}, {_percent(c.other)} the year before: "
                f"{_points(c.value)} ({_points(c.low)} to {_points(c.high)}; "
                f"{c.sample:,.0f} customers, {span})."
            )
        case "forecast":
            name = _NAMES[c.kpi]
            return (
                f"{name[:1].upper()}{name[1:]} of the next {c.part} should be "
                f"{_signed(c.base / c.other - 1)} on the same months a year before "
                f"({_signed(float(np.exp(c.low) - 1))} to {_signed(float(np.exp(c.high) - 1))}): "
                f"{_figure(c.kpi, c.base, currency)} against {_figure(c.kpi, c.other, currency)}, "
                f"forecast from {c.sample:.0f} months."
            )
        case "rank":
            return (
                f"{c.part} has the {'highest' if up else 'lowest'} contribution margin rate of all "
                f"{_many(c.dimension)}, {_percent(c.base)} against {_percent(c.other)} of the "
                f"others: {_points(c.value)} ({_points(c.low)} to {_points(c.high)}; "
                f"{c.sample:,.0f} customers, {span})."
            )
        case "value":
            name = _NAMES[c.kpi]
            ends = (c.low, c.high) if up else (-c.high, -c.low)
            return (
                f"{c.part} customers bring the {'most' if up else 'least'} {name}, "
                f"{_amount(c.base, currency)} a year each against {_amount(c.other, currency)} of "
                f"the others: {_amount(abs(c.value), currency)} {'more' if up else 'less'} "
                f"({_amount(ends[0], currency)} to {_amount(ends[1], currency)}; "
                f"{c.sample:,.0f} customers, {span})."
            )
        case "change":
            low, high = float(np.exp(c.low) - 1), float(np.exp(c.high) - 1)
            name = _NAMES[c.kpi]
            return (
                f"{name[:1].upper()}{name[1:]} {'rose' if up else 'fell'} "
                f"{_percent(abs(c.base / c.other - 1))} on the year before ({_signed(low)} to "
                f"{_signed(high)}): {_figure(c.kpi, c.base, currency)} against "
                f"{_figure(c.kpi, c.other, currency)}, {span}, {c.sample:,.0f} customers."
            )
        case "trend":
            name = _NAMES[c.kpi]
            show = _points if c.kpi in _RATES else lambda v: f"{v:+.2f}".replace("-", "−")
            return (
                f"{name[:1].upper()}{name[1:]} {'rises' if up else 'falls'} steadily, by "
                f"{show(c.value)} a year ({show(c.low)} to {show(c.high)}; {c.sample:.0f} months): "
                f"from {_figure(c.kpi, c.other, currency)} to {_figure(c.kpi, c.base, currency)}."
            )
        case "outlier":
            return (
                f"{c.part} was {'above' if up else 'below'} its usual path: net revenue of "
                f"{_amount(c.base, currency)} where {_amount(c.other, currency)} would follow from "
                f"the year before ({_signed(float(np.exp(c.value) - 1))}, 12 months compared)."
            )
        case "season":
            peak, low_month = (calendar.month_name[int(n)] for n in c.part.split("/"))
            return (
                f"Net revenue is highest in {peak} and lowest in {low_month}, on average of both "
                f"years; the peak is {c.base:.1f} times the low, and the years agree with a "
                f"correlation of {c.value:.2f} ({c.low:.2f} to {c.high:.2f}; 24 months)."
            )
        case "cause":
            return (
                f"{c.part} lost {_percent(abs(c.value))} of its orders in "
                f"{_quarter(periods.get(c.part, ''))} ({_signed(c.low)} to {_signed(c.high)}): "
                f"{c.base:,.0f} orders where {c.other:,.0f} were expected, a shortfall of "
                f"{_amount(c.impact_amount, currency)} contribution margin."
            )
        case "association":
            return _driver(c)
        case "experiment":
            return (
                f"The experiment {c.dimension} {'raised' if up else 'lowered'} orders a "
                f"customer by {_percent(abs(c.value))} with {c.part} ({_signed(c.low)} to "
                f"{_signed(c.high)}; {c.sample:,.0f} customers)."
            )
        case _:
            if c.kpi == "marginal_roi":
                return (
                    f"One more unit of spend in {c.part} brings {c.value:.2f} of contribution "
                    f"margin ({c.low:.2f} to {c.high:.2f}, 80\u202f%; {c.sample:.0f} weeks): "
                    "more than it costs. Observational, not causal."
                )
            return (
                f"Contacting {c.base:,.0f} customers for {_amount(c.other, currency)} should bring "
                f"{_amount(c.value, currency)} more than it costs ({_amount(c.low, currency)} to "
                f"{_amount(c.high, currency)}, 80\u202f%)."
            )


def _driver(c: Candidate) -> str:
    interval = f"({c.low:.2f} to {c.high:.2f}; {c.sample:,.0f} customers)"
    if "satisfaction" in c.part:
        low = c.value < 1
        ratio = 1 / c.value if low else c.value
        ends = (1 / c.high, 1 / c.low) if low else (c.low, c.high)
        return (
            f"Customers who are a point {'less' if low else 'more'} satisfied are {ratio:.1f} "
            f"times as likely to leave ({ends[0]:.1f} to {ends[1]:.1f}; "
            f"{c.sample:,.0f} customers)."
        )
    if c.against:
        return (
            f"Customers of {c.dimension.replace('_', ' ')} {c.part} are {c.value:.2f} times as "
            f"likely to leave as those of {c.against} {interval}."
        )
    return f"Customers with {c.part} are {c.value:.1f} times as likely to leave {interval}."


def _many(dimension: str) -> str:
    names = {"category": "categories"}
    return names.get(dimension, f"{dimension.replace('_', ' ')}s")


def _percent(rate: float) -> str:
    return f"{rate * 100:,.1f}\u202f%".replace("-", "−")


def _signed(rate: float) -> str:
    return f"{rate * 100:+,.1f}\u202f%".replace("-", "−")


def _points(rate: float) -> str:
    return f"{rate * 100:+.1f} points".replace("-", "−")


def _grew(rate: float) -> str:
    return f"{'grew' if rate >= 0 else 'shrank'} {_percent(abs(rate))}"


def _amount(value: float, currency: str) -> str:
    mark = _SYMBOLS.get(currency, f"{currency} ")
    size = abs(value)
    for factor, letter in ((1e9, "bn"), (1e6, "M"), (1e4, "k")):
        if size >= factor:
            shown = f"{size / (1e3 if letter == 'k' else factor):.3g}{letter}"
            break
    else:
        shown = f"{size:,.0f}" if size >= 100 else f"{size:,.2f}"
    return f"{'−' if value < 0 else ''}{mark}{shown}"


def _figure(kpi: str, value: float, currency: str) -> str:
    if kpi in _RATES:
        return _percent(value)
    if kpi in ("net_revenue", "average_order_value", "contribution_margin"):
        return _amount(value, currency)
    return f"{value:,.2f}" if kpi == "satisfaction_score" else f"{value:,.0f}"


def _quarter(label: str) -> str:
    return f"{label[5:]} {label[:4]}" if "-Q" in label else label
