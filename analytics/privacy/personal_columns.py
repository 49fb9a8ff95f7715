"""Columns that look like personal data and are not marked as such."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from analytics.privacy.patterns import EMAIL, PHONE, is_address_of_a_machine, is_card, is_iban

# Share of the values that have to look alike before a column is called personal.
LEAST_SHARE = 0.3
_STREET = re.compile(r"(?i)\b(street|st\.|road|rd\.|avenue|lane|stra(?:ß|ss)e|str\.|rue|via|calle)")
_NATIONAL_ID = re.compile(r"^\d{3}-\d{2}-\d{4}$")
_BARE_CARD = re.compile(r"^\d{13,19}$|^\d{4}([ -])\d{4}\1\d{4}\1\d{4}$")
_TESTS: tuple[tuple[str, Callable[[str], bool]], ...] = (
    ("e-mail addresses", lambda text: EMAIL.fullmatch(text) is not None),
    ("bank accounts (IBAN)", is_iban),
    ("payment cards", lambda text: bool(_BARE_CARD.match(text)) and is_card(text)),
    ("telephone numbers", lambda text: PHONE.fullmatch(text) is not None),
    ("IP addresses", is_address_of_a_machine),
    ("national ids", lambda text: _NATIONAL_ID.match(text) is not None),
    ("addresses", lambda text: any(c.isdigit() for c in text) and bool(_STREET.search(text))),
)
_HEADERS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"(?i)(?:^|_)(?:{words})(?:_|$)"))
    for kind, words in (
        ("e-mail addresses", "e_?mail|e_?mail_address"),
        ("telephone numbers", "phone|telephone|mobile|phone_number"),
        ("names", "first_?name|last_?name|full_?name|surname|given_name|customer_name"),
        ("addresses", "street|address|address_?1|postal_address"),
        ("birth dates", "birth_?date|date_of_birth|dob|birthday"),
        ("national ids", "ssn|passport|national_id|tax_id"),
        ("bank accounts (IBAN)", "iban"),
        ("IP addresses", "ip|ip_address"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalColumn:
    """A column that looks like personal data.

    Attributes
    ----------
    column, kind : str
        Its name, and what it seems to hold.
    evidence : str
        Why, without a value of it.
    """

    column: str
    kind: str
    evidence: str


def personal_column(column: str, values: Iterable[object]) -> PersonalColumn | None:
    """Return what makes a column look personal; None where nothing does.

    Parameters
    ----------
    column : str
        Its name in the file.
    values : iterable
        A sample of its values; missing and empty ones count for nothing.
    """
    told = [text for value in values if value is not None and (text := str(value).strip())]
    for kind, test in _TESTS:
        hits = sum(map(test, told))
        if told and hits >= max(LEAST_SHARE * len(told), 1):
            evidence = f"{hits} of {len(told)} values look like {kind}"
            return PersonalColumn(column=column, kind=kind, evidence=evidence)
    header = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+", "_", column)
    for kind, pattern in _HEADERS:
        if told and pattern.search(header):
            return PersonalColumn(column=column, kind=kind, evidence=f"it is called {column}")
    return None


def personal_columns(
    sample: Mapping[str, Sequence[object]], *, marked: Iterable[str] = ()
) -> list[PersonalColumn]:
    """Return the columns of a sample that look personal, those already marked left out."""
    known = set(marked)
    found = (personal_column(name, values) for name, values in sample.items() if name not in known)
    return [each for each in found if each is not None]
