"""Names, e-mail addresses and telephone numbers of people who do not exist."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from importlib import import_module

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from analytics.synthetic.columns import numbered
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
_UNSPACED = ("zh_CN", "ko_KR")
_POOL = 400  # names of a kind that are used of a locale
_DOMAINS = ("example.com", "example.org", "example.net")  # reserved by RFC 2606
_AREA_CODES = MAXIMUM_CUSTOMERS // 10_000
_STRIDE = 4_944_271  # without a common factor with the count of numbers


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Personal data, an entry a customer; e-mail addresses and telephone numbers are unique."""

    name: pa.Array
    email: pa.Array
    phone: pa.Array


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """Names of all locales in one list each; a locale's are `count` from `start`."""

    given: list[str]
    family: list[str]
    given_start: npt.NDArray[np.int64]
    given_count: npt.NDArray[np.int64]
    family_start: npt.NDArray[np.int64]
    family_count: npt.NDArray[np.int64]


def _thinned(names: object) -> list[str]:
    """Return at most `_POOL` of the names, sorted, evenly spread over the alphabet."""
    unique = sorted({unicodedata.normalize("NFC", name).strip() for name in names})  # type: ignore[attr-defined]
    return unique[:: max(1, -(-len(unique) // _POOL))]


def _names() -> _Names:
    given: list[str] = []
    family: list[str] = []
    bounds = []
    for tag, _, _ in LOCALES:
        # The lists alone: an instance of Faker loads the words of every other trade too.
        provider = import_module(f"faker.providers.person.{tag}").Provider
        first = _thinned(provider.first_names)
        last = _thinned(getattr(provider, "unisex_last_names", provider.last_names))
        bounds.append((len(given), len(first), len(family), len(last)))
        given += first
        family += last
    columns = np.asarray(bounds, dtype=np.int64).T
    return _Names(
        given=given,
        family=family,
        given_start=columns[0],
        given_count=columns[1],
        family_start=columns[2],
        family_count=columns[3],
    )


def _ascii_word(name: str) -> str:
    """Return the Latin letters of a name without their marks, in lower case; often none."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return "".join(letter for letter in plain.lower() if letter.isalpha())


def _phones(index: npt.NDArray[np.int64], offset: int) -> pa.Array:
    number = (index * _STRIDE + offset) % MAXIMUM_CUSTOMERS
    area, line = np.divmod(number, 10_000)
    areas = numbered("+1 ", 200 + area % _AREA_CODES, 3)
    return pc.binary_join_element_wise(areas, numbered("", line, 4), "-555-")


def shop_people(shop: SyntheticShop, rows: slice, number: int = 0) -> People:
    """Return a person for each of some consecutive customers.

    Parameters
    ----------
    shop : SyntheticShop
        For the seed.
    rows : slice
        The customers.
    number : int
        Of their block, from 0.
    """
    random = shop.stream("people", number)
    count = rows.stop - rows.start
    shares = np.asarray([share for _, share, _ in LOCALES])
    locale = random.choice(len(LOCALES), count, p=shares / shares.sum())
    names = _names()

    def drawn(start: npt.NDArray[np.int64], size: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        chosen: npt.NDArray[np.int64] = start[locale] + (
            random.random(count) * size[locale]
        ).astype(np.int64)
        return chosen

    first = drawn(names.given_start, names.given_count)
    last = drawn(names.family_start, names.family_count)
    given, family = pa.array(names.given).take(first), pa.array(names.family).take(last)
    family_first = np.asarray([leads for _, _, leads in LOCALES])[locale]
    spaces = [("" if tag in _UNSPACED else " ") for tag, _, _ in LOCALES]
    name = pc.binary_join_element_wise(
        pc.if_else(family_first, family, given),
        pc.if_else(family_first, given, family),
        pa.array(spaces).take(locale),
    )
    words = pa.array([_ascii_word(candidate) or "hello" for candidate in names.given])
    index = np.arange(rows.start, rows.stop)
    email = pc.binary_join_element_wise(
        pc.binary_join_element_wise(words.take(first), numbered("", index + 1, 1), "."),
        pa.array(_DOMAINS).take(index % len(_DOMAINS)),
        "@",
    )
    offset = int(shop.stream("phones").integers(MAXIMUM_CUSTOMERS))
    return People(name=name, email=email, phone=_phones(index, offset))
