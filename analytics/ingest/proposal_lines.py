"""The lines of a source file that `analytics init` writes: each guess with its evidence."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import duckdb

from analytics.ingest.declarations import CHOOSE
from analytics.ingest.evidence import ColumnEvidence
from analytics.ingest.proposal import TableGuess
from analytics.ingest.proposed_rows import (
    missing_words,
    non_product_lines,
    reversal_lines,
    reversal_reference,
)
from analytics.ingest.quoting import name_sql
from analytics.ingest.synonyms import known_status, looks_personal
from analytics.schema import Column

_TEXT = ("csv", "whitespace", "jsonl")


def _toml(text: str | tuple[str, ...]) -> str:
    return json.dumps(text, ensure_ascii=False)


def _said(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:120]


def table_lines(guess: TableGuess, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return the lines of a source file for one table."""
    at, seen = f"tables.{guess.table.name}", guess.evidence
    lines = ["", *([f"# {_said(guess.export.note)}"] if guess.export.note else []), f"[{at}]"]
    lines += _format_lines(guess)
    nothing = missing_words([seen[header] for header in guess.columns.values()])
    if nothing:
        lines.append(f"missing = [{', '.join(map(_toml, nothing))}]  # words for no value")
    if guess.table.name in ("transaction_items", "order_lines"):
        lines += non_product_lines(guess.export, guess.columns, connection)
    lines.append(f"[{at}.columns]")
    for name, header in guess.columns.items():
        why = _why(guess.table.column(name), seen[header], guess.reasons.get(name, "by its name"))
        lines.append(f"{name} = {_toml(header)}  # {why}")
    orders = guess.table.name in ("transactions", "order_lines")
    named = reversal_reference(guess.export, guess.columns, seen, connection) if orders else None
    lines += _left_lines(guess, named[0] if named else "")
    lines += _date_lines(at, guess)
    if "status" in guess.columns:
        lines += _status_lines(at, seen[guess.columns["status"]].words)
    if orders:
        lines += reversal_lines(at, guess.export, guess.columns, seen, connection)
    return lines


def _format_lines(guess: TableGuess) -> list[str]:
    read = guess.export.read
    lines = [f"file = {_toml(read.file)}", f"format = {_toml(read.format)}"]
    if read.format in _TEXT and read.encoding != "utf-8":
        lines.append(f"encoding = {_toml(read.encoding)}  # the bytes are no UTF-8")
    if read.format == "csv" and read.delimiter != ",":
        lines.append(f"delimiter = {_toml(read.delimiter)}")
    named = {"sheet": read.sheet, "table": read.table, "query": read.query}
    lines += [f"{key} = {_toml(value)}" for key, value in named.items() if value]
    money = [
        guess.evidence[header]
        for name, header in guess.columns.items()
        if guess.table.column(name).dtype in ("money", "number")
    ]
    points, commas = sum(each.points for each in money), sum(each.commas for each in money)
    if commas > points:
        lines.append(f'decimal_mark = ","  # {commas:,} amounts have a comma, {points:,} a point')
        blank = next((each.grouping for each in money if each.grouping), ".")
        lines.append(f"thousands_mark = {_toml(blank)}")
    elif points:
        lines.append(f'decimal_mark = "."  # {points:,} amounts have a point, {commas:,} a comma')
        lines.append('thousands_mark = ","')
    return lines


def _left_lines(guess: TableGuess, reference: str) -> list[str]:
    lines = []
    maybe = {header: (name, why) for name, (header, why) in guess.hints.items()}
    for header in guess.export.headers:
        if header in guess.columns.values():
            continue
        if header == reference:
            lines.append(f"# '{_said(header)}': names the order that a row takes back; see below")
            continue
        if header in maybe:
            name, why = maybe[header]
            lines.append(f"# '{_said(header)}': {why} -> {name}?")
        elif looks_personal(header) or guess.evidence[header].emails:
            lines.append(f"# '{_said(header)}': looks like personal data, left out")
        else:
            seen = guess.evidence[header]
            lines.append(
                f"# '{_said(header)}': not mapped; {seen.distinct:,} different values in "
                f"{seen.present:,}"
            )
    return lines


def _date_lines(at: str, guess: TableGuess) -> list[str]:
    days = {
        name: guess.evidence[header]
        for name, header in guess.columns.items()
        if guess.table.column(name).dtype in ("date", "timestamp")
        and guess.evidence[header].formats
    }
    lines = [f"[{at}.dates]"] if days else []
    for name, seen in days.items():
        further = [form for form, _ in seen.dates.formats[1:]]
        first = seen.dates.formats[0][0]
        if seen.ambiguous:
            both = " or ".join(f'"{form}"' for form in seen.dates.readings)
            lines.append(f"# every value of {name} can be read as {both}: write the right one")
            first = CHOOSE
        for form, count in seen.dates.doubtful:
            lines.append(
                f"# {count:,} value(s) of {name} may be {_toml(form)}: add it where it is right"
            )
        lines.append(f"{name} = [{', '.join(map(_toml, (first, *further)))}]")
    return lines


def _why(column: Column, seen: ColumnEvidence, reason: str) -> str:
    if column.dtype in ("date", "timestamp") and seen.formats:
        parts = [f"{count:,} {form}" for form, count in seen.dates.formats]
        few = sum(count for _, count in seen.dates.doubtful)
        told = f"; in doubt {few:,}" if few else ""
        told += f"; {seen.dates.unread:,} in no known format" if seen.dates.unread else ""
        return f"{reason}; of {seen.present:,} values: {', '.join(parts)}{told}"
    if column.dtype in ("money", "number", "integer"):
        return f"{reason}; {seen.numbers:,} of {seen.present:,} values are numbers"
    if column.pii:
        return f"{reason}; personal data, stays in data/"
    return f"{reason}; {seen.distinct:,} different values in {seen.present:,}"


def _status_lines(at: str, words: Sequence[str]) -> list[str]:
    lines = [f"[{at}.statuses]"]
    spelled = {word.casefold(): word for word in sorted(words)}
    meant: Mapping[str, str | None] = {word: known_status(word) for word in spelled.values()}
    for status in ("completed", "returned", "cancelled"):
        same = [word for word, status_of in meant.items() if status_of == status]
        if same:
            lines.append(f"{status} = [{', '.join(map(_toml, same))}]")
    for word, known in meant.items():
        if known is None:
            lines.append(f"# {_toml(word)} is not known: put it into one of the lists")
    return lines


def key_note(guesses: Sequence[TableGuess], connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Return what customers of other tables are found among the customers, as comments."""
    by_name = {guess.table.name: guess for guess in guesses}
    people = by_name.get("customers")
    if people is None:
        return []
    key = name_sql(people.columns["customer_id"])
    lines = []
    for guess in guesses:
        header = guess.columns.get("customer_id")
        if guess is people or header is None:
            continue
        row = connection.execute(
            f"SELECT count(DISTINCT o.{name_sql(header)}), count(DISTINCT o.{name_sql(header)}) "
            f"FILTER (WHERE o.{name_sql(header)} IN (SELECT {key} FROM {people.export.sample})) "
            f"FROM {guess.export.sample} o"
        ).fetchone()
        if row:
            lines.append(
                f"# {row[1]:,} of {row[0]:,} customers of {guess.table.name} "
                "are among the customers"
            )
    return lines
