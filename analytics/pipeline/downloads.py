"""The files that readers download, written into the staged site."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analytics.digests import content_digest, file_digest
from analytics.pipeline.data_package import PACKAGE_FILE, data_package, next_data_version
from analytics.pipeline.download_files import WORKBOOK_ROWS, WRITERS, Context
from analytics.pipeline.download_tables import GROUP, Download, offered_tables, stored_result
from analytics.pipeline.personal import KEY_KIND, KEY_NAME, RESULTS_FILE
from analytics.pipeline.result_scalars import result_scalars
from analytics.privacy import key_fingerprint
from analytics.results import PrivacyAudit, SourceFacts
from analytics.store import read_result

INDEX_FILE = "index.json"
_FORMATS = {"pdf": "PDF", "md": "Markdown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """Which published version the files belong to.

    Attributes
    ----------
    version, site : str
        Name of the version and of the site.
    permalink : str
        Address of the version, with a slash at its end; a path where the site's is not known.
    earlier : Path or None
        Downloads of the version published before, which the data's version counts on from.
    documents : mapping of str to bytes
        Further files by name, such as ``summary.pdf``; their first word is their title.
    """

    version: str = ""
    site: str = ""
    permalink: str = ""
    earlier: Path | None = None
    documents: Mapping[str, bytes] = field(default_factory=dict)


def write_downloads(
    results: Path, folder: Path, *, key: bytes | None, edition: Edition | None = None
) -> None:
    """Write every offered table as CSV, Parquet and Excel, what describes them, and an index.

    Parameters
    ----------
    results : Path
        The stored results.
    folder : Path
        Where the files go; made if it does not exist.
    key : bytes or None
        Key of the pseudonyms; None where customer rows are not published. Rows are published
        with quasi-identifiers told less where fewer than `privacy.minimum_cell` customers
        would share them; the index says how many share them at least (k).
    edition : Edition, optional
        Which version the files belong to.
    """
    edition = edition or Edition()
    folder.mkdir(parents=True, exist_ok=True)
    tables = {download.name: download for download in offered_tables(results, key)}
    context = _context(results, edition, next_data_version(edition.earlier, tables))
    entries = []
    for download in tables.values():
        for suffix, (title, write) in WRITERS.items():
            if suffix == "xlsx" and len(download.frame) > WORKBOOK_ROWS:
                continue
            file = folder / f"{download.name}.{suffix}"
            write(download, file, context)
            entries.append(_entry(download, file, title))
    for name, content in sorted(edition.documents.items()):
        (folder / name).write_bytes(content)
        entries.append(_document(name, content))
    scalars = list(result_scalars(results))
    scalars.append(_scalar("data.package", "version", context.data_version,
                           "Semantic version of the published data."))  # fmt: skip
    if "customers" in tables:
        scalars.append(_scalar(KEY_KIND, KEY_NAME, key_fingerprint(key or b""),
                               "Fingerprint of the key of the pseudonyms."))  # fmt: skip
    _write_json(folder / RESULTS_FILE, scalars)
    entries.append(
        {
            "name": "results",
            "title": "Every scalar of every result",
            "file": RESULTS_FILE,
            "format": "JSON",
            "rows": len(scalars),
            "bytes": (folder / RESULTS_FILE).stat().st_size,
            "sha256": file_digest(folder / RESULTS_FILE),
        }
    )
    _write_json(folder / PACKAGE_FILE, data_package(entries, tables, context))
    content = (folder / PACKAGE_FILE).read_bytes()
    title = f"Description of all files for programs; data version {context.data_version}"
    entries.append({**_document(PACKAGE_FILE, content), "format": "JSON", "title": title})
    _write_json(folder / INDEX_FILE, entries)


def _context(results: Path, edition: Edition, data_version: str) -> Context:
    facts = read_result(results, SourceFacts)
    if not isinstance(facts, SourceFacts):
        raise TypeError("every source has facts")
    audit = stored_result(results, PrivacyAudit)
    return Context(
        site=edition.site or facts.title,
        source=facts.title,
        version=edition.version or facts.observation_end.isoformat(),
        data_version=data_version,
        data_from=facts.observation_start,
        data_to=facts.observation_end,
        currency=facts.currency,
        time_zone=facts.time_zone,
        minimum_cell=audit.minimum_cell if isinstance(audit, PrivacyAudit) else GROUP,
        permalink=edition.permalink,
    )


def _scalar(kind: str, name: str, value: str, definition: str) -> dict[str, Any]:
    return {"kind": kind, "name": name, "value": value, "unit": "", "definition": definition}


def _entry(download: Download, file: Path, format_name: str) -> dict[str, Any]:
    return {
        "name": download.name,
        "title": download.title,
        "file": file.name,
        "format": format_name,
        "rows": len(download.frame),
        "bytes": file.stat().st_size,
        "sha256": file_digest(file),
        **download.facts,
    }


def _document(name: str, content: bytes) -> dict[str, Any]:
    stem, _, suffix = name.rpartition(".")
    return {
        "name": stem,
        "title": stem.capitalize(),
        "file": name,
        "format": _FORMATS.get(suffix, suffix.upper()),
        "bytes": len(content),
        "sha256": content_digest(content),
    }


def _write_json(file: Path, content: object) -> None:
    text = json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False) + "\n"
    file.write_text(text, encoding="utf-8")
