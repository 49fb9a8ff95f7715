"""A source file for a folder of exports: what each column is taken for, and why."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import duckdb

from analytics.ingest.declarations import CHOOSE
from analytics.ingest.evidence import ColumnEvidence, column_evidence
from analytics.ingest.exports import Export
from analytics.ingest.quoting import name_sql
from analytics.ingest.synonyms import named_like
from analytics.ingest.telling_values import Key, told_by_values
from analytics.schema import SOURCE_TABLES, Column, Table

_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₹": "INR"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableGuess:
    """A canonical table that an export is taken for.

    Attributes
    ----------
    table, export
        Which.
    columns : mapping
        Canonical column -> header.
    evidence : mapping
        Header -> what its values show.
    reasons : mapping
        Canonical column -> what shows it, where that is not the header's name.
    hints : mapping
        Canonical column -> header and what suggests it, where that is not enough to map it.
    """

    table: Table
    export: Export
    columns: Mapping[str, str]
    evidence: Mapping[str, ColumnEvidence]
    reasons: Mapping[str, str] = field(default_factory=dict)
    hints: Mapping[str, tuple[str, str]] = field(default_factory=dict)


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


def _named(canonical: Table, export: Export, seen: Mapping[str, ColumnEvidence]) -> dict[str, str]:
    """Return canonical column -> the header that its name is known to mean."""
    ranked = sorted(
        (-named_like(header, column.name), column.name, header)
        for column in canonical.columns
        for header in export.headers
        if named_like(header, column.name) and _fits(column, seen[header])
    )
    columns: dict[str, str] = {}
    for _, name, header in ranked:
        if name not in columns and header not in columns.values():
            columns[name] = header
    return columns


def _lacking(canonical: Table, columns: Mapping[str, str]) -> list[str]:
    lacks = [name for name in canonical.required if name not in columns]
    if (
        canonical.name == "order_lines"
        and "net" not in columns
        and not {"quantity", "unit_price"} <= set(columns)
    ):
        lacks.append("net")
    return lacks


def _guess(
    canonical: Table,
    export: Export,
    seen: Mapping[str, ColumnEvidence],
    keys: Mapping[str, Key],
    connection: duckdb.DuckDBPyConnection,
) -> TableGuess | None:
    named = _named(canonical, export, seen)
    told = told_by_values(canonical, export, seen, named, keys, connection)
    columns, reasons = dict(named), {}
    if _lacking(canonical, named):
        wanted = {*_lacking(canonical, named), *canonical.key}
        reasons = {name: why for name, (_, why) in told.items() if name in wanted}
        columns |= {name: told[name][0] for name in reasons}
    if _lacking(canonical, columns):
        return None
    return TableGuess(
        table=canonical,
        export=export,
        columns={name: columns[name] for name in canonical.names if name in columns},
        evidence=seen,
        reasons=reasons,
        hints={name: each for name, each in told.items() if name not in columns},
    )


def _weight(guess: TableGuess) -> int:
    score = len(guess.columns)
    seen = {name: guess.evidence[header] for name, header in guess.columns.items()}
    match guess.table.name:
        case "customers":
            key = seen["customer_id"]
            # A customer stands in one row, but for a few that are exported twice; a table of
            # events has other columns of its own.
            if key.distinct < 0.9 * key.present or len(guess.columns) < 2:
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
) -> tuple[list[TableGuess], list[tuple[Export, str]]]:
    """Return what the exports are taken for, each canonical table once, and why others are not."""
    evidence = {
        export.sample: {header: column_evidence(export, header, connection)
                        for header in export.headers}
        for export in exports
    }  # fmt: skip
    chosen: dict[str, TableGuess] = {}
    # The keys that the first round finds tell the columns of further tables in the second and
    # third: a customer's number by its values.
    for _ in range(3):
        keys = _keys(chosen)
        found = []
        for export in exports:
            seen = evidence[export.sample]
            each = [_guess(known, export, seen, keys, connection) for known in SOURCE_TABLES]
            weighed = [(_weight(guess), guess) for guess in each if guess]
            best = max(weighed, key=lambda each: each[0], default=None)
            if best and best[0] > 0:
                found.append(best)
        before, chosen = chosen, _chosen(found)
        if {n: g.columns for n, g in before.items()} == {n: g.columns for n, g in chosen.items()}:
            break
    used = {guess.export.sample for guess in chosen.values()}
    left = [
        (export, _why_left(export, evidence[export.sample], chosen, _taken_for(found)))
        for export in exports
        if export.sample not in used
    ]
    return [chosen[known.name] for known in SOURCE_TABLES if known.name in chosen], left


def _taken_for(found: Sequence[tuple[int, TableGuess]]) -> dict[str, str]:
    """Return sample -> the table that it was taken for."""
    return {guess.export.sample: guess.table.name for _, guess in found}


def _chosen(found: Sequence[tuple[int, TableGuess]]) -> dict[str, TableGuess]:
    chosen: dict[str, TableGuess] = {}
    for _, guess in sorted(found, key=lambda each: (-each[0], each[1].export.read.file)):
        chosen.setdefault(guess.table.name, guess)
    if "transactions" in chosen:
        chosen.pop("order_lines", None)
    elif "order_lines" in chosen:
        chosen.pop("transaction_items", None)
    return chosen


def _keys(chosen: Mapping[str, TableGuess]) -> dict[str, Key]:
    return {
        column: Key(column=column, export=chosen[name].export, header=chosen[name].columns[column])
        for column, name in (("customer_id", "customers"), ("transaction_id", "transactions"))
        if name in chosen and column in chosen[name].columns
    }


def _why_left(
    export: Export,
    seen: Mapping[str, ColumnEvidence],
    chosen: Mapping[str, TableGuess],
    taken: Mapping[str, str],
) -> str:
    if (name := taken.get(export.sample)) is not None:
        if name in chosen:
            return f"looks like {name}, which {chosen[name].export.read.file} gives already"
        return f"looks like {name}, which the orders that were found leave no room for"
    nearest = []
    for known in SOURCE_TABLES:
        columns = _named(known, export, seen)
        lacks = _lacking(known, columns)
        if columns:
            nearest.append((len(lacks) - len(columns), len(lacks), known.name, lacks))
    if not nearest:
        return "no column has a name that is known"
    _, count, name, lacks = min(nearest)
    if not count:
        return f"its columns are those of {name}, its rows are not"
    return f"nearest is {name}, and nothing in it looks like {', '.join(lacks)}"


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
