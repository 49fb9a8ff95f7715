"""The data page: what was analysed, what can be downloaded, what would add to it."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from analytics.presentation.context import project_text, source_facts
from analytics.presentation.formats import count, day, listed, sentence_start
from analytics.presentation.fragments import (
    Fragment,
    definition_list,
    link,
    nothing_note,
    paragraph,
    text,
)
from analytics.tables import TableColumn, table_html

DOWNLOADS = "ANALYTICS_DOWNLOADS"
INDEX = "site/data/downloads/index.json"


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


def _entries() -> list[dict[str, Any]]:
    """Return the list of the files to download."""
    index: list[dict[str, Any]] = json.loads(project_text(INDEX, variable=DOWNLOADS) or "[]")
    return index


def downloads() -> Fragment:
    """Return the list of files that come with this version."""
    entries = _entries()
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
    entries = _entries()
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
