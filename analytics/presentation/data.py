"""The data page: downloads, quality and reconciliation, the dictionary."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.presentation.context import source_facts, stored
from analytics.presentation.formats import count, day, exact_amount, listed, sentence_start
from analytics.presentation.fragments import (
    Fragment,
    absent_line,
    definition_list,
    link,
    long_text,
    missing_note,
    nothing_note,
    paragraph,
    text,
)
from analytics.presentation.rows import named_rows
from analytics.results import DataQuality, Missing
from analytics.schema import TABLES
from analytics.tables import TableColumn, table_html

SHOWS = "what was read, what was removed and why"
DOWNLOADS = "ANALYTICS_DOWNLOADS"


def downloads_folder() -> Path:
    """Return the folder whose ``index.json`` lists the files to download."""
    return Path(os.environ.get(DOWNLOADS) or Path("site") / "data" / "downloads")


def source() -> Fragment:
    """Return what was analysed."""
    facts = source_facts()
    tables = [name for name in facts.tables if "." not in name]
    rows = [
        ("Source", text(facts.title) + (", made up" if facts.synthetic else "")),
        ("Observed", text(f"{day(facts.observation_start)} to {day(facts.observation_end)}, "
                          "both included")),
        ("Orders", text(count(facts.orders))),
        ("Customers", text(count(facts.customers))),
        ("Currency", text(facts.currency)),
        ("Time zone", text(facts.time_zone)),
        ("Tables", text(listed(tables))),
    ]  # fmt: skip
    return Fragment(definition_list(rows))


def downloads() -> Fragment:
    """Return the list of files that come with this version."""
    index = downloads_folder() / "index.json"
    if not index.is_file():
        return nothing_note("No downloads", "This version was published without files.")
    entries: list[dict[str, Any]] = json.loads(index.read_text("utf-8"))
    if not entries:
        return nothing_note("No downloads", "This version was published without files.")
    by_name: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        by_name.setdefault(str(entry["name"]), []).append(entry)
    items = []
    for files in by_name.values():
        links = " ".join(
            link(
                f"downloads/{file['file']}",
                f"{text(str(file['format']).upper())} <span>{_size(int(file['bytes']))}</span>",
                css="download",
            )
            for file in files
        )
        rows = files[0].get("rows")
        size = f"{count(int(rows))} rows" if rows is not None else ""
        items.append(
            f'<li><span class="download-title">{text(files[0]["title"])}</span>'
            f"<small>{text(size)}</small><span>{links}</span></li>"
        )
    return Fragment(f'<ul class="list downloads">{"".join(items)}</ul>')


def checksums() -> Fragment:
    """Return the SHA-256 of every file to download."""
    index = downloads_folder() / "index.json"
    if not index.is_file():
        return Fragment("")
    entries = json.loads(index.read_text("utf-8"))
    if not entries:
        return Fragment("")
    frame = pd.DataFrame(entries)[["file", "bytes", "sha256"]]
    columns = (
        TableColumn(name="file", title="File"),
        TableColumn(name="bytes", title="Bytes", text=count),
        TableColumn(name="sha256", title="SHA-256",
                    html=lambda value: f"<code>{text(value)}</code>"),
    )  # fmt: skip
    return Fragment(table_html(frame, columns, id="checksums", label="Checksums", searchable=False))


def reconciliation() -> Fragment:
    """Return the sum from the raw exports to the clean table, line by line."""
    quality = stored(DataQuality)
    if isinstance(quality, Missing):
        return missing_note(quality, shows=SHOWS)
    currency = source_facts().currency
    rows = quality.removals[quality.removals["table"] == "transactions"]
    rows = rows[rows["amount"].notna()]
    removed = float(rows["amount"].sum())
    gap = round(quality.raw_total_amount - removed - quality.clean_total_amount, 2)
    lines = [("Net value of all rows of the raw export", quality.raw_total_amount, "")]
    lines += [
        (f"less: {r.reason} ({r.outcome}, {count(r.rows)} {'row' if r.rows == 1 else 'rows'})",
         -float(r.amount), "")
        for r in named_rows(rows)
    ]  # fmt: skip
    lines.append(("Net value of the clean transactions", quality.clean_total_amount, "total"))
    if gap:
        lines.append(("Unexplained", gap, "bad"))
    body = "".join(
        f'<tr{f" class={css}" if css else ""}><th scope="row">{text(name)}</th>'
        f'<td class="number">{text(exact_amount(value, currency))}</td></tr>'
        for name, value, css in lines
    )
    verdict = (
        "The sum holds to the cent."
        if not gap
        else f"{exact_amount(gap, currency)} is not explained by any line."
    )
    return Fragment(
        paragraph(text(verdict), css="verdict")
        + '<div class="table-scroll" role="region" tabindex="0" aria-label="Reconciliation">'
        f'<table class="data ledger"><tbody>{body}</tbody></table></div>'
    )


def quality_table() -> Fragment:
    """Return rows read, removed, set aside and kept, by table."""
    quality = stored(DataQuality)
    if isinstance(quality, Missing):
        return absent_line(quality)
    columns = (
        TableColumn(name="table", title="Table"),
        TableColumn(name="file", title="File"),
        TableColumn(name="raw_rows", title="Read", text=count),
        TableColumn(name="removed_rows", title="Removed", text=count),
        TableColumn(name="quarantined_rows", title="Quarantined", text=count),
        TableColumn(name="clean_rows", title="Kept", text=count),
    )
    return Fragment(
        table_html(quality.tables, columns, id="quality-tables", label="Rows by table",
                   searchable=False)
    )  # fmt: skip


def removals_table() -> Fragment:
    """Return every reason that rows were removed or set aside for."""
    quality = stored(DataQuality)
    if isinstance(quality, Missing):
        return absent_line(quality)
    if quality.removals.empty:
        return Fragment(paragraph("No row was removed or set aside."))
    currency = source_facts().currency
    columns = (
        TableColumn(name="table", title="Table"),
        TableColumn(name="outcome", title="Outcome"),
        TableColumn(name="reason", title="Reason"),
        TableColumn(name="rows", title="Rows", text=count),
        TableColumn(name="amount", title="Net value",
                    text=lambda value: exact_amount(value, currency)),
    )  # fmt: skip
    return Fragment(
        table_html(quality.removals, columns, id="removals", label="Reasons for removal")
    )


def dictionary() -> Fragment:
    """Return every canonical column: its meaning, unit, and whether this source has it."""
    facts = source_facts()
    have = set(facts.tables)
    records = [
        {
            "table": table.name,
            "column": column.name,
            "type": column.dtype if column.dtype != "money" else "amount",
            "unit": column.unit or "–",
            "description": column.description + (" Personal data: never published." if column.pii
                                                 else ""),
            "present": "yes" if f"{table.name}.{column.name}" in have else "no",
        }
        for table in TABLES
        for column in table.columns
    ]  # fmt: skip
    frame = pd.DataFrame(records)
    columns = (
        TableColumn(name="table", title="Table"),
        TableColumn(
            name="column", title="Column", html=lambda value: f"<code>{text(value)}</code>"
        ),
        TableColumn(name="description", title="Meaning", html=long_text),
        TableColumn(name="type", title="Type"),
        TableColumn(name="unit", title="Unit"),
        TableColumn(name="present", title="In this source"),
    )
    return Fragment(table_html(frame, columns, id="dictionary", label="Data dictionary"))


def what_to_add() -> Fragment:
    """Return the tables that the source lacks, and what each would make possible."""
    facts = source_facts()
    gains = {
        "customers": "KPIs and drill-down by region and segment",
        "transaction_items": "KPIs and drill-down by category",
        "marketing_spend": "the return on marketing and the budget plan",
        "satisfaction": "the satisfaction score, its alert and its associations",
        "support_tickets": "tickets per 1,000 orders and time to resolution",
    }
    have = {name for name in facts.tables if "." not in name}
    items = [
        f"<li><code>{text(name)}</code><small>{text(sentence_start(gain))}</small></li>"
        for name, gain in gains.items()
        if name not in have
    ]
    if not items:
        return Fragment(paragraph("This source has every table that these pages use."))
    return Fragment(f'<ul class="list">{"".join(items)}</ul>')


def _size(number: int) -> str:
    for unit, factor in (("MB", 1e6), ("kB", 1e3)):
        if number >= factor:
            return f"{number / factor:.1f}\u202f{unit}"
    return f"{number}\u202fB"
