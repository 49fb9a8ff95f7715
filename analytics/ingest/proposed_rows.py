"""Rows that a source file must speak of: reversals, lines of no product, words for no value."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence

import duckdb

from analytics.ingest.evidence import ColumnEvidence
from analytics.ingest.exports import Export
from analytics.ingest.quoting import name_sql
from analytics.ingest.synonyms import known_status, plain_name

_REFERENCE = re.compile(
    r"revers|refund(s|ed)? (of|for|order)|cancel(s|led)? order|original|credit (of|for)|"
    r"storn|gutschrift|ruecknahme|annul|rembours|anula|devoluc|related|parent"
)
_NO_PRODUCT = re.compile(
    r"\b(post|postage|porto|shipping|versand|versandkosten|delivery|freight|port|frais|envio|"
    r"gift ?(wrap|card|voucher)?|geschenkverpackung|geschenkkarte|gutschein|voucher|coupon|rabatt|"
    r"discount|remise|descuento|fee|fees|gebuehr|bank charges|adjust|adjustment|tip|trinkgeld|"
    r"donation|spende|pfand|deposit|sample|manual)\b"
)
_NOTHING = ("n/a", "#n/a", "nan", "null", "none", "-", "--", "k. a.", "k.a.", "(null)")


def missing_words(seen: Sequence[ColumnEvidence]) -> list[str]:
    """Return the words among the values that stand for no value, as they are written."""
    found = {word for each in seen for word in each.words if word.lower() in _NOTHING}
    return sorted(found)


def reversal_lines(
    at: str,
    export: Export,
    columns: Mapping[str, str],
    seen: Mapping[str, ColumnEvidence],
    connection: duckdb.DuckDBPyConnection,
) -> list[str]:
    """Return what a source file says of the rows that take back earlier ones.

    Parameters
    ----------
    at : str
        The table, as of ``tables.transactions``.
    export : Export
        The orders or order lines.
    columns : mapping
        Canonical column -> header.
    seen : mapping
        Header -> what its values show.
    connection : DuckDBPyConnection
        That has the samples.
    """
    amount = next((columns[n] for n in ("net", "quantity") if n in columns), None)
    negative = seen[amount].negative if amount else 0
    reference = reversal_reference(export, columns, seen, connection)
    if not amount or not (negative or reference):
        return []
    below = f"coalesce(regexp_matches({name_sql(amount)}, '^[^0-9]{{0,4}}-'), false)"
    lines = [f"# {negative:,} of {seen[amount].present:,} values of '{amount}' are negative"]
    marker = _marker(export, columns, below, connection)
    lines += [f"[{at}.reversals]"]
    status, why = _status(export, columns, below, connection)
    lines.append(f'status = "{status}"  # {why}; or: cancelled, returned')
    if marker:
        prefix, marked, others = marker
        expression = json.dumps("^" + re.sub(r"([^\w\s-])", r"\\\1", prefix), ensure_ascii=False)
        more = f"; {others:,} further negative row(s) do not" if others else ""
        lines.append(
            f"marker = {expression}  # {marked:,} negative rows have such ids, no other row{more}"
        )
    if reference:
        lines.append(
            f"reference = {json.dumps(reference[0], ensure_ascii=False)}  # {reference[1]}"
        )
    return lines


def reversal_reference(
    export: Export,
    columns: Mapping[str, str],
    seen: Mapping[str, ColumnEvidence],
    connection: duckdb.DuckDBPyConnection,
) -> tuple[str, str] | None:
    """Return the column that names the order that a row takes back, and what shows it."""
    if "transaction_id" not in columns:
        return None
    order = columns["transaction_id"]
    for header in export.headers:
        if header in columns.values() or not _REFERENCE.search(plain_name(header)):
            continue
        row = connection.execute(
            f"SELECT count(*) FROM {export.sample} WHERE {name_sql(header)} IN "
            f"(SELECT {name_sql(order)} FROM {export.sample})"
        ).fetchone()
        known, present = (row[0] if row else 0), seen[header].present
        if present and known >= 0.5 * present:
            return header, f"{known:,} of its {present:,} values are ids in '{order}'"
    return None


def _marker(
    export: Export,
    columns: Mapping[str, str],
    below: str,
    connection: duckdb.DuckDBPyConnection,
) -> tuple[str, int, int] | None:
    """Return what the ids of nearly all negative rows begin with and no others, with counts."""
    if "transaction_id" not in columns:
        return None
    prefix = f"regexp_extract({name_sql(columns['transaction_id'])}, '^[^0-9]+')"
    found = connection.execute(
        f"SELECT {prefix} AS p, count(*) FILTER (WHERE {below}) AS n, "
        f"count(*) FILTER (WHERE NOT {below}) AS m FROM {export.sample} GROUP BY 1 "
        "ORDER BY n DESC, p"
    ).fetchall()
    if not found or not found[0][0] or found[0][2]:
        return None
    total = sum(negative for _, negative, _ in found)
    text, marked, _ = found[0]
    return (text, marked, total - marked) if marked >= 0.8 * total and marked else None


def _status(
    export: Export,
    columns: Mapping[str, str],
    below: str,
    connection: duckdb.DuckDBPyConnection,
) -> tuple[str, str]:
    if "status" in columns:
        words = connection.execute(
            f"SELECT {name_sql(columns['status'])}, count(*) FROM {export.sample} WHERE {below} "
            "GROUP BY 1 ORDER BY 2 DESC, 1"
        ).fetchall()
        for word, count in words:
            status = known_status(word or "")
            if status in ("cancelled", "returned"):
                return status, f"{count:,} of the negative rows say '{word}'"
    return "cancelled", "what an order becomes that is wholly taken back"


def non_product_lines(
    export: Export, columns: Mapping[str, str], connection: duckdb.DuckDBPyConnection
) -> list[str]:
    """Return what a source file says of the lines that are no product."""
    if "product_id" not in columns:
        return []
    code = name_sql(columns["product_id"])
    found = connection.execute(
        f"SELECT {code}, count(*) FROM {export.sample} WHERE {code} IS NOT NULL "
        "GROUP BY 1 ORDER BY 1"
    ).fetchall()
    named = [(text, count) for text, count in found if _NO_PRODUCT.search(plain_name(text))]
    numbered = sum(any(c.isdigit() for c in text) for text, _ in found)
    odd = [
        (text, count)
        for text, count in found
        if (text, count) not in named and not any(c.isdigit() for c in text)
    ]
    lines = []
    if named:
        listed = ", ".join(json.dumps(text, ensure_ascii=False) for text, _ in named)
        counts = ", ".join(f"{text} {count:,}" for text, count in named[:8])
        lines += [
            f"# lines whose code sounds like no product: {counts}",
            f"non_products = [{listed}]",
        ]
    if odd and numbered >= 0.9 * len(found):
        told = ", ".join(f"{' '.join(text.split())} ({count:,})" for text, count in odd[:8])
        lines.append(f"# codes without a number, products or not? {told}")
    return lines
