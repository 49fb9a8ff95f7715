"""Looks for a source's customers in every file of a published tree, whatever it is packed in.

Run through `nox -s privacy`. The search shares nothing with the gate of the build: whole names,
e-mail addresses and telephone numbers are looked up in sets among all that a file could show,
compressed files, workbooks, Parquet, the search index and PDF included. Prints what was read
and what was found; ends with 1 where anything was.
"""

from __future__ import annotations

import argparse
import gzip
import html
import io
import re
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pandas as pd
from pypdf import PdfReader

ROOT = Path(__file__).parents[2]
WORD = re.compile(r"[^\W\d_]+")
ADDRESS = re.compile(r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+")
# Not within a decimal number, whose digits are nobody's.
NUMBER = re.compile(
    r"(?<![\d.])\+?\(?\d(?:[ ().\-/\u2010-\u2014\u202f\u00a0]{0,3}\d){6,14}(?!\d|\.\d)"
)
PRINTABLE = re.compile(rb"[\x20-\x7e\xc2-\xf4\x80-\xbf]{5,}")
LONGEST_NAME = 6


@dataclass(frozen=True, slots=True)
class People:
    """What would name a customer, in the form that it is looked up in."""

    names: frozenset[tuple[str, ...]]
    addresses: frozenset[str]
    numbers: frozenset[str]

    @classmethod
    def of(cls, names: list[str], addresses: list[str], numbers: list[str]) -> People:
        """Return what is looked for; names in both orders, numbers with and without country."""
        words = {tuple(word.casefold() for word in WORD.findall(name)) for name in names}
        words = {each for each in words if len(each) > 1}
        digits = {re.sub(r"\D", "", number) for number in numbers}
        return cls(
            frozenset(words | {each[::-1] for each in words}),
            frozenset(address.strip().casefold() for address in addresses),
            frozenset(digits | {each[-10:] for each in digits if len(each) > 10}) - {""},
        )

    def found_in(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield kind and text of each customer's name, address or number in a text."""
        words = [word.casefold() for word in WORD.findall(text)]
        for length in range(2, LONGEST_NAME + 1):
            for window in zip(*(words[start:] for start in range(length)), strict=False):
                if window in self.names:
                    yield "name", " ".join(window)
        for match in ADDRESS.finditer(text):
            if match[0].casefold().strip(".-") in self.addresses:
                yield "address", match[0]
        for match in NUMBER.finditer(text):
            if re.sub(r"\D", "", match[0]) in self.numbers:
                yield "number", match[0]


@dataclass(slots=True)
class Report:
    """What was read, by kind, and what was found: file, kind and text."""

    read: Counter[str] = field(default_factory=Counter)
    found: list[tuple[str, str, str]] = field(default_factory=list)


def texts(content: bytes, read: Counter[str]) -> Iterator[str]:
    """Yield every text in a file's bytes, and count what it was read as."""
    if content[:2] == b"\x1f\x8b":
        read["gzip"] += 1
        yield from texts(gzip.decompress(content), read)
    elif content[:4] == b"PK\x03\x04":
        read["archive"] += 1
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield from texts(archive.read(name), read)
    elif content[:4] == b"PAR1":
        read["parquet"] += 1
        yield pd.read_parquet(io.BytesIO(content)).to_csv(index=False)
    elif content[:4] == b"%PDF":
        read["pdf"] += 1
        reader = PdfReader(io.BytesIO(content))
        yield " ".join(str(value) for value in (reader.metadata or {}).values())
        shown = "\n".join(page.extract_text() for page in reader.pages)
        yield shown
        yield re.sub(r"\s+", " ", shown)
    elif b"\0" in content[:8192]:
        read["binary"] += 1
        yield "\n".join(part.decode("utf-8", "replace") for part in PRINTABLE.findall(content))
    else:
        read["text"] += 1
        text = content.decode("utf-8", "replace")
        yield text
        plain = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
        # Tags between the words of a name do not hide it.
        plain = re.sub(r"<[^<>]{0,2000}>", " ", unquote(html.unescape(plain), errors="replace"))
        if plain != text:
            yield plain


def scanned(tree: Path, people: People) -> Report:
    """Return what a tree's files, and their names, say of these people."""
    report = Report()
    for path in sorted(tree.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        file = path.relative_to(tree).as_posix()
        report.read["files"] += 1
        for text in (file, *texts(path.read_bytes(), report.read)):
            report.found += [(file, kind, said) for kind, said in people.found_in(text)]
    return report


def people_of(customers: Path) -> People:
    """Return the people of a raw customers export (columns FullName, Email, Phone)."""
    rows = duckdb.read_csv(str(customers), all_varchar=True).df()
    columns = (rows[name].dropna().tolist() for name in ("FullName", "Email", "Phone"))
    return People.of(*columns)


def main() -> int:
    """Scan, print and judge."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--public", type=Path, default=ROOT / "public")
    parser.add_argument("--customers", type=Path, default=ROOT / "data/raw/synthetic/customers.csv")
    options = parser.parse_args()
    if not (options.public / "versions.json").is_file() or not options.customers.is_file():
        print(f"nothing to scan: build first; {options.public}, {options.customers}")
        return 2
    people = people_of(options.customers)
    report = scanned(options.public, people)
    print(
        f"looked for {len(people.names):,} names (both orders), {len(people.addresses):,} "
        f"addresses, {len(people.numbers):,} numbers (with and without country)"
    )
    print("read " + ", ".join(f"{count:,} {kind}" for kind, count in sorted(report.read.items())))
    for file, kind, said in report.found[:50]:
        print(f"  {file}: {kind} {said[0]}…")
    print(f"{len(report.found)} hits")
    return 1 if report.found else 0


if __name__ == "__main__":
    sys.exit(main())
