"""Names, e-mail addresses and telephone numbers of people who do not exist."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from analytics.synthetic.parameters import MAXIMUM_CUSTOMERS, SyntheticShop

# Locale, share of the customers, and whether the family name comes first.
LOCALES: tuple[tuple[str, float, bool], ...] = (
    ("en_US", 0.46, False),
    ("es_MX", 0.12, False),
    ("fr_FR", 0.06, False),
    ("de_DE", 0.06, False),
    ("pl_PL", 0.05, False),
    ("tr_TR", 0.03, False),
    ("el_GR", 0.03, False),
    ("ru_RU", 0.04, False),
    ("ar_AA", 0.03, False),
    ("hi_IN", 0.03, False),
    ("he_IL", 0.02, False),
    ("ja_JP", 0.02, True),
    ("zh_CN", 0.03, True),
    ("ko_KR", 0.02, True),
)
_POOL = 120
_DOMAINS = ("example.com", "example.org", "example.net")  # reserved by RFC 2606
_AREA_CODES = MAXIMUM_CUSTOMERS // 10_000
_STRIDE = 4_944_271  # without a common factor with the count of numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Personal data, an entry a customer; e-mail addresses and telephone numbers are unique."""

    name: npt.NDArray[np.object_]
    email: npt.NDArray[np.object_]
    phone: npt.NDArray[np.object_]


def _name_pool(locale: str, seed: int) -> tuple[list[str], list[str]]:
    """Return first and family names of a locale, without repetition, sorted."""
    from faker import Faker

    fake = Faker(locale, use_weighting=False)
    fake.seed_instance(seed)
    first = sorted({fake.first_name() for _ in range(_POOL)})
    last = sorted({fake.last_name() for _ in range(_POOL)})
    return first, last


def _ascii_word(name: str) -> str:
    """Return the Latin letters of a name without their marks, in lower case; often none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalpha())


def _phone(index: int, offset: int) -> str:
    number = (index * _STRIDE + offset) % MAXIMUM_CUSTOMERS
    area, line = divmod(number, 10_000)
    return f"+1 {200 + area % _AREA_CODES}-555-{line:04d}"


def shop_people(shop: SyntheticShop) -> People:
    """Return a person for each customer."""
    random = shop.stream("people")
    count = shop.customers
    shares = np.asarray([share for _, share, _ in LOCALES])
    locale = random.choice(len(LOCALES), count, p=shares / shares.sum())
    first_draw, last_draw = random.random(count), random.random(count)
    offset = int(random.integers(MAXIMUM_CUSTOMERS))
    name, word = np.empty(count, dtype=object), np.empty(count, dtype=object)
    for code, (tag, _, family_first) in enumerate(LOCALES):
        first, last = _name_pool(tag, shop.seed + code)
        words = [_ascii_word(candidate) or "hello" for candidate in first]
        between = "" if tag in ("zh_CN", "ko_KR") else " "
        for row in np.flatnonzero(locale == code):
            chosen = int(first_draw[row] * len(first))
            given, family = first[chosen], last[int(last_draw[row] * len(last))]
            parts = (family, given) if family_first else (given, family)
            name[row], word[row] = between.join(parts), words[chosen]
    rows = range(count)
    email = [f"{word[row]}.{row + 1}@{_DOMAINS[row % len(_DOMAINS)]}" for row in rows]
    return People(
        name=name,
        email=np.asarray(email, dtype=object),
        phone=np.asarray([_phone(row, offset) for row in rows], dtype=object),
    )
