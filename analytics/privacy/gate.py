"""The gate: no name, e-mail address, telephone number or id of a customer in any emitted file.

Only whole names, addresses and numbers between token boundaries count, so that a customer
called North does not block a site about regions. Names of a single word are not looked for,
unless their script has no capitals and, mostly, no blanks between words.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from pathlib import Path
from typing import Literal

from analytics.privacy.customer_ids import ids_of_attributes, ids_of_columns, is_distinctive
from analytics.privacy.emitted_text import emitted_texts
from analytics.privacy.patterns import CARD, EMAIL, IBAN, PHONE, is_card, is_iban

HitKind = Literal["name", "email", "phone", "card", "account", "id"]
# Domains of addresses that are nobody's: reserved for examples, and hosts of version control.
_NOBODYS = ("example.com", "example.org", "example.net", "github.com", "gitlab.com")
_TOKEN = re.compile(r"[^\W_]+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
# What may stand between the words of one name or the groups of one number.
_BETWEEN: dict[HitKind, re.Pattern[str]] = {
    "name": re.compile(r"[\s,.'’_+-]{0,3}"),
    "phone": re.compile(r"[\s().\-/_+]{0,3}"),
}
_LEAST_DIGITS = 7
_MOST_DIGITS = 15
# The decimals of a number are no telephone number, which ten random digits might be, and no id.
# After a comma they may be the next cell of a row.
_DECIMALS = re.compile(r"(?:^|[^a-z])\.$")
_PART_OF_A_NUMBER = re.compile(r"\.\d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """Personal data in an emitted file.

    Attributes
    ----------
    file : Path
        Relative to the folder that was scanned.
    line : int
        Line of the file (of the text in it, for compressed files).
    kind : str
        name, email, phone, card, account or id.
    masked : str
        The first character of each word of it: a message must not publish it, either.
    """

    file: Path
    line: int
    kind: HitKind
    masked: str

    def __str__(self) -> str:
        """Return ``index.html, line 3: name R… D…``."""
        return f"{self.file.as_posix()}, line {self.line}: {self.kind} {self.masked}"


@dataclass(frozen=True, slots=True)
class _Phrase:
    kind: HitKind
    tokens: tuple[str, ...]
    whole: str


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _tokens(text: str) -> tuple[str, ...]:
    return tuple(_TOKEN.findall(text))


def _name_phrases(names: Iterable[str]) -> Iterator[_Phrase]:
    for name in names:
        plain = _plain(name)
        tokens = _tokens(plain)
        uncased = len(plain) > 1 and name.upper() == name.lower()
        if len(tokens) > 1 or (tokens and uncased and not plain.isdigit()):
            yield _Phrase("name", tokens, plain)
        if len(tokens) == 2:
            yield _Phrase("name", (tokens[1], tokens[0]), plain)


def _email_phrases(emails: Iterable[str]) -> Iterator[_Phrase]:
    for email in emails:
        plain = _plain(email).strip()
        if "@" in plain:
            yield _Phrase("email", _tokens(plain), plain)


def _phone_phrases(phones: Iterable[str]) -> Iterator[_Phrase]:
    for phone in phones:
        groups = tuple(re.findall(r"\d+", phone))
        forms = {groups, ("".join(groups),)}
        if phone.strip().startswith("+") and len(groups) > 2:
            national = groups[1:]
            trunk = ("0" + national[0], *national[1:])
            forms |= {national, ("".join(national),), trunk, ("".join(trunk),)}
        for form in forms:
            if sum(map(len, form)) >= _LEAST_DIGITS:
                yield _Phrase("phone", form, phone)


def _id_phrases(ids: Iterable[str]) -> Iterator[_Phrase]:
    for customer_id in ids:
        plain = _EDGES.sub("", _plain(customer_id))
        if is_distinctive(plain):
            yield _Phrase("id", _tokens(plain), plain)


class _Phrases:
    """Phrases by their tokens."""

    def __init__(self, phrases: Iterable[_Phrase]) -> None:
        self._by_tokens: defaultdict[tuple[str, ...], list[_Phrase]] = defaultdict(list)
        for phrase in phrases:
            self._by_tokens[phrase.tokens].append(phrase)
        # Telephone numbers begin alike; how they end tells most of them apart.
        self._by_last: defaultdict[str, list[tuple[str, ...]]] = defaultdict(list)
        for tokens in self._by_tokens:
            self._by_last[tokens[-1]].append(tokens)

    def _lengths(self, tokens: set[str]) -> dict[str, tuple[int, ...]]:
        """Return the first tokens of what may stand in a text of these tokens, with lengths."""
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for last in tokens & self._by_last.keys():
            for phrase in self._by_last[last]:
                if tokens.issuperset(phrase):
                    lengths[phrase[0]].add(len(phrase))
        return {first: tuple(sorted(found)) for first, found in lengths.items()}

    def found_in(self, text: str) -> Iterator[tuple[int, _Phrase]]:
        """Yield where in a plain text which phrase stands."""
        lengths = self._lengths(set(_TOKEN.findall(text)))
        if not lengths:
            return
        spans = [match.span() for match in _TOKEN.finditer(text)]
        tokens = [text[start:end] for start, end in spans]
        for index, token in enumerate(tokens):
            for length in lengths.get(token, ()):
                window = tuple(tokens[index : index + length])
                for phrase in self._by_tokens.get(window, ()):
                    if _stands(phrase, spans[index : index + length], text):
                        yield spans[index][0], phrase
                        break


def _stands(phrase: _Phrase, window: list[tuple[int, int]], text: str) -> bool:
    if phrase.kind == "email":
        start, end = window[0][0], window[-1][1]
        lead = len(phrase.whole) - len(phrase.whole.lstrip("._+-"))
        # mary.rose@example.com is not rose@example.com.
        before = text[start - 1 : start] if start else ""
        return text[start:end] == phrase.whole[lead:] and before not in {".", "+", "-", "_"} - (
            {phrase.whole[lead - 1]} if lead else set()
        )
    if phrase.kind == "id":
        start, end = window[0][0], window[-1][1]
        if text[start:end] != phrase.whole:
            return False
        return not phrase.whole.isdigit() or not (
            _DECIMALS.search(text, max(start - 2, 0), start)
            or _PART_OF_A_NUMBER.match(text, end)
            or text[start - 1 : start] == "#"
        )
    if phrase.kind == "phone" and _DECIMALS.search(text, max(window[0][0] - 2, 0), window[0][0]):
        return False
    between = _BETWEEN[phrase.kind]
    return all(between.fullmatch(text, left[1], right[0]) for left, right in pairwise(window))


def _patterned(text: str) -> Iterator[tuple[int, HitKind, str]]:
    """Yield what looks like personal data, whoever's it is: where, which kind, and the text."""
    if "@" in text:
        for match in EMAIL.finditer(text):
            domain = match[0].rpartition("@")[2].casefold()
            if not any(domain == each or domain.endswith(f".{each}") for each in _NOBODYS):
                yield match.start(), "email", match[0]
    for match in PHONE.finditer(text):
        if _LEAST_DIGITS < sum(map(str.isdigit, match[0])) <= _MOST_DIGITS:
            yield match.start(), "phone", match[0]
    for match in CARD.finditer(text):
        if is_card(match[0]):
            yield match.start(), "card", match[0]
    for match in IBAN.finditer(text):
        if is_iban(match[0]):
            yield match.start(), "account", match[0]


def scan_tree(
    folder: Path,
    names: Iterable[str],
    emails: Iterable[str],
    phones: Iterable[str],
    ids: Iterable[str] = (),
) -> list[Hit]:
    """Return the personal data that the files under a folder hold, by file and line.

    Text of any kind is scanned, also what is written with HTML, JSON or percent escapes,
    compressed by gzip or in an archive (xlsx), the texts in Parquet files and on the pages of
    PDF, and the files' names. Pictures and fonts are not. Besides the customers' own data, any
    e-mail address, telephone number in international form, payment card and bank account (both
    by their checksums) is a hit; addresses of domains reserved for examples and of hosts of
    version control are not.

    Parameters
    ----------
    folder : Path
        The rendered tree.
    names, emails, phones, ids : iterable of str
        Of the source's customers; empty texts count for nothing. Where ids are looked for is
        said in `customer_ids`.
    """
    known = [customer_id for customer_id in ids if customer_id.strip()]
    found_by = (
        _name_phrases(names),
        _email_phrases(emails),
        _phone_phrases(phones),
        _id_phrases(known),
    )
    phrases = _Phrases(phrase for found in found_by for phrase in found if phrase.tokens)
    common = frozenset(_plain(each).strip() for each in known if not is_distinctive(_plain(each)))
    hits: set[Hit] = set()
    for path in sorted(folder.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        file = path.relative_to(folder)
        for line, kind, found in _found(path, file.as_posix(), phrases, common):
            masked = " ".join(f"{token[0]}…" for token in _TOKEN.findall(found))
            hits.add(Hit(file=file, line=line, kind=kind, masked=masked))
    return sorted(hits, key=lambda hit: (hit.file.as_posix(), hit.line, hit.kind, hit.masked))


def _found(
    path: Path, name: str, phrases: _Phrases, common: frozenset[str]
) -> Iterator[tuple[int, HitKind, str]]:
    """Yield the line, the kind and the text of what a file holds; its name is of its line 1."""
    for text in chain([name], emitted_texts(path)):
        for start, kind, found in _patterned(text):
            yield text.count("\n", 0, start) + 1, kind, found
        plain = _plain(text)
        for start, phrase in phrases.found_in(plain):
            yield plain.count("\n", 0, start) + 1, phrase.kind, " ".join(phrase.tokens)
        if common:
            for start, found in ids_of_attributes(plain, common):
                yield plain.count("\n", 0, start) + 1, "id", found
    if common:
        for row, found in ids_of_columns(path, common):
            yield row, "id", found
