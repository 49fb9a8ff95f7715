"""Numbers, amounts, rates and dates as the pages write them; nowhere else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analytics.calendar import parsed_period

NARROW_SPACE = "\u202f"
MINUS = "\u2212"
ABSENT = "–"
_SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹"}
_STEPS = ((1e9, "bn"), (1e6, "M"), (1e3, "k"))


def is_known(value: Any) -> bool:
    """Return whether there is a value: not None, not NaN, not NaT."""
    return value is not None and not bool(pd.isna(value))


def signed(shown: str, value: float) -> str:
    """Return the text of an absolute value with ``+`` or ``−`` in front, none for zero."""
    if not any(digit in shown for digit in "123456789"):
        return shown
    return f"+{shown}" if value > 0 else f"{MINUS}{shown}"


def _negative(shown: str, value: float) -> str:
    return f"{MINUS}{shown}" if value < 0 and any(d in shown for d in "123456789") else shown


def count(value: float) -> str:
    """Return ``6,204``."""
    return _negative(f"{abs(round(value)):,}", value) if is_known(value) else ABSENT


def decimal(value: float, digits: int = 2) -> str:
    """Return ``3.84``."""
    return _negative(f"{abs(value):,.{digits}f}", value) if is_known(value) else ABSENT


def percent(rate: float, digits: int = 1) -> str:
    """Return a rate as ``6.2 %``."""
    if not is_known(rate):
        return ABSENT
    return _negative(f"{abs(rate) * 100:,.{digits}f}{NARROW_SPACE}%", rate)


def signed_percent(rate: float, digits: int = 1) -> str:
    """Return a relative change as ``+6.2 %``."""
    return signed(percent(abs(rate), digits), rate) if is_known(rate) else ABSENT


def points(change: float, digits: int = 1) -> str:
    """Return the difference of two rates as ``−0.8 pt``."""
    if not is_known(change):
        return ABSENT
    return signed(f"{abs(change) * 100:.{digits}f}{NARROW_SPACE}pt", change)


def currency_mark(currency: str) -> str:
    """Return the sign that stands before an amount: ``$``, or ``CHF`` and a space."""
    return _SYMBOLS.get(currency, f"{currency}{NARROW_SPACE}")


def amount(value: float, currency: str) -> str:
    """Return an amount in at most four digits: ``$4.31M``, ``$412k``, ``$1,250``, ``$18.40``."""
    if not is_known(value):
        return ABSENT
    size = abs(value)
    mark = currency_mark(currency)
    for step, (factor, letter) in enumerate(_STEPS):
        if size >= factor * (10 if letter == "k" else 1) * 0.99995:
            scaled = size / factor
            digits = 2 if scaled < 9.995 else 1 if scaled < 99.95 else 0
            if step and scaled >= 999.5:
                return _negative(f"{mark}1.00{_STEPS[step - 1][1]}", value)
            return _negative(f"{mark}{scaled:.{digits}f}{letter}", value)
    digits = 0 if size >= 100 or size < 0.005 else 2
    return _negative(f"{mark}{size:,.{digits}f}", value)


def about(value: float, currency: str) -> str:
    """Return an amount in two significant digits: ``$9,300`` for 9,259."""
    if not is_known(value) or value == 0:
        return amount(value, currency)
    return amount(float(f"{value:.2g}"), currency)


def signed_amount(value: float, currency: str) -> str:
    """Return an amount with its sign: ``+$38.0k``."""
    return signed(amount(abs(value), currency), value) if is_known(value) else ABSENT


def exact_amount(value: float, currency: str) -> str:
    """Return an amount to the cent: ``$4,310,223.17``."""
    if not is_known(value):
        return ABSENT
    return _negative(f"{currency_mark(currency)}{abs(value):,.2f}", value)


def in_unit(value: float, unit: str, currency: str) -> str:
    """Return a KPI's value in its unit: currency, rate, count, score, per_1000 or days."""
    if not is_known(value):
        return ABSENT
    match unit:
        case "currency":
            return amount(value, currency)
        case "rate":
            return percent(value)
        case "count":
            return count(value)
        case "days":
            return f"{decimal(value, 1)} days"
        case "per_1000":
            return decimal(value, 1)
        case _:
            return decimal(value, 2)


def change_in_unit(change: float, change_rate: float, unit: str) -> str:
    """Return a change: of rates in points, of scores as it is, of the rest in percent."""
    match unit:
        case "rate":
            return points(change)
        case "score":
            return signed(decimal(abs(change), 2), change) if is_known(change) else ABSENT
        case _:
            return signed_percent(change_rate)


def day(value: date) -> str:
    """Return ``30 June 2024``."""
    return f"{value.day} {value:%B %Y}"


def month(value: date) -> str:
    """Return ``June 2024``."""
    return f"{value:%B %Y}"


def period_name(label: str) -> str:
    """Return a period as pages write it: ``Q2 2024``, ``June 2024``."""
    period = parsed_period(label)
    if period.kind == "quarter":
        return f"{label[5:]} {label[:4]}"
    return period.title


def words(name: str) -> str:
    """Return a name in code as words: ``sales_channel`` is ``sales channel``."""
    return name.removesuffix("_amount").replace("_", " ")


def sentence_start(words_: str) -> str:
    """Return the text with a capital at its start; the rest stays."""
    return words_[:1].upper() + words_[1:]


def within(words_: str) -> str:
    """Return the text as it stands within a sentence: small at its start, acronyms kept.

    Examples
    --------
    >>> within("Net revenue"), within("XGBoost")
    ('net revenue', 'XGBoost')
    """
    return words_ if words_[1:2].isupper() else words_[:1].lower() + words_[1:]


def listed(items: list[str]) -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    if len(items) < 2:
        return "".join(items)
    return f"{', '.join(items[:-1])} and {items[-1]}"


def plural(number: int, one: str, many: str = "") -> str:
    """Return ``1 alert`` or ``3 alerts``."""
    return f"{count(number)} {one if number == 1 else many or one + 's'}"


def scale_of(largest: float) -> tuple[float, str]:
    """Return the divisor and word of an axis whose largest value is given: (1e6, ``million``)."""
    size = abs(largest) if is_known(largest) else 0.0
    if size >= 2e6:
        return 1e6, "million"
    if size >= 2e3:
        return 1e3, "thousand"
    return 1.0, ""
