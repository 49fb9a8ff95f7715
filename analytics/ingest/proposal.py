"""A source file for a folder of exports: what each column is taken for, and why."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import duckdb

from analytics.ingest.declarations import CHOOSE
from analytics.ingest.evidence import ColumnEvidence, column_evidence
from analytics.ingest.exports import Export
from analytics.ingest.quoting import name_sql
from analytics.ingest.synonyms import known_status, looks_personal, named_like
from analytics.schema import SOURCE_TABLES, Column, Table

_TEXT = ("csv", "whitespace", "jsonl")
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₹": "INR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableGuess:
    """A canonical table that an export is taken for: canonical column -> header."""

    table: Table
    export: Export
    columns: Mapping[str, str]
    evidence: Mapping[str, ColumnEvidence]


def _fits(column: Column, seen: ColumnEvidence) -> bool:
    if not seen.present:
        return True
    match column.dtype:
        case "date" | "timestamp":
            return bool(seen.formats)
        case "money" | "number" | "integer":
            return seen.numbers >= 0.8 * seen.present
    if column.name == "email":
        return seen.emails >= 0.8 * seen.present
    return True


def _guess(
    canonical: Table, export: Export, seen: Mapping[str, ColumnEvidence]
) -> TableGuess | None:
    ranked = sorted(
        (
            (-named_like(header, column.name), column.name, header)
            for column in canonical.columns
            for header in export.headers
            if named_like(header, column.name) and _fits(column, seen[header])
        ),
    )
    columns: dict[str, str] = {}
    for _, name, header in ranked:
        if name not in columns and header not in columns.values():
            columns[name] = header
    if any(name not in columns for name in canonical.required):
        return None
    if (
        canonical.name == "order_lines"
        and not {"net"} & set(columns)
        and not ({"quantity", "unit_price"} <= set(columns))
    ):
        return None
    ordered = {name: columns[name] for name in canonical.names if name in columns}
    return TableGuess(table=canonical, export=export, columns=ordered, evidence=seen)


def _weight(guess: TableGuess) -> int:
    score = len(guess.columns)
    seen = {name: guess.evidence[header] for name, header in guess.columns.items()}
    match guess.table.name:
        case "customers":
            key = seen["customer_id"]
            # A customer stands in one row; a table of events has other columns of its own.
            if key.distinct < key.present or len(guess.columns) < 2:
                return 0
        case "transactions":
            if (
                "transaction_id" in seen
                and seen["transaction_id"].distinct < seen["transaction_id"].present * 0.9
            ):
                return 0
        case "order_lines":
            if not {"product_id", "quantity"} & set(seen):
                return 0
            order = seen["transaction_id"]
            if order.distinct == order.present:
                return 0
        case "transaction_items":
            if not {"product_id", "quantity", "category"} & set(seen):
                return 0
    return score


def table_guesses(
    exports: Sequence[Export], connection: duckdb.DuckDBPyConnection
) -> list[TableGuess]:
    """Return what the exports are taken for, each canonical table once."""
    found: list[tuple[int, TableGuess]] = []
    for export in exports:
        seen = {header: column_evidence(export, header, connection) for header in export.headers}
        guesses = [guess for known in SOURCE_TABLES if (guess := _guess(known, export, seen))]
        weighed = [(_weight(guess), guess) for guess in guesses]
        best = max(weighed, key=lambda each: each[0], default=None)
        if best and best[0] > 0:
            found.append(best)
    chosen: dict[str, TableGuess] = {}
    for _, guess in sorted(found, key=lambda each: (-each[0], each[1].export.read.file)):
        chosen.setdefault(guess.table.name, guess)
    if "transactions" in chosen:
        chosen.pop("order_lines", None)
    elif "order_lines" in chosen:
        chosen.pop("transaction_items", None)
    return [chosen[known.name] for known in SOURCE_TABLES if known.name in chosen]


def found_currency(
    guesses: Sequence[TableGuess], connection: duckdb.DuckDBPyConnection
) -> tuple[str, str]:
    """Return the currency that amounts or a column show, and why; `CHOOSE` without evidence."""
    codes: dict[str, str] = {}
    for guess in guesses:
        for header, seen in guess.evidence.items():
            if re.search("currency|waehrung|währung|devise|moneda", header.lower()):
                for word in seen.words:
                    if re.fullmatch("[A-Z]{3}", word):
                        codes[word] = f"column '{header}' of {guess.export.read.file}"
        for name, header in guess.columns.items():
            if guess.table.column(name).dtype != "money":
                continue
            cells = connection.execute(
                f"SELECT DISTINCT regexp_extract({name_sql(header)}, '[€£$¥₹]|[A-Z]{{3}}') "
                f"FROM {guess.export.sample}"
            ).fetchall()
            for (sign,) in cells:
                if sign:
                    codes[_SIGNS.get(sign, sign)] = f"'{sign}' in '{header}'"
    if len(codes) == 1:
        return next(iter(codes.items()))
    return CHOOSE, f"several found: {', '.join(sorted(codes))}" if codes else "nothing shows it"


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _said(text: str) -> str:
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:120]


def table_lines(guess: TableGuess) -> list[str]:
    """Return the lines of a source file for one table, each guess with its evidence."""
    read, at = guess.export.read, f"tables.{guess.table.name}"
    seen = guess.evidence
    lines = ["", f"[{at}]", f"file = {_toml(read.file)}", f"format = {_toml(read.format)}"]
    if read.format in _TEXT and read.encoding != "utf-8":
        lines.append(f"encoding = {_toml(read.encoding)}  # the bytes are no UTF-8")
    if read.format == "csv" and read.delimiter != ",":
        lines.append(f"delimiter = {_toml(read.delimiter)}")
    named = {"sheet": read.sheet, "table": read.table}
    lines += [f"{key} = {_toml(value)}" for key, value in named.items() if value]
    money = [
        seen[header]
        for name, header in guess.columns.items()
        if guess.table.column(name).dtype in ("money", "number")
    ]
    points, commas = sum(each.points for each in money), sum(each.commas for each in money)
    if commas > points:
        lines.append(f'decimal_mark = ","  # {commas:,} amounts have a comma, {points:,} a point')
        lines.append('thousands_mark = "."')
    elif points:
        lines.append(f'decimal_mark = "."  # {points:,} amounts have a point, {commas:,} a comma')
        lines.append('thousands_mark = ","')
    lines.append(f"[{at}.columns]")
    for name, header in guess.columns.items():
        lines.append(
            f"{name} = {_toml(header)}  # {_why(guess.table.column(name), header, seen[header])}"
        )
    for header in guess.export.headers:
        if header not in guess.columns.values():
            why = (
                "looks like personal data, left out"
                if looks_personal(header) or seen[header].emails
                else "not mapped"
            )
            lines.append(f"# '{_said(header)}': {why}")
    days = {
        name: seen[header]
        for name, header in guess.columns.items()
        if guess.table.column(name).dtype in ("date", "timestamp") and seen[header].formats
    }
    if days:
        lines.append(f"[{at}.dates]")
    for name, each in days.items():
        if each.ambiguous:
            both = " or ".join(f'"{form}"' for form in each.formats)
            lines.append(f"# every value of {name} can be read as {both}: write the right one")
            lines.append(f"{name} = [{_toml(CHOOSE)}]")
        else:
            lines.append(f"{name} = [{_toml(each.formats[0])}]")
    if "status" in guess.columns:
        lines += _status_lines(at, seen[guess.columns["status"]].words)
    return lines


def _why(column: Column, header: str, seen: ColumnEvidence) -> str:
    said = f"'{_said(header)}' -> {column.name}: name"
    if column.dtype in ("date", "timestamp") and seen.formats:
        reads = f"{seen.dated:,} of {seen.present:,} sampled values are {seen.formats[0]}"
        return f"{said}; {reads}" + ("" if seen.ambiguous else "; no other format fits")
    if column.dtype in ("money", "number", "integer"):
        return f"{said}; {seen.numbers:,} of {seen.present:,} sampled values are numbers"
    if column.pii:
        return f"{said}; personal data, stays in data/"
    return f"{said}; {seen.distinct:,} different values in {seen.present:,}"


def _status_lines(at: str, words: Sequence[str]) -> list[str]:
    lines = [f"[{at}.statuses]"]
    meant: dict[str, str | None] = {word: known_status(word) for word in words}
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
