"""A source file proposed for a folder of exports."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from analytics.errors import DataError, Place, UsageError

if TYPE_CHECKING:
    import duckdb

    from analytics.ingest.exports import Export


def proposed_source(folder: Path, *, name: str, preset: str | None, out: Path | None) -> list[str]:
    """Write a source file for the exports in a folder, and return what is said of it.

    Raises
    ------
    UsageError
        Where there is no such folder, or the file is there already.
    DataError
        Where no orders are found.
    """
    from analytics.engine import open_engine
    from analytics.engine.connection import raw_reader
    from analytics.ingest.exports import folder_exports
    from analytics.ingest.file_groups import grouped_exports

    if not folder.is_dir():
        raise UsageError(f"there is no folder {folder}", remedy="Name the folder of the exports.")
    target = out or folder / f"{name}.toml"
    if target.exists():
        raise UsageError(
            f"{target} is there already", remedy="Name another file with --out, or move it away."
        )
    with (
        tempfile.TemporaryDirectory(prefix="analytics-init-") as spill,
        open_engine(temporary=Path(spill)) as engine,
        raw_reader(engine) as connection,
    ):
        exports, others = folder_exports(folder, engine, connection)
        exports = grouped_exports(exports, folder, connection)
        where = os.path.relpath(folder.resolve(), target.parent.resolve())
        text, said = _source_text(exports, connection, name=name, preset=preset, folder=where)
        text += "".join(f"# not read: {' '.join(other.split())}\n" for other in others)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("x", encoding="utf-8") as stream:
        stream.write(text)
    return [
        f"{target} written; read it, and correct what is wrong",
        *said,
        *(f"  not read: {other}" for other in others),
        "then:",
        f"  analytics check {target}",
        "  confirmed = true at its top, and",
        f"  analytics build --source {target}",
    ]


def shown(export: Export) -> str:
    """Return the file of an export, with the sheet or table."""
    inside = "', '".join(export.read.sheets) or export.read.table
    file = "".join(letter if letter.isprintable() else "?" for letter in export.read.file)
    return f"{file} '{inside}'" if inside else file


def _source_text(
    exports: Sequence[Export],
    connection: duckdb.DuckDBPyConnection,
    *,
    name: str,
    preset: str | None,
    folder: str,
) -> tuple[str, list[str]]:
    from analytics.ingest.evidence import column_evidence
    from analytics.ingest.presets import (
        PRESETS,
        ZONES,
        preset_currency,
        preset_export,
        preset_tables,
    )
    from analytics.ingest.proposal import found_currency, table_guesses
    from analytics.ingest.proposal_lines import key_note, table_lines

    chosen = preset or next((each for each in PRESETS if preset_export(each, exports)), None)
    zone = ZONES.get(chosen or "", "UTC")
    said = []
    if chosen:
        found = preset_export(chosen, exports)
        formats: tuple[str, ...] = ()
        if found and "InvoiceDate" in found[1]:
            formats = column_evidence(found[0], "InvoiceDate", connection).formats
        tables = preset_tables(chosen, exports, formats[:1] if chosen == "online-retail" else ())
        currency, why = preset_currency(chosen), f"as {chosen} has it"
        if found and currency == "CHOOSE":
            header = next((h for h in found[0].headers if "currency" in h.lower()), None)
            words = column_evidence(found[0], header, connection).words if header else ()
            if len(words) == 1:
                currency, why = words[0], f"column '{header}'"
            else:
                why = f"found: {', '.join(words)}" if words else "nothing shows it"
        said.append(f"  taken for an export of {chosen}")
        if found:
            notes = [found[0].note] if found[0].note else []
            notes += [
                f"{shown(export)} is not mapped: {chosen} reads {shown(found[0])} alone"
                for export in exports
                if export is not found[0]
            ]
            said += [f"  {note}" for note in notes]
            tables += "".join(f"# {note}\n" for note in notes)
    else:
        guesses, left_over = table_guesses(exports, connection)
        if not {"transactions", "order_lines"} & {guess.table.name for guess in guesses}:
            raise DataError(
                "no file of the folder looks like orders",
                place=Place(file=str(folder)),
                remedy="A table of orders has a customer, a time and an amount; write the source "
                "file by hand (data/README.md).",
            )
        currency, why = found_currency(guesses, connection)
        lines = [line for guess in guesses for line in table_lines(guess, connection)]
        lines += ["", *key_note(guesses, connection)]
        lines += [f"# {shown(export)} is not mapped: {why}" for export, why in left_over]
        tables = "\n".join(lines).rstrip("\n") + "\n"
        said += [
            f"  {shown(guess.export)} -> {guess.table.name}: {', '.join(guess.columns)}"
            for guess in guesses
        ]
        said += [f"  {guess.table.name}: {g}" for guess in guesses if (g := guess.export.note)]
        said += [f"  {shown(export)} is not mapped: {why}" for export, why in left_over]
    left = tables.count('["CHOOSE"') + (currency == "CHOOSE")
    if left:
        said.append(f"  {left} line(s) are left for you to choose: look for CHOOSE")
    head = [
        "# Proposed by analytics init. Read every line: what a column is taken for, the formats of",
        "# dates, the words of the status, the currency and the time zone. Then write true here.",
        "confirmed = false",
        f"title = {json.dumps(name, ensure_ascii=False)}",
        f"currency = {json.dumps(currency)}  # {why}",
        f"time_zone = {json.dumps(zone)}  # of the shop, such as Europe/Berlin: no file shows it",
        f"folder = {json.dumps(folder, ensure_ascii=False)}",
        "",
    ]
    return "\n".join(head) + tables, said
